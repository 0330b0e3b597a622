# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, embedsignature=True
# cython: freethreading_compatible=True
"""Face of the C kernels that rank: arrays in, arrays out."""

import numpy as np

from libc.stdint cimport INT32_MAX, int64_t


cdef extern from "ranks_kernel.h" nogil:
    int order_of(const double *, int64_t, int64_t *)
    void ranks_of(const double *, const int64_t *, int64_t, int64_t *)


def ascending_order(values):
    """Stable order that sorts the values, NaN last."""
    cdef const double[::1] numbers = np.ascontiguousarray(values, dtype=np.float64)
    order = np.empty(len(numbers), dtype=np.int64)
    _sort(numbers, order)
    return order


def average_ranks(values):
    """Twice the average rank of each value, less n + 1."""
    cdef const double[::1] numbers = np.ascontiguousarray(values, dtype=np.float64)
    cdef int64_t n = len(numbers)
    order, ranks = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    _sort(numbers, order)
    cdef const int64_t[::1] places = order
    cdef int64_t[::1] found = ranks
    if n:
        with nogil:
            ranks_of(&numbers[0], &places[0], n, &found[0])
    return ranks


cdef int _sort(const double[::1] values, int64_t[::1] order) except -1:
    cdef int64_t n = len(values)
    cdef int status = 0
    if n > INT32_MAX:
        raise OverflowError(f"{n} rows are more than the kernels count; take at most {INT32_MAX}.")
    if n:
        with nogil:
            status = order_of(&values[0], n, &order[0])
    if status:
        raise MemoryError
    return 0
