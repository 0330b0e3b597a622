"""Cross-entropy of a forecast, the information that it delivers, and scorers of both.

Mutual information says what the features hold, cross-entropy what a model delivers::

    H(Y) - cross-entropy  <=  I(Y; forecast)  <=  I(X; Y)  <=  H(Y)
"""

from mifs.metrics.continuous import (
    GaussianInformationGainScorer,
    binned_target,
    gaussian_information_gain_score,
    gaussian_information_gain_scorer,
)
from mifs.metrics.cross_validation import cross_val_information
from mifs.metrics.decomposition import CrossEntropyDecomposition, cross_entropy_decomposition
from mifs.metrics.gain import InformationGain, information_gain
from mifs.metrics.losses import (
    cross_entropy_loss,
    information_gain_score,
    normalized_information_gain_score,
)
from mifs.metrics.pooling import CrossValInformation, GainDifference
from mifs.metrics.scorers import (
    CrossEntropyScorer,
    DiscriminationScorer,
    InformationGainScorer,
    NormalizedInformationGainScorer,
    cross_entropy_scorer,
    discrimination_scorer,
    information_gain_scorer,
    information_scoring,
    normalized_information_gain_scorer,
)

__all__ = [
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
]
