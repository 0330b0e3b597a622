"""The functional door: information of distributions, of samples, and of the columns of a table."""

from mifs.information.columns import mutual_info_classif, mutual_info_regression
from mifs.information.distributions import (
    cross_entropy,
    entropy,
    kl_divergence,
    mutual_info_from_joint,
)
from mifs.information.samples import (
    conditional_mutual_info,
    entropy_of,
    mutual_info,
    neighbor_estimate,
)

__all__ = [
    "conditional_mutual_info",
    "cross_entropy",
    "entropy",
    "entropy_of",
    "kl_divergence",
    "mutual_info",
    "mutual_info_classif",
    "mutual_info_from_joint",
    "mutual_info_regression",
    "neighbor_estimate",
]
