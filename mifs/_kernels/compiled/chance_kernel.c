#include "chance_kernel.h"

#include <math.h>
#include <stdlib.h>

#include "simd.h"

enum { TOGETHER = 32 /* candidates */ };
/* Cells whose sum is over each count or over every other one, each kind with that of pairs after it;
   and those of which there is a series. */
enum { NARROW = 0, WIDE = 2, FULL = 4, N_KINDS = 5 };
#define SERIES_FROM 200.0
#define WIDE_FROM 37.0
#define WIDE_VARIANCE 18.0
#define NEGLIGIBLE 1e-18

#define BODY "chance_body.h"
#include "widths.h"

const double *padded_k_log_k(const double *k_log_k, double *room) {
    memset(room, 0, K_BELOW * sizeof *room);
    memcpy(room + K_BELOW, k_log_k, K_VALUES * sizeof *room);
    return room + K_BELOW;
}

void cell_means_c(const double *a, const double *b, const double *m, const double *k_log_k,
                  int64_t n_cells, double *mean) {
#define CALL(suffix) all_cells##suffix(a, b, m, k_log_k, n_cells, mean)
    CHOSEN(CALL);
#undef CALL
}

static int by_size(const void *one, const void *other) {
    const int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;
    return (a > b) - (a < b);
}

void find_strata(int64_t n_strata, int64_t n_y, int64_t *b, int64_t *size, int64_t *first_class,
                 int64_t *repeats) {
    int64_t *counts = b, n_found = 0;
    for (int64_t s = 0; s < n_strata; s++, counts += n_y) {
        qsort(counts, n_y, sizeof *counts, by_size);
        size[s] = 0, first_class[s] = n_found;
        for (int64_t y = 0; y < n_y; y++) {
            const int64_t count = counts[y];
            size[s] += count;
            if (n_found > first_class[s] && b[n_found - 1] == count)
                repeats[n_found - 1]++;
            else if (count)
                b[n_found] = count, repeats[n_found++] = 1; /* never beyond what was read */
        }
    }
    first_class[n_strata] = n_found;
}

void level_means_c(const int64_t *a, const int64_t *stratum, int64_t n_levels, Strata strata,
                   int64_t *mean) {
#define CALL(suffix) all_levels##suffix(a, stratum, n_levels, &strata, mean)
    CHOSEN(CALL);
#undef CALL
}

void chance_sums_i32(const int32_t *counts, Asked asked, Strata strata, int64_t *table,
                     int64_t *sums) {
#define CALL(suffix) sums_i32##suffix(counts, &asked, &strata, table, sums)
    CHOSEN(CALL);
#undef CALL
}

void chance_sums_i64(const int64_t *counts, Asked asked, Strata strata, int64_t *table,
                     int64_t *sums) {
#define CALL(suffix) sums_i64##suffix(counts, &asked, &strata, table, sums)
    CHOSEN(CALL);
#undef CALL
}

void learn_means(const Chance *chance, int64_t stratum, const uint8_t *counts, int64_t n_counts) {
#define CALL(suffix) learn##suffix(counts, n_counts, &chance->strata, stratum, chance->table)
    CHOSEN(CALL);
#undef CALL
}
