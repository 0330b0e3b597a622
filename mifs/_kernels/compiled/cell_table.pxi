"""A cell function as kernels know it; included by each extension that sums it."""

cdef extern from "cell_table.h" nogil:
    ctypedef struct CellTable:
        const int64_t *value
        const int64_t *step
        int64_t n_values
        double off, scale

    void evaluate(const double *, int64_t, double, double, int64_t *)
