"""Tests of whether the columns of a table are independent of its target."""

from __future__ import annotations

from typing import Any

from mifs._typing import ArrayLike, FloatArray
from mifs.discrete import CountedInformation
from mifs.encoding import Kind, Missing
from mifs.information.columns import typed
from mifs.mi_estimators import BinnedMI, mi_estimator_of
from mifs.terms import IndependenceTests


def mutual_info_test(
    X: Any,
    y: ArrayLike,
    *,
    discrete_features: Any = "auto",
    discrete_target: Kind = "auto",
    mi_estimator: str | BinnedMI = "binned",
    missing: Missing = "level",
    sample_weight: ArrayLike | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Mutual information I(X; Y) of every column, and its p-value under independence.

    A `score_func` for SelectFdr, SelectFpr, SelectFwe, SelectKBest and their relatives, for
    classes and numbers alike. `independence_of` gives the same p-values with their methods.

    Parameters
    ----------
    X : array, sparse array or matrix, or dataframe, of shape (n_samples, n_features)
        Numbers, or columns of labels in a dataframe.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Classes, or numbers that are cut into bins; several outputs are one joint target.
    discrete_features : "auto", bool, list of columns, dict, or callable, default="auto"
        Columns whose distinct values are levels: as in `MutualInfoSelector`.
    discrete_target : bool or "auto", default="auto"
        Whether every distinct value of y is a class. "auto": labels, booleans, whole numbers with
        at most 32 distinct values, and those of an integer type with more, if each occurs ten
        times on average.
    mi_estimator : MI estimator, default="binned"
        "binned", or an object whose bins do not depend on `y`.
    missing : {"level", "error"}, default="level"
        Whether a missing value of `X` is a level of its column, or an error.
    sample_weight : array-like of shape (n_samples,), optional
        How often each row occurs, in whole numbers: 2 is a row given twice, 0 one left out.

    Returns
    -------
    scores : ndarray of shape (n_features,)
        Nats, less the mean by chance unless the MI estimator says otherwise; not clipped.
    pvalues : ndarray of shape (n_features,)
        Above 0 but for underflow, at most 1; the same for every `correction`.

    Raises
    ------
    ValueError
        If a value is infinite, or missing in `y`, lengths differ, `y` is constant, a weight is no
        whole number, or the bins of the MI estimator look at `y`.

    Notes
    -----
    The p-value is the chance, when the target is permuted, of a plug-in information at least as
    large: exact for two levels by two classes, a Pearson III tail otherwise, with the exact mean
    and variance. It holds for exchangeable rows, not for a series or repeated subjects, and is
    void where columns were binned, or chosen, with the help of `y` before. A weight that stands for
    no repeated observation makes it too small.

    Ranks by score and by p-value differ: a column of many levels needs more for the same p-value.

    Examples
    --------
    Eight rows, a column equal to the class: 2 of the 70 ways to place four rows separate the
    classes. A constant column tells nothing.

    >>> import numpy as np
    >>> y = np.tile([0, 1], 4)
    >>> scores, pvalues = mutual_info_test(np.column_stack([y, np.ones(8)]), y)
    >>> pvalues * 70
    array([ 2., 70.])
    """
    source = blind_source(
        X,
        y,
        mi_estimator,
        discrete_features=discrete_features,
        discrete_target=discrete_target,
        missing=missing,
        sample_weight=sample_weight,
    )
    return source.relevance(), source.independence().pvalue


def independence_of(
    X: Any,
    y: ArrayLike,
    *,
    discrete_features: Any = "auto",
    discrete_target: Kind = "auto",
    mi_estimator: str | BinnedMI = "binned",
    missing: Missing = "level",
    sample_weight: ArrayLike | None = None,
) -> IndependenceTests:
    """Tests of whether each column is independent of the target, with method and doubt.

    Parameters
    ----------
    X : array, sparse array or matrix, or dataframe, of shape (n_samples, n_features)
        As in `mutual_info_test`.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        As in `mutual_info_test`.
    discrete_features : "auto", bool, list of columns, dict, or callable, default="auto"
        As in `mutual_info_test`.
    discrete_target : bool or "auto", default="auto"
        As in `mutual_info_test`.
    mi_estimator : MI estimator, default="binned"
        As in `mutual_info_test`.
    missing : {"level", "error"}, default="level"
        As in `mutual_info_test`.
    sample_weight : array-like of shape (n_samples,), optional
        As in `mutual_info_test`.

    Returns
    -------
    IndependenceTests
        Arrays of shape (n_features,): `statistic`, n times the plug-in information in nats;
        `pvalue`; `method`, "exact" or "three-moment"; `disagreement`, True where two analytic
        tails differ by more than a factor 3, so that a p-value near a level should be drawn with
        `permutation_test`.

    Raises
    ------
    ValueError
        As `mutual_info_test`.

    Examples
    --------
    Two levels by two classes are summed exactly: 2 of 70.

    >>> import numpy as np
    >>> y = np.tile([0, 1], 4)
    >>> tests = independence_of(y[:, None], y)
    >>> tests.pvalue.round(6), tests.method
    (array([0.028571]), array(['exact'], dtype='<U12'))
    """
    source = blind_source(
        X,
        y,
        mi_estimator,
        discrete_features=discrete_features,
        discrete_target=discrete_target,
        missing=missing,
        sample_weight=sample_weight,
    )
    return source.independence()


def blind_source(
    X: Any,
    y: ArrayLike,
    mi_estimator: str | BinnedMI,
    *,
    discrete_features: Any,
    discrete_target: Kind,
    missing: Missing,
    sample_weight: ArrayLike | None = None,
) -> CountedInformation:
    """Return what knows the terms of a table whose codes did not look at the target.

    Only then may the target be permuted while the codes stay as they are.

    Parameters
    ----------
    X : array, sparse array or matrix, or dataframe, of shape (n_samples, n_features)
        As in `mutual_info_test`.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        As in `mutual_info_test`.
    mi_estimator : MI estimator
        As in `mutual_info_test`.
    discrete_features : "auto", bool, list of columns, dict, or callable
        As in `mutual_info_test`.
    discrete_target : bool or "auto"
        As in `mutual_info_test`.
    missing : {"level", "error"}
        As in `mutual_info_test`.
    sample_weight : array-like of shape (n_samples,), optional
        As in `mutual_info_test`.

    Returns
    -------
    CountedInformation
        Source of all terms and tests.

    Raises
    ------
    ValueError
        As `mutual_info_test`.
    """
    estimator = mi_estimator_of(mi_estimator)
    if not isinstance(estimator, BinnedMI):
        msg = f"A test needs columns that are counted in bins; got mi_estimator={mi_estimator!r}. "
        msg += 'Take "binned", or draw with permutation_test.'
        raise ValueError(msg)
    if estimator.looks_at_target:
        msg = (
            f"Bins of strategy={estimator.strategy!r} look at the target: with them no p-value of "
            "independence is valid. Take 'quantile' or 'uniform', or draw with permutation_test, "
            "whose statistic may be mutual_info with these bins: it cuts after each permutation."
        )
        raise ValueError(msg)
    table, targets = typed(
        X,
        y,
        discrete_features=discrete_features,
        discrete_target=discrete_target,
        missing=missing,
        sample_weight=sample_weight,
    )
    return next(estimator.sources(table, [targets]))
