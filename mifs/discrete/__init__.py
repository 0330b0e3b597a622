"""Information of counted data: entropies of counts, their corrections, and the source of terms."""

from mifs.discrete.cells import CORRECTIONS
from mifs.discrete.source import CountedInformation

__all__ = ["CORRECTIONS", "CountedInformation"]
