# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, embedsignature=True
# cython: freethreading_compatible=True
"""Face of the C kernel of random tables: arrays in, arrays out."""

import numpy as np

from libc.stdint cimport int64_t


cdef extern from "drawing_kernel.h" nogil:
    ctypedef struct Proposal:
        const int64_t *sizes
        const int64_t *margins
        int64_t n_strata
        const double *likely

    void draw_tables(const double *, int64_t, int64_t, const int64_t *, const Proposal *,
                     const double *, int64_t, int64_t *, double *, double *)


def drawn_tables(const double[:, ::1] uniform, const int64_t[::1] given, proposal,
                 const double[:, ::1] of_count):
    """Sums of random tables; see the NumPy twin."""
    cdef const int64_t[:, ::1] sizes = proposal.sizes
    cdef const int64_t[::1] margins = proposal.margins
    cdef const double[::1] likely = proposal.likely
    cdef int64_t n_tables = uniform.shape[0], n_cells = uniform.shape[1], stratum
    n_inner = (proposal.sizes[:, :2] - 1).prod(axis=1)
    if sizes.shape[1] != 6 or n_cells != n_inner.sum():
        raise ValueError("one number for every inner cell")
    if given.shape[0] not in (0, n_cells) or of_count.shape[0] != 2:
        raise ValueError("counts of one table, and two numbers for every count")
    if margins.shape[0] != proposal.sizes[:, :2].sum():
        raise ValueError("one margin for every level and class")
    if likely.shape[0] != (n_inner[:, None] * proposal.sizes[:, 2:]).sum():
        raise ValueError("four tables for every inner cell")
    found = np.zeros((4, n_tables))
    found[2] = 1.0
    if n_cells == 0 or n_tables == 0:
        return found
    cdef int64_t[::1] x = np.empty(proposal.sizes[:, 0].max(), dtype=np.int64)
    cdef double[::1] cumulated = np.empty(proposal.sizes[:, 2].max())
    cdef double[:, ::1] sums = found
    cdef Proposal law = Proposal(&sizes[0, 0], &margins[0], sizes.shape[0], &likely[0])
    with nogil:
        draw_tables(&uniform[0, 0], n_tables, n_cells, &given[0] if given.shape[0] else NULL, &law,
                    &of_count[0, 0], of_count.shape[1], &x[0], &cumulated[0], &sums[0, 0])
    return found
