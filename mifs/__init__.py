"""Rank and select features by mutual information, as scikit-learn estimators."""

from mifs import datasets
from mifs._version import __version__, show_versions
from mifs.criteria import CRITERIA, Criterion
from mifs.discretization import Discretizer
from mifs.information import (
    PairInformation,
    PermutationTest,
    SharedNull,
    conditional_mutual_info,
    cross_entropy,
    entropy,
    entropy_of,
    independence_of,
    kl_divergence,
    mutual_info,
    mutual_info_classif,
    mutual_info_from_joint,
    mutual_info_regression,
    mutual_info_test,
    neighbor_estimate,
    pair_information,
    permutation_test,
    shared_null,
)
from mifs.metrics import (
    CrossEntropyScorer,
    InformationGainScorer,
    cross_entropy_loss,
    cross_entropy_scorer,
    information_gain_score,
    information_gain_scorer,
)
from mifs.mi_estimators import BinnedMI, GaussianCopulaMI, NearestNeighborsMI
from mifs.neighbors import NeighborEstimate
from mifs.search import SelectionPath
from mifs.selectors import MutualInfoSelector, MutualInfoSelectorCV, StabilitySelector
from mifs.terms import IndependenceTests

__all__ = [
    "CRITERIA",
    "BinnedMI",
    "Criterion",
    "CrossEntropyScorer",
    "Discretizer",
    "GaussianCopulaMI",
    "IndependenceTests",
    "InformationGainScorer",
    "MutualInfoSelector",
    "MutualInfoSelectorCV",
    "NearestNeighborsMI",
    "NeighborEstimate",
    "PairInformation",
    "PermutationTest",
    "SelectionPath",
    "SharedNull",
    "StabilitySelector",
    "__version__",
    "conditional_mutual_info",
    "cross_entropy",
    "cross_entropy_loss",
    "cross_entropy_scorer",
    "datasets",
    "entropy",
    "entropy_of",
    "independence_of",
    "information_gain_score",
    "information_gain_scorer",
    "kl_divergence",
    "mutual_info",
    "mutual_info_classif",
    "mutual_info_from_joint",
    "mutual_info_regression",
    "mutual_info_test",
    "neighbor_estimate",
    "pair_information",
    "permutation_test",
    "shared_null",
    "show_versions",
]
