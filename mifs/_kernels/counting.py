"""Contingency counts of a block of candidates with one state per sample."""

from threading import Condition
from typing import NamedTuple, TypeAlias

import numpy as np

from mifs._kernels.cells import CellTable, cell_values
from mifs._kernels.chance import Chance, FixedPoint, chance_sums
from mifs._kernels.twins import twin
from mifs._typing import IntArray

TILE_COLUMNS = 64  # that a sweep reads together
CELL_NUMBERS_IN_CACHE = 1 << 16
ROWS_OF_A_BLOCK = 8192  # of a sweep, where they are many
ROWS_OF_A_STATE = 64  # in a block
BLOCKED_STATES = 1024

Sweep: TypeAlias = tuple[IntArray, IntArray, IntArray]  # tiles, and the two of `grouped`
Scanned: TypeAlias = tuple[IntArray, IntArray | None]  # sums, and counts with Z


def swept_together(n_levels: int) -> int:
    """Columns of which a sweep counts all or none, whatever is wanted; one where none is swept."""
    if n_levels == 2:
        return 256  # ABREAST of counting_kernel.h
    return 32 if n_levels <= 32 else 1


@twin("counting")
class Crew:
    """Threads that stand ready: they help kernels which share their work, until they are called.

    The NumPy kernels take no help: what they do holds Python's lock.
    """

    def __init__(self) -> None:
        self._change = Condition()
        self._n_called, self._has_ended = 0, False

    def stand_ready(self) -> bool:
        """Stand ready until called; return False at the end."""
        with self._change:
            self._change.wait_for(lambda: self._n_called or self._has_ended)
            self._n_called -= 1
            return not self._has_ended

    def call(self, n_helpers: int) -> None:
        """Call some of the threads, now or once they are ready."""
        with self._change:
            self._n_called += n_helpers
            self._change.notify(n_helpers)

    def end(self) -> None:
        """End it: nobody stands ready any more."""
        with self._change:
            self._has_ended = True
            self._change.notify_all()


class Turns(NamedTuple):
    """Turns that threads take at the columns of a table: at each the next that are left."""

    crew: Crew
    n_threads: int  # at most, with the one that calls
    n_columns: int  # of a turn; they divide those of a tile


@twin("counting")
def tiled(
    codes: IntArray,  # noqa: ARG001 - the twin asks for what these do not need
    n_levels: int,  # noqa: ARG001 - as above
    *,
    which: IntArray | None = None,  # noqa: ARG001 - as above
    into: IntArray | None = None,  # noqa: ARG001 - as above
    turns: Turns | None = None,  # noqa: ARG001 - the twin shares; these do not
) -> IntArray | None:
    """Lay out codes for a sweep; None where there is none to gain, and always without the twin.

    The layout is one of tiles, one after another: the codes of 64 columns of a sample side by side,
    two in a byte where all are below 16, and eight of two levels. A few last columns can be in
    none. Tiles may be laid out some at a time, those numbered in `which`, into what an earlier call
    returned; by `turns`, of rows, by several threads.
    """
    return None


@twin("counting")
def grouped(state: IntArray, n_states: int) -> tuple[IntArray, IntArray]:
    """Rows of each block in the order of their state, and where each group starts: (start, rows).

    Those of state s in block b go from start[b * n_states + s] to the next start. There is one
    block unless rows are many and states few.
    """
    n_samples = len(state)
    size = max(ROWS_OF_A_BLOCK, ROWS_OF_A_STATE * n_states)
    if n_states > BLOCKED_STATES or n_samples < 2 * size:
        size = max(1, n_samples)
    group = np.arange(n_samples) // size * n_states + state
    rows = np.argsort(group, kind="stable").astype(np.int32)
    n_groups = max(1, -(-n_samples // size)) * n_states
    return np.searchsorted(group[rows], np.arange(n_groups + 1)), rows


@twin("counting")
def joint_counts(
    codes: IntArray,
    places: IntArray,
    state: IntArray,
    shape: tuple[int, int],
    *,
    first_row: int = 0,
    sweep: Sweep | None = None,  # noqa: ARG001 - the twin sweeps; these do not
    turns: Turns | None = None,  # noqa: ARG001 - the twin shares; these do not
) -> IntArray:
    """Count how often each candidate's level meets each state.

    `codes` has shape (n_columns, n_samples) and values below n_levels, `places` are the rows of it
    that are candidates, ascending, `state` has values below n_states, one for each sample or for
    those from `first_row` on, as many as it has, and `shape` is (n_states, n_levels). The result
    has shape (n_candidates, n_states, n_levels) and 32 bits. Cost O(n_candidates * (n_samples +
    n_states * n_levels)). `sweep` is what `tiled` makes of the codes and `grouped` of the state: a
    faster way to the same counts, and `turns` another: by several threads.
    """
    some_rows = codes[:, first_row : first_row + len(state)]
    return _histograms(some_rows, places, state, shape, None).astype(np.int32)


@twin("counting")
def weighted_counts(
    codes: IntArray, places: IntArray, state: IntArray, shape: tuple[int, int], weights: IntArray
) -> IntArray:
    """Count as `joint_counts` does, each sample as often as `weights` says; in 64 bits.

    Their sum is below 2**53, so that their sums are exact in float64.
    """
    return _histograms(codes, places, state, shape, weights).astype(np.int64, copy=False)


@twin("counting")
def weighted_parts(counts: IntArray, group: IntArray, weights: IntArray, n_groups: int) -> IntArray:
    """Add up counts of the parts of groups, each as often as its weight says; in 64 bits.

    `counts` has shape (..., n_parts, n_levels) and 32 bits, and `group` and `weights` one number
    for each part. The result has shape (..., n_groups, n_levels).
    """
    *tables, n_parts, n_levels = counts.shape
    sums = np.zeros((*tables, n_groups, n_levels), dtype=np.int64)
    for part in range(n_parts):
        sums[..., group[part], :] += counts[..., part, :] * weights[part]
    return sums


@twin("counting")
def scanned_sums(
    codes: IntArray,
    places: IntArray,
    state: IntArray,
    shape: tuple[int, int, int],
    cell_table: CellTable,
    *,
    sweep: Sweep | None = None,
    with_counts: bool = True,
    chance: tuple[Chance, FixedPoint] | None = None,
    turns: Turns | None = None,  # noqa: ARG001 - the twin shares; these do not
) -> Scanned:
    """Sums of a cell function over the cells of each candidate with (Z, Y) and with Z.

    Parameters are those of `joint_counts`, with states numbered ``z * n_y + y`` and ``shape =
    (n_z, n_y, n_levels)``. The results have the shapes (2, n_candidates), and of the counts with
    Z, (n_candidates, n_z, n_levels); None in their place without `with_counts`, for they can take
    longer to store than the sums to form. With `chance`, whose strata are the levels of Z, a third
    sum is that of the means by chance.
    """
    n_z, n_y, n_levels = shape
    counts = joint_counts(codes, places, state, (n_z * n_y, n_levels), sweep=sweep)
    sums, xz = tabled_sums(counts.reshape(-1, n_z, n_y, n_levels), cell_table)
    if chance is not None:
        (table, rows, strata), fixed = chance
        sums = np.vstack([sums, chance_sums(xz, rows, table, strata, fixed)])
    return sums, xz if with_counts else None


@twin("counting")
def tabled_sums(xzy: IntArray, cell_table: CellTable) -> tuple[IntArray, IntArray]:
    """Results of `scanned_sums` from tables, of shape (n_candidates, n_z, n_y, n_levels)."""
    xz = xzy.sum(axis=2, dtype=np.int32)
    sum_zyx = cell_values(xzy, cell_table).sum(axis=(1, 2, 3))
    return np.stack([sum_zyx, cell_values(xz, cell_table).sum(axis=(1, 2))]), xz


def _histograms(
    codes: IntArray,
    places: IntArray,
    state: IntArray,
    shape: tuple[int, int],
    weights: IntArray | None,
) -> IntArray:
    """Count several candidates in one histogram.

    A call a candidate would cost more than its counting where samples are few, and one call for
    all would leave the cache where they are many.
    """
    n_candidates, n_samples = len(places), codes.shape[1]
    n_states, n_levels = shape
    n_cells = n_states * n_levels
    counts = np.empty((n_candidates, n_states, n_levels), dtype=np.intp)
    first_cell = state.astype(np.intp) * n_levels
    size = CELL_NUMBERS_IN_CACHE // max(1, n_samples) or 1
    offsets = np.arange(min(size, n_candidates), dtype=np.intp)[:, None] * n_cells
    first_cells = first_cell + offsets
    weight = None if weights is None else np.tile(weights.astype(np.float64), len(offsets))
    for start in range(0, n_candidates, size):
        some = codes[places[start : start + size]]
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
