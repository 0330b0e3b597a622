/* The rules of counting: which way takes the least time, by sizes alone.

   All are measured: scans by either way took the same time at about these sizes. Whether a way can
   count at all, the kernels know. mifs/counts/tables.py says when columns are worth the tiles of a
   sweep. */
#ifndef MIFS_WAYS_H
#define MIFS_WAYS_H

#include <stdint.h>

enum {
    SWEPT_LEVELS = 32, /* with more, every pass over eleven of them costs as much as counting */
    FEW_LANES = 8, /* columns of a strip for which a sweep of all of it does not pay */
    FEW_BITS = 24, /* columns abreast for which one does not: 8 to 50, by rows and states */
    ROWS_OF_A_GROUP = 4, /* shorter groups spend their time on clearing and adding up */
    FEW_ROWS = 20, /* of a z: to compare all takes 0.7 of counting ten levels, 1.2 of three */
    ROWS_OF_A_BLOCK = 8192,
    ROWS_OF_A_STATE = 64, /* in a block */
    BLOCKED_STATES = 1024,
};

/* How strips are swept, if at all: with counts that stay bytes, or with counts of 32 bits. */
typedef enum { NO_SWEEP, NARROW_SWEEP, WIDE_SWEEP } Way;

/* Two levels are kept as bits, of which a sweep adds up many at once: it costs a sixth of one over
   bytes where groups are long, as much where they have two rows, and up to 1.8 times as much where
   each has one. */
static inline int are_bits(int64_t n_levels) { return n_levels == 2; }

static inline int is_worth_tiles(int64_t n_samples, int64_t n_levels) {
    return n_levels <= SWEPT_LEVELS && n_samples > n_levels;
}

/* A block fits the second cache, and has rows of each state for a sweep to last. Many more states
   would not leave their counts there. */
static inline int64_t rows_of_a_block(int64_t n_samples, int64_t n_states) {
    const int64_t enough = ROWS_OF_A_STATE * n_states;
    const int64_t n_rows = enough > ROWS_OF_A_BLOCK ? enough : ROWS_OF_A_BLOCK;
    return n_states > BLOCKED_STATES || n_samples < 2 * n_rows ? n_samples : n_rows;
}

/* Adding up sample by sample costs less than clearing and reading all cells; with one class each
   sample adds to one table, not two. */
static inline int is_worth_tallying(int64_t n_samples, int64_t n_y, int64_t n_cells) {
    return n_y > 1 ? n_cells > n_samples : 3 * n_cells > 2 * n_samples;
}

/* A narrow sweep beats samples one by one even where each is alone in its group. One of bits does,
   while the counts of a z stay in the second cache. */
static inline Way way_of_tiles(int64_t n_samples, int64_t n_z, int64_t n_y, int64_t n_levels,
                               int is_narrow, int is_tallied) {
    if (are_bits(n_levels)) return n_y <= BLOCKED_STATES ? WIDE_SWEEP : NO_SWEEP;
    if (is_narrow) return NARROW_SWEEP;
    return n_samples >= ROWS_OF_A_GROUP * n_z * n_y && !is_tallied ? WIDE_SWEEP : NO_SWEEP;
}

/* Several tables of a histogram take longer to clear and to add up. */
static inline int is_worth_tables(int64_t n_samples, int64_t n_cells) {
    return n_samples >= 2 * n_cells;
}

/* Rows of a z that are so few that each is compared with all, fewer than a vector has bytes. With one
   class, the rows of a class are all rows, and each would be compared for nothing. */
static inline int64_t few_rows_of(int64_t n_y, int vector) {
    return n_y == 1 ? 0 : FEW_ROWS < vector ? FEW_ROWS : vector - 1;
}

/* Each cell costs what comparing all samples with it does, and adding up its vector. */
static inline int is_worth_comparing(int64_t n_samples, int64_t n_cells, int vector) {
    return 4 * n_cells <= 7 * vector && n_samples >= 16 * n_cells;
}

#endif
