"""Mean of the information in a table whose margins are fixed, cell by cell.

With a level that occurs `a` times, a class that occurs `b` times and `m` samples, the count K
of their cell is hypergeometric under independence, with mean mu = a b / m. The information of a
table is, exactly, m I = sum of h(K; mu) = K log(K / mu) - K + mu over its cells. Every term is
non-negative and small, so nothing cancels. (Vinh, Epps, Bailey, JMLR 11:2837, 2010, give the
mean; the form in h is ours.)
"""

import numpy as np
from scipy.special import xlogy

from mifs._typing import FloatArray, IntArray

# Eight central moments err by at most 9 / mu**4 in a cell, so a table whose cells are all that
# full errs by at most 9 / mu**5 nats: 3e-11 at this mean.
SERIES_FROM = 200.0
NEGLIGIBLE = 1e-18  # of the mode's probability; what lies beyond is below rounding


def expected_information(a: IntArray, b: IntArray, m: IntArray) -> FloatArray:
    """Mean of h(K; a b / m) for K hypergeometric(m, a, b), one result for each triple, in nats.

    Each element is computed by the same operations whatever its neighbours in the array are, so
    the order and the size of a batch never change a digit.
    """
    cells = np.array([a, b, m], dtype=np.float64)
    is_full = cells[0] * cells[1] >= SERIES_FROM * cells[2]
    mean = np.empty(len(a))
    mean[is_full] = _by_moments(*cells[:, is_full])
    mean[~is_full] = _by_summation(*cells[:, ~is_full])
    return mean


def _by_summation(a: FloatArray, b: FloatArray, m: FloatArray) -> FloatArray:
    """Sum over the support, outwards from the mode in both directions.

    All probabilities are relative to the mode's: `mass` is their sum, `moment` that of p h.
    """
    mode = np.floor((a + 1) * (b + 1) / (m + 2))
    mass, moment = np.ones(a.shape), _h(mode, a * b / m)
    for ratio, step in ((_ratio_up, 1.0), (_ratio_down, -1.0)):
        alive = np.arange(len(a))
        left = np.array([a, b, m, mode, np.ones(a.shape)])
        while alive.size:
            left[4] *= ratio(*left[:4])
            is_alive = left[4] > NEGLIGIBLE
            alive, left = alive[is_alive], left[:, is_alive]
            left[3] += step
            a_, b_, m_, k, p = left
            mass[alive] += p
            moment[alive] += p * _h(k, a_ * b_ / m_)
    return moment / mass


def _ratio_up(a: FloatArray, b: FloatArray, m: FloatArray, k: FloatArray) -> FloatArray:
    """P(K = k + 1) / P(K = k)."""
    return (a - k) * (b - k) / ((k + 1) * (m - a - b + k + 1))


def _ratio_down(a: FloatArray, b: FloatArray, m: FloatArray, k: FloatArray) -> FloatArray:
    """P(K = k - 1) / P(K = k)."""
    return k * (m - a - b + k) / ((a - k + 1) * (b - k + 1))


def _h(k: FloatArray, mu: FloatArray) -> FloatArray:
    """One cell's share of m I."""
    return xlogy(k, k / mu) - k + mu


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
        mean += (-1) ** k * moments[k] / (k * (k - 1) * mu ** (k - 1))
    return mean
