# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
# cython: freethreading_compatible=True
"""Face of the C kernel of the lazy search: arrays in, a number out, and arrays changed."""

import numpy as np

from libc.stdint cimport int64_t, uint8_t
from libc.stdlib cimport calloc, free

include "cell_table.pxi"
include "chance.pxi"

cdef extern from "lazy_kernel.h" nogil:
    ctypedef struct Numbers:
        const void *values
        int width

    ctypedef struct Block:
        Numbers codes
        int64_t n_columns, n_levels

    ctypedef struct Given:
        int64_t n
        int64_t *column
        const int64_t *constant
        const double *offset
        const Chance *chance

    ctypedef struct Terms:
        int64_t n_samples, n_features, n_blocks, n_y
        const Block *blocks
        const int64_t *block
        const int64_t *place
        Numbers y
        Given given
        CellTable f
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


include "simd.pxi"


cdef class Columns:
    """Pointers to coded columns and their target; the arrays are kept by the caller."""

    cdef Block *blocks
    cdef int64_t n_blocks, n_samples
    cdef Numbers y

    def __cinit__(self, codes, n_levels, y):
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

    def __dealloc__(self):
        free(self.blocks)


cdef class Chances:
    """Pointers to what means by chance are computed from, given each selected variable."""

    cdef Chance *chances

    def __cinit__(self, list chances, double scale, const double[::1] k_log_k):
        cdef int64_t i
        if len(k_log_k) < 1024:
            raise ValueError("1024 values of k log k")
        self.chances = <Chance *>calloc(len(chances) + 1, sizeof(Chance))
        if self.chances is NULL:
            raise MemoryError
        for i in range(len(chances)):
            self.take(&self.chances[i], chances[i])
            self.chances[i].strata.scale = scale
            self.chances[i].strata.k_log_k = &k_log_k[0]

    cdef int take(self, Chance *own, chance) except -1:
        table, (stratum, first), (size, first_class, b, repeats) = chance
        if not len(stratum) == len(first) == len(size) == len(first_class) - 1:
            raise ValueError("a stratum for each level of Z, and its first class and place")
        if len(table) not in (0, size.sum() + len(size)) or len(b) != len(repeats):
            raise ValueError("a mean for each count of a level in each stratum, or none")
        own.table = pointer(table) if len(table) else NULL
        own.stratum, own.strata.size = pointer(stratum), pointer(size)
        own.strata.first_class, own.strata.first = pointer(first_class), pointer(first)
        own.strata.b, own.strata.repeats = pointer(b), pointer(repeats)
        return 0

    def __dealloc__(self):
        free(self.chances)


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
    cdef Terms by
    cdef Least own
    cdef Limits most
    codes, n_levels, block, place = candidates
    y, by.n_y, selected, constant, offset, chance = given
    most.slack, digits, most.n_choices, most.most_terms = limits
    most.per_nat = 10.0**digits
    cap, term, age = least
    (values, steps, by.f.off, by.f.scale), k_log_k, by.total, by.rounding = nats
    cdef Columns tables = Columns(codes, n_levels, y)
    cdef Chances chances = Chances(chance, nats.f.scale, k_log_k)
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
    if len(chance) not in (0, n_selected) or (chance and most.n_choices):
        raise ValueError("means by chance for each selected column, and none to choose, or no means")
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
    by.given.chance = chances.chances if chance else NULL
    own.cap, own.term, own.age = &caps[0], &low[0], &ages[0]
    with nogil:
        found = lower_best_first_c(&by, own, &chosen[0], n_columns, most, &n_terms)
    if found == WRONG_COLUMNS:
        raise ValueError("columns must ascend, be in a block, have at most all terms, and score a number")
    if found < 0:
        raise MemoryError
    return n_terms, column[n_selected : n_selected + found].tolist()
