"""Mean by chance of rows that are weighted by fractions: of margins that are real numbers.

One draw U in [0, 1) takes every margin x of a table to a whole number, floor(x + U), and the mean
is that of the whole margins, over U. It is continuous in all of them, 0 for a level of all rows,
and a (b / m) log(m / b) for a single row of a weight a < 1 and a class.
"""

from typing import NamedTuple, Self

import numpy as np

from mifs._kernels.chance import FixedPoint, Strata, level_means, strata_of
from mifs._typing import IntArray

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

    Cost O(n_counts * n_spans), and that of `level_means` of the whole counts that occur.
    """
    low, up = _rounded(counts, real.n_digits)
    mean, unit = np.zeros(counts.shape), 2.0**-real.n_digits
    for span in range(len(real.start) - 1):
        start, end = real.start[span][stratum], real.start[span + 1][stratum]
        below = np.clip(up, start, end) - start  # how much of the span rounds down
        above = end - start - below
        # A level is never rounded to more than its stratum, but for a share of nothing.
        whole = np.stack([low * (below > 0), (low + 1) * (above > 0)])
        lower, upper = _whole_means(whole, stratum, span, real, fixed)
        mean += (below * unit) * lower + (above * unit) * upper
    return np.rint(mean).astype(np.int64)


def _rounded(numbers: IntArray, n_digits: int) -> tuple[IntArray, IntArray]:
    """Whole part of each multiple, and the U from which it is rounded up."""
    one = 1 << n_digits
    return numbers >> n_digits, one - (numbers & (one - 1))


def _whole_means(
    a: IntArray, stratum: IntArray, span: int, real: RealStrata, fixed: FixedPoint
) -> IntArray:
    """Mean of each level that occurs `a` times in a span, 0 of one that does not."""
    places, back = _distinct(real.first[stratum] + a, real.n_places)
    own = np.searchsorted(real.first, places, side="right") - 1
    levels = places - real.first[own]
    means, occurs = np.zeros(len(levels), dtype=np.int64), levels > 0
    strata = span * len(real.first) + own[occurs]
    means[occurs] = level_means(levels[occurs], strata, real.strata, fixed)
    return means[back]


def _distinct(places: IntArray, n_places: int) -> tuple[IntArray, IntArray]:
    """Distinct places, ascending, and which of them each is: by a sort if there may be many."""
    if n_places > PLACES_OF_A_COUNT * places.size:
        distinct, back = np.unique(places, return_inverse=True)
        return distinct, back.reshape(places.shape)
    is_met = np.zeros(n_places, dtype=bool)
    is_met[places] = True
    distinct, rank = np.flatnonzero(is_met), np.empty(n_places, dtype=np.int32)
    rank[distinct] = np.arange(len(distinct))
    return distinct, rank[places]
