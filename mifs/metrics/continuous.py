"""What a forecast of numbers delivers: of their normal scores, or of the bin they fall into."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np

from mifs._kernels.ranks import average_ranks, normal_scores
from mifs._typing import ArrayLike, FloatArray, IntArray
from mifs._vectors import as_vector
from mifs.metrics.gain import InformationGain, gain_of
from mifs.metrics.recalibration import balanced_folds
from mifs.metrics.rows import checked_weights
from mifs.metrics.scorers import ScorerWithUnit
from mifs.units import nats_per_unit

Transform: TypeAlias = Literal["normal_scores"] | None


@dataclass(frozen=True, eq=False)
class ScoredNumbers:
    """Numbers that came true, their predictions on the same scale, and weights."""

    truth: FloatArray
    prediction: FloatArray
    weight: FloatArray

    def loss(self) -> FloatArray:
        """Loss of each row under the normal density around its prediction."""
        return _normal_loss(self.truth - self.prediction, self.weight)

    def surprise(self) -> FloatArray:
        """Loss of each row under the normal density of all."""
        mean = self.weight @ self.truth / self.weight.sum()
        return _normal_loss(self.truth - mean, self.weight)

    def gain(self, groups: IntArray | None = None) -> InformationGain:
        """Gain with errors; a density has no entropy of which it were a share."""
        found = gain_of(self.loss(), self.surprise(), self.weight, groups=groups)
        return replace(found, normalized=np.nan, normalized_error=np.nan)

    def recalibrated(self, n_folds: int = 5) -> ScoredNumbers:
        """Predictions scaled and shifted by the line that the other folds fitted."""
        folds = balanced_folds(np.zeros(len(self.truth), dtype=np.intp), n_folds)
        prediction = np.empty(len(self.truth))
        for fold in range(n_folds):
            held, rest = folds == fold, folds != fold
            root = np.sqrt(self.weight[rest])
            design = np.column_stack([np.ones(len(self.truth)), self.prediction])
            line, *_ = np.linalg.lstsq(root[:, None] * design[rest], root * self.truth[rest])
            prediction[held] = design[held] @ line
        return replace(self, prediction=prediction)


def scored_numbers(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    sample_weight: ArrayLike | None,
    transform: Transform,
) -> ScoredNumbers:
    """Check numbers and predictions, and put both on the scale that is scored."""
    truth, prediction = (
        as_vector(values, name).astype(np.float64)
        for values, name in ((y_true, "y_true"), (y_pred, "y_pred"))
    )
    if len(truth) != len(prediction):
        msg = f"y_true has {len(truth)} rows and y_pred {len(prediction)}; give one for each."
        raise ValueError(msg)
    if (truth == truth[0]).all():
        msg = f"y_true is {truth[0]} in all {len(truth)} rows: nothing can tell of it."
        raise ValueError(msg)
    weight = checked_weights(sample_weight, len(truth))
    if transform is None:
        return ScoredNumbers(truth, prediction, weight)
    if transform != "normal_scores":
        msg = f'transform must be "normal_scores" or None; got {transform!r}.'
        raise ValueError(msg)
    scores = normal_scores(truth)
    values, first = np.unique(truth, return_index=True)
    return ScoredNumbers(scores, np.interp(prediction, values, scores[first]), weight)


def _normal_loss(deviation: FloatArray, weight: FloatArray) -> FloatArray:
    """Loss of each row under the normal density with the variance of the deviations."""
    variance = weight @ deviation**2 / weight.sum()
    if variance == 0:
        return np.full(len(deviation), -np.inf)
    return np.asarray(0.5 * (np.log(2 * np.pi * variance) + deviation**2 / variance))


def gaussian_information_gain_score(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    transform: Transform = "normal_scores",
    base: float | None = None,
    sample_weight: ArrayLike | None = None,
) -> float:
    r"""Information about a continuous target that point predictions deliver.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        Finite numbers, not all equal.
    y_pred : array-like of shape (n_samples,)
        Predictions of held-out rows, on the scale of `y_true`.
    transform : {"normal_scores", None}, default="normal_scores"
        Scale that is scored: both mapped as the ranks of `y_true` are to the quantiles of the
        normal distribution, or as they are. As they are, the score is no bound: see Notes.
    base : float or None, default=None
        Base of the logarithm: ``None`` for nats, 2 for bits, 10 for hartleys.
    sample_weight : array-like of shape (n_samples,), default=None
        Finite weights, at least 0 and not all 0. Equal by default.

    Returns
    -------
    float
        Gain in nats, or in units of `base`; 0 is the prediction of the mean, less is worse, and
        infinity is every number exactly.

    Raises
    ------
    ValueError
        If lengths differ, a value is missing or infinite, all numbers are equal, or a weight is
        not legal.

    See Also
    --------
    binned_target : The other way: forecasts of the bin that a number falls into.
    cross_val_information : The same for a regressor, over held-out rows, with its error.

    Notes
    -----
    With the mean squares :math:`s^2` of the residuals and :math:`v` of the target, the normal
    density around the prediction gains :math:`-\tfrac12 \log(s^2 / v) = -\tfrac12 \log(1 - R^2)`
    over the normal density of all.

    **Trap.** That is at most :math:`I(X; Y)` only if the density of all is the right one. Of two
    narrow humps at -1 and 1 of which the prediction knows the right one, the raw score is
    :math:`-\tfrac12 \log(0.04 / 1.04) = 1.63` nats where :math:`I = \log 2 = 0.69`; a lognormal
    target is scored too low instead. Normal scores have the normal density by construction, and
    their information is that of the target. The variance :math:`s^2` of the scored rows themselves
    is one number, worth 1 / 2n nats.

    Predictions of a mean are mapped, not the mean of scores: of a skewed target fit the regressor
    to normal scores too, ``TransformedTargetRegressor(regressor,
    transformer=QuantileTransformer(output_distribution="normal"))``.

    References
    ----------
    .. [1] D. Barber, F. Agakov, "The IM algorithm: a variational approach to information
       maximization", Advances in Neural Information Processing Systems 16 (2003).

    Examples
    --------
    Normal variables of correlation 0.8 share -log(1 - 0.8**2) / 2 = 0.51 nats, and the regression
    line delivers them; the exponential of the target has the same ranks:

    >>> x, noise = np.random.default_rng(0).normal(size=(2, 2000))
    >>> y = 0.8 * x + 0.6 * noise
    >>> round(gaussian_information_gain_score(y, 0.8 * x), 2)
    0.5
    >>> round(gaussian_information_gain_score(np.exp(y), np.exp(0.8 * x)), 2)
    0.5
    """
    nats = nats_per_unit(base)
    return scored_numbers(y_true, y_pred, sample_weight, transform).gain().gain / nats


def binned_target(y: ArrayLike, *, n_bins: int = 10) -> IntArray:
    r"""Bin of equal frequency of each number, as the label that a classifier forecasts.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Finite numbers.
    n_bins : int, default=10
        Number of bins B, at least 2 and at most n_samples.

    Returns
    -------
    ndarray of int of shape (n_samples,)
        From 0 to B - 1. Equal numbers share a bin.

    Raises
    ------
    ValueError
        If a value is missing or infinite, or the number of bins is out of range.

    See Also
    --------
    gaussian_information_gain_score : The other way: point predictions, normal scores.

    Notes
    -----
    Without ties, and with B a divisor of n, :math:`H([Y]) = \log B` exactly, so that the gain of
    any classifier of the bins, :math:`\log B - CE`, is in the population at most
    :math:`I(X; [Y]) \le I(X; Y)`, whatever the shape of the target. Forecasts of the bins are a
    predictive density; more bins lose less and ask more of the model. The bins are those of all
    rows: they say what is asked, and hold nothing of X.

    Examples
    --------
    Two bins part at the median:

    >>> binned_target([3.0, 1.0, 2.0, 9.0], n_bins=2)
    array([1, 0, 0, 1])
    """
    values = as_vector(y, "y").astype(np.float64)
    if not 2 <= n_bins <= len(values):
        msg = f"n_bins must be from 2 to the number of rows, {len(values)}; got {n_bins!r}."
        raise ValueError(msg)
    n = len(values)
    return (average_ranks(values) + n) * n_bins // (2 * n)


@dataclass(frozen=True, kw_only=True, repr=False)
class GaussianInformationGainScorer(ScorerWithUnit):
    """Information about a continuous target that a fitted regressor delivers.

    Parameters
    ----------
    base : float or None, default=None
        Base of the logarithm: ``None`` for nats, 2 for bits, 10 for hartleys.
    zero : {"clip", "inf", "mix"}, default="clip"
        Without effect: a density has no zeros.

    See Also
    --------
    gaussian_information_gain_score : The same of given predictions, and the trap it avoids.
    gaussian_information_gain_scorer : Ready instance with the defaults.

    Notes
    -----
    Normal scores are those of each scored fold; a fold of one row has none.

    Examples
    --------
    The mean tells nothing:

    >>> from sklearn.dummy import DummyRegressor
    >>> X, y = [[0], [0], [0]], [1.0, 2.0, 3.0]
    >>> round(gaussian_information_gain_scorer(DummyRegressor().fit(X, y), X, y), 6)
    0.0
    """

    def __call__(
        self, estimator: Any, X: object, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        """Score a fitted regressor.

        Parameters
        ----------
        estimator : object
            Fitted regressor.
        X : array-like of shape (n_samples, n_features)
            Whatever the regressor predicts from.
        y : array-like of shape (n_samples,)
            True numbers.
        sample_weight : array-like of shape (n_samples,), default=None
            Finite weights, at least 0 and not all 0.

        Returns
        -------
        float
            Score in nats, or in units of `base`; greater is better.
        """
        return super().__call__(estimator, X, y, sample_weight)

    def _read(
        self, estimator: Any, X: object, y: ArrayLike, sample_weight: ArrayLike | None
    ) -> tuple[ArrayLike, ArrayLike, ArrayLike | None]:
        return y, estimator.predict(X), sample_weight

    def _score(self, outputs: tuple[ArrayLike, ArrayLike, ArrayLike | None]) -> float:
        y, predicted, sample_weight = outputs
        return gaussian_information_gain_score(y, predicted, sample_weight=sample_weight)


gaussian_information_gain_scorer = GaussianInformationGainScorer()
