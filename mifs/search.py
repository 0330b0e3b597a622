"""Greedy forward search: one loop for every criterion and every source of information."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mifs._typing import BoolArray, FloatArray, IntArray
from mifs.criteria import Criterion
from mifs.terms import Information

DIGITS = 12  # scores that agree to 1e-12 tie: rounding must not decide between twins


@dataclass(frozen=True)
class SelectionPath:
    """What was chosen, step by step, and why it ended there.

    A path is nested: its first k columns are the path of length k.

    Attributes
    ----------
    order : ndarray of shape (n_selected,)
        Columns in order of choice.
    score : ndarray of shape (n_selected,)
        Criterion at each choice; the first entry is the relevance.
    relevance : ndarray of shape (n_selected,)
        I(X; Y) of each chosen column.
    redundancy : ndarray of shape (n_selected,)
        Mean of I(X; W) over the columns W chosen before; nan for the first, and throughout for a
        criterion that looks at relevance alone.
    conditional_redundancy : ndarray of shape (n_selected,)
        Mean of I(X; W | Y) over the same.
    last_score : ndarray of shape (n_features,)
        Criterion of every column when it was last a candidate; nan if it never was one.
    n_decided : int
        Columns chosen before all candidates tied. From there on the order is that of the columns.
    unit : str
        Of every information: "nats".
    ended : str
        Why the path has this length, as a sentence.
    """

    order: IntArray
    score: FloatArray
    relevance: FloatArray
    redundancy: FloatArray
    conditional_redundancy: FloatArray
    last_score: FloatArray
    n_decided: int
    unit: str
    ended: str


def forward_search(
    criterion: Criterion,
    information: Information,
    *,
    n_features: int,
    candidates: BoolArray | None = None,
    include: Sequence[int] = (),
    on_step: Callable[[int, int], None] | None = None,
) -> SelectionPath:
    """Choose the best candidate, again and again, until `n_features` are selected.

    Parameters
    ----------
    criterion : Criterion
        What scores the candidates.
    information : Information
        What knows their terms.
    n_features : int
        Length of the path, at most the number of candidates and included columns.
    candidates : ndarray of bool of shape (n_features,), optional
        Columns that may be chosen; all of them if left out.
    include : sequence of int, default=()
        Columns that are chosen first, in this order, whatever their scores.
    on_step : callable, optional
        Called as ``on_step(n_selected, n_features)`` after every choice.

    Returns
    -------
    SelectionPath
        Order, scores and terms, in nats.

    Notes
    -----
    Scores are compared after rounding to 1e-12, and ties go to the lower column index, so that
    no order of rows, columns or sums changes a selection. Every choice asks the source once for
    all remaining candidates: the cost is (`n_features` - 1) scans.
    """
    criterion = criterion.bind(information)
    relevance = information.relevance()
    is_open = np.ones(len(relevance), dtype=bool) if candidates is None else candidates.copy()
    is_open[list(include)] = True
    last_score = np.where(is_open, relevance, np.nan)
    folded: FloatArray | None = None
    order: list[int] = []
    score: list[float] = []
    n_decided, tied = 0, False
    while True:
        is_forced = len(order) < len(include)
        best = include[len(order)] if is_forced else _best(last_score, is_open)
        tied = tied or (not is_forced and _all_tie(last_score, is_open))
        n_decided += not tied
        is_open[best] = False
        order.append(best)
        score.append(last_score[best])
        if on_step is not None:
            on_step(len(order), n_features)
        if len(order) == n_features:
            break
        folded = _fold(criterion, information, order, is_open, folded)
        scores = criterion.score(relevance, folded, len(order))
        last_score[is_open] = scores[is_open]
    redundancy, conditional_redundancy = _mean_redundancies(criterion, information, order)
    return SelectionPath(
        order=np.array(order),
        score=np.array(score),
        relevance=relevance[order],
        redundancy=redundancy,
        conditional_redundancy=conditional_redundancy,
        last_score=last_score,
        n_decided=n_decided,
        unit="nats",
        ended=_ended(len(order), n_decided, int(is_open.sum())),
    )


def _best(scores: FloatArray, is_open: BoolArray) -> int:
    """Return the first of the candidates whose rounded score is the highest."""
    return int(np.argmax(np.where(is_open, np.round(scores, DIGITS), -np.inf)))


def _all_tie(scores: FloatArray, is_open: BoolArray) -> bool:
    """Whether at least two candidates are left and nothing tells them apart."""
    left = np.round(scores[is_open], DIGITS)
    return bool(left.size > 1 and (left == left[0]).all())


def _fold(
    criterion: Criterion,
    information: Information,
    order: list[int],
    is_open: BoolArray,
    folded: FloatArray | None,
) -> FloatArray:
    """Merge the terms of the last chosen column into those of the columns before."""
    if criterion.conditions_on == "nothing":
        return np.full(len(is_open), np.nan)
    selected = tuple(order) if criterion.conditions_on == "all" else (order[-1],)
    term = np.full(len(is_open), np.nan)
    for columns, pair in information.pair(selected, is_open):
        term[columns] = criterion.term(pair)
    if folded is None or criterion.conditions_on == "all":
        return term
    return criterion.fold(folded, term)


def _mean_redundancies(
    criterion: Criterion, information: Information, order: list[int]
) -> tuple[FloatArray, FloatArray]:
    """Average I(X; W) and I(X; W | Y) of each chosen X over the W chosen before it."""
    sums = np.zeros((2, information.n_features))
    n_before = np.arange(len(order))
    if criterion.conditions_on == "nothing" or len(order) == 1:
        return np.full(len(order), np.nan), np.full(len(order), np.nan)
    for step, column in enumerate(order[:-1]):
        later = np.zeros(information.n_features, dtype=bool)
        later[order[step + 1 :]] = True
        for columns, pair in information.pair((column,), later):
            sums[:, columns] += pair.redundancy, pair.conditional_redundancy
    means = np.full((2, len(order)), np.nan)
    means[:, 1:] = sums[:, order[1:]] / n_before[1:]
    return means[0], means[1]


def _ended(n_selected: int, n_decided: int, n_left: int) -> str:
    """Say why the path has its length, and from where on its order means nothing."""
    count = "1 column" if n_selected == 1 else f"{n_selected} columns"
    reason = f"{count} chosen, as asked." if n_left else f"{count} chosen: no candidate is left."
    if n_decided < n_selected:
        reason += (
            f" From number {n_decided + 1} on all candidates tied at some step, so the criterion "
            "could not tell them apart and the order is that of the columns."
        )
    return reason
