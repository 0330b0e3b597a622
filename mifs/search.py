"""Greedy forward search: one loop for every criterion, source of information, and end."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol, Self

import numpy as np

from mifs._typing import BoolArray, FloatArray, IntArray
from mifs.criteria import Criterion
from mifs.scan import scan
from mifs.standing import DIGITS, Standing, rounded
from mifs.terms import IndependenceTests, Information, PairTerms


@dataclass(frozen=True, eq=False)
class SelectionPath:
    """What was chosen, step by step, and why it ended there.

    A path is nested: its first k columns are the path of length k.

    Attributes
    ----------
    order : ndarray of shape (n_selected,)
        Columns in order of choice.
    score : ndarray of shape (n_selected,)
        Criterion at each choice; the first entry is the relevance, or what ranks in its place.
    relevance : ndarray of shape (n_selected,)
        I(X; Y) of each chosen column.
    redundancy : ndarray of shape (n_selected,)
        Mean of I(X; W) over the columns W chosen before; nan for the first, and throughout for a
        criterion that looks at relevance alone.
    conditional_redundancy : ndarray of shape (n_selected,)
        Mean of I(X; W | Y) over the same.
    last_score : ndarray of shape (n_features,)
        Criterion of every column when it was last a candidate; nan if it never was one. Where
        `is_bound`, what the criterion cannot exceed.
    is_bound : ndarray of bool of shape (n_features,)
        Columns that a lazy search left behind, because their score could not reach the best; never
        one that was chosen.
    tied : ndarray of bool of shape (n_selected,)
        Whether all candidates tied at the choice, so that the leftmost was taken.
    in_nats : bool
        Whether the scores are information; those of some criteria are ratios, without a unit.
    unit : str
        Of every information: "nats".
    ended : str
        Why the path has this length, as a sentence.
    n_tables : int
        How many candidates were measured with a chosen column to make the choices; those of
        `redundancy` are not counted.
    """

    order: IntArray
    score: FloatArray
    relevance: FloatArray
    redundancy: FloatArray
    conditional_redundancy: FloatArray
    last_score: FloatArray
    is_bound: BoolArray
    tied: BoolArray
    in_nats: bool
    unit: str
    ended: str
    n_tables: int

    def __repr__(self) -> str:
        """Say how many columns were chosen, of how many; the arrays are attributes."""
        return f"SelectionPath({len(self.order)} of {len(self.last_score)})"

    def first(self, n_features: int, *, ended: str) -> Self:
        """Return the path of the first columns.

        Parameters
        ----------
        n_features : int
            How many.
        ended : str
            Why it has that length, as a sentence.

        Returns
        -------
        SelectionPath
            Its `last_score` is that of the longer one.
        """
        steps = ("order", "score", "relevance", "redundancy", "conditional_redundancy", "tied")
        shorter = {name: getattr(self, name)[:n_features] for name in steps}
        return replace(self, ended=ended, **shorter)


class Door(Protocol):
    """What decides which candidates may enter a selection, and when none may."""

    # Whether it needs the tests given every chosen column, and the score of every candidate.
    learns: ClassVar[bool]

    def admit(self, scores: FloatArray, is_open: BoolArray, order: Sequence[int]) -> Sequence[int]:
        """Columns to choose next, of those that are open; none to end."""

    def hopeful(self, is_open: BoolArray, order: Sequence[int]) -> BoolArray:
        """Open columns that could still enter, so that a scan must ask for their terms."""

    def is_closed(self, is_open: BoolArray, order: Sequence[int]) -> bool:
        """Whether nothing can enter any more, so that no further scan is needed."""

    def learn(self, selected: int, columns: IntArray, tests: IndependenceTests) -> None:
        """Take note of the tests of some candidates given the column that was chosen last."""

    def why(self, is_open: BoolArray, order: Sequence[int]) -> str:
        """Say why the path ended, as a sentence."""


@dataclass(frozen=True)
class FixedLength:
    """A door through which the best candidate enters until there are `n_features`."""

    n_features: int
    learns: ClassVar[bool] = False

    def admit(self, scores: FloatArray, is_open: BoolArray, order: Sequence[int]) -> Sequence[int]:
        """Give the best of the open candidates."""
        return () if self.is_closed(is_open, order) else (best_of(scores, is_open),)

    def hopeful(self, is_open: BoolArray, order: Sequence[int]) -> BoolArray:  # noqa: ARG002
        """Every column that is open."""
        return is_open

    def is_closed(self, is_open: BoolArray, order: Sequence[int]) -> bool:
        """Whether the path is as long as asked."""
        return len(order) >= self.n_features or not is_open.any()

    def learn(self, selected: int, columns: IntArray, tests: IndependenceTests) -> None:
        """Learn nothing: the scores say it all."""

    def why(self, is_open: BoolArray, order: Sequence[int]) -> str:
        """Say whether the length or the columns came to an end."""
        count = count_of(len(order))
        return f"{count} chosen, as asked." if is_open.any() else f"{count} chosen: none is left."


def forward_search(
    criterion: Criterion,
    information: Information,
    *,
    door: Door,
    candidates: BoolArray | None = None,
    include: Sequence[int] = (),
    on_step: Callable[[], None] | None = None,
    is_lazy: bool = True,
    describes: bool = True,
) -> SelectionPath:
    """Choose the best candidate, again and again, until the door is closed.

    Parameters
    ----------
    criterion : Criterion
        What scores the candidates.
    information : Information
        What knows their terms.
    door : Door
        What lets candidates in: `FixedLength`, or the gate of a stated error rate.
    candidates : ndarray of bool of shape (n_features,), optional
        Columns that may be chosen; all of them if left out.
    include : sequence of int, default=()
        Columns that are chosen first, in this order, whatever their scores.
    on_step : callable, optional
        Called after every choice, or for each of some that a source made in a row.
    is_lazy : bool, default=True
        Whether columns that cannot be the best are left behind, with a bound for their last score,
        and sources make choices by themselves. Choices and their scores are the same.
    describes : bool, default=True
        Whether the redundancies of the path are measured; nan if not.

    Returns
    -------
    SelectionPath
        Order, scores and terms, in nats.

    Raises
    ------
    ValueError
        If the criterion scores a candidate nan.

    Notes
    -----
    Scores are compared after rounding to 1e-12, and ties go to the lower column index, so that
    no order of rows or sums changes a selection, and the order of columns none but among ties.
    A plain search asks for all remaining candidates at every choice. A lazy one brings those of
    the highest bounds up to date first, where the criterion says how far its scores can still rise
    (`Criterion.best_rest`), and ends once no other bound reaches the best. Nothing would be saved
    by it at a door that tests: each candidate is tested given the chosen columns in turn until one
    stands in its way, which is all that a record of the tests takes, and no less.
    The redundancies of a path of length k take k (k - 1) / 2 more tables.
    """
    standing = Standing(criterion, information, is_lazy=is_lazy and not door.learns)
    relevance = information.relevance()
    is_open = np.ones(len(relevance), dtype=bool) if candidates is None else candidates.copy()
    is_open[list(include)] = True
    standing.score[~is_open] = np.nan
    order: list[int] = []
    score: list[float] = []
    tied: list[bool] = []
    queue = list(include)

    def choose(column: int, *, is_tied: bool) -> None:
        is_open[column] = False
        order.append(column)
        score.append(standing.score[column])
        tied.append(is_tied)
        if on_step is not None:
            on_step()

    while queue := queue or list(door.admit(standing.score, is_open, order)):
        is_tied = len(order) >= len(include) and _all_tie(standing.score, is_open)
        choose(queue.pop(0), is_tied=is_tied)
        if not queue and door.is_closed(is_open, order):
            break
        for column in _score(standing, door, is_open, order, queue):
            choose(column, is_tied=False)
    is_shown = describes and criterion.conditions_on != "nothing"
    redundancy, conditional_redundancy = _mean_redundancies(information, order, is_shown)
    return SelectionPath(
        order=np.array(order, dtype=np.int64),
        score=np.array(score),
        relevance=relevance[order],
        redundancy=redundancy,
        conditional_redundancy=conditional_redundancy,
        last_score=standing.score,
        is_bound=standing.is_behind,
        tied=np.array(tied, dtype=bool),
        in_nats=criterion.in_nats,
        unit="nats",
        ended=door.why(is_open, order) + _ties(tied),
        n_tables=standing.n_tables,
    )


def best_of(scores: FloatArray, candidates: BoolArray) -> int:
    """First of the candidates whose rounded score is the highest.

    Parameters
    ----------
    scores : ndarray of shape (n_features,)
        Scores.
    candidates : ndarray of bool of shape (n_features,)
        Of which at least one is True.

    Returns
    -------
    int
        Column.
    """
    best = float(scores.max(where=candidates, initial=-np.inf))
    near = (candidates & (scores >= _near(best))).nonzero()[0]  # few: to round all takes longer
    return int(near[rounded(scores[near]).argmax()] if len(near) > 1 else near[0])


def count_of(n_columns: int) -> str:
    """Return a number of columns in words.

    Parameters
    ----------
    n_columns : int
        Number of columns.

    Returns
    -------
    str
        "1 column", "2 columns".
    """
    return "1 column" if n_columns == 1 else f"{n_columns} columns"


def _all_tie(scores: FloatArray, is_open: BoolArray) -> bool:
    """Whether at least two candidates are left and nothing tells them apart."""
    first, last = int(is_open.argmax()), len(is_open) - 1 - int(is_open[::-1].argmax())
    lower, higher = sorted((float(scores[first]), float(scores[last])))
    if first == last or lower < _near(higher):  # soon told, of most
        return False
    left = rounded(scores[is_open])
    return bool((left == left[0]).all())


def _near(score: float) -> float:
    """Least score that could equal another one once both are rounded."""
    return score - 4 * (10.0**-DIGITS + math.ulp(score)) if math.isfinite(score) else score


def _refuse_nan(criterion: Criterion, scores: FloatArray, asked: BoolArray) -> None:
    if (np.isnan(scores) & asked).any():
        msg = f"{criterion!r} scored a candidate nan: scores must be numbers. Guard its ratios "
        msg += "where an entropy or a redundancy is zero."
        raise ValueError(msg)


def _score(
    standing: Standing, door: Door, is_open: BoolArray, order: list[int], queue: list[int]
) -> Sequence[int]:
    """Bring the scores up to date that the next choice takes; return choices before it."""
    asked = door.hopeful(is_open, order)
    chosen: Sequence[int] = ()
    if door.learns:
        standing.catch_up(asked, order, learn=door.learn)
    elif queue:  # whatever stands above it, its score is told
        standing.choose_among(asked, order)
        standing.catch_up(np.arange(len(asked)) == queue[0], order)
    else:  # the last choice is the door's
        n_choices = door.n_features - len(order) - 1 if isinstance(door, FixedLength) else 0
        chosen = standing.choose_among(asked, order, n_choices=n_choices)
    _refuse_nan(standing.criterion, standing.score, asked)
    return chosen


def _mean_redundancies(
    information: Information, order: list[int], is_shown: bool
) -> tuple[FloatArray, FloatArray]:
    """Average I(X; W) and I(X; W | Y) of each chosen X over the W chosen before it."""
    means = np.full((2, len(order)), np.nan)
    if not is_shown or len(order) < 2:
        return means[0], means[1]
    sums = np.zeros((2, information.n_features))
    for step, column in enumerate(order[:-1]):
        later = np.zeros(information.n_features, dtype=bool)
        later[order[step + 1 :]] = True
        for columns, (redundancy, given_y) in scan(information, (column,), later, _shared):
            sums[:, columns] += redundancy, given_y
    means[:, 1:] = sums[:, order[1:]] / np.arange(1, len(order))
    return means[0], means[1]


def _shared(pair: PairTerms) -> tuple[FloatArray, FloatArray]:
    given_y = pair.conditional_redundancy  # first: its tables hold those of the other
    return pair.redundancy, given_y


def _ties(tied: list[bool]) -> str:
    """Say at which steps nothing told the candidates apart."""
    steps = [str(step) for step, is_tie in enumerate(tied, start=1) if is_tie]
    if not steps:
        return ""
    shown = ", ".join(steps[:5]) + (", ..." if len(steps) > 5 else "")
    return (
        f" At step{'s' if len(steps) > 1 else ''} {shown} all candidates tied: the criterion could "
        "not tell them apart, and the leftmost was taken."
    )
