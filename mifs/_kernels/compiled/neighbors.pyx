# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, embedsignature=True
"""Face of the C kernels that search neighbours: arrays in, arrays out."""

import numpy as np

from libc.stdint cimport INT32_MAX, int32_t, int64_t


cdef extern from "neighbors_kernel.h" nogil:
    int c_kth_on_line "kth_on_line"(
        const double *, const int32_t *, int64_t, int64_t, double *)
    int c_within_on_line "within_on_line"(
        const double *, const double *, int64_t, int, int64_t *)
    int c_within_in_groups "within_in_groups"(
        const double *, const int32_t *, const double *, int64_t, int, int64_t *)
    int c_kth_in_plane "kth_in_plane"(
        const double *, const double *, const int64_t *, int64_t, int64_t, double *)


def kth_on_line(line, group, k):
    """Distance of each of the sorted numbers to its k-th neighbour of the same group."""
    cdef const double[::1] numbers = _checked(line)
    cdef const int32_t[::1] of_group = np.ascontiguousarray(group, dtype=np.int32)
    cdef int64_t n = len(numbers), rank = k
    cdef int status
    distance = np.empty(n)
    cdef double[::1] found = distance
    if n:
        with nogil:
            status = c_kth_on_line(&numbers[0], &of_group[0], n, rank, &found[0])
        _refuse(status)
    return distance


def within_on_line(line, radius, *, strict):
    """Number of the sorted numbers, itself included, that are nearer to each than its radius."""
    cdef const double[::1] numbers = _checked(line)
    cdef const double[::1] reach = np.ascontiguousarray(radius, dtype=np.float64)
    cdef int64_t n = len(numbers)
    cdef int status, is_strict = strict
    counts = np.empty(n, dtype=np.int64)
    cdef int64_t[::1] found = counts
    if n:
        with nogil:
            status = c_within_on_line(&numbers[0], &reach[0], n, is_strict, &found[0])
        _refuse(status)
    return counts


def within_in_groups(line, group, radius, *, strict):
    """The same among the members of its own group."""
    cdef const double[::1] numbers = _checked(line)
    cdef const int32_t[::1] of_group = np.ascontiguousarray(group, dtype=np.int32)
    cdef const double[::1] reach = np.ascontiguousarray(radius, dtype=np.float64)
    cdef int64_t n = len(numbers)
    cdef int status, is_strict = strict
    counts = np.empty(n, dtype=np.int64)
    cdef int64_t[::1] found = counts
    if n:
        with nogil:
            status = c_within_in_groups(
                &numbers[0], &of_group[0], &reach[0], n, is_strict, &found[0])
        _refuse(status)
    return counts


def kth_in_plane(x_line, y_line, place, k):
    """Distance of each point, in the order of y, to its k-th neighbour."""
    cdef const double[::1] x = _checked(x_line)
    cdef const double[::1] y = np.ascontiguousarray(y_line, dtype=np.float64)
    cdef const int64_t[::1] places = np.ascontiguousarray(place, dtype=np.int64)
    cdef int64_t n = len(x), rank = k
    cdef int status
    distance = np.empty(n)
    cdef double[::1] found = distance
    with nogil:
        status = c_kth_in_plane(&x[0], &y[0], &places[0], n, rank, &found[0])
    _refuse(status)
    return distance


def _checked(line):
    if len(line) > INT32_MAX:
        raise OverflowError(
            f"{len(line)} rows are more than the kernels count; take at most {INT32_MAX}.")
    return np.ascontiguousarray(line, dtype=np.float64)


cdef int _refuse(int status) except -1:
    if status:
        raise MemoryError
    return 0
