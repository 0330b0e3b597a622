"""How names, numbers and columns of tables are written, whatever the form of a report."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

from mifs.report.model import Contents, RankedFeature, WhyNot

NOT_MEASURED = "-"
MAX_NAME = 40  # characters of a name that are shown
MAX_SENTENCE = 240  # of a warning, which may quote a name
MAX_RANKED = 100  # rows of a ranking that a reader sees; frame and JSON hold all
MAX_NAMED = 10  # columns that a warning names


def printable(text: str) -> str:
    """Escape what would break a line, turn its direction or speak to the terminal.

    Parameters
    ----------
    text : str
        Anything.

    Returns
    -------
    str
        The same, with such characters as Python writes them.
    """
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def shortened(text: str, length: int = MAX_NAME) -> str:
    """Cut the middle out of a long text.

    Parameters
    ----------
    text : str
        Anything.
    length : int, default=40
        Characters that are left at most.

    Returns
    -------
    str
        Its beginning and end.
    """
    if len(text) <= length:
        return text
    head = (length - 1) // 2
    return f"{text[:head]}…{text[-(length - 1 - head) :]}"


def name(text: str) -> str:
    """Return a name as a reader may see it: printable, and not too long."""
    return shortened(printable(text))


def is_known(value: float) -> bool:
    """Whether a number was measured."""
    return not math.isnan(value)


def number(value: float, digits: int = 3) -> str:
    """Write a number; a dash if it was not measured.

    Parameters
    ----------
    value : float
        Anything.
    digits : int, default=3
        Decimals.

    Returns
    -------
    str
        Never minus zero.
    """
    return NOT_MEASURED if math.isnan(value) else format(value, f"z.{digits}f")


def percent(share: float) -> str:
    """Write a share in per cent; less than a thousandth is no zero."""
    if math.isnan(share):
        return NOT_MEASURED
    return "<0.1 %" if 0 < share < 0.001 else f"{100 * share:z.1f} %"


def pvalue(value: float) -> str:
    """Write a p-value with two digits; a dash without one."""
    if math.isnan(value):
        return NOT_MEASURED
    return "<1e-300" if value < 1e-300 else f"{value:.2g}"


def count(value: float) -> str:
    """Write a number of rows, which weights may have made a fraction."""
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.4g}"


def unit_of_score(contents: Contents) -> str:
    """Return the header of scores."""
    return f"score [{contents.score_unit}]" if contents.score_unit else "score"


def ranking_columns(contents: Contents) -> list[tuple[str, str]]:
    """Return the columns of a ranking that hold something: a header, and a key of `ranking_cells`.

    Parameters
    ----------
    contents : Contents
        A report.

    Returns
    -------
    list of tuple of str
        Headers with their units, and keys.
    """
    unit = contents.unit
    columns = [
        ("rank", "rank"),
        ("feature", "feature"),
        ("selected", "selected"),
        ("kind", "kind"),
        ("levels or bins", "levels"),
        ("missing", "missing"),
        (f"plug-in [{unit}]", "plug_in"),
        (f"relevance [{unit}]", "relevance"),
        ("of H(Y)", "normalised"),
        (unit_of_score(contents), "score"),
        (f"redundancy [{unit}]", "redundancy"),
        ("p alone", "p_alone"),
        ("p given", "p_given"),
    ]
    numbers = ("plug_in", "normalised", "redundancy", "p_alone", "p_given")
    empty = {
        key
        for key in numbers
        if all(math.isnan(getattr(feature, key)) for feature in contents.ranking)
    }
    if not any(feature.missing for feature in contents.ranking):
        empty.add("missing")
    return [column for column in columns if column[1] not in empty]


def ranking_cells(feature: RankedFeature) -> dict[str, str]:
    """Return the cells of one row of a ranking, the name apart."""
    return {
        "rank": str(feature.rank),
        "selected": "yes" if feature.selected else "no",
        "kind": feature.kind,
        "levels": NOT_MEASURED if feature.levels is None else str(feature.levels),
        "missing": percent(feature.missing),
        "plug_in": number(feature.plug_in),
        "relevance": number(feature.relevance),
        "normalised": percent(feature.normalised),
        "score": number(feature.score),
        "redundancy": number(feature.redundancy),
        "p_alone": pvalue(feature.p_alone),
        "p_given": pvalue(feature.p_given),
    }


def facts(contents: Contents) -> list[tuple[str, str]]:
    """Return the headline, a line each: what, and its value. The target's name is as it came.

    Parameters
    ----------
    contents : Contents
        A report.

    Returns
    -------
    list of tuple of str
        What, and its value.
    """
    head, unit = contents.headline, contents.unit
    rows = f"{head.n_rows} rows x {head.n_columns} columns"
    if head.weight is not None:
        rows += f", weights that sum to {count(head.weight)}"
    lines = [("task", head.task), ("table", rows)]
    if not math.isnan(head.entropy):
        lines.append(("H(Y)", f"{number(head.entropy)} {unit}"))
    lines += [
        ("selected", f"{head.n_selected} of {head.n_columns} columns"),
        ("joint information", joint_words(contents)),
        ("criterion", head.criterion),
        ("measured by", head.mi_estimator),
    ]
    return lines


def joint_words(contents: Contents) -> str:
    """Say what the selected hold together, and of how many of them that can be said."""
    joint, head = contents.joint, contents.headline
    if not joint.n_features:
        return joint.remark or "nothing is selected"
    of_entropy = f", {percent(joint.information / head.entropy)} of H(Y)"
    amount = f"{number(joint.information)} {contents.unit}"
    amount += "" if math.isnan(head.entropy) else of_entropy
    if not joint.remark:
        return amount
    return (
        f"{amount}, by the first {joint.n_features}; all {head.n_selected} hold as much or more, "
        f"but {joint.remark}"
    )


def floor_words(contents: Contents) -> str:
    """Say what the noise floor is; nothing where no step has one."""
    if all(math.isnan(step.floor) for step in contents.path):
        return ""
    return (
        "Noise floor: a column of as many levels that adds nothing passes it with a chance of at "
        f"most {pvalue(contents.floor_level)}."
    )


def blocked(one: WhyNot) -> str:
    """Say which test blocked a column, and what its p-value was held against."""
    where, _, found = one.reason.rpartition(": p = ")
    if not where or math.isnan(one.p):
        return one.reason
    is_given = one.redundant_with is not None and where == f"given {one.redundant_with}"
    where = "given it" if is_given else where
    doubt = ", in doubt" if one.doubtful else ""
    if math.isnan(one.level):
        return f"{where}: p = {found}{doubt}"
    return f"{where}: p = {found} > {pvalue(one.level)}{doubt}"


def why_words(contents: Contents) -> str:
    """Say how many columns were left out, and how many of them are shown."""
    shown, left = len(contents.why_not), contents.n_left_out
    if shown == left:
        return ""
    return (
        f"Shown are {shown} of {left}, the most relevant; the selector's why_not_frame() holds all."
    )


def sentence(text: str) -> str:
    """Return a sentence as a reader may see it; a long name may stand in it."""
    return shortened(printable(text), MAX_SENTENCE)


def named(features: Sequence[str]) -> tuple[Sequence[str], str]:
    """Return the first few names, and how many more there are in words."""
    more = len(features) - MAX_NAMED
    return features[:MAX_NAMED], f" and {more} more" if more > 0 else ""


def places(text: str) -> int:
    """Places that a text takes on the screen: two for a wide character, none for an accent."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )
