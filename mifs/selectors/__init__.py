"""Selectors: where the two wings meet."""

from mifs.selectors.selector import MutualInfoSelector

__all__ = ["MutualInfoSelector"]
