# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, embedsignature=True
# cython: freethreading_compatible=True
"""Face of the C kernels that turn columns into codes: arrays in, arrays out."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t

import numpy as np


cdef extern from "binning_kernel.h" nogil:
    ctypedef struct column_fact:
        int64_t n_nan
        int64_t n_infinite
        int32_t is_whole
        double low
        double high
        uint64_t look
    void facts_of_column(const double *, const uint64_t *, int64_t, int64_t, column_fact *)
    void transpose_64(const uint64_t *, int64_t, int64_t, int64_t, uint64_t *)
    int64_t equal_frequency_edges_of(const double *, int64_t, int64_t, double *, double *)
    int64_t equal_frequency_codes_of(const double *, int64_t, int64_t, uint8_t *)
    void codes_by_edges(const double *, int64_t, const double *, int64_t, uint8_t *)
    int mark_whole(const double *, int64_t, double, int64_t, uint8_t *)
    int code_whole_u8(const double *, int64_t, double, const int64_t *, int64_t, uint8_t *)
    int code_whole_i64(const double *, int64_t, double, const int64_t *, int64_t, int64_t *)


include "simd.pxi"


MOST_ROWS = 2**31 - 1
MOST_LEVELS = 256  # of codes in a byte
OUTSIDE = "a value is NaN or not among the whole numbers of the table"


def columns_as_rows(table):
    """Copy the columns of an array of numbers to contiguous rows."""
    cdef int64_t n_rows, n_columns, step
    cdef const uint64_t[:, :] source
    cdef uint64_t[:, ::1] out
    if (
        table.dtype.kind not in "fiu"  # the references of Python objects are counted
        or table.dtype.itemsize != 8
        or not table.dtype.isnative
        or table.flags.f_contiguous
        or table.size == 0
        or table.strides[1] != 8
        or table.strides[0] % 8
        or not table.flags.aligned
    ):
        return np.ascontiguousarray(table.T)
    n_rows, n_columns = table.shape
    step = table.strides[0] // 8
    rows = np.empty((n_columns, n_rows), dtype=table.dtype)
    source, out = table.view(np.uint64), rows.view(np.uint64)
    with nogil:
        transpose_64(&source[0, 0], step, n_rows, n_columns, &out[0, 0])
    return rows


def column_facts(rows, keys):
    """See mifs._kernels.binning.column_facts."""
    cdef const double[:, ::1] values = np.ascontiguousarray(rows)
    cdef const uint64_t[::1] key = keys
    cdef int64_t n_columns = values.shape[0], n = values.shape[1], column
    cdef column_fact fact
    cdef const double *first = &values[0, 0] if n_columns and n else NULL
    facts = []
    for column in range(n_columns):
        with nogil:
            facts_of_column(first + column * n, &key[0], key.shape[0], n, &fact)
        facts.append(
            (fact.n_nan, fact.n_infinite, fact.is_whole != 0, fact.low, fact.high, fact.look)
        )
    return facts


def equal_frequency_edges(values, n_bins):
    """See mifs._kernels.binning.equal_frequency_edges."""
    cdef const double[::1] x = np.ascontiguousarray(values)
    cdef int64_t n = x.shape[0], bins = n_bins, n_cuts = 0
    if n > MOST_ROWS or bins > MOST_ROWS:  # their product fits 64 bits
        raise OverflowError(f"at most {MOST_ROWS} values and bins; got {n} in {n_bins}")
    edges = np.empty((2, max(bins - 1, 1)))
    cdef double[:, ::1] edge = edges
    if n:
        with nogil:
            n_cuts = equal_frequency_edges_of(&x[0], n, bins, &edge[0, 0], &edge[1, 0])
    if n_cuts < 0:
        raise MemoryError
    return edges[0, :n_cuts], edges[1, :n_cuts]


def codes_between(values, edges):
    """See mifs._kernels.binning.codes_between."""
    cdef const double[::1] x = np.ascontiguousarray(values), edge = np.ascontiguousarray(edges)
    cdef int64_t n = x.shape[0], n_edges = edge.shape[0]
    codes = np.empty(n, dtype=np.uint8)
    cdef uint8_t[::1] code = codes
    cdef const double *first_edge = &edge[0] if n_edges else NULL
    if n:
        with nogil:
            codes_by_edges(&x[0], n, first_edge, n_edges, &code[0])
    return codes


def equal_frequency_codes(columns, n_bins):
    """See mifs._kernels.binning.equal_frequency_codes."""
    cdef const double[::1] x
    cdef int64_t n_columns = len(columns), n = len(columns[0]), bins = n_bins
    cdef int64_t column, n_codes
    if n < 1 or n > MOST_ROWS or not 1 <= bins <= MOST_LEVELS:
        raise OverflowError(f"1 to {MOST_ROWS} values, 1 to {MOST_LEVELS} bins; got {n} in {n_bins}")
    codes, n_levels = np.empty((n_columns, n), dtype=np.uint8), []
    cdef uint8_t[:, ::1] code = codes
    for column in range(n_columns):
        x = np.ascontiguousarray(columns[column])
        if x.shape[0] != n:
            raise ValueError(f"columns must be of one length; got {n} and {x.shape[0]}")
        with nogil:
            n_codes = equal_frequency_codes_of(&x[0], n, bins, &code[column, 0])
        if n_codes < 0:
            raise MemoryError
        n_levels.append(n_codes)
    return codes, n_levels


def whole_numbers_met(values, low, high):
    """See mifs._kernels.binning.whole_numbers_met."""
    cdef const double[::1] x = np.ascontiguousarray(values)
    cdef int64_t n = x.shape[0]
    cdef double least = low
    cdef int64_t size = int(high - low) + 1
    cdef int status = 0
    occurs = np.zeros(size, dtype=np.uint8)
    cdef uint8_t[::1] mark = occurs
    if n and size < 1:
        raise ValueError(OUTSIDE)
    if n:
        with nogil:
            status = mark_whole(&x[0], n, least, size, &mark[0])
    if status:
        raise ValueError(OUTSIDE)
    return occurs.view(bool)


def codes_of_whole(values, low, table):
    """See mifs._kernels.binning.codes_of_whole."""
    cdef const double[::1] x = np.ascontiguousarray(values)
    cdef const int64_t[::1] code_of = table
    cdef int64_t n = x.shape[0], size = code_of.shape[0]
    cdef double least = low
    cdef int status = 0
    cdef uint8_t[::1] small
    cdef int64_t[::1] large
    is_small = size == 0 or code_of[size - 1] < 256
    if n and size == 0:
        raise ValueError(OUTSIDE)
    codes = np.empty(n, dtype=np.uint8 if is_small else np.int64)
    if n and is_small:
        small = codes
        with nogil:
            status = code_whole_u8(&x[0], n, least, &code_of[0], size, &small[0])
    elif n:
        large = codes
        with nogil:
            status = code_whole_i64(&x[0], n, least, &code_of[0], size, &large[0])
    if status:
        raise ValueError(OUTSIDE)
    return codes
