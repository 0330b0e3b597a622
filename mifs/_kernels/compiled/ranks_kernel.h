/* The order that sorts numbers. */
#ifndef MIFS_RANKS_H
#define MIFS_RANKS_H

#include <stdint.h>

/* Stable ascending order of n < 2^31 numbers, NaN last. Returns 0, or -1 where memory does not
   suffice. */
int order_of(const double *values, int64_t n, int64_t *order);

/* Twice the average rank of each, less n + 1, from the order; no two NaN are equal. */
void ranks_of(const double *values, const int64_t *order, int64_t n, int64_t *ranks);

#endif
