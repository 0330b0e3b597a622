#ifndef MIFS_CHANCE_H
#define MIFS_CHANCE_H

#include <stdint.h>

/* Mean of h(K; a b / m) in every cell, K hypergeometric(m, a, b): see mifs/_kernels/chance.py. */
void cell_means_c(const double *a, const double *b, const double *m, const double *k_log_k,
                  int64_t n_cells, double *mean);

/* Strata with their distinct class counts: those of s are b[first[s]] up to b[first[s + 1]]. */
typedef struct {
    const int64_t *size, *first, *b, *repeats;
} Strata;

/* Sum over classes of the means of a level's cells, in fixed point; `room` holds 4 numbers for each
   of the cells of all levels. */
void level_means_c(const int64_t *a, const int64_t *stratum, int64_t n_levels, Strata strata,
                   double scale, const double *k_log_k, double *room, int64_t n_cells,
                   int64_t *mean);

/* Sums of table[first[s] + counts[i, s, l]] - 1 over s and l. Places that hold 0 add nothing; they
   are noted, each once, in `is_met` (one byte a place) and `places`. The number of those noted is
   returned. */
int64_t looked_up_sums_i32(const int32_t *counts, const int64_t *first, const int64_t *table,
                           int64_t n_candidates, int64_t n_strata, int64_t n_levels,
                           int64_t *sums, uint8_t *is_met, int64_t *places);
int64_t looked_up_sums_i64(const int64_t *counts, const int64_t *first, const int64_t *table,
                           int64_t n_candidates, int64_t n_strata, int64_t n_levels,
                           int64_t *sums, uint8_t *is_met, int64_t *places);

#endif
