/* The lazy search for the best of many least terms: see mifs/_kernels/lazy.py. */
#ifndef MIFS_LAZY_H
#define MIFS_LAZY_H

#include <stdint.h>

#include "cell_table.h"
#include "means_kernel.h"

/* Unsigned numbers of 1, 2 or 4 bytes. */
typedef struct {
    const void *values;
    int width;
} Numbers;

/* n_columns columns of n_samples codes below n_levels, one after another; how many of them are
   measured together, and their tiles, if they have any. */
typedef struct {
    Numbers codes;
    int64_t n_columns, n_levels, n_together;
    const uint8_t *tiles;
} Block;

/* Selected columns Z, and what terms given them take besides tables. Choices that are made are
   added. */
typedef struct {
    int64_t n, *column;
    const int64_t *constant; /* of every column, sum of F over (Z, Y), less that over Z */
    const double *offset;    /* of every column */
    Means *means;            /* by chance; NULL where nothing is taken off */
} Given;

/* What candidates are measured by. */
typedef struct {
    int64_t n_samples, n_features, n_blocks, n_y;
    const Block *blocks;
    const int64_t *block, *place; /* of every column */
    Numbers y;
    Given given;
    CellTable f;
    const double *k_log_k;  /* as means by chance take it */
    double total, rounding; /* units of F in a nat a sample, and nats that are none */
} Terms;

/* What is known of every column; the last two are changed. */
typedef struct {
    const double *cap;
    double *term;
    int64_t *age;
} Least;

/* Candidates that far below the best are left behind; scores are rounded to the nearest of `per_nat`
   in a nat; choices to make, and terms after which no other is made. */
typedef struct {
    double slack, per_nat;
    int64_t n_choices, most_terms;
} Limits;

/* Codes of one column. */
typedef struct {
    Numbers codes;
    int64_t n_levels;
} Column;

/* What is returned in place of the number of choices: memory does not suffice, or columns do not
   ascend, are in no block, or have more terms than there are. */
enum { NO_MEMORY = -1, WRONG_COLUMNS = -2 };

int64_t lower_best_first_c(Terms *terms, Least least, const int64_t *columns, int64_t n_columns,
                           Limits limits, int64_t *n_terms);

#endif
