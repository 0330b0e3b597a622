/* How many points of the plane are in a square about each, exact to the bit. */
#ifndef MIFS_BOX_H
#define MIFS_BOX_H

#include <stdint.h>

/* Members of the group of each point, itself included, that are nearer than its radius in the
   maximum norm, or as near where not strict; those at distance 0 always count.

   Point i < n < 2^31 is (x_line[place[i]], y_line[i]), and no two have the same place. Group g has
   the points from start[g] to start[g + 1], in both lines, each of which ascends within it. Returns
   0, or -1 where memory does not suffice. */
int within_in_plane(const double *x_line, const double *y_line, const int64_t *place,
                    const int64_t *start, int64_t n_groups, const double *radius, int is_strict,
                    int64_t *counts);

#endif
