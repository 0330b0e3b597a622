#include "chance_kernel.h"

#include <math.h>

#include "simd.h"

/* Modes are below 202 and none goes on for more than 345 steps: the table holds 1024 values. */
enum { MOST_STEPS = 800 };
#define SERIES_FROM 200.0
#define NEGLIGIBLE 1e-18

#define BODY "chance_body.h"
#include "widths.h"

void cell_means_c(const double *a, const double *b, const double *m, const double *k_log_k,
                  int64_t n_cells, double *mean) {
#define CALL(suffix) all_cells##suffix(a, b, m, k_log_k, n_cells, mean)
    CHOSEN(CALL);
#undef CALL
}

void level_means_c(const int64_t *a, const int64_t *stratum, int64_t n_levels, Strata strata,
                   double scale, const double *k_log_k, double *room, int64_t n_cells,
                   int64_t *mean) {
    double *level = room, *label = room + n_cells, *size = label + n_cells, *cell = size + n_cells;
    int64_t i = 0;
    for (int64_t l = 0; l < n_levels; l++)
        for (int64_t j = strata.first[stratum[l]]; j < strata.first[stratum[l] + 1]; j++, i++) {
            level[i] = (double)a[l];
            label[i] = (double)strata.b[j];
            size[i] = (double)strata.size[stratum[l]];
        }
    cell_means_c(level, label, size, k_log_k, n_cells, cell);
    i = 0;
    for (int64_t l = 0; l < n_levels; l++) {
        mean[l] = 0;
        for (int64_t j = strata.first[stratum[l]]; j < strata.first[stratum[l] + 1]; j++, i++)
            mean[l] += (int64_t)rint(cell[i] * scale) * strata.repeats[j];
    }
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
