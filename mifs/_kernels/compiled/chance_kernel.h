#ifndef MIFS_CHANCE_H
#define MIFS_CHANCE_H

#include <stdint.h>

/* Mean of h(K; mu) in every cell, K hypergeometric(m, a, b): see mifs/_kernels/chance.py. */
void cell_means_c(const double *a, const double *b, const double *m, const double *mu,
                  const double *log_mu, const double *k_log_k, int64_t n_cells, double *mean);

/* Sums of table[first[s] + counts[i, s, l]] over s and l. Places that hold a negative value add
   nothing; they are noted, each once, in `is_met` (one byte a place) and `places`. The number of
   those noted is returned. */
int64_t looked_up_sums_i32(const int32_t *counts, const int64_t *first, const int64_t *table,
                           int64_t n_candidates, int64_t n_strata, int64_t n_levels,
                           int64_t *sums, uint8_t *is_met, int64_t *places);
int64_t looked_up_sums_i64(const int64_t *counts, const int64_t *first, const int64_t *table,
                           int64_t n_candidates, int64_t n_strata, int64_t n_levels,
                           int64_t *sums, uint8_t *is_met, int64_t *places);

#endif
