# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
# cython: freethreading_compatible=True
"""Face of the C kernel of the lazy search: arrays in, a number out, and arrays changed."""

import numpy as np

from mifs._kernels.chance import Chance as Parts

from cpython.buffer cimport PyBuffer_FillInfo
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

    ctypedef struct Means:
        Chance chance
        int64_t *room
        int64_t n_room, n_strata

    ctypedef struct Given:
        int64_t n
        int64_t *column
        const int64_t *constant
        const double *offset
        Means *means
        int64_t n_means, most_kept

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


cdef class Memory:
    """Numbers that C has made, until no array is left that shows them."""

    cdef int64_t *numbers
    cdef int64_t n_numbers

    def __getbuffer__(self, Py_buffer *buffer, int flags):
        PyBuffer_FillInfo(buffer, self, self.numbers, self.n_numbers * sizeof(int64_t), 0, flags)

    def __dealloc__(self):
        free(self.numbers)


cdef class Chances:
    """Pointers to what means by chance are computed from, and room for more of them."""

    cdef Means *means
    cdef int64_t n

    def __cinit__(self, list chances, int64_t n_selected, int64_t n_choices, nats):
        cdef const double[::1] k_log_k = nats.k_log_k
        cdef int64_t i
        if len(k_log_k) < 1024:
            raise ValueError("1024 values of k log k")
        if len(chances) > n_selected:
            raise ValueError("means by chance given columns that are selected")
        self.n = n_selected + n_choices
        self.means = <Means *>calloc(self.n + 1, sizeof(Means))
        if self.means is NULL:
            raise MemoryError
        for i in range(len(chances)):
            self.take(&self.means[i].chance, chances[i])
            self.means[i].chance.strata.scale = nats.f.scale
            self.means[i].chance.strata.k_log_k = &k_log_k[0]

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

    cdef give(self, int64_t i):
        """What was made, as arrays, which free it."""
        cdef Means *own = &self.means[i]
        cdef const int64_t *room = own.room
        cdef Strata *strata = &own.chance.strata
        cdef int64_t n = own.n_strata, n_classes = strata.first_class[n]
        cdef int64_t table = own.chance.table - room if own.chance.table else own.n_room
        cdef Memory memory = Memory()
        memory.numbers, memory.n_numbers, own.room = own.room, own.n_room, NULL
        made = np.frombuffer(memory, np.int64)
        rows = part(made, own.chance.stratum - room, n), part(made, strata.first - room, n)
        classes = part(made, strata.first_class - room, n + 1)
        b = part(made, strata.b - room, n_classes)
        repeats = part(made, strata.repeats - room, n_classes)
        size = part(made, strata.size - room, n)
        return Parts(made[table:], rows, (size, classes, b, repeats))

    def __dealloc__(self):
        cdef int64_t i
        if self.means is not NULL:
            for i in range(self.n):
                free(self.means[i].room)
        free(self.means)


cdef part(made, int64_t first, int64_t n):
    return made[first : first + n]


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
    codes, n_levels, block, place = candidates
    y, by.n_y, selected, constant, offset, chance, by.given.most_kept = given
    most.slack, digits, most.n_choices, most.most_terms = limits
    most.per_nat = 10.0**digits
    cap, term, age = least
    (values, steps, by.f.off, by.f.scale), k_log_k, by.total, by.rounding = nats
    cdef const double[::1] logarithms = k_log_k
    cdef Columns tables = Columns(codes, n_levels, y)
    cdef const double[::1] caps = cap, offsets = offset
    cdef double[::1] low = term
    cdef int64_t[::1] ages = age
    cdef const int64_t[::1] chosen = columns
    cdef int64_t n_columns = len(chosen), n_terms = 0, found, n_selected = len(selected)
    by.n_samples, by.n_features, by.given.n = tables.n_samples, len(caps), n_selected
    most.n_choices = max(0, min(most.n_choices, n_columns))
    cdef int64_t i, n_known = len(chance or ())
    cdef Chances chances = Chances(chance or [], n_selected, most.n_choices, nats)
    column = np.empty(n_selected + most.n_choices, dtype=np.int64)
    column[:n_selected] = selected
    if not len(block) == len(place) == len(low) == len(ages) == by.n_features:
        raise ValueError("a block, a place, a term and an age for every column")
    if not len(constant) == len(offset) == by.n_features:
        raise ValueError("a constant and an offset for every column")
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
    by.given.means = NULL if chance is None else chances.means
    by.given.n_means, by.k_log_k = n_known, &logarithms[0]
    own.cap, own.term, own.age = &caps[0], &low[0], &ages[0]
    with nogil:
        found = lower_best_first_c(&by, own, &chosen[0], n_columns, most, &n_terms)
    if found == WRONG_COLUMNS:
        raise ValueError("columns must ascend, be in a block, have at most all terms, and score a number")
    if found < 0:
        raise MemoryError
    if chance is not None:
        chance += [chances.give(i) for i in range(n_known, by.given.n_means)]
    return n_terms, column[n_selected : n_selected + found].tolist()
