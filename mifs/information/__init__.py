"""The functional door: information of distributions, of samples, and of tables, and tests."""

from mifs.information.columns import mutual_info_classif, mutual_info_regression
from mifs.information.distributions import (
    cross_entropy,
    entropy,
    kl_divergence,
    mutual_info_from_joint,
)
from mifs.information.independence import independence_of, mutual_info_test
from mifs.information.pairs import PairInformation, pair_information
from mifs.information.permutation import (
    PermutationTest,
    SharedNull,
    permutation_test,
    shared_null,
)
from mifs.information.samples import (
    conditional_mutual_info,
    entropy_of,
    mutual_info,
    neighbor_estimate,
)

__all__ = [
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
]
