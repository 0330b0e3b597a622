"""Mean by chance of rows that are weighted by fractions: of margins that are real numbers.

One draw U in [0, 1) takes every margin x of a table to a whole number, floor(x + U), and the mean
is that of the whole margins, over U. It is continuous in all of them, 0 for a level of all rows,
and a (b / m) log(m / b) for a single row of a weight a < 1 and a class.
"""

from typing import NamedTuple, Self

import numpy as np

from mifs._kernels.chance import FixedPoint, Strata, level_means
from mifs._typing import FloatArray, IntArray

PLACES_OF_A_COUNT = 32  # to look through so many takes half the time of a sort
MOST_LEVELS = 1 << 12  # whose means are computed at once: the NumPy kernel lays their cells out
MOST_CLASSES = 1 << 26  # numbers of them: half a gigabyte
TOO_MANY = (
    "The mean by chance of a column of {} levels, whose sample_weight are fractions, would take "
    "{:.0f} GB. Leave the column out, give whole-number weights, or take nothing off: "
    "mi_estimator=BinnedMI(correction=None)."
)


class RealStrata(NamedTuple):
    """Strata of real size and class counts, and what they are in each span of U.

    Within a span, the size and the class counts of a stratum are one whole number each, so that a
    table of the means of whole levels serves all candidates, as it does where counts are whole.
    """

    start: IntArray  # (n_spans + 1, n_strata), of each span, and the end
    strata: Strata  # all spans of the first one, of the second one, ...
    first: IntArray  # (n_strata,), place in a table of a span
    n_places: int
    n_digits: int  # binary ones of fractions: counts and U are multiples of 2**-n_digits

    @classmethod
    def of(cls, y_counts: IntArray, n_digits: int) -> Self:
        """Take class counts of shape (n_strata, n_y)."""
        size, size_up = _rounded(y_counts.sum(axis=1, keepdims=True), n_digits)
        low, up = _rounded(y_counts, n_digits)
        begin, from_span = _spans(size_up, up, 1 << n_digits)
        sizes = (size + (begin >= size_up)).ravel()
        end = np.full_like(size, 1 << n_digits)
        n_places = size.ravel() + 3  # up to one above the size, which may be rounded up
        return cls(
            np.hstack([begin, end]).T,
            (sizes, *_classes(low, from_span, begin.shape[1])),
            n_places.cumsum() - n_places,
            int(n_places.sum()),
            n_digits,
        )


def _spans(size_up: IntArray, up: IntArray, one: int) -> tuple[IntArray, IntArray]:
    """Where spans of U begin, and from which on each class is rounded up.

    Spans of one beginning are nothing but for the last of them, so that any of these will do; and
    those that no stratum has are left out, as classes that do not occur would make many.
    """
    every = np.hstack([np.zeros_like(size_up), size_up, up])
    order = np.argsort(every, axis=1, kind="stable")
    span = np.empty_like(order)
    np.put_along_axis(span, order, np.arange(order.shape[1])[None], axis=1)
    begin = np.take_along_axis(every, order, axis=1)
    return begin[:, : max(2, (begin < one).sum(axis=1).max())], span[:, 2:]


def _classes(
    low: IntArray, from_span: IntArray, n_spans: int
) -> tuple[IntArray, IntArray, IntArray]:
    """First class of each stratum and span, the distinct counts, and how often each occurs.

    A class counts `low` until the span from which it is rounded up, and one more from there on.
    """
    n_strata, n_y = low.shape
    both = np.hstack([low, low + 1])
    order = np.argsort(both, axis=1)
    ordered = np.take_along_axis(both, order, axis=1)
    number = np.zeros_like(order)
    number[:, 1:] = (ordered[:, 1:] != ordered[:, :-1]).cumsum(axis=1)
    shape = n_strata, n_spans, int(number.max()) + 1
    if np.prod(shape, dtype=float) > MOST_CLASSES:
        raise MemoryError(TOO_MANY.format(n_y, 8e-9 * np.prod(shape, dtype=float)))
    count, place = np.zeros((n_strata, 1, shape[2]), dtype=np.int64), np.empty_like(order)
    np.put_along_axis(count[:, 0], number, ordered, axis=1)
    np.put_along_axis(place, order, number, axis=1)
    row, n_classes = np.arange(n_strata)[:, None], np.zeros(shape, dtype=np.int64)
    np.add.at(n_classes, (row, np.zeros_like(row), place[:, :n_y]), 1)
    stratum, one = (from_span < n_spans).nonzero()
    for change, of_count in ((-1, place[:, :n_y]), (1, place[:, n_y:])):
        at = stratum, from_span[stratum, one], of_count[stratum, one]
        np.add.at(n_classes, at, change)
    np.cumsum(n_classes, axis=1, out=n_classes)
    occurs = (n_classes > 0) & (count > 0)
    first_class = np.append(0, occurs.sum(axis=2).cumsum())
    return first_class, np.broadcast_to(count, shape)[occurs], n_classes[occurs]


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
    n_spans = len(real.start) - 1
    strata = own * n_spans + np.arange(n_spans)[:, None]
    is_possible = (a > 0) & (a < real.strata[0][strata])  # one of all rows has none
    means = np.zeros(strata.shape)
    span, level = is_possible.nonzero()
    for start in range(0, len(span), MOST_LEVELS):
        some = span[start : start + MOST_LEVELS], level[start : start + MOST_LEVELS]
        means[some] = level_means(a[some[1]], strata[some], real.strata, fixed)
    return means
