#include "chance_kernel.h"

#include "simd.h"

enum { LANES = 8, K_LARGEST = 511 };
#define SERIES_FROM 200.0
#define NEGLIGIBLE 1e-18

#define SUFFIX(name) name##_baseline
#define TARGET
#include "chance_body.h"
#undef SUFFIX
#undef TARGET

#if HAVE_AVX2_BODY
#define SUFFIX(name) name##_avx2
#define TARGET TARGET_AVX2
#include "chance_body.h"
#undef SUFFIX
#undef TARGET
#define CHOSEN(call) \
    if (simd_level() == SIMD_AVX2) call(_avx2); \
    else call(_baseline)
#else
#define CHOSEN(call) call(_baseline)
#endif

void cell_means_c(const double *a, const double *b, const double *m, const double *mu,
                  const double *log_mu, const double *k_log_k, int64_t n_cells, double *mean) {
#define CALL(suffix) all_cells##suffix(a, b, m, mu, log_mu, k_log_k, n_cells, mean)
    CHOSEN(CALL);
#undef CALL
}

int64_t looked_up_sums_i32(const int32_t *counts, const int64_t *first, const int64_t *table,
                           int64_t n_candidates, int64_t n_strata, int64_t n_levels,
                           int64_t *sums, uint8_t *is_met, int64_t *places) {
    int64_t n_met = 0;
#define CALL(suffix) \
    n_met = sums_i32##suffix(counts, first, table, n_candidates, n_strata, n_levels, sums, is_met, \
                             places)
    CHOSEN(CALL);
#undef CALL
    return n_met;
}

int64_t looked_up_sums_i64(const int64_t *counts, const int64_t *first, const int64_t *table,
                           int64_t n_candidates, int64_t n_strata, int64_t n_levels,
                           int64_t *sums, uint8_t *is_met, int64_t *places) {
    int64_t n_met = 0;
#define CALL(suffix) \
    n_met = sums_i64##suffix(counts, first, table, n_candidates, n_strata, n_levels, sums, is_met, \
                             places)
    CHOSEN(CALL);
#undef CALL
    return n_met;
}
