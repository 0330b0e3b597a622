"""Cumulants of a candidate's information under the null, from the rows of its levels."""

import numpy as np
from scipy.sparse import csr_array

from mifs._kernels.moments import degree_weights
from mifs._kernels.twins import twin
from mifs._typing import FloatArray, IntArray


@twin("moments")
def summed_cumulants(
    counts: IntArray,
    kept: tuple[IntArray, IntArray, FloatArray],
    classes: tuple[IntArray, IntArray, FloatArray],
    degrees: int,
    rounding: float,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean, variance and third cumulant of T for each candidate, summed over strata.

    `counts` has shape (n_candidates, n_strata, n_levels). With `kept` = (first, slot, rows), a
    level that occurs `a` times in stratum s has the row ``rows[slot[first[s] + a]]``: E T, its own
    variance, ``w_k t_k`` of each degree and class, and the six third moments of each class. Of the
    `classes` there are the counts in each stratum, (n_strata, n_classes), its size, and the shares
    of the splits in the third cumulant, (n_strata, n_classes). A variance below `rounding` of its
    parts is 0.
    """
    (first, slot, rows), (b, m, split_weight) = kept, classes
    class_weight = degree_weights(b, m[:, None], degrees).transpose(1, 0, 2)
    n_candidates, n_strata, n_levels = counts.shape
    keys = slot[(counts + first[:, None]).ravel()]
    # one row of ones per sum: a gather and a sum without the table in between
    starts = np.arange(n_candidates * n_strata + 1) * n_levels
    shape = (n_candidates * n_strata, len(rows))
    sums = csr_array((np.ones(keys.size), keys, starts), shape=shape) @ rows
    sums = sums.reshape(n_candidates, n_strata, rows.shape[1])
    mean, variance = sums[..., 0], _variance(sums, class_weight, rounding)
    third = _third(sums, degrees, split_weight, mean, variance)
    return _from_first_to_last(mean), _from_first_to_last(variance), _from_first_to_last(third)


def _from_first_to_last(values: FloatArray) -> FloatArray:
    """Sum over strata, one after another."""
    total = np.zeros(len(values))
    for stratum in values.T:
        total += stratum
    return total


def _variance(sums: FloatArray, class_weight: FloatArray, rounding: float) -> FloatArray:
    """Variance of T in each stratum, (n_candidates, n_strata).

    Cells of two classes are correlated by (-1)^k w_k w'_k in degree k, and so are two levels.
    """
    _, degrees, n_classes = class_weight.shape
    mean, own = sums[..., 0], sums[..., 1]
    between = np.zeros(mean.shape)
    for k in range(degrees):
        sign = 1.0 if k % 2 else -1.0
        alone, together = np.zeros(mean.shape), np.zeros(mean.shape)
        for j in range(n_classes):
            across, w = sums[..., 2 + k * n_classes + j], class_weight[:, k, j]
            alone += across * across * (1.0 - sign * (w * w))
            together += across * w
        between += sign * (alone + sign * (together * together))
    variance = own + between
    return np.where(variance > rounding * (own + mean), variance, 0.0)


def _third(
    sums: FloatArray,
    degrees: int,
    split_weight: FloatArray,
    mean: FloatArray,
    variance: FloatArray,
) -> FloatArray:
    """Third cumulant of T in each stratum, at least that of the gamma law."""
    n_classes = split_weight.shape[1]
    total = np.zeros(mean.shape)
    for j in range(n_classes):
        first = 2 + degrees * n_classes + j
        ttt, ttx, txx, xxx, tx, xx = np.moveaxis(sums[..., first::n_classes], -1, 0)
        slope = np.divide(tx, xx, out=np.zeros_like(tx), where=xx > 0)
        cumulant = ttt - slope * (3 * ttx - slope * (3 * txx - slope * xxx))
        total += cumulant * split_weight[:, j]
    gamma = np.divide(2 * (variance * variance), mean, out=np.zeros_like(mean), where=mean > 0)
    return np.where(variance > 0, np.maximum(total, gamma), 0.0)
