# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, embedsignature=True
# cython: freethreading_compatible=True
"""Face of the C kernels that turn columns into codes: arrays in, arrays out."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libc.stdlib cimport free, malloc

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
    int facts_of_columns(
        const double *, int64_t, int64_t, int64_t, const uint64_t *, int64_t, column_fact *
    )
    void transpose_64(const uint64_t *, int64_t, int64_t, int64_t, uint64_t *)
    void widen_32(const float *, int64_t, int64_t, int64_t, double *)
    void codes_by_edges(const double *, int64_t, const double *, int64_t, uint8_t *)
    int mark_whole(const double *, int64_t, double, int64_t, uint8_t *)
    int code_whole_u8(const double *, int64_t, double, const int64_t *, int64_t, uint8_t *)
    int code_whole_i64(const double *, int64_t, double, const int64_t *, int64_t, int64_t *)

cdef extern from "edges_kernel.h" nogil:
    ctypedef struct multiset:
        const double *values
        const int64_t *weights
        int64_t n
        int64_t total
    int64_t total_of(const int64_t *, int64_t)
    int64_t equal_frequency_edges_of(const multiset *, int64_t, double *, double *)
cdef extern from "frequency_kernel.h" nogil:
    ctypedef struct counted_rows:
        const int64_t *weights
        int64_t n
        int64_t total
    int equal_frequency_codes_of(
        const double *, int64_t, const counted_rows *, int64_t, int64_t, uint8_t *, int64_t *
    )


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
        or not is_c_ordered(table)
    ):
        return np.ascontiguousarray(table.T)
    n_rows, n_columns = table.shape
    step = table.strides[0] // 8
    rows = np.empty((n_columns, n_rows), dtype=table.dtype)
    source, out = table.view(np.uint64), rows.view(np.uint64)
    with nogil:
        transpose_64(&source[0, 0], step, n_rows, n_columns, &out[0, 0])
    return rows


def columns_as_doubles(table):
    """See mifs._kernels.binning.columns_as_doubles."""
    cdef int64_t n_rows, n_columns, step
    cdef const float[:, :] source
    cdef double[:, ::1] out
    if table.size == 0 or table.strides[1] != 4 or table.strides[0] % 4 or not table.flags.aligned:
        return np.ascontiguousarray(table.T, dtype=np.float64)
    n_rows, n_columns = table.shape
    step = table.strides[0] // 4
    rows = np.empty((n_columns, n_rows))
    source, out = table, rows
    with nogil:
        widen_32(&source[0, 0], step, n_rows, n_columns, &out[0, 0])
    return rows


def column_facts(rows, keys):
    """See mifs._kernels.binning.column_facts."""
    if is_c_ordered(rows.T):
        return facts_of_table(rows.T, keys)
    cdef const double[:, :] values = rows
    cdef const double[::1] copy
    cdef const uint64_t[::1] key = keys
    cdef int64_t n = values.shape[1], column
    cdef const double *first
    cdef column_fact fact
    facts = []
    for column in range(values.shape[0]):
        first = &values[column, 0] if n else NULL
        if n > 1 and values.strides[1] != 8:
            copy = np.ascontiguousarray(rows[column])
            first = &copy[0]
        with nogil:
            facts_of_column(first, &key[0], key.shape[0], n, &fact)
        facts.append(as_tuple(fact))
    return facts


cdef facts_of_table(table, keys):
    """Facts of the columns of a table whose rows are contiguous."""
    cdef const double[:, :] values = table
    cdef const uint64_t[::1] key = keys
    cdef int64_t n_rows = values.shape[0], n_columns = values.shape[1]
    cdef int64_t row_step = values.strides[0] // 8, column
    cdef int failed
    cdef column_fact *facts = <column_fact *>malloc(n_columns * sizeof(column_fact))
    if facts is NULL:
        raise MemoryError
    try:
        with nogil:
            failed = facts_of_columns(
                &values[0, 0], row_step, n_rows, n_columns, &key[0], key.shape[0], facts
            )
        if failed:
            raise MemoryError
        return [as_tuple(facts[column]) for column in range(n_columns)]
    finally:
        free(facts)


cdef as_tuple(column_fact fact):
    return fact.n_nan, fact.n_infinite, fact.is_whole != 0, fact.low, fact.high, fact.look


cdef bint is_c_ordered(table):
    """Whether columns stand side by side, items of 64 bits, and are not contiguous."""
    return (
        table.size > 0
        and not table.flags.f_contiguous
        and table.strides[1] == 8
        and table.strides[0] % 8 == 0
        and table.flags.aligned
    )


cdef counted_rows counted(const int64_t[::1] weights, int64_t n) except *:
    """Rows of these weights, or of none."""
    cdef counted_rows rows
    rows.weights, rows.n, rows.total = NULL, n, n
    if weights is None:
        return rows
    if weights.shape[0] != n:
        raise ValueError(f"there must be a weight a row; got {weights.shape[0]} for {n}")
    if n:
        rows.weights, rows.total = &weights[0], total_of(&weights[0], n)
    if rows.total < 0:
        raise OverflowError("weights must be above 0, and their sum below 2**62")
    return rows


cdef as_weights(weights):
    return None if weights is None else np.ascontiguousarray(weights, dtype=np.int64)


def equal_frequency_edges(values, n_bins, weights=None):
    """See mifs._kernels.binning.equal_frequency_edges."""
    cdef const double[::1] x = np.ascontiguousarray(values)
    cdef const int64_t[::1] weight = as_weights(weights)
    cdef int64_t n = x.shape[0], bins = n_bins, n_cuts = 0
    cdef counted_rows rows = counted(weight, n)
    cdef multiset own
    if n > MOST_ROWS or bins > MOST_ROWS:  # products of bins fit 64 bits
        raise OverflowError(f"at most {MOST_ROWS} values and bins; got {n} in {n_bins}")
    edges = np.empty((2, max(bins - 1, 1)))
    cdef double[:, ::1] edge = edges
    if n:
        own.values, own.weights, own.n, own.total = &x[0], rows.weights, n, rows.total
        with nogil:
            n_cuts = equal_frequency_edges_of(&own, bins, &edge[0, 0], &edge[1, 0])
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


def equal_frequency_codes(columns, n_bins, weights=None):
    """See mifs._kernels.binning.equal_frequency_codes."""
    cdef const double[:] x
    cdef const int64_t[::1] weight = as_weights(weights)
    cdef int64_t n_columns = len(columns), n = len(columns[0]), bins = n_bins
    cdef int64_t column, end, step
    cdef int failed
    cdef counted_rows rows = counted(weight, n)
    if n < 1 or n > MOST_ROWS or not 1 <= bins <= MOST_LEVELS:
        raise OverflowError(f"1 to {MOST_ROWS} values, 1 to {MOST_LEVELS} bins; got {n} in {n_bins}")
    codes, n_levels = np.empty((n_columns, n), dtype=np.uint8), np.empty(n_columns, dtype=np.int64)
    cdef uint8_t[:, ::1] code = codes
    cdef int64_t[::1] n_codes = n_levels
    cdef const double **first = <const double **>malloc(n_columns * sizeof(double *))
    cdef int64_t *steps = <int64_t *>malloc(n_columns * sizeof(int64_t))
    kept = []
    try:
        if first is NULL or steps is NULL:
            raise MemoryError
        for column in range(n_columns):
            values = columns[column]
            if values.strides[0] % 8:
                values = np.ascontiguousarray(values)
                kept.append(values)
            x = values
            if x.shape[0] != n:
                raise ValueError(f"columns must be of one length; got {n} and {x.shape[0]}")
            first[column], steps[column] = &x[0], x.strides[0] // 8
        column = 0
        while column < n_columns:
            step, end = steps[column], column + 1
            while end < n_columns and steps[end] == step != 1 and first[end] == first[end - 1] + 1:
                end += 1
            with nogil:
                failed = equal_frequency_codes_of(
                    first[column], step, &rows, end - column, bins, &code[column, 0], &n_codes[column]
                )
            if failed:
                raise MemoryError
            column = end
    finally:
        free(first)
        free(steps)
    return codes, n_levels.tolist()


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
