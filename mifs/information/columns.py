"""Information of every column of a table with a target: the scores of univariate selection."""

from __future__ import annotations

from typing import Any, Literal

from sklearn.base import clone
from sklearn.utils import check_consistent_length

from mifs._frames import names_of
from mifs._typing import ArrayLike, FloatArray
from mifs._validation import refuse_no_jobs, weighted_rows
from mifs._vectors import as_array, refuse_single
from mifs.encoding import (
    Kind,
    Missing,
    TypedColumn,
    TypedTable,
    checked_table,
    typed_targets,
)
from mifs.mi_estimators import MIEstimator, NearestNeighborsMI, mi_estimator_of
from mifs.mi_estimators.base import MultiTarget
from mifs.scan import spread_columns


def mutual_info_classif(
    X: Any,
    y: ArrayLike,
    *,
    discrete_features: Any = "auto",
    n_neighbors: int | Literal["auto", "multiscale"] | None = None,
    copy: bool = True,  # noqa: ARG001 - scikit-learn's signature; nothing is ever changed
    random_state: Any = None,  # noqa: ARG001 - scikit-learn's; nothing is ever drawn
    n_jobs: int | None = None,
    mi_estimator: str | MIEstimator[Any] = "binned",
    missing: Missing = "level",
    multi_target: MultiTarget = "joint",
    sample_weight: ArrayLike | None = None,
) -> FloatArray:
    """Mutual information I(X; Y) of every column with a class, as a score to rank by.

    A `score_func` for SelectKBest and its relatives, as scikit-learn's function of that name.

    Parameters
    ----------
    X : array, sparse array or matrix, or dataframe, of shape (n_samples, n_features)
        Numbers, or columns of labels in a dataframe.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Classes; several outputs, such as an indicator of many labels, as `multi_target` says.
    discrete_features : "auto", bool, list of columns, dict, or callable, default="auto"
        Columns whose distinct values are levels: as in `MutualInfoSelector`.
    n_neighbors : int, "auto" or "multiscale", optional
        Neighbours k of "knn", 3 if left out; without effect on an MI estimator that has none.
    copy, random_state : optional
        Accepted as scikit-learn does, without effect: X is never changed, and no noise is drawn.
    n_jobs : int, optional
        Threads over which columns are spread, -1 for all processors; it changes no digit.
        One if left out.
    mi_estimator : str or MI estimator, default="binned"
        "binned" takes the mean by chance off, so that columns of many levels do not win; "knn"
        searches nearest neighbours, as scikit-learn does.
    missing : {"level", "error"}, default="level"
        Whether a missing value is a level of a column of labels, and an atom beside numbers, or
        an error.
    multi_target : {"joint", "mean"}, default="joint"
        What several outputs are: "joint", one target whose values are their combinations; "mean",
        each a target of its own, of which a score is the mean.
    sample_weight : array-like of shape (n_samples,), optional
        How often each row occurs, with "binned"; as in `mutual_info`.

    Returns
    -------
    ndarray of shape (n_features,)
        Nats, not clipped: a column that says nothing scores zero on average, half the time below.
        Of "multiscale" a statistic that ranks: information less what chance gives.

    Raises
    ------
    ValueError
        If a value is infinite, or missing in `y`, lengths differ, or `y` holds a single class.

    Notes
    -----
    What differs from scikit-learn's function, and why:

    ========================  =========================  ==========================================
    scikit-learn              here                       why
    ========================  =========================  ==========================================
    neighbours always         bins, unless "knn"         weak signals are ranked better by few bins
    k = 3 for ranks too       or "multiscale"            no single k finds all relations
    unit variance, not        normal scores              no scale, offset or heavy tail changes a
    centred                                              value; `transform=None` compares numbers
    noise from a seed         repeated values are        noise makes a column of a constant, and
                              counted as atoms           values that change with the seed
    negative values to 0      not clipped                clipping makes ties, and a mean above zero
    plug-in if both are       mean by chance taken off   columns of many levels would win
    discrete
    "auto": dense columns     labels and few whole       a category is no number, and many numbers
    continuous, sparse        numbers are discrete       of a sparse table are no categories
    discrete
    ========================  =========================  ==========================================

    ``NearestNeighborsMI(transform=None, correction=None)`` has scikit-learn's numbers on continuous
    columns of unit variance without repeated values, but for its zeros where these are negative.

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
    refuse_no_jobs(n_jobs)
    estimator = _with_neighbors(mi_estimator, n_neighbors)
    table, targets = typed(
        X,
        y,
        discrete_features=discrete_features,
        discrete_target=True,
        missing=missing,
        sample_weight=sample_weight,
    )
    return _relevances(estimator, table, targets, multi_target, n_jobs)


def mutual_info_regression(
    X: Any,
    y: ArrayLike,
    *,
    discrete_features: Any = "auto",
    n_neighbors: int | Literal["auto", "multiscale"] | None = None,
    copy: bool = True,  # noqa: ARG001 - scikit-learn's signature; nothing is ever changed
    random_state: Any = None,  # noqa: ARG001 - scikit-learn's; nothing is ever drawn
    n_jobs: int | None = None,
    mi_estimator: str | MIEstimator[Any] = "binned",
    missing: Missing = "level",
    multi_target: MultiTarget = "joint",
    sample_weight: ArrayLike | None = None,
) -> FloatArray:
    """Mutual information I(X; Y) of every column with a number, as a score to rank by.

    A `score_func` for SelectKBest and its relatives, as scikit-learn's function of that name.

    Parameters
    ----------
    X : array, sparse array or matrix, or dataframe, of shape (n_samples, n_features)
        Numbers, or columns of labels in a dataframe.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Numbers; cut into bins as the columns are, or, with "knn", taken as they are.
    discrete_features : "auto", bool, list of columns, dict, or callable, default="auto"
        As in `mutual_info_classif`.
    n_neighbors : int, "auto" or "multiscale", optional
        As in `mutual_info_classif`.
    copy, random_state : optional
        Accepted as scikit-learn does, without effect.
    n_jobs : int, optional
        As in `mutual_info_classif`.
    mi_estimator : str or MI estimator, default="binned"
        As in `mutual_info_classif`; "gaussian" sees monotone relations.
    missing : {"level", "error"}, default="level"
        As in `mutual_info_classif`.
    multi_target : {"joint", "mean"}, default="joint"
        As in `mutual_info_classif`.
    sample_weight : array-like of shape (n_samples,), optional
        As in `mutual_info_classif`.

    Returns
    -------
    ndarray of shape (n_features,)
        Nats, not clipped; of "multiscale" a statistic that ranks.

    Raises
    ------
    ValueError
        If a value is infinite, or missing in `y`, lengths differ, or `y` is constant.

    Notes
    -----
    What differs from scikit-learn's function is in the table of `mutual_info_classif`.

    Examples
    --------
    A rising function of the target knows its bin, one of ten: log 10 = 2.303 nats, less what
    chance would give.

    >>> import numpy as np
    >>> y = np.arange(10_000.0)
    >>> mutual_info_regression(np.log1p(y)[:, None], y).round(2)
    array([2.3])
    """
    refuse_no_jobs(n_jobs)
    estimator = _with_neighbors(mi_estimator, n_neighbors)
    table, targets = typed(
        X,
        y,
        discrete_features=discrete_features,
        discrete_target=False,
        missing=missing,
        sample_weight=sample_weight,
    )
    return _relevances(estimator, table, targets, multi_target, n_jobs)


def _with_neighbors(
    mi_estimator: str | MIEstimator[Any], n_neighbors: int | Literal["auto", "multiscale"] | None
) -> MIEstimator[Any]:
    """Return the MI estimator, with a number of neighbours of its own if it has any."""
    estimator = mi_estimator_of(mi_estimator)
    if n_neighbors is None or not isinstance(estimator, NearestNeighborsMI):
        return estimator
    return mi_estimator_of(clone(estimator).set_params(n_neighbors=n_neighbors))


def typed(
    X: Any,
    y: ArrayLike,
    *,
    discrete_features: Any,
    discrete_target: Kind,
    missing: Missing = "level",
    sample_weight: ArrayLike | None = None,
) -> tuple[TypedTable, list[TypedColumn]]:
    """Check a table and its target, and say which columns are discrete.

    Parameters
    ----------
    X : array, sparse array or matrix, or dataframe, of shape (n_samples, n_features)
        Numbers, or columns of labels in a dataframe.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        The target, or several outputs.
    discrete_features : "auto", bool, list of columns, dict, or callable
        Columns whose distinct values are levels.
    discrete_target : bool or "auto"
        Whether every distinct value of y is a class.
    missing : {"level", "error"}, default="level"
        Whether a missing value of X is a level or an error.
    sample_weight : array-like of shape (n_samples,), optional
        How often each row occurs.

    Returns
    -------
    table : TypedTable
        The columns.
    targets : list of TypedColumn
        The target, or several outputs.

    Raises
    ------
    ValueError
        If a value is infinite, or missing in `y`, lengths differ, or `y` is constant.
    """
    X, facts = checked_table(X, missing=missing, accept_sparse=True)
    refuse_single(X, y)
    check_consistent_length(X, y)
    outputs = as_array(y, "y")
    if outputs.ndim == 2 and outputs.shape[1] == 1:
        outputs = outputs[:, 0]
    weights, X, outputs = weighted_rows(sample_weight, X, outputs)
    table = TypedTable(
        X,
        discrete_features=discrete_features,
        names=names_of(X),
        missing=missing,
        weights=weights,
        facts=facts,
    )
    return table, typed_targets(outputs, discrete_target=discrete_target, weights=weights)


def _relevances(
    estimator: MIEstimator[Any],
    table: TypedTable,
    targets: list[TypedColumn],
    multi_target: MultiTarget,
    n_jobs: int | None,
) -> FloatArray:
    source = estimator.source_of_targets(table, targets, multi_target=multi_target)
    with spread_columns(source, n_jobs):
        return source.relevance()
