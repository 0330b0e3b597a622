"""Mean by chance of rows that are weighted by fractions: of margins that are real numbers.

One draw U in [0, 1) takes every margin x of a table to a whole number, floor(x + U), and the mean
is that of the whole margins, over U. It is continuous in all of them, 0 for a level of all rows,
and a (b / m) log(m / b) for a single row of a weight a < 1 and a class.
"""

from typing import NamedTuple, Self

import numpy as np

from mifs._kernels.chance import FixedPoint, Strata, level_means, strata_of
from mifs._typing import FloatArray, IntArray

PLACES_OF_A_COUNT = 256  # to look through so many takes a fifth of the time of a sort


class RealStrata(NamedTuple):
    """Strata of real size and class counts, and what they are in each span of U.

    Within a span, the size and the class counts of a stratum are one whole number each, so that a
    table of the means of whole levels serves all candidates, as it does where counts are whole.
    """

    start: IntArray  # (n_spans + 1, n_strata), of each span, and the end
    strata: Strata  # of all spans
    first: IntArray  # (n_strata,), place in a table of a span
    n_places: int
    n_digits: int  # binary ones of fractions: counts and U are multiples of 2**-n_digits

    @classmethod
    def of(cls, y_counts: IntArray, n_digits: int) -> Self:
        """Take class counts of shape (n_strata, n_y)."""
        margins = np.vstack([y_counts.sum(axis=1), y_counts.T])
        low, up = _rounded(margins, n_digits)
        begin = np.sort(np.vstack([np.zeros_like(low[:1]), up]), axis=0)
        whole = low + (begin[:, None] >= up)  # (n_spans, n_margins, n_strata)
        classes = whole[:, 1:].transpose(0, 2, 1).reshape(-1, y_counts.shape[1])
        strata = whole[:, 0].ravel(), *strata_of(classes)[1:]
        start = np.vstack([begin, np.full_like(low[:1], 1 << n_digits)])
        n_places = low[0] + 3  # up to one above the size, which may be rounded up
        first = n_places.cumsum() - n_places
        return cls(start, strata, first, int(n_places.sum()), n_digits)


def interpolated_means(
    counts: IntArray, stratum: IntArray, real: RealStrata, fixed: FixedPoint
) -> IntArray:
    """Mean of each level, in fixed point; counts are multiples, and have the strata broadcast.

    A level is rounded down up to some U, which lies in one span, and up from there on. What the
    spans before it and behind it come to is the same for all levels of one whole part. Cost
    O(n_counts * n_spans), and that of `level_means` of the whole counts that occur.
    """
    low, up = _rounded(counts, real.n_digits)
    places, back = _met(real.first[stratum] + low, real.n_places)
    own = np.searchsorted(real.first, places, side="right") - 1
    means = _whole_means(places - real.first[own], own, real, fixed)  # (n_spans, n_places)
    unit = 2.0**-real.n_digits
    parts = np.diff(real.start, axis=0)[:, own] * unit * means
    before = parts.cumsum(axis=0) - parts
    behind = parts[::-1].cumsum(axis=0)[::-1] - parts

    span = sum((up >= start[stratum]).astype(np.intp) for start in real.start[1:-1])
    start, end = real.start[span, stratum], real.start[span + 1, stratum]
    below, above = (span, back), (span, back + 1)
    mean = before[below] + (up - start) * unit * means[below]
    mean += (end - up) * unit * means[above] + behind[above]
    return np.rint(mean).astype(np.int64)


def _rounded(numbers: IntArray, n_digits: int) -> tuple[IntArray, IntArray]:
    """Whole part of each multiple, and the U from which it is rounded up."""
    one = 1 << n_digits
    return numbers >> n_digits, one - (numbers & (one - 1))


def _met(places: IntArray, n_places: int) -> tuple[IntArray, IntArray]:
    """Some places and their next ones, ascending, and which of these each is: the next is next.

    By a sort if there may be many.
    """
    if n_places > PLACES_OF_A_COUNT * places.size:
        distinct, back = np.unique(np.stack([places, places + 1]), return_inverse=True)
        return distinct, back.reshape(2, *places.shape)[0]
    is_met, rank = np.zeros(n_places, dtype=bool), np.empty(n_places, dtype=np.int32)
    is_met[places] = True
    is_met[1:] |= is_met[:-1]
    distinct = np.flatnonzero(is_met)
    rank[distinct] = np.arange(len(distinct))
    return distinct, rank[places]


def _whole_means(a: IntArray, own: IntArray, real: RealStrata, fixed: FixedPoint) -> FloatArray:
    """Mean in each span of levels that occur `a` times in their own stratum, 0 beyond its size."""
    strata = np.arange(len(real.start) - 1)[:, None] * len(real.first) + own
    is_possible = (a > 0) & (a < real.strata[0][strata])  # one of all rows has none
    means = np.zeros(strata.shape)
    a = np.broadcast_to(a, strata.shape)
    means[is_possible] = level_means(a[is_possible], strata[is_possible], real.strata, fixed)
    return means
