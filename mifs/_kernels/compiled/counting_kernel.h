/* Counts of coded columns against a state per sample, and sums of a cell function over them. */
#ifndef MIFS_COUNTING_H
#define MIFS_COUNTING_H

#include <stdint.h>

#include "cell_table.h"
#include "chance_kernel.h"
#include "turns.h"

enum {
    TILE = 64, /* columns of a tile: one cache line of codes of one byte for each sample */
    HALF = TILE / 2,
    PACKED_LEVELS = 16, /* so few fit half a byte: a tile needs half the memory and its traffic */
    TILES_ABREAST = 4,  /* of bits: two levels fit one, and the rows of four tiles one vector */
    ABREAST = TILES_ABREAST * TILE,
    BYTES_BEHIND = 24, /* the last tiles, where a vector may reach: four rows, one of them last */
    ROWS_AHEAD = 24, /* of the prefetch: rows of a group are in no order that a processor foresees */
};

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

/* How many columns' room a sweep's tiles for such columns have; the few beyond are counted one by
   one, all of them where a sweep would never be taken. */
int64_t columns_in_tiles(int64_t n_columns, int64_t n_samples, int64_t n_levels);

/* Columns of which codes lie side by side. */
int64_t columns_abreast(int64_t n_levels);

/* A sweep takes rows by blocks, where they are many: their codes come in order from memory, and in
   that of their states from the cache. */
int64_t count_blocks(int64_t n_samples, int64_t n_states);

/* Rows of each block in the order of their state, those of state s in block b from start[b *
   n_states + s] to the next start. `start` has one place for each, and two more, the last of them to
   work in, and comes as zeros: of no rows nothing is written. `rows` has ROWS_AHEAD more than
   samples. Returns 1 if a state is not one of them. */
int group_rows(const int32_t *state, int64_t n_samples, int64_t n_states, int64_t *start,
               int32_t *rows);

/* Lay out some rows of one tile of columns among the tiles, which follow each other. A tile has a row for each
   sample, a byte for each column or, of few levels, half a byte: column j has the low half of byte
   j, column HALF + j the high one. Columns that are missing are 0.

   Of two levels each column has a bit, column j that of 1 << j % 8 in byte j / 8. The rows of four
   tiles, or of those that are left, then lie side by side. */
typedef struct {
    const uint8_t *codes;
    int64_t n_columns, n_samples, n_levels;
} ByteColumns;

void tile_codes(const ByteColumns *columns, int64_t tile, int64_t first_row, int64_t n_rows,
                uint8_t *tiles);
int64_t bytes_of_tiles(int64_t n_tiled, int64_t n_samples, int64_t n_levels);

#endif
