# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, embedsignature=True
# cython: freethreading_compatible=True
"""Face of the C kernels of the null law of information: arrays in, arrays out."""

import numpy as np

from libc.stdint cimport int32_t, int64_t


cdef extern from "moments_kernel.h" nogil:
    ctypedef struct Cells:
        const double *a
        const double *b
        const double *m
        const int64_t *low
        const int64_t *points
        const int64_t *step
        const int64_t *order
        const int64_t *level
        const double *k_log_k
        int64_t n_cells
        int degrees
        int is_split

    ctypedef struct Levels:
        const int64_t *a
        const int64_t *stratum
        const int64_t *b
        const int64_t *m
        int64_t n_levels

    ctypedef struct Law:
        int64_t n_candidates
        int64_t n_strata
        int64_t n_levels
        int64_t n_columns
        int degrees
        int n_components
        int64_t stride
        const int64_t *first
        const int64_t *slot
        const double *rows
        const double *class_weight
        const double *split_weight
        double rounding

    int64_t moments_room(int64_t, int)
    void grid_moments(const Cells *, double *, double *)
    int rows_of_levels(const Levels *, int, const double *, double *)
    int64_t unknown_i32(const int32_t *, const int64_t *, int64_t, int64_t, int64_t, int64_t,
                        int64_t *, int64_t *)
    int64_t unknown_i64(const int64_t *, const int64_t *, int64_t, int64_t, int64_t, int64_t,
                        int64_t *, int64_t *)
    void weigh_classes(const int64_t *, const int64_t *, int64_t, int64_t, int, int64_t, double *)
    void summed_cumulants_i32(const Law *, const int32_t *, double *, double *, double *, double *)
    void summed_cumulants_i64(const Law *, const int64_t *, double *, double *, double *, double *)


include "simd.pxi"


cdef _grid_moments(margins, grids, int degrees, const double[::1] k_log_k, bint is_split):
    a, b, m = margins
    cdef const int64_t[::1] low = grids[0], points = grids[1], step = grids[2], order = grids[3]
    cdef Cells cells
    cdef int64_t n_cells = low.shape[0]
    cdef const double[::1] level = np.ascontiguousarray(a, dtype=np.float64)
    cdef const double[::1] label = np.ascontiguousarray(b, dtype=np.float64)
    cdef const double[::1] size = np.ascontiguousarray(m, dtype=np.float64)
    if not level.shape[0] == label.shape[0] == size.shape[0] == n_cells:
        raise ValueError("one value of each margin for every cell")
    if not points.shape[0] == step.shape[0] == order.shape[0] == n_cells:
        raise ValueError("one grid for every cell")
    if k_log_k.shape[0] < 1024:
        raise ValueError("1024 values of k log k")
    found = np.zeros(((8 if is_split else 2) + degrees, n_cells))
    if n_cells == 0:
        return found
    cdef double[:, ::1] out = found
    cdef double[::1] room = np.empty(moments_room(np.max(points), degrees))
    cells.a, cells.b, cells.m = &level[0], &label[0], &size[0]
    cells.low, cells.points, cells.step, cells.order = &low[0], &points[0], &step[0], &order[0]
    cells.n_cells, cells.degrees, cells.is_split = n_cells, degrees, is_split
    cells.level, cells.k_log_k = NULL, &k_log_k[0]
    with nogil:
        grid_moments(&cells, &room[0], &out[0, 0])
    return found


def _cell_moments(margins, grids, degrees, k_log_k):
    """Moments of h over the grids of the cells; see the NumPy twin."""
    return _grid_moments(margins, grids, degrees, k_log_k, False)


def _split_moments(margins, grids, degrees, k_log_k):
    """Moments of T over the grids of the cells; see the NumPy twin."""
    return _grid_moments(margins, grids, degrees, k_log_k, True)


cdef int64_t _find_unknown(counts, const int64_t[::1] first, int64_t[::1] slot,
                           int64_t[:, ::1] found) except -1:
    cdef int64_t n_candidates = counts.shape[0], n_strata = counts.shape[1]
    cdef int64_t n_levels = counts.shape[2], n_found, most = found.shape[1]
    cdef const int32_t[:, :, ::1] narrow
    cdef const int64_t[:, :, ::1] wide
    if first.shape[0] != n_strata:
        raise ValueError("one first place for every stratum")
    if most == 0:
        return 0
    if counts.dtype == np.int32:
        narrow = np.ascontiguousarray(counts)
        with nogil:
            n_found = unknown_i32(&narrow[0, 0, 0], &first[0], n_candidates, n_strata, n_levels,
                                  most, &slot[0], &found[0, 0])
    else:
        wide = np.ascontiguousarray(counts, dtype=np.int64)
        with nogil:
            n_found = unknown_i64(&wide[0, 0, 0], &first[0], n_candidates, n_strata, n_levels,
                                  most, &slot[0], &found[0, 0])
    return n_found


def unknown_levels(counts, first, slot):
    """Levels whose places hold 0, in the order in which they are met; see the NumPy twin."""
    found = np.empty((3, min(counts.size, len(slot))), dtype=np.int64)
    return tuple(found[:, :_find_unknown(counts, first, slot, found)])


def completed_rows(counts, kept, strata, int degrees, const double[::1] k_log_k):
    """Rows of levels of two classes, those of new ones among them; see the NumPy twin."""
    cdef const int64_t[::1] first = kept[0], b = strata[0], m = strata[1]
    cdef int64_t[::1] slot = kept[1]
    cdef int64_t[:, ::1] found = np.empty((3, min(counts.size, slot.shape[0])), dtype=np.int64)
    cdef int64_t n_known = len(kept[2]), i
    cdef Levels levels
    cdef double[:, ::1] rows
    cdef int status
    if not b.shape[0] == m.shape[0] == first.shape[0]:
        raise ValueError("one value of each margin for every stratum")
    if kept[2].shape[1] != 8 + degrees or k_log_k.shape[0] < 1024:
        raise ValueError("columns of the rows, and 1024 values of k log k")
    levels.n_levels = _find_unknown(counts, first, slot, found)
    if levels.n_levels == 0:
        return kept[2]
    levels.a, levels.stratum, levels.b, levels.m = &found[1, 0], &found[2, 0], &b[0], &m[0]
    completed = np.zeros((n_known + levels.n_levels, 8 + degrees))
    completed[:n_known] = kept[2]
    rows = completed
    with nogil:
        status = rows_of_levels(&levels, degrees, &k_log_k[0], &rows[n_known, 0])
    if status:
        raise MemoryError
    for i in range(levels.n_levels):
        slot[found[0, i]] = n_known + i
    return completed


def summed_cumulants(counts, kept, classes, int degrees, double rounding):
    """Mean, variance and third cumulant of each candidate; see the NumPy twin."""
    cdef const int64_t[:, ::1] b = classes[0]
    cdef const int64_t[::1] m = classes[1], first = kept[0], slot = kept[1]
    cdef const double[:, ::1] rows = kept[2], split_weight = classes[2]
    cdef Law law
    cdef int64_t n_candidates = counts.shape[0], n_strata = m.shape[0], n_classes = b.shape[1], s, j
    law.n_candidates, law.n_strata, law.n_levels = counts.shape
    law.degrees, law.n_components = degrees, n_classes
    law.n_columns, law.rounding, law.stride = rows.shape[1], rounding, -(-law.n_strata // 8) * 8
    if not first.shape[0] == b.shape[0] == split_weight.shape[0] == n_strata == law.n_strata:
        raise ValueError("one value for every stratum")
    if split_weight.shape[1] != n_classes:
        raise ValueError("a share for every class")
    if law.n_columns != 2 + (law.degrees + 6) * law.n_components:
        raise ValueError("columns of the rows")
    found = np.zeros((3, n_candidates))
    if 0 in counts.shape or n_classes == 0:
        return found[0], found[1], found[2]
    cdef double[:, ::1] out = found
    cdef double[::1] room = np.empty((law.n_columns + 3) * law.stride)
    # the same weights with the strata as the last axis, and 0 for strata that are none
    cdef double[:, :, ::1] of_class = np.empty((degrees, n_classes, law.stride))
    cdef double[:, ::1] of_split = np.zeros((n_classes, law.stride))
    for s in range(n_strata):
        for j in range(n_classes):
            of_split[j, s] = split_weight[s, j]
    cdef const int32_t[:, :, ::1] narrow
    cdef const int64_t[:, :, ::1] wide
    law.first, law.slot, law.rows = &first[0], &slot[0], &rows[0, 0]
    law.class_weight = NULL
    if degrees:
        weigh_classes(&b[0, 0], &m[0], n_strata, n_classes, degrees, law.stride, &of_class[0, 0, 0])
        law.class_weight = &of_class[0, 0, 0]
    law.split_weight = &of_split[0, 0]
    if counts.dtype == np.int32:
        narrow = np.ascontiguousarray(counts)
        with nogil:
            summed_cumulants_i32(&law, &narrow[0, 0, 0], &room[0], &out[0, 0], &out[1, 0],
                                 &out[2, 0])
    else:
        wide = np.ascontiguousarray(counts, dtype=np.int64)
        with nogil:
            summed_cumulants_i64(&law, &wide[0, 0, 0], &room[0], &out[0, 0], &out[1, 0],
                                 &out[2, 0])
    return found[0], found[1], found[2]
