/* Distances to the k-th neighbour and counts within a radius in the maximum norm, in any number of
   dimensions, exact to the bit.

   Points are n < 2^31 rows of n_dims >= 1 finite numbers. Group g has the rows from start[g] to
   start[g + 1]. Both functions return 0, or -1 where memory does not suffice. */
#ifndef MIFS_SPACE_H
#define MIFS_SPACE_H

#include <stdint.h>

/* Distances of each point to some of its neighbours of the same group, a row for each of the n_ks
   numbers k >= 1, which ascend; in a group of k members or fewer to the farthest, and 0 where there
   is no other. */
int kth_in_space(const double *points, int64_t n_dims, const int64_t *start, int64_t n_groups,
                 const int64_t *ks, int64_t n_ks, double *distance);

/* Members of the group of each point, itself included, that are nearer than its radius, or as near
   where not strict; those at distance 0 always count. */
int within_in_space(const double *points, int64_t n_dims, const int64_t *start, int64_t n_groups,
                    const double *radius, int is_strict, int64_t *counts);

#endif
