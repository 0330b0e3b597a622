"""Cross-entropy of a forecast, the information that it delivers, and scorers of both.

Mutual information says what the features hold, cross-entropy what a model delivers::

    H(Y) - cross-entropy  <=  I(X; Y)  <=  H(Y)
"""

from mifs.metrics.losses import cross_entropy_loss, information_gain_score
from mifs.metrics.scorers import (
    CrossEntropyScorer,
    InformationGainScorer,
    cross_entropy_scorer,
    information_gain_scorer,
)

__all__ = [
    "CrossEntropyScorer",
    "InformationGainScorer",
    "cross_entropy_loss",
    "cross_entropy_scorer",
    "information_gain_score",
    "information_gain_scorer",
]
