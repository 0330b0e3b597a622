"""Recalibration of a forecast: what its probabilities would be if they meant what they say."""

from __future__ import annotations

import numpy as np
from scipy.optimize import isotonic_regression, minimize
from scipy.special import logsumexp, softmax

from mifs._typing import FloatArray, IntArray
from mifs.metrics.rows import ScoredRows, log_of

# A probability of 0 has no finite logarithm to be scaled. Mixed with so much of the uniform one,
# a forecast keeps its order, and measured losses of forests and neighbours vary little with it.
_SHARE = 0.01


def cross_fitted(rows: ScoredRows, n_folds: int) -> FloatArray:
    """Log-probability of each true label, recalibrated by the other folds.

    Log-probabilities are scaled by one slope and shifted by one offset for each label.
    """
    n_labels = len(rows.labels)
    logs = np.logaddexp(np.log1p(-_SHARE) + rows.log_proba, np.log(_SHARE / n_labels))
    folds = balanced_folds(rows.codes, n_folds)
    found = np.empty(len(folds))
    for fold in range(n_folds):
        held, rest = folds == fold, folds != fold
        if held.any():
            map_ = _fitted(logs[rest], rows.codes[rest], rows.weight[rest])
            found[held] = _log_of_truth(map_, logs[held], rows.codes[held])
    return found


def balanced_folds(codes: IntArray, n_folds: int) -> IntArray:
    """Fold of each row, every fold with its share of each label; always the same.

    Drawn, since rows come sorted or in cycles, and either way some rule would part what is alike.
    """
    order = np.lexsort((np.random.default_rng(0).random(len(codes)), codes))
    folds = np.empty(len(codes), dtype=np.intp)
    folds[order] = np.arange(len(codes)) % n_folds
    return folds


def _fitted(logs: FloatArray, codes: IntArray, weight: FloatArray) -> FloatArray:
    """Slope and offsets of least loss, with a prior around leaving the forecast as it is.

    The prior, standard normal, weighs about as much as one row: it keeps the slope of a perfect
    forecast, and the offset of a label that these rows lack, from running away.
    """
    weight = weight / weight.mean() if weight.any() else weight
    rows = np.arange(len(codes))

    start = np.append(1.0, np.zeros(logs.shape[1]))

    def loss(map_: FloatArray) -> float:
        off = map_ - start
        return float(off @ off / 2 - weight @ _log_of_truth(map_, logs, codes))

    def slope(map_: FloatArray) -> FloatArray:
        residual = _recalibrated(map_, logs)
        residual[rows, codes] -= 1
        residual *= weight[:, None]
        return np.append((residual * logs).sum(), residual.sum(axis=0)) + map_ - start

    def curvature(map_: FloatArray) -> FloatArray:
        share = _recalibrated(map_, logs)
        weighted = share * weight[:, None]
        centred = logs - (share * logs).sum(axis=1, keepdims=True)
        found = np.eye(len(start))
        found[0, 0] += (weighted * centred**2).sum()
        found[0, 1:] += (weighted * centred).sum(axis=0)
        found[1:, 0] = found[0, 1:]
        found[1:, 1:] += np.diag(weighted.sum(axis=0)) - weighted.T @ share
        return found

    # Convex, with few numbers to find: a few steps of Newton's.
    found = minimize(loss, start, jac=slope, hess=curvature, method="trust-exact")
    return np.asarray(found.x)


def _recalibrated(map_: FloatArray, logs: FloatArray) -> FloatArray:
    """Recalibrated probabilities of all labels."""
    return np.asarray(softmax(map_[0] * logs + map_[1:], axis=1))


def _log_of_truth(map_: FloatArray, logs: FloatArray, codes: IntArray) -> FloatArray:
    """Recalibrated log-probability of the true labels."""
    scores = map_[0] * logs + map_[1:]
    return np.asarray(scores[np.arange(len(codes)), codes] - logsumexp(scores, axis=1))


def isotonic(rows: ScoredRows) -> FloatArray:
    """Log-probability of each true label, recalibrated by its own rows; of two labels."""
    forecast = rows.log_proba[:, 1] - rows.log_proba[:, 0]
    _, place = np.unique(forecast, return_inverse=True)
    weight = np.bincount(place, weights=rows.weight)
    hits = np.bincount(place, weights=rows.weight * rows.codes)
    counts = weight > 0
    share = np.divide(hits, weight, out=np.zeros_like(hits), where=counts)
    share[counts] = isotonic_regression(share[counts], weights=weight[counts]).x
    share = np.clip(share, 0, 1)[place]
    return log_of(np.where(rows.codes == 1, share, 1 - share))
