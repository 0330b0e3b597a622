"""Contingency counts of a block of candidates with one state per sample."""

import numpy as np

from mifs._typing import IntArray


def joint_counts(codes: IntArray, state: IntArray, n_states: int, n_levels: int) -> IntArray:
    """Count how often each candidate's level meets each state.

    `codes` has shape (n_candidates, n_samples) and values below `n_levels`; `state` has shape
    (n_samples,) and values below `n_states`. The result has shape (n_candidates, n_states,
    n_levels). Cost O(n_candidates * n_samples), whatever the number of cells.
    """
    n_candidates = len(codes)
    n_cells = n_states * n_levels
    # One histogram for the whole block: a call a candidate would cost more than its counting
    # where samples are few.
    first_cell = np.arange(n_candidates, dtype=np.intp)[:, None] * n_cells
    cell = first_cell + (state.astype(np.intp) * n_levels)[None, :]
    cell += codes
    counts = np.bincount(cell.ravel(), minlength=n_candidates * n_cells)
    return counts.reshape(n_candidates, n_states, n_levels)
