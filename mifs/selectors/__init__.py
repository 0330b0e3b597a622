"""Selectors: where the two wings meet."""

from mifs.selectors.one_call import rank_features
from mifs.selectors.selector import MutualInfoSelector
from mifs.selectors.selector_cv import MutualInfoSelectorCV
from mifs.selectors.stability import StabilitySelector

__all__ = ["MutualInfoSelector", "MutualInfoSelectorCV", "StabilitySelector", "rank_features"]
