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

    ctypedef struct Grids:
        double *a
        double *b
        double *m
        int64_t *low
        int64_t *points
        int64_t *step
        int64_t *order
        int64_t *level
        int64_t n_cells
        int64_t most_points

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
    void find_windows(const Levels *, Grids *)
    void order_windows(const Grids *, int64_t *)
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


def unknown_levels(counts, const int64_t[::1] first, int64_t[::1] slot):
    """Levels whose places hold 0, in the order in which they are met; see the NumPy twin."""
    cdef int64_t n_candidates = counts.shape[0], n_strata = counts.shape[1]
    cdef int64_t n_levels = counts.shape[2], n_found = 0, most = min(counts.size, slot.shape[0])
    if first.shape[0] != n_strata:
        raise ValueError("one first place for every stratum")
    unknown = np.empty((3, most), dtype=np.int64)
    cdef int64_t[:, ::1] found = unknown
    cdef const int32_t[:, :, ::1] narrow
    cdef const int64_t[:, :, ::1] wide
    if most == 0:
        return tuple(unknown)
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
    return tuple(unknown[:, :n_found])


cdef _rows_of_levels(const Levels *levels, int degrees, const double[::1] k_log_k,
                     double[:, ::1] rows):
    cdef Grids grids
    cdef Cells cells
    cdef double[:, ::1] margins = np.empty((3, levels.n_levels))
    cdef int64_t[:, ::1] whole = np.empty((5, levels.n_levels), dtype=np.int64)
    grids.a, grids.b, grids.m = &margins[0, 0], &margins[1, 0], &margins[2, 0]
    grids.low, grids.points, grids.step = &whole[0, 0], &whole[1, 0], &whole[2, 0]
    grids.order, grids.level = &whole[3, 0], &whole[4, 0]
    with nogil:
        find_windows(levels, &grids)
    if grids.n_cells == 0:
        return
    cdef int64_t[::1] starts = np.zeros(5 * grids.most_points + 5, dtype=np.int64)
    cdef double[::1] room = np.empty(moments_room(grids.most_points, degrees))
    cells.a, cells.b, cells.m = grids.a, grids.b, grids.m
    cells.low, cells.points = grids.low, grids.points
    cells.step, cells.order, cells.level = grids.step, grids.order, grids.level
    cells.n_cells, cells.degrees, cells.is_split = grids.n_cells, degrees, True
    cells.k_log_k = &k_log_k[0]
    with nogil:
        order_windows(&grids, &starts[0])
        grid_moments(&cells, &room[0], &rows[0, 0])


def completed_rows(counts, kept, strata, int degrees, const double[::1] k_log_k):
    """Rows of levels of two classes, those of new ones among them; see the NumPy twin."""
    cdef const int64_t[::1] first = kept[0], b = strata[0], m = strata[1]
    cdef int64_t[::1] slot = kept[1]
    known = kept[2]
    cdef int64_t n_known = known.shape[0], i
    cdef Levels levels
    if not b.shape[0] == m.shape[0] == first.shape[0]:
        raise ValueError("one value of each margin for every stratum")
    if known.shape[1] != 8 + degrees or k_log_k.shape[0] < 1024:
        raise ValueError("columns of the rows, and 1024 values of k log k")
    places, count, stratum = unknown_levels(counts, first, slot)
    cdef const int64_t[::1] new = places, of_level = count, of_stratum = stratum
    levels.n_levels = new.shape[0]
    if levels.n_levels == 0:
        return known
    levels.a, levels.stratum = &of_level[0], &of_stratum[0]
    levels.b, levels.m = &b[0], &m[0]
    rows = np.zeros((n_known + levels.n_levels, 8 + degrees))
    rows[:n_known] = known
    _rows_of_levels(&levels, degrees, k_log_k, rows[n_known:])
    for i in range(levels.n_levels):
        slot[new[i]] = n_known + i
    return rows


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
