"""Recalibration of a forecast: what its probabilities would be if they meant what they say."""

from __future__ import annotations

import numpy as np
from scipy.optimize import isotonic_regression, minimize
from scipy.special import logsumexp

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
    folds = interleaved_folds(rows.codes, n_folds)
    found = np.empty(len(folds))
    for fold in range(n_folds):
        held, rest = folds == fold, folds != fold
        if held.any():
            map_ = _fitted(logs[rest], rows.codes[rest], rows.weight[rest])
            found[held] = _log_of_truth(map_, logs[held], rows.codes[held])
    return found


def interleaved_folds(codes: IntArray, n_folds: int) -> IntArray:
    """Fold of each row: the rows of each label in turn, so that every fold has its share."""
    order = np.argsort(codes, kind="stable")
    folds = np.empty(len(codes), dtype=np.intp)
    # Labels go on where the last one stopped, lest the rare ones meet in the first fold.
    folds[order] = np.arange(len(codes)) % n_folds
    return folds


def _fitted(logs: FloatArray, codes: IntArray, weight: FloatArray) -> FloatArray:
    """Slope and offsets of least loss, with a prior around leaving the forecast as it is.

    The prior, standard normal, weighs about as much as one row: it keeps the slope of a perfect
    forecast, and the offset of a label that these rows lack, from running away.
    """
    weight = weight / weight.mean() if weight.any() else weight
    rows = np.arange(len(codes))

    def objective(map_: FloatArray) -> tuple[float, FloatArray]:
        scores = map_[0] * logs + map_[1:]
        total = logsumexp(scores, axis=1)
        residual = np.exp(scores - total[:, None])
        residual[rows, codes] -= 1
        residual *= weight[:, None]
        off = map_ - start
        loss = weight @ (total - scores[rows, codes]) + off @ off / 2
        return float(loss), np.append((residual * logs).sum(), residual.sum(axis=0)) + off

    start = np.append(1.0, np.zeros(logs.shape[1]))
    return np.asarray(minimize(objective, start, jac=True, method="L-BFGS-B").x)


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
