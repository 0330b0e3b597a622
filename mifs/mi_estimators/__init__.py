"""MI estimators: parameter objects that say how information is measured."""

from mifs.mi_estimators.base import MIEstimator
from mifs.mi_estimators.binned import BinnedMI
from mifs.mi_estimators.gaussian import GaussianCopulaMI
from mifs.mi_estimators.names import MI_ESTIMATORS, mi_estimator_of
from mifs.mi_estimators.neighbors import NearestNeighborsMI

__all__ = [
    "MI_ESTIMATORS",
    "BinnedMI",
    "GaussianCopulaMI",
    "MIEstimator",
    "NearestNeighborsMI",
    "mi_estimator_of",
]
