"""Mean by chance of rows that are weighted by fractions: of margins that are real numbers.

One draw U in [0, 1) takes every margin x of a table to a whole number, floor(x + U), and the mean
is that of the whole margins, over U. It is continuous in all of them, 0 for a level of all rows,
and a (b / m) log(m / b) for a single row of a weight a < 1 and a class.
"""

from itertools import pairwise
from typing import NamedTuple, Self

import numpy as np

from mifs._kernels.chance import FixedPoint, Strata, level_means, strata_of
from mifs._typing import IntArray

PLACES_OF_A_COUNT = 32  # to look through so many takes half the time of a sort


class RealStrata(NamedTuple):
    """Strata of real size and class counts, and what they are in each span of U.

    Within a span, the size and the class counts of a stratum are one whole number each, so that a
    table of the means of whole levels serves all candidates, as it does where counts are whole.
    A stratum has a span more than its margins have distinct fractions; those after are empty.
    """

    start: IntArray  # (n_spans + 1, n_strata), of each span, and the end
    spans: list[tuple[IntArray, Strata]]  # by number, the strata that are not empty in each
    first: IntArray  # (n_strata,), place in a table of a span
    n_places: int
    n_digits: int  # binary ones of fractions: counts and U are multiples of 2**-n_digits

    @classmethod
    def of(cls, y_counts: IntArray, n_digits: int) -> Self:
        """Take class counts of shape (n_strata, n_y)."""
        low, up = _rounded(np.vstack([y_counts.sum(axis=1), y_counts.T]), n_digits)
        start = _distinct_starts(up, 1 << n_digits)
        spans: list[tuple[IntArray, Strata]] = []
        for begin, end in pairwise(start):
            own = np.flatnonzero(begin < end)
            size, classes = np.split(low[:, own] + (begin[own] >= up[:, own]), [1])
            spans.append((own, (size.ravel().copy(), *strata_of(classes.T)[1:])))
        n_places = low[0] + 3  # up to one above the size, which may be rounded up
        first = n_places.cumsum() - n_places
        return cls(start, spans, first, int(n_places.sum()), n_digits)


def _distinct_starts(up: IntArray, one: int) -> IntArray:
    """Where U begins, what it is rounded up from, each once in a stratum, and where it ends."""
    end = np.full_like(up[:1], one)
    start = np.sort(np.vstack([np.zeros_like(end), up]), axis=0)
    start[1:][start[1:] == start[:-1]] = one
    start.sort(axis=0)
    return np.vstack([start[(start < one).any(axis=1)], end])


def interpolated_means(
    counts: IntArray, stratum: IntArray, real: RealStrata, fixed: FixedPoint
) -> IntArray:
    """Mean of each level, in fixed point; counts are multiples, and have the strata broadcast.

    Cost O(n_counts * n_spans), and that of `level_means` of the whole counts that occur.
    """
    low, up = _rounded(counts, real.n_digits)
    mean, unit = np.zeros(counts.shape), 2.0**-real.n_digits
    for span in range(len(real.spans)):
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
    numbers, strata = real.spans[span]
    rank = np.searchsorted(numbers, own[occurs])
    means[occurs] = level_means(levels[occurs], rank, strata, fixed)
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
