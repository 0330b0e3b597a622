"""Mutual information by nearest neighbours: estimates, mixed variables, the source of terms."""

from mifs.neighbors.estimates import frenzel_pompe, ksg1, ksg2, mesner_shalizi, ross
from mifs.neighbors.mixed import Recipe
from mifs.neighbors.result import NeighborEstimate, measured
from mifs.neighbors.source import NeighborInformation, NumberTable
from mifs.neighbors.variables import MixedVariable

__all__ = [
    "MixedVariable",
    "NeighborEstimate",
    "NeighborInformation",
    "NumberTable",
    "Recipe",
    "frenzel_pompe",
    "ksg1",
    "ksg2",
    "measured",
    "mesner_shalizi",
    "ross",
]
