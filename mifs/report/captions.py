"""What stands beside the tables of a report: how to read them, and what the terms mean."""

from __future__ import annotations

import math

from mifs.report import words
from mifs.report.model import Contents

SCORES = {
    "mim": "what the column tells by itself",
    "mrmr": "what the column tells, less what it shares on average with those chosen before it",
    "jmi": "what the column and each one chosen before it tell together, summed over those",
    "jmim": "the least that the column and any one chosen before it tell together",
    "cmim": "the least that the column tells, alone or given any one chosen before it",
    "cmi": "what the column tells given all that were chosen before it",
}
# Terms of the sentence of a promise, in its order; shown are those that stand in it.
TERMS = {
    "fwer": "family-wise error rate: the chance that even one of all the tests lets in a column "
    "that it should not.",
    "fdr": "false discovery rate: the share of wrong ones, on average, among those let in.",
    "permutation null": "what chance alone shows: the column as it would be with its values "
    "shuffled among the rows.",
    "within levels": "shuffled only among rows that are alike in the column chosen before.",
    "Bonferroni": "each test is held to an equal part of the rate, so that all together keep it.",
    "Benjamini-Hochberg": "tests are held to a level that grows with how many pass.",
    "analytic tails": "p-values by a formula in place of many shuffles.",
    "confirmed where in doubt": "where formulas disagree near the level, the p-value is exact or "
    "drawn.",
    "exchangeable": "rows whose order means nothing: no series in time, no subject met twice.",
}


def score(contents: Contents) -> str:
    """Say what the criterion scores a column by, and that scores do not add up."""
    known = SCORES.get(contents.headline.criterion.lower().removesuffix("()"))
    said = known or f"what {words.name(contents.headline.criterion)} gave it when it was chosen"
    if len(contents.path) < 2 or contents.headline.criterion.lower() in {"cmi", "cmi()"}:
        return f"Score: {said}."
    passes = " and may pass H(Y)" if _passes_entropy(contents) else ""
    return f"Score: {said}; so scores do not add up to the joint information{passes}."


def _passes_entropy(contents: Contents) -> bool:
    """Whether a score is above H(Y), which no information about the target is."""
    entropy, is_information = contents.headline.entropy, bool(contents.score_unit)
    return is_information and any(feature.score > entropy for feature in contents.ranking)


def ranking(contents: Contents, *, has_bars: bool = True) -> str:
    """Say how to read the ranking."""
    bars = " Bars: relevance, full at the largest." if has_bars else ""
    bounds = f'; "{words.AT_MOST}": a bound.' if words.has_bounds(contents) else "."
    sums = " A score above H(Y) is no information about Y, but what the criterion made of several."
    return (
        f"The selected in order of choice, then the others by {_last_score(contents)}. Information "
        f"in {contents.unit}; below zero: no more than chance.{bars} "
        f'"{words.NOT_MEASURED}": not measured{bounds}{sums if _passes_entropy(contents) else ""}'
    )


def _last_score(contents: Contents) -> str:
    """Say what the columns that were left out are ranked by."""
    return "their last score" + (" or a bound of it" if words.has_bounds(contents) else "")


def path(contents: Contents) -> str:
    """Say how to read the path."""
    joint = contents.joint
    if not joint.remark or not joint.n_features:
        return score(contents)
    n_known = sum(not math.isnan(step.joint) for step in contents.path)
    if joint.n_features < n_known:
        return f"{score(contents)} Joint: {joint.remark}."
    which = "alone" if n_known == 1 else f"{n_known} only"
    return f"{score(contents)} Joint: of the first {which}, as {joint.remark}."


def floor(contents: Contents) -> str:
    """Say what the noise floor is; nothing where no step has one."""
    if all(math.isnan(step.floor) for step in contents.path):
        return ""
    own = (
        "Noise floor: a column that adds nothing passes it with a chance of at most "
        f"{words.pvalue(contents.floor_level)}. Each column has its own, by its levels and those "
        "of the columns before it."
    )
    is_judged = any(not math.isnan(one.p) for one in contents.why_not)
    if not is_judged:
        return own
    return f"{own} So one left out may score above one chosen: its own test refused it (Why not?)."


def shared(contents: Contents) -> str:
    """Say how to read the redundancy map."""
    n = len(contents.redundancy.features)
    return (
        f"What two of them tell of each other, I(X; W), in {contents.unit}: not of the target, so "
        f"it may exceed H(Y). Column numbers 1 to {n} are the row numbers."
    )


def left(contents: Contents) -> str:
    """Say how to read what was left out, and how many of it are shown."""
    said = (
        "The most relevant columns that were left out. Relevance: what each tells alone, I(X; Y). "
        "Left: what it tells once the chosen column W beside it is known, I(X; Y | W); more than "
        f"alone, if the two tell more together. Both in {contents.unit}."
    )
    shown, out = len(contents.why_not), contents.n_left_out
    if shown == out:
        return said
    return contents.advice(
        f"{said} Shown are {shown} of {out}, the most relevant; the selector's why_not_frame() "
        "holds all."
    )


def columns(contents: Contents) -> list[tuple[str, str]]:
    """Say what the columns of the ranking mean, those that are shown.

    Parameters
    ----------
    contents : Contents
        A report.

    Returns
    -------
    list of tuple of str
        Headers, and a sentence about each.
    """
    criterion = words.name(contents.headline.criterion)
    scored = SCORES.get(contents.headline.criterion.lower().removesuffix("()"))
    by = f"what the criterion {criterion} gave it{f', {scored},' if scored else ''}"
    said = {
        "rank": f"1 is the column chosen first; those left out follow by {_last_score(contents)}.",
        "relevance": "what the column tells of the target, I(X; Y), less what chance would show. "
        "Zero means nothing; below zero, no more than chance.",
        "normalised": "relevance as a share of all there is to know of the target.",
        "plug_in": "what the column seems to tell, chance included: the shares observed in these "
        "rows are taken for the true ones.",
        "score": f"{by} when it was chosen, or when it was last passed over.{_bounds(contents)}",
        "redundancy": "what it shares, on average, with the columns chosen before it.",
        "p_alone": "how often chance would show as much as the column does by itself.",
        "p_given": "the same given one column chosen before it, the one that leaves most doubt; "
        "of a column left out, Why not? names it. Not asked of the first, nor "
        "of one that failed alone.",
        "levels": "distinct values, or the bins that a column of numbers was cut into.",
    }
    return [(shown, said[key]) for shown, key in words.ranking_columns(contents) if key in said]


def _bounds(contents: Contents) -> str:
    """Say what a score is that was not measured to the end; nothing where all were."""
    if not words.has_bounds(contents):
        return ""
    return (
        f' After "{words.AT_MOST}" stands what it could not exceed: the column could not be the '
        "best any more, and was not measured further."
    )


def terms(contents: Contents) -> list[tuple[str, str]]:
    """Say what the terms of the promise mean, those that stand in it."""
    head = contents.headline
    return [(term, said) for term, said in TERMS.items() if term in f"{head.ended} {head.promise}"]
