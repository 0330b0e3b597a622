"""The scan of all pairs of columns, for the gate and for the functional door."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from mifs._typing import BoolArray, IntArray
from mifs.terms import Information, PairTerms

PAIR_BUDGET = 5e9  # pairs times rows that are searched: one to three minutes


class Pair(NamedTuple):
    """Two columns and the test that stands most in their way; in this order, pairs sort."""

    pvalue: float  # the larger of both directions
    lack: float  # minus T of that direction: it ranks those whose p-values are too small to tell
    first: int
    second: int


def significant_pairs(
    information: Information, columns: BoolArray, level: float, *, n_best: int | None = None
) -> list[Pair]:
    """Pairs of columns of which each tells of the target given the other.

    Parameters
    ----------
    information : Information
        What knows the tests.
    columns : ndarray of bool of shape (n_features,)
        Columns to pair.
    level : float
        What the larger p-value of both directions must not exceed.
    n_best : int, optional
        How many pairs to keep; all of them if left out.

    Returns
    -------
    list of Pair
        Those of the smallest p-value first, and of the largest T where p-values are equal.

    Notes
    -----
    Every column is the condition of one scan of all others, so a pair's directions come from two
    scans. What waits for the second is only what could still be kept.
    """
    worst = (level, np.inf)
    waiting: dict[tuple[int, int], tuple[float, float]] = {}
    pairs: list[Pair] = []
    for condition in np.flatnonzero(columns).tolist():
        others = columns.copy()
        others[condition] = False
        for block, terms in information.pair((condition,), others):
            for column, test in _within(worst, block, terms):
                if column > condition:
                    waiting[condition, column] = test
                elif (first := waiting.pop((column, condition), None)) is not None:
                    pairs.append(Pair(*max(first, test), column, condition))
        if n_best is not None and len(pairs) >= n_best:
            pairs = sorted(pairs)[:n_best]
            worst = pairs[-1][:2]
    return sorted(pairs)


def refuse_many_pairs(
    n_columns: int, n_samples: int, *, remedy: str, budget: float = PAIR_BUDGET
) -> None:
    """Raise if a search of all pairs would be too large, with its size.

    Parameters
    ----------
    n_columns : int
        Number of columns to pair.
    n_samples : int
        Number of rows.
    remedy : str
        What to do about it, as a sentence.
    budget : float, default=5e9
        Pairs times rows that may be searched.

    Raises
    ------
    ValueError
        If pairs times rows are more than the budget.
    """
    n_pairs = n_columns * (n_columns - 1) // 2
    if n_pairs * n_samples > budget:
        msg = (
            f"The pairs of {n_columns} columns are {n_pairs}, times the rows "
            f"{n_pairs * n_samples:.1e}: more than the {budget:.1e} that are searched. {remedy}"
        )
        raise ValueError(msg)


def _within(
    worst: tuple[float, float], block: IntArray, terms: PairTerms
) -> Iterator[tuple[int, tuple[float, float]]]:
    """Yield the columns of a block whose test is no worse than one, as p-value and minus T."""
    tests = terms.independence
    level, lack = worst
    is_within = (tests.pvalue < level) | ((tests.pvalue == level) & (-tests.statistic <= lack))
    for place in np.flatnonzero(is_within):
        yield int(block[place]), (float(tests.pvalue[place]), -float(tests.statistic[place]))
