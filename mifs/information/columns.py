"""Information of every column of a table with a target: the scores of univariate selection."""

from __future__ import annotations

from typing import Any

from sklearn.utils import check_array, check_consistent_length

from mifs._frames import is_frame, names_of
from mifs._typing import ArrayLike, FloatArray
from mifs._validation import (
    refuse_ambiguous_names,
    refuse_non_finite,
    refuse_small_frame,
    refuse_strings,
)
from mifs.discrete import CountedInformation
from mifs.encoding import Kind, coded_table, coded_target
from mifs.mi_estimators import BinnedMI, mi_estimator_of


def mutual_info_classif(
    X: Any,  # noqa: ANN401 - any table
    y: ArrayLike,
    *,
    discrete_features: Any = "auto",  # noqa: ANN401 - word, truth, mask, names or numbers
    mi_estimator: str | BinnedMI = "binned",
) -> FloatArray:
    """Mutual information I(X; Y) of every column with a class, as a score to rank by.

    A `score_func` for SelectKBest and its relatives, as scikit-learn's function of that name.

    Parameters
    ----------
    X : array or dataframe of shape (n_samples, n_features)
        Numbers, or columns of labels in a dataframe.
    y : array-like of shape (n_samples,)
        Classes.
    discrete_features : "auto", bool, or list of columns, default="auto"
        Columns whose distinct values are levels, by name, number or mask; True for all. "auto":
        labels, booleans, and whole numbers with at most 32 distinct values.
    mi_estimator : MI estimator, default="binned"
        "binned" takes the mean by chance off, so that columns of many levels do not win.

    Returns
    -------
    ndarray of shape (n_features,)
        Nats, not clipped: a column that says nothing scores zero on average, half the time below.

    Raises
    ------
    ValueError
        If a value is missing or infinite, lengths differ, or `y` holds a single class.

    Examples
    --------
    The class itself holds its entropy, log 2 = 0.693 nats, less what chance would give; a
    constant column holds exactly nothing.

    >>> import numpy as np
    >>> y = np.tile([0, 1], 500)
    >>> X = np.column_stack([y, np.ones(1000)])
    >>> mutual_info_classif(X, y).round(3)
    array([0.693, 0.   ])
    """
    return _relevances(X, y, discrete_features, mi_estimator, discrete_target=True)


def mutual_info_regression(
    X: Any,  # noqa: ANN401 - any table
    y: ArrayLike,
    *,
    discrete_features: Any = "auto",  # noqa: ANN401 - word, truth, mask, names or numbers
    mi_estimator: str | BinnedMI = "binned",
) -> FloatArray:
    """Mutual information I(X; Y) of every column with a number, as a score to rank by.

    A `score_func` for SelectKBest and its relatives, as scikit-learn's function of that name.

    Parameters
    ----------
    X : array or dataframe of shape (n_samples, n_features)
        Numbers, or columns of labels in a dataframe.
    y : array-like of shape (n_samples,)
        Numbers; cut into bins as the columns are.
    discrete_features : "auto", bool, or list of columns, default="auto"
        As in `mutual_info_classif`.
    mi_estimator : MI estimator, default="binned"
        As in `mutual_info_classif`.

    Returns
    -------
    ndarray of shape (n_features,)
        Nats, not clipped.

    Raises
    ------
    ValueError
        If a value is missing or infinite, lengths differ, or `y` is constant.

    Examples
    --------
    A rising function of the target knows its bin, one of ten: log 10 = 2.303 nats, less what
    chance would give.

    >>> import numpy as np
    >>> y = np.arange(10_000.0)
    >>> mutual_info_regression(np.log1p(y)[:, None], y).round(2)
    array([2.3])
    """
    return _relevances(X, y, discrete_features, mi_estimator, discrete_target=False)


def checked_table(X: Any) -> Any:  # noqa: ANN401 - any table
    """Return a dataframe as it is, or an array of finite numbers.

    Parameters
    ----------
    X : array or dataframe of shape (n_samples, n_features)
        Numbers, or columns of labels in a dataframe.

    Returns
    -------
    array or dataframe
        The table.

    Raises
    ------
    ValueError
        If names are ambiguous, there are fewer than two rows, or an array holds strings, NaN or
        infinity; the columns of a dataframe are checked as they are read.
    """
    refuse_ambiguous_names(X)
    if is_frame(X):
        refuse_small_frame(X, "mutual information")
        return X
    refuse_strings(X, None)
    X = check_array(X, ensure_all_finite=False, ensure_min_samples=2)
    refuse_non_finite(X, None)
    return X


def source_of(
    X: Any,  # noqa: ANN401 - any table
    y: ArrayLike,
    estimator: BinnedMI,
    *,
    discrete_features: Any,  # noqa: ANN401 - word, truth, mask, names or numbers
    discrete_target: Kind,
) -> CountedInformation:
    """Return what knows the terms of the columns of any table with a target.

    Parameters
    ----------
    X : array or dataframe of shape (n_samples, n_features)
        Numbers, or columns of labels in a dataframe.
    y : array-like of shape (n_samples,)
        The target.
    estimator : BinnedMI
        How information is measured, its parameters checked.
    discrete_features : "auto", bool, or list of columns
        Columns whose distinct values are levels.
    discrete_target : bool or "auto"
        Whether every distinct value of y is a class.

    Returns
    -------
    CountedInformation
        Source of all terms, in nats.

    Raises
    ------
    ValueError
        If a value is missing or infinite, lengths differ, or `y` is constant.
    """
    X = checked_table(X)
    check_consistent_length(X, y)
    table, _ = coded_table(X, estimator, discrete_features=discrete_features, names=names_of(X))
    target, _ = coded_target(y, estimator, discrete_target=discrete_target)
    return estimator.source(table, target)


def _relevances(
    X: Any,  # noqa: ANN401 - any table
    y: ArrayLike,
    discrete_features: Any,  # noqa: ANN401 - word, truth, mask, names or numbers
    mi_estimator: str | BinnedMI,
    *,
    discrete_target: bool,
) -> FloatArray:
    source = source_of(
        X,
        y,
        mi_estimator_of(mi_estimator),
        discrete_features=discrete_features,
        discrete_target=discrete_target,
    )
    return source.relevance()
