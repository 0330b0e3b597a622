# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
# cython: freethreading_compatible=True
"""Face of the C kernel of the lazy search: arrays in, a number out, and arrays changed."""

import numpy as np

from libc.stdint cimport int64_t, uint8_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy

include "cell_table.pxi"
include "chance.pxi"

cdef extern from "means_kernel.h" nogil:
    ctypedef struct MeansByChance "Means":
        int64_t n_strata, n_classes, n_places, n_features
        int64_t *size
        int64_t *first_class
        int64_t *first
        int64_t *b
        int64_t *repeats
        int64_t *table
        int is_kept

    int begin_means(int64_t, int, MeansByChance *)
    void free_means(MeansByChance *)

cdef extern from "lazy_kernel.h" nogil:
    ctypedef struct Numbers:
        const void *values
        int width

    ctypedef struct Block:
        Numbers codes
        int64_t n_columns, n_levels, n_together
        const uint8_t *tiles

    ctypedef struct Given:
        int64_t n
        int64_t *column
        const int64_t *constant
        const double *offset
        MeansByChance *means

    ctypedef struct Terms:
        int64_t n_samples, n_features, n_blocks, n_y
        const Block *blocks
        const int64_t *block
        const int64_t *place
        Numbers y
        Given given
        CellTable f
        const double *k_log_k
        double total, rounding

    ctypedef struct Least:
        const double *cap
        double *term
        int64_t *age

    ctypedef struct Limits:
        double slack, per_nat
        int64_t n_choices, most_terms

    enum: WRONG_COLUMNS

    int64_t lower_best_first_c(Terms *, Least, const int64_t *, int64_t, Limits, int64_t *)


cdef extern from "lazy_strips_kernel.h" nogil:
    enum: STRIP

cdef extern from "tiles_kernel.h" nogil:
    int64_t columns_in_tiles(int64_t, int64_t, int64_t)
    int64_t bytes_of_tiles(int64_t, int64_t, int64_t)


include "simd.pxi"


cdef class Columns:
    """Pointers to coded columns and their target; the arrays are kept by the caller."""

    cdef Block *blocks
    cdef int64_t n_blocks, n_samples
    cdef Numbers y

    def __cinit__(self, codes, n_levels, n_together, tiles, y):
        cdef int64_t i
        self.n_blocks, self.n_samples, self.y = len(codes), len(y), numbers(y)
        self.blocks = <Block *>calloc(len(codes) + 1, sizeof(Block))
        if self.blocks is NULL:
            raise MemoryError
        for i in range(self.n_blocks):
            if codes[i].shape[1] != self.n_samples:
                raise ValueError("all columns and the target have the same samples")
            self.blocks[i].codes = numbers(codes[i])
            self.blocks[i].n_columns, self.blocks[i].n_levels = len(codes[i]), n_levels[i]
            self.blocks[i].n_together = n_together[i]
            if n_together[i] not in (1, STRIP):
                raise ValueError(f"columns are measured alone or {STRIP} together; got {n_together[i]}")
            if tiles[i] is not None:
                self.blocks[i].tiles = tiles_of(tiles[i], codes[i], n_levels[i])

    def __dealloc__(self):
        free(self.blocks)


cdef const uint8_t *tiles_of(tiles, codes, int64_t n_levels) except NULL:
    """Tiles of some codes, whose length is checked."""
    cdef int64_t n_samples = codes.shape[1]
    cdef int64_t n_tiled = columns_in_tiles(codes.shape[0], n_samples, n_levels)
    cdef const uint8_t[::1] values = tiles
    if n_tiled == 0 or tiles.shape != (bytes_of_tiles(n_tiled, n_samples, n_levels),):
        raise ValueError(f"tiles of {tiles.size} bytes are not of these codes")
    return &values[0]


cdef class Means:
    """Means by chance given columns that are asked for; see the NumPy twin."""

    cdef MeansByChance own

    def __cinit__(self, int64_t n_features, *, bint is_kept):
        if begin_means(n_features, is_kept, &self.own):
            raise MemoryError

    @property
    def n_places(self):
        return self.own.n_places

    def parts(self):
        cdef MeansByChance *own = &self.own
        strata = (
            copied(own.size, own.n_strata), copied(own.first_class, own.n_strata + 1),
            copied(own.b, own.n_classes), copied(own.repeats, own.n_classes),
        )
        table = copied(own.table, own.n_places if own.is_kept else 0)
        return table, copied(own.first, own.n_strata), strata

    def __dealloc__(self):
        free_means(&self.own)


cdef copied(const int64_t *values, int64_t n):
    found = np.empty(n, np.int64)
    cdef int64_t[::1] into = found
    if n:
        memcpy(&into[0], values, n * sizeof(int64_t))
    return found


cdef Numbers numbers(array) except *:
    """Codes or states of one, two or four bytes."""
    cdef const uint8_t[::1] values
    cdef Numbers found
    if array.dtype.kind != "u" or array.dtype.itemsize > 4 or not array.flags.c_contiguous:
        raise ValueError(f"unsigned numbers of at most four bytes, in a row; got {array.dtype}")
    values = array.reshape(-1).view(np.uint8)
    found.values, found.width = &values[0] if len(values) else NULL, array.dtype.itemsize
    return found


cdef int64_t *pointer(array) except? NULL:
    cdef const int64_t[::1] values = array
    return <int64_t *>&values[0] if len(values) else NULL


def lower_best_first(candidates, given, least, columns, nats, *, limits):
    """Find the best of many least terms; see the NumPy twin."""
    cdef Terms by
    cdef Least own
    cdef Limits most
    codes, n_levels, block, place, n_together, tiled = candidates
    y, by.n_y, selected, constant, offset, means = given
    most.slack, digits, most.n_choices, most.most_terms = limits
    most.per_nat = 10.0**digits
    cap, term, age = least
    (values, steps, by.f.off, by.f.scale), k_log_k, by.total, by.rounding = nats
    cdef double room[K_ROOM]
    cdef Columns tables = Columns(codes, n_levels, n_together, tiled, y)
    cdef Means by_chance = means
    cdef const double[::1] caps = cap, offsets = offset
    cdef double[::1] low = term
    cdef int64_t[::1] ages = age
    cdef const int64_t[::1] chosen = columns
    cdef int64_t n_columns = len(chosen), n_terms = 0, found, n_selected = len(selected)
    by.n_samples, by.n_features, by.given.n = tables.n_samples, len(caps), n_selected
    most.n_choices = max(0, min(most.n_choices, n_columns))
    column = np.empty(n_selected + most.n_choices, dtype=np.int64)
    column[:n_selected] = selected
    if not len(block) == len(place) == len(low) == len(ages) == by.n_features:
        raise ValueError("a block, a place, a term and an age for every column")
    if not len(constant) == len(offset) == by.n_features:
        raise ValueError("a constant and an offset for every column")
    if means is not None and by_chance.own.n_features != by.n_features:
        raise ValueError("means by chance given every column")
    if n_columns == 0 or by.n_samples == 0:
        return 0, []
    if steps is not None and not len(values) == len(steps) > by.n_samples:
        raise ValueError(f"steps of F must reach {by.n_samples}, the number of samples")
    by.f.value, by.f.n_values = pointer(values), len(values)
    by.f.step = NULL if steps is None else pointer(steps)
    by.blocks, by.n_blocks, by.y = tables.blocks, tables.n_blocks, tables.y
    by.block, by.place = pointer(block), pointer(place)
    by.given.column, by.given.constant = pointer(column), pointer(constant)
    by.given.offset = &offsets[0]
    by.given.means = NULL if means is None else &by_chance.own
    by.k_log_k = padded(k_log_k, room)
    own.cap, own.term, own.age = &caps[0], &low[0], &ages[0]
    with nogil:
        found = lower_best_first_c(&by, own, &chosen[0], n_columns, most, &n_terms)
    if found == WRONG_COLUMNS:
        raise ValueError(
            "columns must ascend, be in a block, each in a place of its own, have at most all terms, "
            "and score a number"
        )
    if found < 0:
        raise MemoryError
    return n_terms, column[n_selected : n_selected + found].tolist()
