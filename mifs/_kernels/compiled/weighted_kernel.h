/* Sums of weights of samples by their level and state, for several coded columns. */
#ifndef MIFS_WEIGHTED_H
#define MIFS_WEIGHTED_H

#include <stdint.h>

#include "simd.h"

/* Columns `places` of codes of `width` bytes, column by column, and a state and a weight of each
   sample. */
typedef struct {
    const void *codes;
    int width;
    int64_t n_samples, n_places, n_levels, n_states;
    const int64_t *places;
    const int32_t *state;
    const int64_t *weight;
} Weighted;

/* Add the weights to the sums of each column, of shape (n_states, n_levels), one after another. */
HIDDEN void add_weights(const Weighted *columns, int64_t *sums);

/* Parts of groups, as many for each of the tables, which follow one another: part p, of counts of
   n_levels, counts weight[p] times in group[p]. */
typedef struct {
    int64_t n_tables, n_parts, n_groups, n_levels;
    const int64_t *group, *weight;
} Parts;

/* Add the counts of parts to the sums of their groups. */
HIDDEN void add_parts(const Parts *parts, const int32_t *counts, int64_t *sums);

#endif
