"""What means by chance are computed from; included by each extension that takes it."""

cdef extern from "chance_kernel.h" nogil:
    enum:
        K_VALUES
        K_ROOM

    const double *padded_k_log_k(const double *, double *)

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


cdef const double *padded(const double[::1] k_log_k, double *room) except NULL:
    """K log k with zeros before it, in room that is kept as long as it is used."""
    if k_log_k.shape[0] < K_VALUES:
        raise ValueError(f"{K_VALUES} values of k log k")
    return padded_k_log_k(&k_log_k[0], room)
