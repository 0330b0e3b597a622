"""What means by chance are computed from; included by each extension that takes it."""

cdef extern from "chance_kernel.h" nogil:
    ctypedef struct Strata:
        const int64_t *size
        const int64_t *first_class
        const int64_t *b
        const int64_t *repeats
        const int64_t *first
        const double *k_log_k
        double scale

    ctypedef struct Chance:
        int64_t *table
        int64_t n_values
        const int64_t *stratum
        Strata strata
