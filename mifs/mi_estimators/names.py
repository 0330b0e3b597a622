"""The names of MI estimators, and what they stand for."""

from __future__ import annotations

from typing import Any, TypeAlias

from mifs.mi_estimators.base import MIEstimator
from mifs.mi_estimators.binned import BinnedMI
from mifs.mi_estimators.gaussian import GaussianCopulaMI
from mifs.mi_estimators.neighbors import NearestNeighborsMI

AnyMIEstimator: TypeAlias = MIEstimator[Any]

MI_ESTIMATORS: dict[str, type[AnyMIEstimator]] = {
    "binned": BinnedMI,
    "knn": NearestNeighborsMI,
    "gaussian": GaussianCopulaMI,
}


def mi_estimator_of(mi_estimator: str | AnyMIEstimator) -> AnyMIEstimator:
    """Return the MI estimator that a name stands for, its parameters checked.

    Parameters
    ----------
    mi_estimator : str or MI estimator
        "binned", "knn", "gaussian", or an object with parameters of your own.

    Returns
    -------
    MIEstimator
        The parameter object.

    Raises
    ------
    ValueError
        If no MI estimator has that name, or a parameter is out of range.
    TypeError
        If it is neither a name nor an MI estimator.
    """
    if isinstance(mi_estimator, str):
        if mi_estimator not in MI_ESTIMATORS:
            known = ", ".join(map(repr, MI_ESTIMATORS))
            msg = f"mi_estimator must be one of {known}, or an object; got {mi_estimator!r}."
            raise ValueError(msg)
        return MI_ESTIMATORS[mi_estimator]()
    if not isinstance(mi_estimator, MIEstimator):
        msg = f"mi_estimator must be a name or an object such as BinnedMI(); got {mi_estimator!r}."
        raise TypeError(msg)
    mi_estimator._validate_params()
    return mi_estimator
