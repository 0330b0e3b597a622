"""Fit a selector and report, in one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from mifs._typing import ArrayLike
from mifs.criteria import Criterion
from mifs.encoding import Kind, Missing
from mifs.mi_estimators import MIEstimator
from mifs.mi_estimators.base import MultiTarget
from mifs.report import Report
from mifs.selectors.selector import MutualInfoSelector


def rank_features(
    X: Any,
    y: ArrayLike,
    *,
    criterion: str | Criterion = "cmim",
    n_features_to_select: float | str = "auto",
    mi_estimator: str | MIEstimator[Any] = "binned",
    discrete_features: Any = "auto",
    discrete_target: Kind = "auto",
    missing: Missing = "level",
    multi_target: MultiTarget = "joint",
    include: Sequence[Any] | None = None,
    exclude: Sequence[Any] | None = None,
    alpha: float = 0.05,
    error_control: Literal["fwer", "fdr"] = "fwer",
    interactions: bool = False,
    confirm: bool | Literal["auto"] = "auto",
    min_features_to_select: int = 1,
    n_jobs: int | None = None,
    random_state: Any = None,
    sample_weight: ArrayLike | None = None,
    unit: str = "bits",
    values: bool = True,
) -> Report:
    """Information of every column about the target, ranked, selected and explained.

    Parameters
    ----------
    X : array, sparse array or matrix, or dataframe, of shape (n_samples, n_features)
        Numbers and labels.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Classes, or numbers.
    criterion, n_features_to_select, mi_estimator, discrete_features, discrete_target, missing, \
multi_target, include, exclude, alpha, error_control, interactions, confirm, \
min_features_to_select, n_jobs, random_state
        As in `MutualInfoSelector`.
    sample_weight : array-like of shape (n_samples,), optional
        How often each row occurs, with "binned".
    unit : {"bits", "nats", "hartleys"}, default="bits"
        Unit of every information in the report.
    values : bool, default=True
        Whether the report shows levels, classes and bin edges, or numbers them.

    Returns
    -------
    Report
        Every number in `unit`; relevances are corrected for chance and not clipped, so that one
        of a column that says nothing may be below zero, and none is above H(Y).

    Raises
    ------
    ValueError
        If a parameter or value is out of range, as in `MutualInfoSelector.fit`.

    See Also
    --------
    MutualInfoSelector : The same in a pipeline, fitted within folds.
    MutualInfoSelector.report : Report on a selector that is fitted already.

    Notes
    -----
    Costs a fit and two more scans of the table. The report is of the rows that selected: judge a
    model on others.

    Examples
    --------
    Two coins are the halves of a number from 0 to 3, which has two bits; each coin tells one:

    >>> import numpy as np
    >>> coins = np.array([[a, b] for a in (0, 1) for b in (0, 1)] * 250)
    >>> report = rank_features(coins, 2 * coins[:, 0] + coins[:, 1])
    >>> report
    Report(2 of 2 columns selected, in bits)
    >>> round(report.headline.entropy, 1), round(report.joint.information, 1)
    (2.0, 2.0)
    >>> report.frame()["plug-in [bits]"].round(2).tolist()
    [1.0, 1.0]
    """
    selector = MutualInfoSelector(
        criterion,
        n_features_to_select,
        mi_estimator=mi_estimator,
        discrete_features=discrete_features,
        discrete_target=discrete_target,
        missing=missing,
        multi_target=multi_target,
        include=include,
        exclude=exclude,
        alpha=alpha,
        error_control=error_control,
        interactions=interactions,
        confirm=confirm,
        min_features_to_select=min_features_to_select,
        n_jobs=n_jobs,
        random_state=random_state,
    ).fit(X, y, sample_weight)
    return selector.report(X, y, sample_weight=sample_weight, unit=unit, values=values)
