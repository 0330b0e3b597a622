/* Codes of columns laid out side by side, and rows in the order of their states: what sweeps read. */
#ifndef MIFS_TILES_H
#define MIFS_TILES_H

#include <stdint.h>

#include "simd.h"

enum {
    TILE = 64, /* columns of a tile: one cache line of codes of one byte for each sample */
    HALF = TILE / 2,
    PACKED_LEVELS = 16, /* so few fit half a byte: a tile needs half the memory and its traffic */
    TILES_ABREAST = 4,  /* of bits: two levels fit one, and the rows of four tiles one vector */
    ABREAST = TILES_ABREAST * TILE,
    BYTES_BEHIND = 24, /* the last tiles, where a vector may reach: four rows, one of them last */
    ROWS_AHEAD = 24, /* of the prefetch: rows of a group are in no order that a processor foresees */
};

/* Whether there are vectors to sweep by: words that are turned are read as bytes. */
#define HAVE_SWEEP HAVE_BYTE_VECTORS

/* Call one of two functions that are named by the width of their vectors; the argument is a macro
   that takes their suffix. */
#if HAVE_AVX2_BODY
#define OF_WIDTH(call) (simd_level() == SIMD_AVX2 ? call(_32) : call(_16))
#else
#define OF_WIDTH(call) call(_16)
#endif

/* Codes below n_levels of one byte, column by column, or their tiles. */
typedef struct {
    const uint8_t *codes;
    int64_t n_columns, n_samples, n_levels;
} ByteColumns;

/* How many columns' room a sweep's tiles for such columns have; the few beyond are counted one by
   one, all of them where a sweep would never be taken. */
HIDDEN int64_t columns_in_tiles(int64_t n_columns, int64_t n_samples, int64_t n_levels);
HIDDEN int64_t bytes_of_tiles(int64_t n_tiled, int64_t n_samples, int64_t n_levels);

/* Columns of which codes lie side by side. */
HIDDEN int64_t columns_abreast(int64_t n_levels);

/* Lay out some rows of one tile of columns among the tiles, which follow each other. A tile has a
   row for each sample, a byte for each column or, of few levels, half a byte: column j has the low
   half of byte j, column HALF + j the high one. Columns that are missing are 0.

   Of two levels each column has a bit, column j that of 1 << j % 8 in byte j / 8. The rows of four
   tiles, or of those that are left, then lie side by side. */
HIDDEN void tile_codes(const ByteColumns *columns, int64_t tile, int64_t first_row, int64_t n_rows,
                       uint8_t *tiles);

/* A sweep takes rows by blocks, where they are many: their codes come in order from memory, and in
   that of their states from the cache. */
HIDDEN int64_t count_blocks(int64_t n_samples, int64_t n_states);

/* Rows of each block in the order of their state, those of state s in block b from start[b *
   n_states + s] to the next start. `start` has one place for each, and two more, the last of them to
   work in, and comes as zeros: of no rows nothing is written. `rows` has ROWS_AHEAD more than
   samples. Returns 1 if a state is not one of them. */
HIDDEN int group_rows(const int32_t *state, int64_t n_samples, int64_t n_states, int64_t *start,
                      int32_t *rows);

/* Codes of TILE columns, or of ABREAST, side by side in `stride` bytes for each sample, and the
   blocks of rows in which they are swept. */
typedef struct {
    const uint8_t *codes;
    int stride;
    int64_t n_blocks, rows_of_a_block;
    int64_t n_rows_left; /* of this tile and of those behind it */
} Tile;

/* One of the tiles of all columns, of which some rows are swept. */
HIDDEN Tile find_tile(const ByteColumns *tiles, int64_t tile, int64_t first_row, int64_t n_rows,
                      int64_t n_states);

/* Where the next block is while some rows of this one are swept, in the order in which it is laid
   out: it is on its way into the cache when its rows come in the order of their states. */
static ALWAYS_INLINE const uint8_t *next_block(const Tile *tile, int64_t first, int n_rows) {
    const int64_t row = first + tile->rows_of_a_block;
    return row + n_rows <= tile->n_rows_left ? tile->codes + row * tile->stride : tile->codes;
}

#endif
