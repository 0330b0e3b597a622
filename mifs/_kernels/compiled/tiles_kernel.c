#include "tiles_kernel.h"

#include <string.h>

#include "transpose.h"
#include "ways.h"

enum {
    LANES_AT_ONCE = 8, /* columns that are laid out together: the bytes of a word */
    ROWS_TILED_AT_ONCE = 2048,
    QUARTERS = 4,
};

#if HAVE_SWEEP
#define BODY "tiles_body.h"
#include "byte_widths.h"
#endif

/* Two codes, or eight, share a byte where they fit. */
static int bytes_of_a_row(int64_t n_levels) {
    return are_bits(n_levels) ? TILE / 8 : n_levels <= PACKED_LEVELS ? HALF : TILE;
}

int64_t columns_abreast(int64_t n_levels) { return are_bits(n_levels) ? ABREAST : TILE; }

/* Where the rows of a tile begin, and how far apart they are: those of tiles of bits lie side by
   side. */
static int64_t first_byte(int64_t tile, int64_t n_samples, int64_t n_levels) {
    const int64_t beside = are_bits(n_levels) ? tile % TILES_ABREAST : 0;
    return ((tile - beside) * n_samples + beside) * bytes_of_a_row(n_levels);
}

static int bytes_apart(int64_t tile, int64_t n_tiles, int64_t n_levels) {
    const int64_t n_left = n_tiles - (tile - tile % TILES_ABREAST);
    const int n_abreast = n_left < TILES_ABREAST ? (int)n_left : TILES_ABREAST;
    return bytes_of_a_row(n_levels) * (are_bits(n_levels) ? n_abreast : 1);
}

int64_t count_blocks(int64_t n_samples, int64_t n_states) {
    const int64_t n_rows = rows_of_a_block(n_samples, n_states);
    return n_samples == 0 ? 1 : (n_samples + n_rows - 1) / n_rows;
}

Tile find_tile(const ByteColumns *tiles, int64_t tile, int64_t first_row, int64_t n_rows,
               int64_t n_states) {
    const int64_t n_samples = tiles->n_samples, n_levels = tiles->n_levels;
    const int stride = bytes_apart(tile, tiles->n_columns / TILE, n_levels);
    const int64_t first = first_byte(tile, n_samples, n_levels) + first_row * stride;
    const int64_t n_bytes = bytes_of_tiles(tiles->n_columns, n_samples, n_levels);
    return (Tile){tiles->codes + first, stride, count_blocks(n_rows, n_states),
                  rows_of_a_block(n_rows, n_states), (n_bytes - first) / stride};
}

int64_t columns_in_tiles(int64_t n_columns, int64_t n_samples, int64_t n_levels) {
    if (!HAVE_SWEEP || !is_worth_tiles(n_samples, n_levels)) return 0;
    const int64_t left = n_columns % TILE, few = are_bits(n_levels) ? 0 : FEW_LANES;
    return n_columns - left + (left > few ? TILE : 0);
}

int64_t bytes_of_tiles(int64_t n_tiled, int64_t n_samples, int64_t n_levels) {
    const int64_t n_bytes = n_tiled / TILE * n_samples * bytes_of_a_row(n_levels);
    return n_bytes > 0 && are_bits(n_levels) ? n_bytes + BYTES_BEHIND : n_bytes;
}

static int at_most(int64_t a, int most) { return a < 0 ? 0 : a < most ? (int)a : most; }

/* Lay out the columns of some rows, a few columns at a time: the lines that these are written to
   stay in the first cache. Of `width` bytes for each row that are HALF, the high half of each has
   the second half of the columns. */
static void tile_rows(const uint8_t *first, int64_t n_samples, int64_t n_lanes, int64_t n_rows,
                      int width, int stride, uint8_t *own) {
    int64_t row = 0;
    for (int lane = 0; lane < width; lane += LANES_AT_ONCE) {
        const uint8_t *low = first + lane * n_samples, *high = low + HALF * n_samples;
        const int n_low = at_most(n_lanes - lane, LANES_AT_ONCE);
        const int n_high = width == HALF ? at_most(n_lanes - lane - HALF, LANES_AT_ONCE) : 0;
#if HAVE_SWEEP
#define LANES_OF(width) tile_lanes##width(low, n_samples, n_low, n_high, n_rows, stride, own + lane)
        row = OF_WIDTH(LANES_OF);
#undef LANES_OF
#endif
        for (int64_t i = row; i < n_rows; i++)
            for (int l = 0; l < LANES_AT_ONCE; l++) {
                const uint8_t below = l < n_low ? low[l * n_samples + i] : 0;
                const uint8_t above = l < n_high ? high[l * n_samples + i] : 0;
                own[i * stride + lane + l] = (uint8_t)(below | above << 4);
            }
    }
}

/* Put the bits of eight columns into the bytes of one, which are laid out as codes of its rows. */
static void tile_bits(const uint8_t *first, int64_t n_samples, int64_t n_lanes, int64_t n_rows,
                      int stride, uint8_t *own) {
    uint8_t bytes[TILE / 8][ROWS_TILED_AT_ONCE] = {{0}};
    for (int64_t lane = n_lanes - 1; lane >= 0; lane--) {
        const uint8_t *column = first + lane * n_samples;
        uint8_t *into = bytes[lane / 8];
        for (int64_t i = 0; i < n_rows; i++) into[i] = (uint8_t)(into[i] + into[i] + column[i]);
    }
    tile_rows(bytes[0], ROWS_TILED_AT_ONCE, TILE / 8, n_rows, TILE / 8, stride, own);
}

void tile_codes(const ByteColumns *columns, int64_t tile, int64_t first_row, int64_t n_rows,
                uint8_t *tiles) {
    const int64_t n_samples = columns->n_samples, n_levels = columns->n_levels;
    const int width = bytes_of_a_row(n_levels);
    const int stride = bytes_apart(tile, (columns->n_columns + TILE - 1) / TILE, n_levels);
    const uint8_t *first = columns->codes + tile * TILE * n_samples;
    const int64_t n_lanes = at_most(columns->n_columns - tile * TILE, TILE);
    uint8_t *own = tiles + first_byte(tile, n_samples, n_levels);
    const int64_t end = at_most(n_samples - first_row, n_rows) + first_row;
    for (int64_t i = first_row; i < end; i += ROWS_TILED_AT_ONCE) {
        const int64_t n = at_most(end - i, ROWS_TILED_AT_ONCE);
        if (are_bits(n_levels))
            tile_bits(first + i, n_samples, n_lanes, n, stride, own + i * stride);
        else
            tile_rows(first + i, n_samples, n_lanes, n, width, stride, own + i * stride);
    }
}

/* Largest of some states, as numbers without a sign: one below zero is beyond all others. */
static uint32_t highest_state(const int32_t *state, int64_t n) {
    uint32_t highest = 0;
    for (int64_t i = 0; i < n; i++)
        highest = (uint32_t)state[i] > highest ? (uint32_t)state[i] : highest;
    return highest;
}

/* Order the rows from `first` by their state, of which there are few. Quarters of them are walked
   side by side, each by counts of its own, so that equal states in a row do not wait for each
   other. */
static void order_few(const int32_t *state, int32_t first, int64_t n, int64_t n_states,
                      int64_t *start, int32_t *rows) {
    int32_t next[QUARTERS][BLOCKED_STATES];
    const int64_t n_abreast = n / QUARTERS;
    for (int q = 0; q < QUARTERS; q++) memset(next[q], 0, sizeof(int32_t) * n_states);
    for (int64_t i = 0; i < n_abreast; i++) {
        PREFETCH(rows + first + QUARTERS * i); /* here in order, later in none */
        for (int q = 0; q < QUARTERS; q++) next[q][state[q * n_abreast + i]]++;
    }
    for (int64_t i = QUARTERS * n_abreast; i < n; i++) next[QUARTERS - 1][state[i]]++;
    int32_t sum = first;
    for (int64_t s = 0; s < n_states; s++) {
        start[s] = sum;
        for (int q = 0; q < QUARTERS; q++) {
            const int32_t count = next[q][s];
            next[q][s] = sum;
            sum += count;
        }
    }
    for (int64_t i = 0; i < n_abreast; i++)
        for (int q = 0; q < QUARTERS; q++) {
            const int64_t row = q * n_abreast + i;
            rows[next[q][state[row]]++] = first + (int32_t)row;
        }
    for (int64_t i = QUARTERS * n_abreast; i < n; i++)
        rows[next[QUARTERS - 1][state[i]]++] = first + (int32_t)i;
}

/* Order all rows by their state, of which there may be many. */
static void order_many(const int32_t *state, int64_t n, int64_t n_states, int64_t *start,
                       int32_t *rows) {
    int64_t *next = start + 1; /* one place late: filling moves each start on to the next one */
    memset(start, 0, sizeof(int64_t) * (n_states + 2));
    for (int64_t i = 0; i < n; i++) next[state[i] + 1]++;
    for (int64_t s = 0; s < n_states; s++) next[s + 1] += next[s];
    for (int64_t i = 0; i < n; i++) rows[next[state[i]]++] = (int32_t)i;
}

int group_rows(const int32_t *state, int64_t n_samples, int64_t n_states, int64_t *start,
               int32_t *rows) {
    const int64_t n_rows = rows_of_a_block(n_samples, n_states);
    for (int64_t first = 0; first < n_samples; first += n_rows, start += n_states) {
        const int64_t n = at_most(n_samples - first, n_rows);
        if (highest_state(state + first, n) >= n_states) return 1;
        if (n_states <= BLOCKED_STATES)
            order_few(state + first, (int32_t)first, n, n_states, start, rows);
        else
            order_many(state + first, n, n_states, start, rows);
    }
    *start = n_samples;
    memset(rows + n_samples, 0, sizeof(int32_t) * ROWS_AHEAD);
    return 0;
}
