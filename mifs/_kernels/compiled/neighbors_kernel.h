/* Distances to the k-th neighbour and counts within them, in the maximum norm, exact to the bit.

   A line is n < 2^31 finite numbers that ascend. All functions return 0, or -1 where memory does
   not suffice. */
#ifndef MIFS_NEIGHBORS_H
#define MIFS_NEIGHBORS_H

#include <stdint.h>

/* Distance of each number to its k-th neighbour of the same group, k >= 1; in a group of k members
   or fewer to the farthest. */
int kth_on_line(const double *line, const int32_t *group, int64_t n, int64_t k, double *distance);

/* How many numbers of the line are nearer to each than its radius, or as near where not strict;
   the number itself counts, as do all that equal it. */
int within_on_line(const double *line, const double *radius, int64_t n, int is_strict,
                   int64_t *counts);

/* The same among the members of its own group. */
int within_in_groups(const double *line, const int32_t *group, const double *radius, int64_t n,
                     int is_strict, int64_t *counts);

/* Distance of each point of the plane to its k-th neighbour, 1 <= k < n. The points come in the
   order of y: point i is (x_line[place[i]], y_line[i]), and no two have the same place. */
int kth_in_plane(const double *x_line, const double *y_line, const int64_t *place, int64_t n,
                 int64_t k, double *distance);

#endif
