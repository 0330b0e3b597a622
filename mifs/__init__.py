"""Rank and select features by mutual information, as scikit-learn estimators.

A name is imported with its module when it is first asked for: who selects features does not load
plots, budgets and data sets.
"""

import importlib
from typing import TYPE_CHECKING, Any

from mifs._version import __version__, show_versions

if TYPE_CHECKING:
    from mifs import datasets
    from mifs.budget import BudgetStep, InformationBudget, information_budget
    from mifs.criteria import CRITERIA, Criterion
    from mifs.discretization import Discretizer
    from mifs.encoding import ColumnInfo
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
        CrossEntropyDecomposition,
        CrossEntropyScorer,
        CrossValInformation,
        DiscriminationScorer,
        GainDifference,
        GaussianInformationGainScorer,
        InformationGain,
        InformationGainScorer,
        NormalizedInformationGainScorer,
        binned_target,
        cross_entropy_decomposition,
        cross_entropy_loss,
        cross_entropy_scorer,
        cross_val_information,
        discrimination_scorer,
        gaussian_information_gain_score,
        gaussian_information_gain_scorer,
        information_gain,
        information_gain_score,
        information_gain_scorer,
        information_scoring,
        normalized_information_gain_score,
        normalized_information_gain_scorer,
    )
    from mifs.mi_estimators import BinnedMI, GaussianCopulaMI, NearestNeighborsMI
    from mifs.neighbors import NeighborEstimate
    from mifs.plots import (
        InformationBudgetDisplay,
        RankingDisplay,
        RedundancyDisplay,
        SelectionPathDisplay,
    )
    from mifs.report import Report
    from mifs.search import SelectionPath
    from mifs.selectors import (
        MutualInfoSelector,
        MutualInfoSelectorCV,
        StabilitySelector,
        rank_features,
    )
    from mifs.terms import IndependenceTests

__all__ = [
    "CRITERIA",
    "BinnedMI",
    "BudgetStep",
    "ColumnInfo",
    "Criterion",
    "CrossEntropyDecomposition",
    "CrossEntropyScorer",
    "CrossValInformation",
    "Discretizer",
    "DiscriminationScorer",
    "GainDifference",
    "GaussianCopulaMI",
    "GaussianInformationGainScorer",
    "IndependenceTests",
    "InformationBudget",
    "InformationBudgetDisplay",
    "InformationGain",
    "InformationGainScorer",
    "MutualInfoSelector",
    "MutualInfoSelectorCV",
    "NearestNeighborsMI",
    "NeighborEstimate",
    "NormalizedInformationGainScorer",
    "PairInformation",
    "PermutationTest",
    "RankingDisplay",
    "RedundancyDisplay",
    "Report",
    "SelectionPath",
    "SelectionPathDisplay",
    "SharedNull",
    "StabilitySelector",
    "__version__",
    "binned_target",
    "conditional_mutual_info",
    "cross_entropy",
    "cross_entropy_decomposition",
    "cross_entropy_loss",
    "cross_entropy_scorer",
    "cross_val_information",
    "datasets",
    "discrimination_scorer",
    "entropy",
    "entropy_of",
    "gaussian_information_gain_score",
    "gaussian_information_gain_scorer",
    "independence_of",
    "information_budget",
    "information_gain",
    "information_gain_score",
    "information_gain_scorer",
    "information_scoring",
    "kl_divergence",
    "mutual_info",
    "mutual_info_classif",
    "mutual_info_from_joint",
    "mutual_info_regression",
    "mutual_info_test",
    "neighbor_estimate",
    "normalized_information_gain_score",
    "normalized_information_gain_scorer",
    "pair_information",
    "permutation_test",
    "rank_features",
    "shared_null",
    "show_versions",
]

# The same once more, for Python itself; a test holds the three lists together.
_NAMES_OF = {
    "budget": ("BudgetStep", "InformationBudget", "information_budget"),
    "criteria": ("CRITERIA", "Criterion"),
    "discretization": ("Discretizer",),
    "encoding": ("ColumnInfo",),
    "information": (
        "PairInformation",
        "PermutationTest",
        "SharedNull",
        "conditional_mutual_info",
        "cross_entropy",
        "entropy",
        "entropy_of",
        "independence_of",
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
    ),
    "metrics": (
        "CrossEntropyDecomposition",
        "CrossEntropyScorer",
        "CrossValInformation",
        "DiscriminationScorer",
        "GainDifference",
        "GaussianInformationGainScorer",
        "InformationGain",
        "InformationGainScorer",
        "NormalizedInformationGainScorer",
        "binned_target",
        "cross_entropy_decomposition",
        "cross_entropy_loss",
        "cross_entropy_scorer",
        "cross_val_information",
        "discrimination_scorer",
        "gaussian_information_gain_score",
        "gaussian_information_gain_scorer",
        "information_gain",
        "information_gain_score",
        "information_gain_scorer",
        "information_scoring",
        "normalized_information_gain_score",
        "normalized_information_gain_scorer",
    ),
    "mi_estimators": ("BinnedMI", "GaussianCopulaMI", "NearestNeighborsMI"),
    "neighbors": ("NeighborEstimate",),
    "plots": (
        "InformationBudgetDisplay",
        "RankingDisplay",
        "RedundancyDisplay",
        "SelectionPathDisplay",
    ),
    "report": ("Report",),
    "search": ("SelectionPath",),
    "selectors": (
        "MutualInfoSelector",
        "MutualInfoSelectorCV",
        "StabilitySelector",
        "rank_features",
    ),
    "terms": ("IndependenceTests",),
}
_HOME = {name: module for module, names in _NAMES_OF.items() for name in names}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        found = getattr(importlib.import_module(f"mifs.{_HOME[name]}"), name)
    elif name == "datasets":
        found = importlib.import_module("mifs.datasets")
    else:
        msg = f"module 'mifs' has no attribute {name!r}"
        raise AttributeError(msg)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
