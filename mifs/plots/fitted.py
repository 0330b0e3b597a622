"""What a display reads of a fitted selector."""

from __future__ import annotations

from typing import Any

from sklearn.utils.validation import check_is_fitted

from mifs.mi_estimators import BinnedMI, GaussianCopulaMI, NearestNeighborsMI, mi_estimator_of
from mifs.selectors import MutualInfoSelector

CORRECTED = {
    "chance": "corrected for chance",
    "miller_madow": "corrected by Miller and Madow",
    None: "plug-in",
}


def path_finder(selector: Any) -> MutualInfoSelector:
    """Return the fitted MutualInfoSelector that a selector is, or was guided by.

    Raises
    ------
    NotFittedError
        If the selector is not fitted.
    TypeError
        If it is none, and has none.
    """
    if not hasattr(selector, "fit") or isinstance(selector, type):
        msg = f"A fitted selector is needed; got {selector!r}. Pass MutualInfoSelector().fit(X, y)."
        raise TypeError(msg)
    check_is_fitted(selector)
    inner = getattr(selector, "selector_", selector)
    if not isinstance(inner, MutualInfoSelector):
        msg = (
            f"A MutualInfoSelector is needed, or a selector that fitted one; got {selector!r}. "
            "Of a pipeline, pass the step."
        )
        raise TypeError(msg)
    return inner


def names_of(selector: MutualInfoSelector) -> list[str]:
    """Names of all columns; x0, x1, ... where they have none."""
    return [column.name for column in selector.columns_]


def how_measured(selector: MutualInfoSelector) -> str:
    """Say in few words how the information of an axis was measured."""
    estimator = mi_estimator_of(selector.mi_estimator)
    if isinstance(estimator, BinnedMI):
        return CORRECTED[estimator.correction]
    if isinstance(estimator, NearestNeighborsMI):
        return "by nearest neighbours"
    if isinstance(estimator, GaussianCopulaMI):
        return "of the Gaussian copula"
    return f"by {type(estimator).__name__}"
