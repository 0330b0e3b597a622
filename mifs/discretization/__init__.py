"""Binning: cut points learned from one set of rows, codes for any other."""

from mifs.discretization.cuts import (
    BlindStrategy,
    NBins,
    Strategy,
    bins_for,
    codes_of,
    column_cuts,
    cut_points,
    equal_frequency_variables,
    level_codes,
)
from mifs.discretization.transformer import Discretizer

__all__ = [
    "BlindStrategy",
    "Discretizer",
    "NBins",
    "Strategy",
    "bins_for",
    "codes_of",
    "column_cuts",
    "cut_points",
    "equal_frequency_variables",
    "level_codes",
]
