# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
# cython: freethreading_compatible=True
"""Face of the C kernels that count: arrays in, arrays out."""

import numpy as np

from libc.stdint cimport INT32_MAX, INT64_MAX, int32_t, int64_t, uint8_t

include "cell_table.pxi"
include "chance.pxi"
include "crew.pxi"

cdef extern from "tiles_kernel.h" nogil:
    enum: TILE, ROWS_AHEAD

    ctypedef struct ByteColumns:
        const uint8_t *codes
        int64_t n_columns, n_samples, n_levels

    int64_t columns_in_tiles(int64_t, int64_t, int64_t)
    int64_t bytes_of_tiles(int64_t, int64_t, int64_t)
    int64_t columns_abreast(int64_t)
    void tile_codes(const ByteColumns *, int64_t, int64_t, int64_t, uint8_t *)
    int64_t count_blocks(int64_t, int64_t)
    int group_rows(const int32_t *, int64_t, int64_t, int64_t *, int32_t *)

cdef extern from "counting_kernel.h" nogil:
    ctypedef struct Sweep:
        const uint8_t *tiles
        int64_t n_columns
        const int64_t *start
        const int32_t *rows

    ctypedef struct Condition:
        int64_t n_samples, n_z, n_y
        const int32_t *state

    ctypedef struct Sums:
        int64_t *sum_zyx
        int64_t *sum_zx
        int64_t *chance
        int32_t *zx
        int64_t first_place

    ctypedef struct Columns:
        const void *codes
        int width
        int64_t n_samples, first_row

    ctypedef struct Job:
        Columns columns
        Sweep sweep
        const int64_t *places
        int64_t n_places, n_levels
        Condition condition
        CellTable f
        const Chance *chance
        Sums out
        int32_t *counts
        Turns *turns

    int scan(const Job *, int)
    void sum_tables(const int32_t *, int64_t, int64_t, int64_t, int64_t, CellTable, Sums)

cdef extern from "weighted_kernel.h" nogil:
    ctypedef struct Weighted:
        const void *codes
        int width
        int64_t n_samples, n_places, n_levels, n_states
        const int64_t *places
        const int32_t *state
        const int64_t *weight

    ctypedef struct Parts:
        int64_t n_tables, n_parts, n_groups, n_levels
        const int64_t *group
        const int64_t *weight

    void add_weights(const Weighted *, int64_t *)
    void add_parts(const Parts *, const int32_t *, int64_t *)


include "simd.pxi"


TOO_MANY = "{} rows are more than the kernels count; take at most " + f"{INT32_MAX}."


cdef enum:
    ROWS_OF_A_TURN = 4096  # of a tile: some 40 microseconds

cdef struct Layout:
    ByteColumns columns
    const int64_t *which
    int64_t blocks_of_rows
    uint8_t *tiles
    Turns turns


cdef void lay_out(void *job, bint is_helper) noexcept nogil:
    cdef Layout *own = <Layout *>job
    cdef int64_t turn = take_turn(&own.turns), block
    while turn < own.turns.n:
        block = turn % own.blocks_of_rows
        tile_codes(&own.columns, own.which[turn // own.blocks_of_rows], block * ROWS_OF_A_TURN,
                   ROWS_OF_A_TURN, own.tiles)
        turn = take_turn(&own.turns)


def tiled(codes, int64_t n_levels, *, which=None, into=None, turns=None):
    cdef int64_t n_columns = codes.shape[0], n_samples = codes.shape[1]
    cdef int64_t n_tiled = columns_in_tiles(n_columns, n_samples, n_levels)
    cdef int64_t n_bytes = bytes_of_tiles(n_tiled, n_samples, n_levels)
    if codes.dtype != np.uint8 or n_tiled == 0:
        return None
    if into is None:  # a line of the cache for each sample of a tile, not halves of two
        room = np.empty(n_bytes + 63, dtype=np.uint8)
        into = room[behind_line(room) :][:n_bytes]
    if into.shape != (n_bytes,):
        raise ValueError(f"tiles of {into.size} bytes are not of these codes")
    numbers = np.arange(n_tiled // TILE) if which is None else which
    numbers = numbers[(numbers >= 0) & (numbers < n_tiled // TILE)]  # the last may be in none
    if len(numbers) == 0:
        return into
    cdef const uint8_t[:, ::1] source = np.ascontiguousarray(codes)
    cdef const int64_t[::1] tiles_of = numbers
    cdef uint8_t[::1] tiles = into
    cdef Layout layout
    layout.columns = ByteColumns(&source[0, 0], n_columns, n_samples, n_levels)
    layout.which, layout.tiles = &tiles_of[0], &tiles[0]
    layout.blocks_of_rows = (n_samples + ROWS_OF_A_TURN - 1) // ROWS_OF_A_TURN
    layout.turns = Turns(len(numbers) * layout.blocks_of_rows, TILE, 0, 0)
    in_turns(lay_out, &layout, layout.turns.n, turns)
    return into


cdef Py_ssize_t behind_line(uint8_t[::1] room):
    """Bytes of some room before its first whole line of the cache."""
    return -<Py_ssize_t>&room[0] & 63


cdef int in_turns(Work work, void *job, int64_t n_turns, turns) except -1:
    """Have some work done by this thread, or with a crew."""
    cdef Crew crew
    cdef int64_t n_helpers
    if turns is None:
        with nogil:
            work(job, False)
        return 0
    crew, n_threads, _ = turns
    n_helpers = max(1, min(n_threads, n_turns)) - 1
    with nogil:
        crew.share(work, job, n_helpers)
    return 0


def grouped(state, int64_t n_states):
    cdef int64_t n_samples = len(state)
    if n_samples > INT32_MAX:
        raise OverflowError(TOO_MANY.format(n_samples))
    if n_states < 0:
        raise ValueError(f"n_states must not be negative; got {n_states}")
    cdef const int32_t[::1] states = np.ascontiguousarray(state, dtype=np.int32)
    cdef int64_t n_groups = count_blocks(n_samples, n_states) * n_states
    start, rows = np.zeros(n_groups + 2, dtype=np.int64), np.empty(n_samples + ROWS_AHEAD, np.int32)
    cdef int64_t[::1] start_into = start
    cdef int32_t[::1] rows_into = rows
    cdef const int32_t *first = &states[0] if n_samples else NULL
    cdef int is_wrong
    with nogil:
        is_wrong = group_rows(first, n_samples, n_states, &start_into[0], &rows_into[0])
    if is_wrong:
        raise ValueError(f"states must lie from 0 to {n_states - 1}")
    return start[: n_groups + 1], rows


cdef class Table:
    """Pointers to what is counted, with checked lengths, and the arrays that keep them alive.

    The values of codes and states are not checked here, where each call would pay for it: those
    of a table and its target are checked once, by DiscreteVariable.narrowed, and states are made
    of them.
    """

    cdef const uint8_t[::1] codes, tiles
    cdef const int64_t[::1] start
    cdef const int32_t[::1] rows
    cdef const int64_t[::1] places
    cdef const int32_t[::1] state
    cdef Job job

    def __cinit__(self, codes, places, state, n_z, n_y, n_levels, sweep, int64_t first_row=0):
        cdef int64_t n_columns = codes.shape[0], n_samples = codes.shape[1], n_states = n_z * n_y
        cdef int64_t n_rows = len(state), n_tiled, n_groups
        if n_samples > INT32_MAX:
            raise OverflowError(TOO_MANY.format(n_samples))
        if codes.dtype.kind != "u" or codes.dtype.itemsize > 4:
            codes = codes.astype(np.uint32)
        flat = np.ascontiguousarray(codes)
        if not 0 <= first_row <= n_samples - n_rows:
            raise ValueError(f"{n_rows} states from row {first_row} on of {n_samples} samples")
        if min(n_z, n_y, n_levels) < 0:
            raise ValueError(f"sizes must not be negative; got {(n_z, n_y, n_levels)}")
        self.codes = flat.reshape(-1).view(np.uint8)
        if sweep is not None:
            tiles, self.start, self.rows = sweep
            n_tiled = columns_in_tiles(n_columns, n_samples, n_levels)
            n_bytes = bytes_of_tiles(n_tiled, n_samples, n_levels)
            if tiles.shape != (n_bytes,) or n_bytes == 0:
                raise ValueError(f"tiles of {tiles.size} bytes are not of these codes")
            n_groups = count_blocks(n_rows, n_states) * n_states
            # a group beyond the rows would be read: the last one ends with them
            if (
                len(self.start) < n_groups + 1
                or len(self.rows) < n_rows + ROWS_AHEAD
                or self.start[n_groups] != n_rows
            ):
                raise ValueError("rows and their groups are not of these states")
            self.tiles = tiles
            self.job.sweep = Sweep(&self.tiles[0], n_tiled, &self.start[0], &self.rows[0])
        self.places = np.ascontiguousarray(places, dtype=np.int64)
        refuse_places(self.places, n_columns)
        self.state = np.ascontiguousarray(state, dtype=np.int32)
        self.job.n_places, self.job.n_levels = len(places), n_levels
        self.job.condition = Condition(n_rows, n_z, n_y, NULL)
        if n_rows and len(places):
            self.job.places, self.job.condition.state = &self.places[0], &self.state[0]
            self.job.columns = Columns(&self.codes[0], flat.dtype.itemsize, n_samples, first_row)

    cdef int count(self, turns) except -1:
        """Count as the job says, alone or with a crew."""
        cdef Turns shared = Turns(0, 0, 0, 0)
        cdef int64_t last = self.places[self.job.n_places - 1]
        if turns is None:
            with nogil:
                shared.n_failed = scan(&self.job, False)
        else:
            shared.n_columns = turns.n_columns
            if shared.n_columns < 1 or columns_abreast(self.job.n_levels) % shared.n_columns:
                raise ValueError(f"turns of {shared.n_columns} columns are not in one tile each")
            shared.n = last // shared.n_columns + 1
            self.job.turns = &shared
            in_turns(take_turns, &self.job, shared.n, turns)
        if shared.n_failed:
            raise MemoryError
        return 0


cdef void take_turns(void *job, bint is_helper) noexcept nogil:
    cdef const Job *own = <const Job *>job
    if scan(own, is_helper):
        FETCH_AND_ADD(&own.turns.n_failed, 1)


cdef int refuse_places(const int64_t[::1] places, int64_t n_columns) except -1:
    """Refuse places that are no columns, or not ascending: a tile has room for each column once."""
    cdef int64_t i, last = -1
    for i in range(places.shape[0]):
        if not last < places[i] < n_columns:
            raise ValueError(f"places must ascend, from 0 to {n_columns - 1}; got {places[i]}")
        last = places[i]
    return 0


def joint_counts(codes, places, state, shape, *, int64_t first_row=0, sweep=None, turns=None):
    n_states, n_levels = shape
    cdef Table table = Table(codes, places, state, 1, n_states, n_levels, sweep, first_row)
    counts = np.zeros((len(places), n_states, n_levels), dtype=np.int32)
    if counts.size == 0 or table.job.condition.n_samples == 0:
        return counts
    cdef int32_t[::1] into = counts.reshape(-1)
    table.job.counts = &into[0]
    table.count(turns)
    return counts


def weighted_counts(codes, places, state, shape, weights):
    n_states, n_levels = shape
    cdef int64_t n_samples = codes.shape[1]
    if not len(state) == len(weights) == n_samples:
        raise ValueError(f"{n_samples} samples need as many states, {len(state)}, and weights, "
                         f"{len(weights)}")
    cdef Table table = Table(codes, places, state, 1, n_states, n_levels, None)
    sums = np.zeros((len(places), n_states, n_levels), dtype=np.int64)
    if sums.size == 0 or n_samples == 0:
        return sums
    cdef const int64_t[::1] weight = np.ascontiguousarray(weights, dtype=np.int64)
    cdef int64_t[::1] into = sums.reshape(-1)
    cdef Weighted columns = Weighted(
        table.job.columns.codes, table.job.columns.width, n_samples, len(places), n_levels, n_states,
        table.job.places, table.job.condition.state, &weight[0],
    )
    with nogil:
        add_weights(&columns, &into[0])
    return sums


def weighted_parts(counts, group, weights, int64_t n_groups):
    *tables, n_parts, n_levels = counts.shape
    if not len(group) == len(weights) == n_parts:
        raise ValueError(f"{n_parts} parts need as many groups, {len(group)}, and weights, "
                         f"{len(weights)}")
    if n_parts and not 0 <= np.min(group) <= np.max(group) < n_groups:
        raise ValueError(f"groups must lie from 0 to {n_groups - 1}")
    sums = np.zeros((*tables, n_groups, n_levels), dtype=np.int64)
    if counts.size == 0:
        return sums
    cdef const int32_t[::1] flat = np.ascontiguousarray(counts, dtype=np.int32).reshape(-1)
    cdef const int64_t[::1] group_of = np.ascontiguousarray(group, dtype=np.int64)
    cdef const int64_t[::1] weight = np.ascontiguousarray(weights, dtype=np.int64)
    cdef int64_t[::1] into = sums.reshape(-1)
    cdef Parts parts = Parts(
        counts.size // (n_parts * n_levels), n_parts, n_groups, n_levels, &group_of[0], &weight[0]
    )
    with nogil:
        add_parts(&parts, &flat[0], &into[0])
    return sums


cdef class Cells:
    """A cell function for C, and the arrays that it points to."""

    cdef const int64_t[::1] values, steps
    cdef CellTable f

    def __cinit__(self, cell_table):
        self.values, steps, self.f.off, self.f.scale = cell_table
        self.f.value, self.f.n_values = &self.values[0], len(self.values)
        if steps is not None:
            self.steps = steps
            if len(steps) != len(self.values):
                raise ValueError(f"{len(self.values)} values of F have {len(steps)} steps")
            self.f.step = &self.steps[0]


cdef class Means:
    """Means by chance for C, and the arrays that it points to."""

    cdef int64_t[::1] table
    cdef const int64_t[::1] stratum, first, size, first_class, b, repeats
    cdef double k_log_k[K_ROOM]
    cdef Chance chance

    def __cinit__(self, means, int64_t n_z):
        cdef Strata *strata = &self.chance.strata
        (self.table, (self.stratum, self.first), of_strata), (strata.scale, k_log_k) = means
        self.size, self.first_class, self.b, self.repeats = of_strata
        if not len(self.stratum) == len(self.first) == len(self.size) == n_z:
            raise ValueError("a stratum for each level of Z, and its first place")
        if len(self.first_class) != n_z + 1 or len(self.b) != len(self.repeats):
            raise ValueError("a first class for each level of Z, and repeats for every class")
        if len(self.table) != np.sum(self.size) + n_z:
            raise ValueError("a mean for each count in each stratum")
        self.chance.table, self.chance.n_values = &self.table[0], len(self.table)
        self.chance.stratum = &self.stratum[0]
        strata.size, strata.first = &self.size[0], &self.first[0]
        strata.first_class, strata.k_log_k = &self.first_class[0], padded(k_log_k, self.k_log_k)
        if len(self.b):
            strata.b, strata.repeats = &self.b[0], &self.repeats[0]


def scanned_sums(codes, places, state, shape, cell_table, *, sweep=None, with_counts=True,
                 chance=None, turns=None):
    n_z, n_y, n_levels = shape
    if len(state) != codes.shape[1]:
        raise ValueError(f"{codes.shape[1]} samples need as many states; got {len(state)}")
    cdef Table table = Table(codes, places, state, n_z, n_y, n_levels, sweep)
    sums = np.zeros((2 if chance is None else 3, len(places)), dtype=np.int64)
    xz = np.zeros((len(places), n_z, n_levels), dtype=np.int32) if with_counts else None
    if 0 in (len(places), n_z, n_y, n_levels, codes.shape[1]):
        return sums, xz
    cdef Cells cells = Cells(cell_table)
    if cells.f.step != NULL and cells.f.n_values <= codes.shape[1]:
        raise ValueError(f"steps of F must reach {codes.shape[1]}, the number of samples")
    cdef int64_t[:, ::1] into = sums
    cdef int32_t[::1] xz_into
    cdef Means means
    cdef Sums *out = &table.job.out
    table.job.f, out.sum_zyx, out.sum_zx = cells.f, &into[0, 0], &into[1, 0]
    if chance is not None:
        means = Means(chance, n_z)
        table.job.chance, out.chance = &means.chance, &into[2, 0]
    if with_counts:
        xz_into = xz.reshape(-1)
        out.zx = &xz_into[0]
    table.count(turns)
    return sums, xz


def evaluated(counts, double off, double scale):
    values = np.empty(np.shape(counts), dtype=np.int64)
    if values.size == 0:
        return values
    cdef const double[::1] numbers = np.ascontiguousarray(counts, dtype=np.float64).reshape(-1)
    cdef int64_t[::1] into = values.reshape(-1)
    with nogil:
        evaluate(&numbers[0], len(numbers), off, scale, &into[0])
    return values


def tabled_sums(xzy, cell_table):
    n_candidates, n_z, n_y, n_levels = xzy.shape
    sums = np.zeros((2, n_candidates), dtype=np.int64)
    xz = np.zeros((n_candidates, n_z, n_levels), dtype=np.int32)
    if xzy.size == 0:
        return sums, xz
    if xzy.dtype != np.int32 and np.max(xzy) > INT32_MAX:
        raise OverflowError(TOO_MANY.format(np.max(xzy)))
    cdef const int32_t[::1] counts = np.ascontiguousarray(xzy, dtype=np.int32).reshape(-1)
    cdef Cells cells = Cells(cell_table)
    cells.f.step = NULL  # nobody says how many samples there are, and whether F is kept of all
    cdef int64_t[:, ::1] into = sums
    cdef int32_t[::1] xz_into = xz.reshape(-1)
    cdef int64_t d = n_candidates, z = n_z, y = n_y, x = n_levels
    cdef Sums out
    out.sum_zyx, out.sum_zx, out.chance, out.zx = &into[0, 0], &into[1, 0], NULL, &xz_into[0]
    out.first_place = 0
    with nogil:
        sum_tables(&counts[0], d, z, y, x, cells.f, out)
    return sums, xz
