#ifndef MIFS_CHANCE_H
#define MIFS_CHANCE_H

#include <stdint.h>

/* k log k as all that follow take it: the counts below 1024, none beyond 346 of which is met, and zeros
   before them, none too many. A walk of every other count may be seen to go on at 0 itself: it takes
   eight counts more then, and stays there, eight before which are looked at beside others. */
enum { K_VALUES = 1024, K_BELOW = 16, K_ROOM = K_BELOW + K_VALUES };
const double *padded_k_log_k(const double *k_log_k, double *room);

/* Mean of h(K; a b / m) in every cell, K hypergeometric(m, a, b): see mifs/_kernels/chance.py. */
void cell_means_c(const double *a, const double *b, const double *m, const double *k_log_k,
                  int64_t n_cells, double *mean);

/* Strata with their distinct class counts: those of s are b[first_class[s]] up to
   b[first_class[s + 1]]; means are in fixed point. */
typedef struct {
    const int64_t *size, *first_class, *b, *repeats;
    const int64_t *first; /* where the values of each begin in a table */
    const double *k_log_k;
    double scale;
} Strata;

/* Strata from their class counts, n_y each in `b`, where the distinct ones then are. */
void find_strata(int64_t n_strata, int64_t n_y, int64_t *b, int64_t *size, int64_t *first_class,
                 int64_t *repeats);

/* Sum over classes of the means of a level's cells. */
void level_means_c(const int64_t *a, const int64_t *stratum, int64_t n_levels, Strata strata,
                   int64_t *mean);

/* Counts of shape (n_candidates, n_rows, n_levels), and the stratum of each row. */
typedef struct {
    int64_t n_candidates, n_rows, n_levels;
    const int64_t *stratum;
} Asked;

/* Sums of the means of each candidate's levels, by a table that holds their complements; values of 0
   are unknown, and are filled in. */
void chance_sums_i32(const int32_t *counts, Asked asked, Strata strata, int64_t *table,
                     int64_t *sums);
void chance_sums_i64(const int64_t *counts, Asked asked, Strata strata, int64_t *table,
                     int64_t *sums);

/* Means by chance, and a table of them for chance_sums_i32(); NULL where none is kept. */
typedef struct {
    int64_t *table, n_values;
    const int64_t *stratum; /* 0, 1, ... */
    Strata strata;
} Chance;

/* Fill in those values of the table that some counts of levels in a stratum take. */
void learn_means(const Chance *chance, int64_t stratum, const uint8_t *counts, int64_t n_counts);

#endif
