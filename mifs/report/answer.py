"""The first words of a report: which columns, what is shown of them, and how much they tell."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise

from mifs.report.model import Contents
from mifs.report.words import name, named, number, percent

TESTED = {"gate", "context", "pair"}  # how a column entered by its tests
IN_DOUBT = " (in doubt)"  # beside a selected column that is warned of, in the first sentence
SUSPECT = re.compile(  # in a warning: of what is known too late, or names the rows
    r"make sure that it is known|filled in afterwards|^looks like an identifier|^\d+ levels by "
)
NO_WARNINGS = (
    "No warnings: checked for identifiers, copies, constants, columns of more levels than the rows "
    "can fill, and columns that tell the target too well."
)


def gist(contents: Contents) -> tuple[str, Sequence[str], str, str]:
    """Answer which columns are selected, what is shown of them, and how much they tell.

    Parameters
    ----------
    contents : Contents
        A report.

    Returns
    -------
    tuple of str, sequence of str, str and str
        An opening, the first selected columns in order of choice, how many more there are, and
        the rest of the answer.
    """
    head = contents.headline
    if not contents.path:
        return "No column was shown to tell anything of the target", (), "", ""
    is_one, hows = head.n_selected == 1, {step.how for step in contents.path}
    is_shown = hows <= TESTED
    is_found_alone = is_shown and head.error_control == "fdr"
    what = _shown(hows, is_one=is_one) if is_shown else "selected"
    if is_found_alone:
        what = "selected, of those found to tell something alone"
    opening = f"{head.n_selected} {'column' if is_one else 'columns'} of {head.n_columns} "
    opening += f"{'is' if is_one else 'are'} {what}"
    rest = []
    if is_found_alone:
        rest.append(
            "The rate of error is of all that were so found; no bound holds for the selected."
        )
    if "included" in hows:
        rest.append("The included were not tested.")
    if hows <= {*TESTED, "included"} and contents.n_left_out:
        rest.append(_not_shown(contents))
    if "not tested" in hows:
        who = "It was not" if is_one else "Not every one of them was"
        rest.append(f"{who} shown to tell anything of the target.")
    rest += [_told(contents)] if contents.joint.n_features else []
    rest += [contents.advice(sentence) for sentence in _measuring_more(contents)]
    return opening, *named([step.feature for step in contents.path]), " ".join(rest)


def _shown(hows: set[str], *, is_one: bool) -> str:
    """Say what the tests have shown of the selected: not that they are enough."""
    if is_one:
        return "shown to tell something"
    if hows == {"gate"}:
        return "shown to tell something, alone and given any one before"
    return "shown to tell something, some only with others"


def _not_shown(contents: Contents) -> str:
    """Say what the tests leave open of the columns that were left out."""
    n = contents.n_left_out
    who = "The other did not pass" if n == 1 else f"None of the other {n} passed"
    return contents.advice(
        f"{who} these tests, in {contents.headline.n_rows} rows; more may still serve a model: "
        "MutualInfoSelectorCV finds how many."
    )


def doubts(contents: Contents) -> tuple[Sequence[str], str, str]:
    """Name the selected that are warned of, and say what to do.

    Parameters
    ----------
    contents : Contents
        A report.

    Returns
    -------
    tuple of sequence of str, str and str
        The first columns in doubt, how many more there are, and the advice; of no warning at all,
        what was looked for.
    """
    if not contents.warnings:
        return (), "", NO_WARNINGS
    doubted = in_doubt(contents)
    if not doubted:
        return (), "", ""
    it = "it" if len(doubted) == 1 else "one"
    advice = "Read why under Warnings"
    if any(_is_suspect(contents, feature) for feature in doubted):
        advice += f". If {it} was filled in after the target was known, or only labels the rows, "
        advice += "leave it out (exclude=[…]) and run again"
    advice = contents.advice(advice)
    blocked = [
        name(one.feature)
        for one in contents.why_not
        if one.redundant_with in doubted and one.reason.startswith("given ")
    ]
    if blocked:
        first, more = named(blocked)
        by_it = "it" if len(doubted) == 1 else "them"
        advice += f"; columns left out because of {by_it}: {', '.join(first)}{more}"
    return *named(doubted), f"{advice}."


def in_doubt(contents: Contents) -> list[str]:
    """Name the selected that are warned of, in order of choice."""
    warned = {feature for warning in contents.warnings for feature in warning.features}
    return [step.feature for step in contents.path if step.feature in warned]


def _is_suspect(contents: Contents, feature: str) -> bool:
    """Whether a column is warned of as one that may know the target, or names the rows."""
    return any(
        SUSPECT.search(warning.sentence)
        for warning in contents.warnings
        if feature in warning.features
    )


def _measuring_more(contents: Contents) -> list[str]:
    """Name what measures more of the selected together than the first, whose joint is known."""
    joint, head = contents.joint, contents.headline
    if not (joint.n_features and joint.remark) or head.n_outputs > 1:
        return []
    sentences = []
    for one, other in pairwise(contents.path[joint.n_features - 1 :]):
        if one.partner == other.feature:
            pair = f"{name(one.feature)} and {name(other.feature)} entered as a pair"
            sentences = [f"{pair}: pair_information measures what they tell together."]
            break
    if head.weight is None:
        delivered = "what all of them promise together, and what a model delivers"
        sentences.append(f"information_budget measures {delivered}.")
    return sentences


def _told(contents: Contents) -> str:
    """Say what the selected tell together, and of how much."""
    joint, entropy, unit = contents.joint, contents.headline.entropy, contents.unit
    who = "Together they tell"
    if joint.n_features == 1:
        who = "The first alone tells" if joint.remark else "It tells"
    elif joint.remark:
        who = f"The first {joint.n_features} together tell"
    if joint.information <= 0:
        return (
            f"What {who[0].lower()}{who[1:]} is estimated at {number(joint.information)} {unit}; "
            "0 or less means that nothing was shown."
        )
    if "not tested" in {step.how for step in contents.path[: joint.n_features]}:
        who = re.sub(r"tell(s?)$", r"seem\1 to tell", who)
    if math.isnan(entropy):
        return f"{who} {number(joint.information)} {unit}."
    share = percent(joint.information / entropy)
    there_are = "the bins of the target hold" if contents.headline.is_cut else "there are to know"
    told = f"{number(joint.information)} of the {number(entropy)} {unit}"
    return f"{who} {told} that {there_are} ({share})."
