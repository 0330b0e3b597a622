/* Counts of coded columns against a state per sample, and sums of a cell function over them. */
#ifndef MIFS_COUNTING_H
#define MIFS_COUNTING_H

#include <stdint.h>

#include "cell_table.h"
#include "chance_kernel.h"
#include "tiles_kernel.h"
#include "turns.h"

/* Codes of `width` bytes, column by column, and the first of the rows that are counted. */
typedef struct {
    const void *codes;
    int width;
    int64_t n_samples, first_row;
} Columns;

/* What every candidate is counted against: Z and Y, each sample's pair of them in one number. */
typedef struct {
    int64_t n_samples, n_z, n_y; /* n_samples: rows that are counted */
    const int32_t *state; /* z * n_y + y */
} Condition;

/* What a sweep goes by: codes from tile_codes(), of all rows, and those rows from group_rows() that
   are counted; NULL for neither. */
typedef struct {
    const uint8_t *tiles;
    int64_t n_columns; /* in the tiles */
    const int64_t *start;
    const int32_t *rows;
} Sweep;

/* Where results go, one for each candidate: sums of F over its cells with (Z, Y) and with Z, and,
   if not NULL, of the means by chance of its levels in each Z, and its counts with Z, of shape
   (n_z, n_levels), those of the candidate at `first_place` first. */
typedef struct {
    int64_t *sum_zyx, *sum_zx, *chance;
    int32_t *zx;
    int64_t first_place;
} Sums;

/* What is asked about columns `places` of values below n_levels: sums of F, and of means by chance
   unless `chance` is NULL; or, where `counts` is not NULL, their whole tables, each of shape (n_z,
   n_y, n_levels). Results begin as zeros. */
typedef struct {
    Columns columns;
    Sweep sweep;
    const int64_t *places;
    int64_t n_places, n_levels;
    Condition condition;
    CellTable f;
    const Chance *chance;
    Sums out;
    int32_t *counts;
    Turns *turns; /* each of some columns of one tile, or of those abreast; NULL of one thread */
} Job;

/* Count, all columns or those whose turns are taken here. Means by chance are kept where the job
   says by the thread that calls; who helps keeps its own. Returns 0, or -1 where memory does not
   suffice. */
int scan(const Job *job, int is_helper);

/* The sums of scan() from such tables of counts. */
void sum_tables(const int32_t *counts, int64_t n_places, int64_t n_z, int64_t n_y,
                int64_t n_levels, CellTable f, Sums out);

#endif
