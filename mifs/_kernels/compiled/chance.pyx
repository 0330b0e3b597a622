# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, embedsignature=True
# cython: freethreading_compatible=True
"""Face of the C kernels of the mean by chance: arrays in, arrays out."""

import numpy as np

from libc.stdint cimport int32_t, int64_t


include "chance.pxi"

cdef extern from "chance_kernel.h" nogil:
    ctypedef struct Asked:
        int64_t n_candidates
        int64_t n_rows
        int64_t n_levels
        const int64_t *stratum

    void cell_means_c(const double *, const double *, const double *, const double *, int64_t,
                      double *)
    void find_strata(int64_t, int64_t, int64_t *, int64_t *, int64_t *, int64_t *)
    void level_means_c(const int64_t *, const int64_t *, int64_t, Strata, int64_t *)
    void chance_sums_i32(const int32_t *, Asked, Strata, int64_t *, int64_t *)
    void chance_sums_i64(const int64_t *, Asked, Strata, int64_t *, int64_t *)


include "simd.pxi"


def cell_means(const double[::1] a, const double[::1] b, const double[::1] m,
               const double[::1] k_log_k):
    """Mean of h(K; a b / m) in every cell; see the NumPy twin."""
    cdef int64_t n_cells = a.shape[0]
    if not b.shape[0] == m.shape[0] == n_cells:
        raise ValueError("one value of each margin for every cell")
    cdef double room[K_ROOM]
    cdef const double *logarithms = padded(k_log_k, room)
    found = np.empty(n_cells)
    cdef double[::1] mean = found
    if n_cells:
        with nogil:
            cell_means_c(&a[0], &b[0], &m[0], logarithms, n_cells, &mean[0])
    return found


cdef Strata _strata(parts, fixed, double *room) except *:
    cdef const int64_t[::1] size = parts[0], first_class = parts[1], b = parts[2]
    cdef const int64_t[::1] repeats = parts[3]
    cdef Strata strata
    if first_class.shape[0] != size.shape[0] + 1 or size.shape[0] == 0:
        raise ValueError("a first class for every stratum, of which there is at least one")
    if repeats.shape[0] != b.shape[0]:
        raise ValueError("repeats for every class")
    strata.size, strata.first_class = &size[0], &first_class[0]
    strata.b = strata.repeats = NULL
    if b.shape[0]:
        strata.b, strata.repeats = &b[0], &repeats[0]
    strata.first, strata.k_log_k, strata.scale = NULL, padded(fixed[1], room), fixed[0]
    return strata


def strata_of(y_counts):
    """Sizes and distinct class counts of strata; see the NumPy twin."""
    b = np.array(y_counts, dtype=np.int64, order="C")
    cdef int64_t n_strata = b.shape[0], n_y = b.shape[1]
    size, first_class = np.zeros(n_strata, np.int64), np.zeros(n_strata + 1, np.int64)
    repeats = np.empty(b.size, np.int64)
    cdef int64_t[::1] counts = b.reshape(-1), sizes = size, firsts = first_class, times = repeats
    if b.size:
        find_strata(n_strata, n_y, &counts[0], &sizes[0], &firsts[0], &times[0])
    n_classes = firsts[n_strata]
    # Copies: parts would keep all of the room, most of which may be of counts of 0.
    return size, first_class, b.reshape(-1)[:n_classes].copy(), repeats[:n_classes].copy()


def level_means(const int64_t[::1] a, const int64_t[::1] stratum, parts, fixed):
    """Means of levels in fixed point; see the NumPy twin."""
    cdef int64_t n_levels = a.shape[0]
    if stratum.shape[0] != n_levels:
        raise ValueError("a stratum for every level")
    found = np.zeros(n_levels, dtype=np.int64)
    cdef int64_t[::1] mean = found
    cdef double room[K_ROOM]
    cdef Strata strata = _strata(parts, fixed, room)
    if n_levels:
        with nogil:
            level_means_c(&a[0], &stratum[0], n_levels, strata, &mean[0])
    return found


def chance_sums(counts, rows, int64_t[::1] table, parts, fixed):
    """Sums of the means of candidates' levels, and values of a table; see the NumPy twin."""
    cdef const int64_t[::1] stratum = rows[0], first = rows[1]
    cdef Asked asked
    cdef double room[K_ROOM]
    cdef Strata strata = _strata(parts, fixed, room)
    asked.n_candidates, asked.n_rows, asked.n_levels = counts.shape
    if stratum.shape[0] != asked.n_rows or first.shape[0] != len(parts[0]):
        raise ValueError("a stratum for every row of counts, and a first place for every stratum")
    found = np.zeros(asked.n_candidates, dtype=np.int64)
    if 0 in counts.shape:
        return found
    cdef int64_t[::1] sums = found
    cdef const int32_t[:, :, ::1] narrow
    cdef const int64_t[:, :, ::1] wide
    asked.stratum, strata.first = &stratum[0], &first[0]
    if counts.dtype == np.int32:
        narrow = np.ascontiguousarray(counts)
        with nogil:
            chance_sums_i32(&narrow[0, 0, 0], asked, strata, &table[0], &sums[0])
    else:
        wide = np.ascontiguousarray(counts, dtype=np.int64)
        with nogil:
            chance_sums_i64(&wide[0, 0, 0], asked, strata, &table[0], &sums[0])
    return found
