# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, embedsignature=True
# cython: freethreading_compatible=True
"""Face of the C kernels of the mean by chance: arrays in, arrays out."""

import numpy as np

from libc.stdint cimport int32_t, int64_t, uint8_t


cdef extern from "chance_kernel.h" nogil:
    ctypedef struct Strata:
        const int64_t *size
        const int64_t *first
        const int64_t *b
        const int64_t *repeats

    void cell_means_c(const double *, const double *, const double *, const double *, int64_t,
                      double *)
    void level_means_c(const int64_t *, const int64_t *, int64_t, Strata, double, const double *,
                       double *, int64_t, int64_t *)
    int64_t looked_up_sums_i32(const int32_t *, const int64_t *, const int64_t *, int64_t, int64_t,
                               int64_t, int64_t *, uint8_t *, int64_t *)
    int64_t looked_up_sums_i64(const int64_t *, const int64_t *, const int64_t *, int64_t, int64_t,
                               int64_t, int64_t *, uint8_t *, int64_t *)


include "simd.pxi"


def cell_means(const double[::1] a, const double[::1] b, const double[::1] m,
               const double[::1] k_log_k):
    """Mean of h(K; a b / m) in every cell; see the NumPy twin."""
    cdef int64_t n_cells = a.shape[0]
    if not b.shape[0] == m.shape[0] == n_cells:
        raise ValueError("one value of each margin for every cell")
    if k_log_k.shape[0] < 1024:
        raise ValueError("1024 values of k log k")
    found = np.empty(n_cells)
    cdef double[::1] mean = found
    if n_cells:
        with nogil:
            cell_means_c(&a[0], &b[0], &m[0], &k_log_k[0], n_cells, &mean[0])
    return found


def level_means(const int64_t[::1] a, const int64_t[::1] stratum, parts, double scale,
                const double[::1] k_log_k):
    """Means of levels in fixed point; see the NumPy twin."""
    cdef int64_t n_levels = a.shape[0], n_cells = 0, i
    cdef const int64_t[::1] size = parts[0], first = parts[1], b = parts[2], repeats = parts[3]
    cdef Strata strata
    if stratum.shape[0] != n_levels or first.shape[0] != size.shape[0] + 1:
        raise ValueError("a stratum for every level, and a first class for every stratum")
    if repeats.shape[0] != b.shape[0] or k_log_k.shape[0] < 1024:
        raise ValueError("repeats for every class, and 1024 values of k log k")
    for i in range(n_levels):
        n_cells += first[stratum[i] + 1] - first[stratum[i]]
    found = np.zeros(n_levels, dtype=np.int64)
    if n_cells == 0:
        return found
    cdef int64_t[::1] mean = found
    cdef double[::1] room = np.empty(4 * n_cells)
    strata.size, strata.first, strata.b = &size[0], &first[0], &b[0]
    strata.repeats = &repeats[0]
    with nogil:
        level_means_c(&a[0], &stratum[0], n_levels, strata, scale, &k_log_k[0], &room[0], n_cells,
                      &mean[0])
    return found


def looked_up_sums(counts, const int64_t[::1] first, const int64_t[::1] table):
    """Sums of table[first + counts] - 1, and the places that are not known; see the NumPy twin."""
    cdef int64_t n_candidates = counts.shape[0], n_strata = counts.shape[1]
    cdef int64_t n_levels = counts.shape[2], n_met = 0
    if first.shape[0] != n_strata:
        raise ValueError("one first place for every stratum")
    found, marks = np.zeros(n_candidates, dtype=np.int64), np.zeros(table.shape[0], dtype=np.uint8)
    unknown = np.empty(table.shape[0], dtype=np.int64)
    cdef int64_t[::1] sums = found, places = unknown
    cdef uint8_t[::1] is_met = marks
    cdef const int32_t[:, :, ::1] narrow
    cdef const int64_t[:, :, ::1] wide
    if not n_candidates or not n_strata or not n_levels:
        return found, unknown[:0]
    if counts.dtype == np.int32:
        narrow = np.ascontiguousarray(counts)
        with nogil:
            n_met = looked_up_sums_i32(&narrow[0, 0, 0], &first[0], &table[0], n_candidates,
                                       n_strata, n_levels, &sums[0], &is_met[0], &places[0])
    else:
        wide = np.ascontiguousarray(counts, dtype=np.int64)
        with nogil:
            n_met = looked_up_sums_i64(&wide[0, 0, 0], &first[0], &table[0], n_candidates,
                                       n_strata, n_levels, &sums[0], &is_met[0], &places[0])
    return found, np.sort(unknown[:n_met])
