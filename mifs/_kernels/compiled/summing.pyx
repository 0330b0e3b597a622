# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
# cython: freethreading_compatible=True
"""Scores that are sums of terms, in one pass over the columns."""

from libc.math cimport INFINITY, fabs, isnan, rint
from libc.stdint cimport int64_t


def add_terms(const int64_t[::1] columns, term, scores):
    cdef const int64_t[::1] counted
    cdef int64_t constant, n = len(columns), i, column
    cdef double total, rounding, offset, factor, n_terms, nats
    cdef double[::1] score, folded
    cdef const double[::1] base
    counted, constant, total, rounding, offset = term
    score, folded, base, factor, n_terms = scores
    if len(counted) != n or not len(score) == len(folded) == len(base):
        raise ValueError(f"{len(counted)} terms of {n} columns, and scores of {len(score)}")
    refuse_columns(columns, len(score))
    with nogil:
        for i in range(n):
            column = columns[i]
            nats = <double>(counted[i] - constant) / total
            if fabs(nats) < rounding:
                nats = 0.0
            folded[column] += offset + nats
            score[column] = base[column] + factor * (folded[column] / n_terms)


def first_best(const double[::1] score, const int64_t[::1] columns, int digits):
    cdef int64_t n = len(columns), i, best = -1, n_best = 0
    cdef double per_unit = 10.0**digits, highest = -INFINITY, rounded
    refuse_columns(columns, len(score))
    with nogil:
        for i in range(n):
            rounded = rint(score[columns[i]] * per_unit) / per_unit
            if isnan(rounded):
                n_best = n
                break
            if rounded > highest or best < 0:
                highest, best, n_best = rounded, columns[i], 0
            n_best += rounded == highest
    return -1 if n_best == n else best


cdef int refuse_columns(const int64_t[::1] columns, int64_t n) except -1:
    cdef int64_t i
    for i in range(columns.shape[0]):
        if not 0 <= columns[i] < n:
            raise ValueError(f"columns must lie from 0 to {n - 1}; got {columns[i]}")
    return 0
