#ifndef MIFS_MOMENTS_H
#define MIFS_MOMENTS_H

#include <stdint.h>

typedef struct {
    const double *a, *b, *m;         /* margins of each cell */
    const int64_t *low, *points, *step, *order;
    const int64_t *level;  /* of which each is the cell; or NULL */
    const double *k_log_k; /* of 0 to 1023 */
    int64_t n_cells;
    int degrees;
    int is_split; /* whether a cell is a level's row against the rest */
} Cells;

/* Doubles of room for cells of at most so many points. */
int64_t moments_room(int64_t most_points, int degrees);

/* Moments of each cell, (8 or 2) + degrees rows of n_cells: see mifs/_kernels/moments.py; or the row
   of the level of each. */
void grid_moments(const Cells *cells, double *room, double *out);

/* Levels that occur `a` times in a stratum of `m` rows, `b` of them of the first class. */
typedef struct {
    const int64_t *a, *stratum;
    const int64_t *b, *m; /* of each stratum */
    int64_t n_levels;
} Levels;

/* Their rows, 8 + degrees numbers each; of those that cannot vary they stay as they are. At least one
   level; -1 if there is no memory. */
int rows_of_levels(const Levels *levels, int degrees, const double *k_log_k, double *rows);

/* Levels whose places first[s] + counts[i, s, l] hold 0: each once, with its count and stratum, as
   they are met. Their number is returned; there is room for `most` of each. */
int64_t unknown_i32(const int32_t *counts, const int64_t *first, int64_t n_candidates,
                    int64_t n_strata, int64_t n_levels, int64_t most, int64_t *slot,
                    int64_t *found);
int64_t unknown_i64(const int64_t *counts, const int64_t *first, int64_t n_candidates,
                    int64_t n_strata, int64_t n_levels, int64_t most, int64_t *slot,
                    int64_t *found);

/* The w_k of the classes, (degrees, n_classes, stride) with the strata last; 0 beyond these. */
void weigh_classes(const int64_t *b, const int64_t *m, int64_t n_strata, int64_t n_classes,
                   int degrees, int64_t stride, double *weights);

typedef struct {
    int64_t n_candidates, n_strata, n_levels, n_columns;
    int degrees, n_components;
    const int64_t *first, *slot;
    const double *rows;
    int64_t stride;             /* n_strata, rounded up to a multiple of 8 */
    const double *class_weight; /* (degrees, n_components, stride) */
    const double *split_weight; /* (n_components, stride) */
    double rounding;
} Law;

/* Mean, variance and third cumulant of each candidate: see mifs/_kernels/cumulants.py. `room` holds
   n_columns + 3 numbers for each of `stride` strata. */
void summed_cumulants_i32(const Law *law, const int32_t *counts, double *room, double *mean,
                          double *variance, double *third);
void summed_cumulants_i64(const Law *law, const int64_t *counts, double *room, double *mean,
                          double *variance, double *third);

#endif
