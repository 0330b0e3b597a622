"""Ranks and normal scores: what a strictly monotone map of a column does not change."""

from functools import lru_cache

import numpy as np
from scipy.special import ndtri

from mifs._kernels.binning import HUGE
from mifs._kernels.twins import twin
from mifs._typing import AnyArray, FloatArray, IntArray


def floats_to_compare(numbers: AnyArray) -> FloatArray:
    """Numbers as floats; large whole ones less the smallest, lest different ones become equal."""
    is_whole = numbers.dtype.kind in "iu" and len(numbers) > 0
    if is_whole and max(int(numbers.max()), -int(numbers.min())) > HUGE:
        # Modulo 2**64, so that no difference of any two overflows.
        numbers = numbers.astype(np.uint64) - numbers.min().astype(np.uint64)
    return numbers.astype(np.float64, copy=False)


TABLE_ROWS = 1 << 16  # scores are kept of many lengths up to this, and of one above it,
MOST_KEPT = 1 << 21  # up to this: 16 MB


@twin("ranks")
def average_ranks(values: FloatArray) -> IntArray:
    """Twice the average rank of each value, less n + 1: an integer, and odd in the values.

    The smallest of n distinct values has 1 - n, the largest n - 1, and equal values their mean.
    NaN comes last, and no two are equal.
    """
    n = len(values)
    order = ascending_order(values)
    line = values[order]
    is_start = np.ones(n, dtype=bool)
    np.not_equal(line[1:], line[:-1], out=is_start[1:])
    if is_start.all():  # without ties, half of the memory
        del line
        ranks = np.empty(n, dtype=np.int64)
        ranks[order] = np.arange(1 - n, n, 2)
        return ranks
    starts = np.flatnonzero(is_start)
    ends = np.r_[starts[1:], len(line)]
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[order] = np.repeat(starts + ends - len(line), ends - starts)
    return ranks


def normal_scores(values: FloatArray) -> FloatArray:
    """Quantiles of the normal distribution at (average rank) / (n + 1), odd in the ranks.

    A strictly increasing map of the values changes no digit, a decreasing one only the sign.
    """
    return scores_of_ranks(average_ranks(values))


def scores_of_ranks(ranks: IntArray) -> FloatArray:
    """Normal scores of doubled, centred ranks."""
    n = len(ranks)
    if n <= TABLE_ROWS:
        scores = _upper_scores(n)[np.abs(ranks)]
        return np.copysign(scores, ranks, out=scores)
    scores = np.empty(n)
    for start in range(0, n, TABLE_ROWS):
        some = ranks[start : start + TABLE_ROWS]
        upper = ndtri((n + 1 + np.abs(some)) / (2 * (n + 1)))
        np.copysign(upper, some, out=scores[start : start + TABLE_ROWS])
    return scores


def ascending_scores(n_samples: int) -> FloatArray:
    """Normal scores of so many distinct values, in their order; not to be written to."""
    if n_samples <= TABLE_ROWS:
        return _few_scores(n_samples)
    return (_many_scores if n_samples <= MOST_KEPT else _scores)(n_samples)


def _scores(n_samples: int) -> FloatArray:
    scores = scores_of_ranks(np.arange(1 - n_samples, n_samples, 2))
    scores.flags.writeable = False
    return scores


_few_scores, _many_scores = (lru_cache(maxsize=kept)(_scores) for kept in (16, 1))


@lru_cache(maxsize=16)
def _upper_scores(n_samples: int) -> FloatArray:
    """Scores of the doubled, centred ranks 0 to n - 1."""
    scores = ndtri((n_samples + 1 + np.arange(n_samples)) / (2 * (n_samples + 1)))
    scores.flags.writeable = False
    return scores


@twin("ranks")
def ascending_order(values: FloatArray) -> IntArray:
    """Order that sorts the values, equal ones in the order of rows, NaN last.

    It costs nothing where they are sorted already.
    """
    if (values[1:] >= values[:-1]).all():
        return np.arange(len(values))
    order = np.argsort(values)
    line = values[order]
    # A stable sort takes twice the time, and differs only where not all values do.
    return order if (line[1:] > line[:-1]).all() else np.argsort(values, kind="stable")
