# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, embedsignature=True
# cython: freethreading_compatible=True
"""Face of the C kernel of random tables: arrays in, arrays out."""

import numpy as np

from libc.stdint cimport int64_t


cdef extern from "drawing_kernel.h" nogil:
    void draw_tables(const double *, const int64_t *, int64_t, int64_t, const double *,
                     const double *, double *)


def drawn_statistics(const double[:, ::1] uniform, const int64_t[:, ::1] stages,
                     const double[::1] cumulated, const double[::1] growth):
    """T of random tables; see the NumPy twin."""
    cdef int64_t n_stages = uniform.shape[0], n_tables = uniform.shape[1]
    if stages.shape[0] != n_stages or stages.shape[1] != 3:
        raise ValueError("one row of three for every stage")
    if growth.shape[0] != cumulated.shape[0]:
        raise ValueError("one growth for every probability")
    found = np.zeros(n_tables)
    if n_stages == 0 or n_tables == 0:
        return found
    cdef double[::1] total = found
    with nogil:
        draw_tables(&uniform[0, 0], &stages[0, 0], n_stages, n_tables, &cumulated[0], &growth[0],
                    &total[0])
    return found
