"""Exact tail of the information of a two-by-two table with fixed margins.

T(K), n times the information as a function of the first cell's count K, falls up to the mean of
K and rises after it. So ``{T >= T(k)}`` is one tail on each side, and a tail is one sum.
"""

import math

import numpy as np
from scipy.special import gammaln, kl_div

from mifs._kernels.moments import ELEMENTS, windows
from mifs._typing import BoolArray, FloatArray, IntArray

RESOLUTION = 0.01  # nats of T: a hundredth of the p-value, on the safe side
FAINT = 1e-25  # outcomes of a stratum that are added to the tail instead of followed


def tie_tolerance(n: IntArray | int) -> FloatArray:
    """Largest rounding error of T, in nats, for n rows.

    T is a sum of ``K log(K / mu)``, whose sizes add up to at most ``n log n``, each good to a few
    times 2e-16; 64 such units cover the sum. Values closer than this count as equal. That errs
    towards a larger p, and stays below the least step of T within a side, which is about 8 / n.
    """
    return np.asarray(64 * np.finfo(np.float64).eps * n * np.log(np.maximum(n, 2)))


def two_by_two_tails(k: IntArray, a: IntArray, b: IntArray, m: IntArray) -> FloatArray:
    """P(T(K) >= T(k)) for K ~ hypergeometric(m, a, b); 0 < a < m and 0 < b < m."""
    bound = _statistic(k, a, b, m) - tie_tolerance(m)
    first, last = np.maximum(0, a + b - m), np.minimum(a, b)
    below = a * b // m
    above = -(-a * b // m)
    lower = below - _steps_out(below, -1, below - first, bound, (a, b, m))
    upper = above + _steps_out(above, 1, last - above, bound, (a, b, m))
    # the lower tail of K is the upper tail of the cell beside it
    total = _upper_tails(a - lower, a, m - b, m, lower >= first)
    total += _upper_tails(upper, a, b, m, upper <= last)
    return np.minimum(total, 1.0)


def strata_tail(k: IntArray, a: IntArray, b: IntArray, m: IntArray) -> float:
    """P(sum of T(K) >= sum of T(k)) over independent two-by-two strata, one element each.

    The law of the sum is built stratum by stratum on a grid, each T rounded up: the result is
    never below the exact one, and counts as ties what falls short by less than `RESOLUTION`.
    """
    bound = float(_statistic(k, a, b, m).sum() - tie_tolerance(m.sum()))
    step = RESOLUTION / k.size
    end = max(0, math.ceil(bound / step))
    mass = np.zeros(end + 1)  # the last place gathers all that has reached the bound
    mass[0] = 1.0
    spare = 0.0
    for ak, bk, mk in zip(a, b, m, strict=True):
        support = np.arange(max(0, ak + bk - mk), min(ak, bk) + 1)
        p = np.exp(_log_probability(support, ak, bk, mk))
        kept = p > FAINT
        spare += p[~kept].sum()
        jumps = np.ceil(_statistic(support[kept], ak, bk, mk) / step).astype(np.int64)
        added = np.zeros_like(mass)
        for jump, weight in zip(np.minimum(jumps, end), p[kept], strict=True):
            added[jump:] += weight * mass[: end + 1 - jump]
            added[end] += weight * mass[end + 1 - jump :].sum()
        mass = added
    return min(1.0, float(mass[end] + spare))


def _statistic(k: IntArray, a: IntArray, b: IntArray, m: IntArray) -> FloatArray:
    """T of the table whose first cell holds k."""
    mean = a * (b / m)
    total = kl_div(k, mean) + kl_div(a - k, a - mean)
    total += kl_div(b - k, b - mean) + kl_div(m - a - b + k, m - a - b + mean)
    return np.asarray(total)


def _steps_out(
    near: IntArray,
    outward: int,
    steps: IntArray,
    bound: FloatArray,
    margins: tuple[IntArray, IntArray, IntArray],
) -> IntArray:
    """Count the steps from `near`, away from the mean, after which T first reaches `bound`.

    By bisection, as T grows; ``steps + 1`` where it stays below up to the end of the support.
    """
    least, most = np.zeros_like(near), steps + 1
    while (least < most).any():
        middle = (least + most) // 2
        point = near + outward * np.minimum(middle, steps)
        reached = (_statistic(point, *margins) >= bound) | (least == most)
        most = np.where(reached, middle, most)
        least = np.where(reached, least, middle + 1)
    return most


def _upper_tails(
    start: IntArray, a: IntArray, b: IntArray, m: IntArray, real: BoolArray
) -> FloatArray:
    """P(K >= start), for starts at or above the mean; 0 where not `real`."""
    result = np.zeros(start.shape)
    _, points, step = windows(a, b, m)
    # as long as a whole window: from any start on, all but 1e-15 of the tail
    width = np.minimum(points * step, np.minimum(a, b) - start + 1)
    order = np.flatnonzero(real)
    order = order[np.argsort(width[order], kind="stable")]
    while order.size:
        fits = np.arange(1, order.size + 1) * width[order] <= ELEMENTS
        part, order = np.split(order, [max(1, int(np.count_nonzero(fits)))])
        k, ak, bk, mk = start[part], a[part], b[part], m[part]
        here = k + np.arange(width[part[-1]] - 1)[:, None]
        # past the end of the support a factor is 0, and stays so in the product
        ratio = np.maximum(ak - here, 0.0) * np.maximum(bk - here, 0)
        ratio /= (here + 1.0) * (mk - ak - bk + here + 1)
        ratio = np.cumprod(ratio, axis=0)
        # one after another: a plain sum of one table goes in another order than that of many
        more = np.cumsum(np.vstack([np.zeros(part.size), ratio]), axis=0)[-1]
        result[part] = np.exp(_log_probability(k, ak, bk, mk)) * (1 + more)
    return result


def _log_probability(k: IntArray, a: IntArray, b: IntArray, m: IntArray) -> FloatArray:
    """Logarithm of the hypergeometric probability of k."""
    margins = gammaln(a + 1) + gammaln(m - a + 1) + gammaln(b + 1) + gammaln(m - b + 1)
    cells = gammaln(k + 1) + gammaln(a - k + 1) + gammaln(b - k + 1) + gammaln(m - a - b + k + 1)
    return np.asarray(margins - gammaln(m + 1) - cells)
