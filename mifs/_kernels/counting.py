"""Contingency counts of a block of candidates with one state per sample."""

import numpy as np

from mifs._typing import IntArray

CELL_NUMBERS_IN_CACHE = 1 << 16


def joint_counts(
    codes: IntArray,
    state: IntArray,
    n_states: int,
    n_levels: int,
    weights: IntArray | None = None,
) -> IntArray:
    """Count how often each candidate's level meets each state.

    `codes` has shape (n_candidates, n_samples) and values below `n_levels`; `state` has shape
    (n_samples,) and values below `n_states`. The result has shape (n_candidates, n_states,
    n_levels). Cost O(n_candidates * (n_samples + n_states * n_levels)).

    `weights`, of shape (n_samples,), says how often each sample counts. Their sum is below 2**53,
    so that their sums are exact in float64.
    """
    n_candidates, n_samples = codes.shape
    n_cells = n_states * n_levels
    counts = np.empty((n_candidates, n_states, n_levels), dtype=np.intp)
    first_cell = state.astype(np.intp) * n_levels
    # One histogram for several candidates: a call a candidate would cost more than its counting
    # where samples are few, and one call for all would leave the cache where they are many.
    size = CELL_NUMBERS_IN_CACHE // max(1, n_samples) or 1
    offsets = np.arange(min(size, n_candidates), dtype=np.intp)[:, None] * n_cells
    first_cells = first_cell + offsets
    weight = None if weights is None else np.tile(weights.astype(np.float64), len(offsets))
    for start in range(0, n_candidates, size):
        some = codes[start : start + size]
        cells = first_cells[: len(some)] + some
        counted = None if weight is None else weight[: cells.size]
        histogram = np.bincount(cells.ravel(), counted, minlength=len(some) * n_cells)
        counts[start : start + size] = histogram.reshape(-1, n_states, n_levels)
    return counts


def stored_counts(
    codes: IntArray,
    length: IntArray,
    zero: IntArray,
    state: IntArray,
    totals: IntArray,
    *,
    n_levels: int,
    weights: IntArray | None = None,
) -> IntArray:
    """Count how often each candidate's level meets each state, from what is not zero alone.

    `codes` are those of all candidates, one candidate after another, `length` of each, and `state`
    has the states of their samples. Every other sample has its candidate's code `zero`; `totals`
    are the samples of each state. The result has shape (n_candidates, n_states, n_levels). Cost
    O(n_codes + n_candidates * n_states * n_levels). `weights` say how often the sample of each code
    counts, as in `totals`.
    """
    n_candidates, n_states = len(length), len(totals)
    first_cell = np.arange(n_candidates, dtype=np.intp) * (n_states * n_levels)
    cells = np.repeat(first_cell, length)
    cells += state * n_levels
    cells += codes
    histogram = np.bincount(cells, weights, minlength=n_candidates * n_states * n_levels)
    counts = histogram.astype(np.intp).reshape(n_candidates, n_states, n_levels)
    counts[np.arange(n_candidates), :, zero] += totals - counts.sum(axis=2)
    return counts
