"""Discrete variables, tables of them, and their counts: values that add and project."""

from mifs.counts.columns import (
    BLOCK_CELLS,
    MAX_CELLS,
    Codes,
    CodeTable,
    is_sparse,
    refuse_large,
)
from mifs.counts.tables import Counts, ScannedCounts, SparseCounts
from mifs.counts.variable import DiscreteVariable

__all__ = [
    "BLOCK_CELLS",
    "MAX_CELLS",
    "CodeTable",
    "Codes",
    "Counts",
    "DiscreteVariable",
    "ScannedCounts",
    "SparseCounts",
    "is_sparse",
    "refuse_large",
]
