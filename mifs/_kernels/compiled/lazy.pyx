# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
# cython: freethreading_compatible=True
"""Face of the C kernel of the lazy search: arrays in, a number out, and arrays changed."""

import numpy as np

from libc.stdint cimport int64_t, uint8_t
from libc.stdlib cimport calloc, free

cdef extern from "lazy_kernel.h" nogil:
    ctypedef struct Numbers:
        const void *values
        int width

    ctypedef struct Block:
        Numbers codes
        int64_t n_levels

    ctypedef struct CellTable:
        const int64_t *value
        const int64_t *step
        int64_t n_values
        double off, scale

    ctypedef struct Strata:
        const int64_t *size
        const int64_t *first_class
        const int64_t *b
        const int64_t *repeats
        const int64_t *first
        const double *k_log_k
        double scale

    ctypedef struct Chance:
        int64_t *table
        const int64_t *stratum
        Strata strata

    ctypedef struct Given:
        Numbers state
        int64_t n_z, n_y
        int64_t constant
        double offset
        int is_corrected
        Chance chance

    ctypedef struct Terms:
        int64_t n_samples, n_given
        const Block *blocks
        const int64_t *block
        const int64_t *place
        const Given *given
        CellTable f
        double total, rounding

    ctypedef struct Least:
        const double *cap
        double *term
        int64_t *age

    int64_t lower_best_first_c(const Terms *, Least, const int64_t *, int64_t, double)


include "simd.pxi"


cdef class Tables:
    """Pointers to the columns and the selected variables; their arrays are kept by the caller."""

    cdef Block *blocks
    cdef Given *given
    cdef int64_t n_samples, n_given
    cdef int64_t[::1] n_columns
    cdef const double[::1] k_log_k
    cdef double scale

    def __cinit__(self, codes, n_levels, given, scale, k_log_k):
        cdef int64_t i
        self.scale, self.k_log_k = scale, k_log_k
        self.n_columns = np.array([len(block) for block in codes], dtype=np.int64)
        if len(k_log_k) < 1024:
            raise ValueError("1024 values of k log k")
        self.blocks = <Block *>calloc(len(codes) + 1, sizeof(Block))
        self.given = <Given *>calloc(len(given) + 1, sizeof(Given))
        if self.blocks is NULL or self.given is NULL:
            raise MemoryError
        self.n_samples, self.n_given = codes[0].shape[1], len(given)
        for i in range(len(codes)):
            if codes[i].shape[1] != self.n_samples:
                raise ValueError("all blocks have the same samples")
            self.blocks[i].codes = numbers(codes[i])
            self.blocks[i].n_levels = n_levels[i]
        for i in range(len(given)):
            self.take(i, given[i])

    cdef int take(self, int64_t i, selected) except -1:
        state, (n_z, n_y), constant, offset, chance = selected
        if len(state) != self.n_samples:
            raise ValueError(f"{self.n_samples} samples need as many states; got {len(state)}")
        cdef Given *own = &self.given[i]
        cdef Strata *strata
        own.state = numbers(state)
        own.n_z, own.n_y, own.constant, own.offset = n_z, n_y, constant, offset
        own.is_corrected = chance is not None
        if chance is None:
            return 0
        table, (stratum, first), (size, first_class, b, repeats) = chance
        if not len(stratum) == len(first) == len(size) == len(first_class) - 1 == n_z:
            raise ValueError("a stratum for each level of Z, and its first class and place")
        if len(table) not in (0, size.sum() + n_z) or len(b) != len(repeats):
            raise ValueError("a mean for each count of a level in each stratum, or none")
        own.chance.table = pointer(table) if len(table) else NULL
        own.chance.stratum = pointer(stratum)
        strata = &own.chance.strata
        strata.size, strata.first_class, strata.first = pointer(size), pointer(first_class), pointer(first)
        strata.b, strata.repeats = pointer(b), pointer(repeats)
        strata.scale, strata.k_log_k = self.scale, &self.k_log_k[0]
        return 0

    def __dealloc__(self):
        free(self.blocks)
        free(self.given)


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
    return <int64_t *>&values[0]


def lower_best_first(candidates, list given, least, columns, nats, *, slack):
    cdef Terms by
    cdef Least own
    codes, n_levels, block, place = candidates
    cap, term, age = least
    (values, _, by.f.off, by.f.scale), _, by.total, by.rounding = nats
    cdef Tables tables = Tables(codes, n_levels, given, nats.f.scale, nats.k_log_k)
    cdef const int64_t[::1] of_block = block, in_block = place, chosen = columns
    cdef const int64_t[::1] value = values
    cdef const double[::1] caps = cap
    cdef double[::1] low = term
    cdef int64_t[::1] ages = age
    cdef int64_t n_columns = len(chosen), n_terms, n_features = len(caps)
    cdef double some = slack
    if not len(of_block) == len(in_block) == len(low) == len(ages) == n_features:
        raise ValueError("a block, a place, a term and an age for every column")
    if n_columns == 0 or tables.n_samples == 0:
        return 0
    cdef int64_t i, last = -1
    for i in range(n_columns):
        if not last < chosen[i] < n_features:
            raise ValueError(f"columns must ascend, from 0 to {n_features - 1}; got {chosen[i]}")
        last = chosen[i]
        if not (0 <= of_block[last] < len(codes) and 0 <= ages[last] <= tables.n_given
                and 0 <= in_block[last] < tables.n_columns[of_block[last]]):
            raise ValueError(f"column {last} is in no block, or has more terms than there are")
    if len(value) == 0:
        raise ValueError("F of the first counts")
    by.n_samples, by.n_given = tables.n_samples, tables.n_given
    by.blocks, by.given = tables.blocks, tables.given
    by.block, by.place = &of_block[0], &in_block[0]
    by.f.value, by.f.n_values = &value[0], len(value)
    own.cap, own.term, own.age = &caps[0], &low[0], &ages[0]
    with nogil:
        n_terms = lower_best_first_c(&by, own, &chosen[0], n_columns, some)
    if n_terms < 0:
        raise MemoryError
    return n_terms
