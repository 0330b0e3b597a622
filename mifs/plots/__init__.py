"""Displays in scikit-learn's manner: results as figures; matplotlib is loaded only to draw."""

from mifs.plots.budget import InformationBudgetDisplay
from mifs.plots.path import SelectionPathDisplay
from mifs.plots.ranking import RankingDisplay
from mifs.plots.redundancy import RedundancyDisplay

__all__ = [
    "InformationBudgetDisplay",
    "RankingDisplay",
    "RedundancyDisplay",
    "SelectionPathDisplay",
]
