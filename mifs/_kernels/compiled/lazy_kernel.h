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

/* Columns of n_samples codes below n_levels, one after another. */
typedef struct {
    Numbers codes;
    int64_t n_levels;
} Block;

/* A selected variable, and what a term given it takes besides its tables. */
typedef struct {
    Numbers state; /* z * n_y + y of every sample */
    int64_t n_z, n_y;
    int64_t constant; /* sum of F over (Z, Y), less that over Z */
    double offset;
    int is_corrected;
    Chance chance;
} Given;

/* What candidates are measured by. */
typedef struct {
    int64_t n_samples, n_given;
    const Block *blocks;
    const int64_t *block, *place; /* of every column */
    const Given *given;
    CellTable f;
    double total, rounding; /* units of F in a nat a sample, and nats that are none */
} Terms;

/* What is known of every column; the last two are changed. */
typedef struct {
    const double *cap;
    double *term;
    int64_t *age;
} Least;

/* The number of terms measured, or -1 where memory does not suffice. */
int64_t lower_best_first_c(const Terms *terms, Least least, const int64_t *columns,
                           int64_t n_columns, double slack);

#endif
