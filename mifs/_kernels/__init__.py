"""Inner loops on plain arrays: no validation, no classes, no scikit-learn."""

from mifs._kernels.chance import (
    expected_information,
    interpolated_information,
    looked_up_sums,
)
from mifs._kernels.counting import joint_counts, stored_counts

__all__ = [
    "expected_information",
    "interpolated_information",
    "joint_counts",
    "looked_up_sums",
    "stored_counts",
]
