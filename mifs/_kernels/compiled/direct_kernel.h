/* What the estimates of Ross and of Kraskov et al. sum over samples, in one call for a column.

   `line` holds the numbers to measure distances of, in the order of `values`: NULL for the values
   themselves. `table` has a value for each count below n_table. Returns 0; 1 where two values are
   equal, one is NaN, or a count has no value; -1 where memory does not suffice. */
#ifndef MIFS_DIRECT_H
#define MIFS_DIRECT_H

#include <stdint.h>

typedef struct {
    const int64_t *values;
    int64_t n;
} Table;

/* Values of how many samples are nearer to each than its k-th neighbour of the same group. */
int ross_sum(const double *values, const double *line, const int32_t *group, int64_t n, int64_t k,
             Table table, int64_t *sum);

/* Values of how many are nearer to each, in x and in y, than its k-th neighbour in both. */
int ksg_sum(const double *values, const double *line, const int64_t *y_order, const double *y_line,
            int64_t n, int64_t k, Table table, int64_t *sum);

#endif
