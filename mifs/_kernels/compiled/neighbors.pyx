# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, embedsignature=True
# cython: freethreading_compatible=True
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

cdef extern from "box_kernel.h" nogil:
    int c_within_in_plane "within_in_plane"(
        const double *, const double *, const int64_t *, const int64_t *, int64_t, const double *,
        int, int64_t *)

cdef extern from "space_kernel.h" nogil:
    int c_kth_in_space "kth_in_space"(
        const double *, int64_t, const int64_t *, int64_t, const int64_t *, int64_t, double *)
    int c_within_in_space "within_in_space"(
        const double *, int64_t, const int64_t *, int64_t, const double *, int, int64_t *)

cdef extern from "direct_kernel.h" nogil:
    ctypedef struct Table:
        const int64_t *values
        int64_t n

    int c_ross_sum "ross_sum"(
        const double *, const double *, const int32_t *, int64_t, int64_t, Table, int64_t *)
    int c_ksg_sum "ksg_sum"(
        const double *, const double *, const int64_t *, const double *, int64_t, int64_t, Table,
        int64_t *)


include "simd.pxi"


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
    cdef const double[::1] reach = _reach(radius, len(numbers))
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
    cdef const double[::1] reach = _reach(radius, len(numbers))
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


cdef _groups(start, int64_t n_points):
    """Where groups begin and the last one ends: a pointer would leave the points elsewhere."""
    starts = np.ascontiguousarray(start, dtype=np.int64)
    n_groups = len(starts) - 1
    if n_groups < 0 or (starts[0], starts[n_groups]) != (0, n_points) or (np.diff(starts) < 0).any():
        raise ValueError(f"groups must follow one another, from 0 to {n_points}")
    return starts


cdef _reach(radius, int64_t n_points):
    if len(radius) != n_points:
        raise ValueError(f"{n_points} points need as many radii; got {len(radius)}")
    return np.ascontiguousarray(radius, dtype=np.float64)


cdef _points(points):
    rows = _finite(points)
    if rows.shape[1] == 0:
        raise ValueError("points have at least one coordinate")
    return rows


def kth_in_space(points, start, ks):
    """Distances of each point to some of its neighbours of the same group, a row for each k."""
    cdef const double[:, ::1] rows = _points(points)
    cdef const int64_t[::1] starts = _groups(start, len(rows))
    cdef const int64_t[::1] ranks = np.ascontiguousarray(ks, dtype=np.int64)
    cdef int64_t n_dims = rows.shape[1], n_groups = len(starts) - 1, n_ranks = len(ranks)
    cdef int status
    if n_ranks and (ranks[0] < 1 or (np.diff(ranks) < 0).any()):
        raise ValueError("numbers of neighbours must ascend, from 1")
    distance = np.empty((n_ranks, len(rows)))
    cdef double[:, ::1] found = distance
    if distance.size:
        with nogil:
            status = c_kth_in_space(
                &rows[0, 0], n_dims, &starts[0], n_groups, &ranks[0], n_ranks, &found[0, 0])
        _refuse(status)
    return distance


def within_in_plane(x_line, y_line, place, start, radius, *, strict):
    """Number of points of the same group, itself included, that are nearer than the radius."""
    cdef const double[::1] x = _finite(x_line)
    cdef const double[::1] y = _finite(y_line)
    cdef const int64_t[::1] places = np.ascontiguousarray(place, dtype=np.int64)
    cdef const int64_t[::1] starts = _groups(start, len(x))
    cdef const double[::1] reach = _reach(radius, len(x))
    cdef int64_t n_groups = len(starts) - 1
    cdef int status, is_strict = strict
    if not len(x) == len(y) == len(places) or (
            len(x) and not (0 <= np.min(places) and np.max(places) < len(x))):
        raise ValueError(f"points have places on both lines, from 0 to {len(x) - 1}")
    counts = np.empty(len(x), dtype=np.int64)
    cdef int64_t[::1] found = counts
    if len(x):
        with nogil:
            status = c_within_in_plane(
                &x[0], &y[0], &places[0], &starts[0], n_groups, &reach[0], is_strict, &found[0])
        _refuse(status)
    return counts


def within_in_space(points, start, radius, *, strict):
    """The same of points with any number of coordinates."""
    cdef const double[:, ::1] rows = _points(points)
    cdef const int64_t[::1] starts = _groups(start, len(rows))
    cdef const double[::1] reach = _reach(radius, len(rows))
    cdef int64_t n_dims = rows.shape[1], n_groups = len(starts) - 1
    cdef int status, is_strict = strict
    counts = np.empty(len(rows), dtype=np.int64)
    cdef int64_t[::1] found = counts
    if len(rows):
        with nogil:
            status = c_within_in_space(
                &rows[0, 0], n_dims, &starts[0], n_groups, &reach[0], is_strict, &found[0])
        _refuse(status)
    return counts


def ross_sums(rows, line, group, k, table):
    """Sums of what a table has for the counts of Ross's estimate; None of values that repeat."""
    cdef const double[:, ::1] columns = _checked_rows(rows)
    cdef const double[::1] measured = line
    cdef const int32_t[::1] of_group = np.ascontiguousarray(group, dtype=np.int32)
    cdef const int64_t[::1] value_of = table
    cdef int64_t n = columns.shape[1], rank = k, c
    cdef Table of_counts = Table(&value_of[0], len(value_of))
    cdef const double *own = NULL if line is None else &measured[0]
    cdef Sums sums = Sums(len(rows))
    with nogil:
        for c in range(columns.shape[0]):
            sums.status[c] = c_ross_sum(
                &columns[c, 0], own, &of_group[0], n, rank, of_counts, &sums.found[c])
    return sums.known()


def ksg_sums(rows, line, y, k, table):
    """The same of the counts of the estimate of Kraskov et al."""
    cdef const double[:, ::1] columns = _checked_rows(rows)
    cdef const double[::1] measured = line
    cdef const int64_t[::1] y_order = y[0]
    cdef const double[::1] y_line = y[1]
    cdef const int64_t[::1] value_of = table
    cdef int64_t n = columns.shape[1], rank = k, c
    cdef Table of_counts = Table(&value_of[0], len(value_of))
    cdef const double *own = NULL if line is None else &measured[0]
    cdef Sums sums = Sums(len(rows))
    with nogil:
        for c in range(columns.shape[0]):
            sums.status[c] = c_ksg_sum(
                &columns[c, 0], own, &y_order[0], &y_line[0], n, rank, of_counts, &sums.found[c])
    return sums.known()


cdef class Sums:
    """A sum for each column, and how that went."""

    cdef int64_t[::1] found
    cdef int[::1] status

    def __init__(self, n_columns):
        self.found = np.zeros(n_columns, dtype=np.int64)
        self.status = np.zeros(n_columns, dtype=np.intc)

    def known(self):
        for status in self.status:
            _refuse(min(status, 0))
        return [None if status else sum for sum, status in zip(self.found, self.status)]


def _checked(line):
    _refuse_many(len(line))
    return np.ascontiguousarray(line, dtype=np.float64)


def _finite(points):
    found = _checked(points)
    if not np.isfinite(found).all():  # which the tree of the twin refuses too
        raise ValueError("Points must be finite; some hold NaN or infinity.")
    return found


def _checked_rows(rows):
    _refuse_many(rows.shape[1])
    return np.ascontiguousarray(rows, dtype=np.float64)


def _refuse_many(n):
    if n > INT32_MAX:
        raise OverflowError(
            f"{n} rows are more than the kernels count; take at most {INT32_MAX}.")


cdef int _refuse(int status) except -1:
    if status:
        raise MemoryError
    return 0
