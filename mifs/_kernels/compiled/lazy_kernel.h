/* The lazy search for the best of many least terms: see mifs/_kernels/lazy.py. */
#ifndef MIFS_LAZY_H
#define MIFS_LAZY_H

#include <stdint.h>

#include "cell_table.h"
#include "chance_kernel.h"

/* Unsigned numbers of 1, 2 or 4 bytes. */
typedef struct {
    const void *values;
    int width;
} Numbers;

/* n_columns columns of n_samples codes below n_levels, one after another. */
typedef struct {
    Numbers codes;
    int64_t n_columns, n_levels;
} Block;

/* Means by chance, and a table of them for chance_sums_i32(); NULL where none is kept. */
typedef struct {
    int64_t *table;
    const int64_t *stratum; /* 0, 1, ... */
    Strata strata;
} Chance;

/* Selected variables Z, and what terms given them take besides tables. */
typedef struct {
    int64_t n;
    const int64_t *column;
    const int64_t *constant; /* sum of F over (Z, Y), less that over Z */
    const double *offset;
    const Chance *chance; /* NULL where nothing is taken off */
} Given;

/* What candidates are measured by. */
typedef struct {
    int64_t n_samples, n_features, n_blocks, n_y;
    const Block *blocks;
    const int64_t *block, *place; /* of every column */
    Numbers y;
    Given given;
    CellTable f;
    double total, rounding; /* units of F in a nat a sample, and nats that are none */
} Terms;

/* What is known of every column; the last two are changed. */
typedef struct {
    const double *cap;
    double *term;
    int64_t *age;
} Least;

/* What is returned in place of the number of terms: memory does not suffice, or columns do not
   ascend, are in no block, or have more terms than there are. */
enum { NO_MEMORY = -1, WRONG_COLUMNS = -2 };

int64_t lower_best_first_c(const Terms *terms, Least least, const int64_t *columns,
                           int64_t n_columns, double slack);

#endif
