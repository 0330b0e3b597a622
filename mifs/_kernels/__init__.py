"""Inner loops on plain arrays: no validation, no classes, no scikit-learn."""

from mifs._kernels.cells import CellTable, cell_function, cell_values, evaluated
from mifs._kernels.chance import expected_information
from mifs._kernels.counting import (
    Sweep,
    grouped,
    joint_counts,
    scanned_sums,
    stored_counts,
    tabled_sums,
    weighted_counts,
    weighted_parts,
)

__all__ = [
    "CellTable",
    "Sweep",
    "cell_function",
    "cell_values",
    "evaluated",
    "expected_information",
    "grouped",
    "joint_counts",
    "scanned_sums",
    "stored_counts",
    "tabled_sums",
    "weighted_counts",
    "weighted_parts",
]
