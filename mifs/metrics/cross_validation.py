"""Information that a pipeline delivers on rows that it was not fitted to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from scipy.stats import entropy
from sklearn import get_config
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.model_selection import check_cv
from sklearn.utils import check_consistent_length
from sklearn.utils.metadata_routing import get_routing_for_object
from sklearn.utils.parallel import Parallel, delayed

from mifs import _frames
from mifs._sparse import with_rows
from mifs._typing import AnyArray, ArrayLike, FloatArray, IntArray
from mifs._validation import distinct_names, refuse_no_jobs
from mifs.metrics.continuous import ScoredNumbers
from mifs.metrics.forecasts import forecast_rows
from mifs.metrics.gain import Baseline
from mifs.metrics.pooling import CrossValInformation, FoldForecast, pooled
from mifs.metrics.rows import ScoredRows, Zero, checked_weights, checked_zero, label_column
from mifs.units import base_of_unit

ROWS_OF_A_VALUE = 10  # on average; with fewer, values are rather numbers that were rounded
OF_CLASSES = (
    "y looks like classes: it has few distinct values, of which the density of a regressor can "
    "seem to tell more than there is to know. Use a classifier."
)
OF_ONE_CLASS = "y is the same in all rows that count: nothing can tell of it."


def cross_val_information(
    estimator: Any,
    X: Any,
    y: ArrayLike,
    *,
    cv: Any = 5,
    groups: ArrayLike | None = None,
    baseline: Baseline = "eval",
    zero: Zero = "clip",
    sample_weight: ArrayLike | None = None,
    unit: str = "nats",
    n_jobs: int | None = None,
) -> CrossValInformation:
    r"""Information about the target that a pipeline delivers on held-out rows.

    Parameters
    ----------
    estimator : estimator object
        Classifier with `predict_proba`, or regressor; a pipeline that ends in one. Selection of
        columns belongs inside it.
    X : array, sparse array or matrix, or dataframe, of shape (n_samples, n_features)
        Whatever it fits.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Classes, an indicator of 0 and 1 for each output, or, for a regressor, numbers.
    cv : int, splitter or iterable of splits, default=5
        As in scikit-learn: a number means stratified folds for classes. One row may be left out,
        and folds may lack a class.
    groups : array-like of shape (n_samples,), default=None
        Of rows that are not independent; the splitter sees them, and the error is that of groups.
    baseline : {"eval", "train"} or array-like of shape (n_labels,), default="eval"
        Forecast to improve on: the shares of the labels among all scored rows, among the training
        rows of each fold, or probabilities in the order of the sorted labels. A regressor is
        compared with the normal density of all scored rows.
    zero : {"clip", "inf", "mix"}, default="clip"
        What a true class of probability 0 costs: 36.04 nats, infinity, or log(1000 K) nats.
        `n_zero` counts such rows.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the held-out rows. Models are fitted without, but for those that ask for them by
        ``set_fit_request``, where scikit-learn routes metadata.
    unit : {"bits", "nats", "hartleys"}, default="nats"
        Unit of the words, and of those of ``minus``; the attributes are in nats.
    n_jobs : int, default=None
        Folds that are fitted at the same time, as in scikit-learn.

    Returns
    -------
    CrossValInformation
        Gain and its error, in nats whatever `unit`; ``minus`` compares two.

    Raises
    ------
    ValueError
        As :func:`information_gain`; if lengths differ, the unit is unknown, or a regressor is
        given labels.
    TypeError
        As the scorers, for an estimator that gives no probabilities; if it is no estimator.

    See Also
    --------
    information_gain_scorer : The gain of each fold, for scikit-learn's own tools.
    information_budget : Beside it what the selected columns hold.

    Notes
    -----
    The rows of all folds are scored together, so that the entropy is that of all of them, where
    the mean of single folds is too low by (K - 1) / 2n nats of n rows a fold. The error is that of
    the rows, given the fitted models; another training set would add to it, which ``minus`` does.

    Fitting on all rows before would let the held-out rows choose: of 500 columns of noise and 100
    rows, ten selected outside the folds seemed to deliver 0.07 nats more.

    Examples
    --------
    The sign of a normal feature, wrong in a tenth of the rows, holds log 2 - h(0.1) = 0.37 nats:

    >>> from sklearn.tree import DecisionTreeClassifier
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(2000, 1))
    >>> y = (X[:, 0] > 0) ^ (rng.random(2000) < 0.1)
    >>> found = cross_val_information(DecisionTreeClassifier(max_depth=1), X, y)
    >>> round(found.gain, 2), round(found.standard_error, 2)
    (0.37, 0.01)
    """
    base_of_unit(unit)
    refuse_no_jobs(n_jobs)
    zero, y = checked_zero(zero), target_of(y)
    X = checked_table(estimator, X, y, groups, sample_weight)
    refuse_labels(estimator, y)
    splits = check_cv(cv, y, classifier=is_classifier(estimator)).split(X, y, groups)
    weight = None if sample_weight is None else checked_weights(sample_weight, len(y))
    of_fits = weight if _asks_for_weights(estimator) else None
    forecasts = Parallel(n_jobs=n_jobs)(
        delayed(_forecast_of_fold)(estimator, X, y, of_fits, split) for split in splits
    )
    found = pooled(forecasts, y, baseline=baseline, zero=zero, sample_weight=weight, groups=groups)
    remarks = (OF_CLASSES,) if is_density_of_classes(found, y) else found.remarks
    counted = y if weight is None else y[weight > 0]
    if (counted == counted[0]).all():
        remarks = (OF_ONE_CLASS, *remarks)
    return replace(found, remarks=remarks, unit=unit)


def is_density_of_classes(found: CrossValInformation, y: AnyArray) -> bool:
    """Whether a regressor was scored on two values, or gains more than the values of y hold.

    These occur ten times on average: a density of few values, such as scores from 1 to 10, may
    still be of use.
    """
    if not isinstance(found.forecast, ScoredNumbers) or y.ndim > 1:
        return False
    values, counts = np.unique(y, return_counts=True)
    if len(y) < ROWS_OF_A_VALUE * len(values):
        return False
    return len(values) <= 2 or found.gain > float(entropy(counts))


def refuse_labels(estimator: Any, y: AnyArray) -> None:
    """Raise for a regressor of labels, which would fail at one of them within a fold."""
    if is_regressor(estimator) and y.dtype.kind in "OU":
        for label in y.ravel().tolist():
            if isinstance(label, str) and not _is_number(label):
                msg = f"y holds labels such as {label!r}, and estimator is a regressor: use a "
                msg += "classifier."
                raise ValueError(msg)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def checked_table(estimator: Any, X: Any, *of_rows: ArrayLike | None) -> Any:
    """Table whose rows can be split, for what can be fitted and predicts; lengths agree."""
    can_be_fitted = hasattr(estimator, "fit")
    if not can_be_fitted or not _predicts(estimator):
        lacking = "predicts nothing" if can_be_fitted else "has no fit"
        msg = f"estimator {lacking}; got {estimator!r}. Pass a classifier, a regressor, or a "
        msg += "pipeline that ends in one."
        raise TypeError(msg)
    distinct_names(X)  # what cuts a table by rows would fail at two alike
    table = np.asarray(X) if isinstance(X, list) else with_rows(X)
    check_consistent_length(table, *of_rows)
    return table


def _predicts(estimator: Any) -> bool:
    """Whether it predicts, or will: a stack has no predict before it is fitted."""
    has_method = hasattr(estimator, "predict") or hasattr(estimator, "predict_proba")
    return has_method or is_classifier(estimator) or is_regressor(estimator)


def target_of(y: ArrayLike) -> AnyArray:
    """Target as an array, one dimension unless it has several outputs."""
    array = np.asarray(y)
    return array if array.ndim == 2 and array.shape[1] > 1 else label_column(array, "y")


def _asks_for_weights(estimator: Any) -> bool:
    """Whether a fit of the estimator requests weights, and scikit-learn routes them."""
    is_routed = get_config()["enable_metadata_routing"]
    return is_routed and bool(get_routing_for_object(estimator).consumes("fit", ["sample_weight"]))


def _forecast_of_fold(
    estimator: Any,
    X: Any,
    y: AnyArray,
    sample_weight: FloatArray | None,
    split: tuple[IntArray, IntArray],
) -> FoldForecast:
    """Fit to the training rows of a fold, and forecast the others."""
    train, test = split
    weights = {} if sample_weight is None else {"sample_weight": sample_weight[train]}
    fitted = clone(estimator).fit(_frames.keep_rows(X, train), y[train], **weights)
    return FoldForecast(train, test, forecast_of(fitted, _frames.keep_rows(X, test), y[test]))


def forecast_of(fitted: Any, X: Any, y: AnyArray) -> list[ScoredRows] | FloatArray:
    """Forecast of a fitted classifier or regressor."""
    if is_regressor(fitted):
        return np.asarray(fitted.predict(X), dtype=np.float64)
    return forecast_rows(fitted, X, y, None)
