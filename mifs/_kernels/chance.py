"""Mean of the information in a table whose margins are fixed, cell by cell.

With a level that occurs `a` times, a class that occurs `b` times and `m` samples, the count K
of their cell is hypergeometric under independence, with mean mu = a b / m. The information of a
table is, exactly, m I = sum of h(K; mu) = K log(K / mu) - K + mu over its cells. Every term is
non-negative and small, so nothing cancels. (Vinh, Epps, Bailey, JMLR 11:2837, 2010, give the
mean; the form in h is ours.)
"""

from typing import NamedTuple, Self, TypeAlias

import numpy as np
from scipy.special import xlogy

from mifs._kernels.elementary import log
from mifs._kernels.twins import twin
from mifs._typing import FloatArray, IntArray

# Eight central moments err by at most 9 / mu**4 in a cell, so a table whose cells are all that
# full errs by at most 9 / mu**5 nats: 3e-11 at this mean.
SERIES_FROM = 200.0
# Every other count has the same mean, to exp(-2 * 18) and exp(-37): from this variance on, as a
# hypergeometric count is a sum of independent ones of 0 and 1 (V. A. Vatutin, V. G. Mikhailov,
# 1982), and where neither the class nor the rest leaves a level out, for k log k has a kink at 0.
WIDE_VARIANCE, WIDE_FROM = 18.0, 37.0
NEGLIGIBLE = 1e-18  # of the mode's probability; what lies beyond is below rounding
STEPS = 4  # of a walk, between two looks at whether it has come to what is negligible
# Below the series' mean no count beyond 346 has a probability that is not negligible.
K_LARGEST = 1023
K_LOG_K = xlogy(np.arange(K_LARGEST + 1.0), np.arange(K_LARGEST + 1.0))


# As `level_means` and `chance_sums` take them.
Strata: TypeAlias = tuple[IntArray, IntArray, IntArray, IntArray]
FixedPoint: TypeAlias = tuple[float, FloatArray]
Rows: TypeAlias = tuple[IntArray, IntArray]


class Chance(NamedTuple):
    """Means by chance of the levels of a candidate in each level of Z, as sums of parts."""

    table: IntArray  # of means, as `chance_sums` fills it; empty if none is kept
    rows: Rows  # the strata, which are the levels of Z
    strata: Strata

    @classmethod
    def of(cls, y_counts: IntArray, most_kept: int) -> Self:
        """Take class counts of shape (n_strata, n_y); a table has at most so many places."""
        strata, every = strata_of(y_counts), np.arange(len(y_counts))
        first = strata[0].cumsum() - strata[0] + every  # one place more than rows for each
        chance = cls(np.empty(0, dtype=np.int64), (every, first), strata)
        return chance.with_new_table() if chance._n_places <= most_kept else chance

    def with_new_table(self) -> Self:
        """Return the same with a table that nothing is known of: zeros take no memory yet."""
        table = np.zeros(self._n_places, dtype=np.int64)
        table[self.rows[1]] = ~0  # a level that does not occur
        return self._replace(table=table)

    @property
    def _n_places(self) -> int:
        return int(self.rows[1][-1] + self.strata[0][-1]) + 1


def expected_information(a: IntArray, b: IntArray, m: IntArray) -> FloatArray:
    """Mean of h(K; a b / m) for K hypergeometric(m, a, b), one result for each triple, in nats.

    Each element is computed by the same operations whatever its neighbours in the array are, so
    the order and the size of a batch never change a digit.
    """
    return _cell_means_of(a, b, m, K_LOG_K)


@twin("chance")
def cell_means(a: FloatArray, b: FloatArray, m: FloatArray, k_log_k: FloatArray) -> FloatArray:
    """Mean of h(K; a b / m), by a series in well-filled cells and by its sum in all others."""
    is_full = a * b > SERIES_FROM * m
    mean = np.empty(len(a))
    mean[is_full] = _by_moments(a[is_full], b[is_full], m[is_full])
    is_few = ~is_full
    mean[is_few] = _by_summation(a[is_few], b[is_few], m[is_few], k_log_k)
    return mean


def _cell_means_of(a: IntArray, b: IntArray, m: IntArray, k_log_k: FloatArray) -> FloatArray:
    """Mean of h in every cell, from whole numbers."""
    return cell_means(a.astype(float), b.astype(float), m.astype(float), k_log_k)


@twin("chance")
def strata_of(y_counts: IntArray) -> Strata:
    """Size of each stratum, and its distinct class counts in a row with how often each occurs.

    Counts have shape (n_strata, n_y); those of 0 are left out.
    """
    ordered = np.sort(y_counts, axis=1)
    is_new = ordered > 0
    is_last = is_new.copy()
    differs = ordered[:, 1:] != ordered[:, :-1]
    is_new[:, 1:] &= differs
    is_last[:, :-1] &= differs
    start, end = is_new.ravel().nonzero()[0], is_last.ravel().nonzero()[0]
    first_class = start.searchsorted(np.arange(0, ordered.size + 1, ordered.shape[1]))
    return y_counts.sum(axis=1), first_class, ordered.ravel()[start], end - start + 1


@twin("chance")
def level_means(a: IntArray, stratum: IntArray, strata: Strata, fixed: FixedPoint) -> IntArray:
    """Sum of the means of each level's cells over the classes of its stratum, in fixed point.

    Levels occur `a` times in a `stratum`. Of `strata`, (size, first, b, repeats), stratum s has
    ``size[s]`` rows and the distinct class counts ``b[first[s]:first[s + 1]]``, each as often as
    `repeats` says. With `fixed` = (scale, k log k of k = 0, 1, ...), every mean is rounded to a
    multiple of ``1 / scale`` first, so that sums are exact.
    """
    (size, first, b, repeats), (scale, k_log_k) = strata, fixed
    n_cells = first[stratum + 1] - first[stratum]
    ends = np.cumsum(n_cells)
    own = np.arange(n_cells.sum()) + np.repeat(first[stratum] - ends + n_cells, n_cells)
    means = _cell_means_of(
        np.repeat(a, n_cells), b[own], np.repeat(size[stratum], n_cells), k_log_k
    )
    cells = np.rint(means * scale).astype(np.int64) * repeats[own]
    sums = np.concatenate([[0], np.cumsum(cells)])
    return sums[ends] - sums[ends - n_cells]


@twin("chance")
def chance_sums(
    counts: IntArray, rows: Rows, table: IntArray, strata: Strata, fixed: FixedPoint
) -> IntArray:
    """Sum the means of each candidate's levels, in fixed point.

    `counts` has shape (n_candidates, n_rows, n_levels). With `rows` = (stratum, first), row r is of
    the stratum ``stratum[r]``. Of a level that occurs `a` times in stratum s, the complement of the
    mean, ``-1 - mean``, is at ``table[first[s] + a]``; where that is 0 it is computed first, and
    kept there. So a table begins as zeros, which take no memory until they are written.
    """
    stratum, first = rows
    places = counts + first[stratum][:, None]
    is_met = np.zeros(len(table), dtype=bool)
    is_met[places] = True
    unknown = np.flatnonzero(is_met & (table == 0))
    own = np.searchsorted(first, unknown, side="right") - 1
    table[unknown] = ~level_means(unknown - first[own], own, strata, fixed)
    return (~table[places]).sum(axis=(1, 2))


def _by_summation(a: FloatArray, b: FloatArray, m: FloatArray, k_log_k: FloatArray) -> FloatArray:
    """E[K log K] - mu log mu, summed from the mode in both directions, each or every other count.

    As the mean of K is mu, nothing else is left of E h. The difference costs last bits of K log K:
    about 1e-12 at the largest mu. All probabilities are relative to the mode's: `mass` is their
    sum, `moment` that of p K log K. What is walked is the count of one of the four cells that a
    level and a class and the rest of the rows make, that of the rarer ones: so all four have one
    walk, and `a` and `b` are alike to the bit.
    """
    is_turned_a, is_turned_b = a > m - a, b > m - b
    level, label = np.where(is_turned_a, m - a, a), np.where(is_turned_b, m - b, b)
    mode = np.floor((level + 1) * (label + 1) / (m + 2))
    least = level * label
    is_wide = least * ((m - level) * (m - label)) > WIDE_VARIANCE * m * (m * (m - 1))
    by = np.where(is_wide & (least >= WIDE_FROM * m), 2.0, 1.0)
    base = np.where(is_turned_b, a, 0.0)
    base[is_turned_a] = np.where(is_turned_b, a + b - m, b)[is_turned_a]
    sign = np.where(is_turned_a ^ is_turned_b, -1.0, 1.0)
    mass, moment = np.ones(a.shape), k_log_k[(base + sign * mode).astype(np.intp)]
    for factors, direction in ((_factors_up, 1.0), (_factors_down, -1.0)):
        alive = np.arange(len(a))
        left = np.array([base, sign, level, label, m - level - label, by, mode, np.ones(a.shape)])
        while alive.size:
            for _ in range(STEPS):
                base_, sign_, level_, label_, rest, by_, k, p = left
                above, below = factors(level_, label_, rest, k)
                next_above, next_below = factors(level_, label_, rest, k + direction)
                above *= np.where(by_ > 1, next_above, 1.0)
                below *= np.where(by_ > 1, next_below, 1.0)
                p *= above / below
                k += direction * by_
                mass[alive] += p
                # beyond an end p is 0, and so is what is looked up there
                moment[alive] += p * k_log_k[np.maximum(base_ + sign_ * k, 0.0).astype(np.intp)]
            is_alive = p > NEGLIGIBLE
            alive, left = alive[is_alive], left[:, is_alive]
    mu = a * b / np.maximum(m, 1.0)  # of no rows too
    # a count that cannot vary has no information, and none may be less than nothing
    return np.where((a < m) & (b < m), np.maximum(moment / mass - mu * log(mu), 0.0), 0.0)


def _factors_up(
    a: FloatArray, b: FloatArray, rest: FloatArray, k: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """P(K = k + 1) / P(K = k) as a fraction, with rest = m - a - b."""
    return (a - k) * (b - k), (k + 1) * (rest + k + 1)


def _factors_down(
    a: FloatArray, b: FloatArray, rest: FloatArray, k: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """P(K = k - 1) / P(K = k) as a fraction."""
    return k * (rest + k), (a - k + 1) * (b - k + 1)


def _by_moments(a: FloatArray, b: FloatArray, m: FloatArray) -> FloatArray:
    """Series in the central moments of the hypergeometric law, to the eighth."""
    mu = a * b / m
    c, d = (a - mu) * (b - mu), a + b - 2 * mu
    moments = [np.ones_like(mu), np.zeros_like(mu)]
    binomials = np.array([1.0])
    for q in range(1, 8):
        binomials = np.convolve(binomials, [1.0, 1.0])
        total = np.zeros_like(mu)
        for i in range(q):
            total += binomials[i] * (c * moments[i] - d * moments[i + 1])
        for i in range(q - 1):
            total += binomials[i] * moments[i + 2]
        moments.append(total / (m - q))
    mean = np.zeros_like(mu)
    for k in range(8, 1, -1):  # the smallest terms first
        mean = (mean + moments[k] * ((-1) ** k / (k * (k - 1)))) / mu
    return mean
