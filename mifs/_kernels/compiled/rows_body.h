/* Rows of a strip, of VECTOR columns at once: how often each level occurs in them, and which are equal.

   Included by bodies of each width of vectors. */

#include "bytes_body.h"

/* Where a strip is in each row, and which bits of its bytes. */
typedef struct {
    const uint8_t *codes, *next_block;
    int stride, shift;
    uint8_t mask;
} SUFFIX(Strip);

TARGET static ALWAYS_INLINE SUFFIX(Strip) SUFFIX(find_strip)(const Tile *tile, int s,
                                                             const uint8_t *next_block) {
    const int place = s * VECTOR, is_packed = tile->stride == HALF, is_high = place >= HALF;
    const uint8_t *codes = tile->codes + (is_packed ? place % HALF : place);
    if (!is_packed) return (SUFFIX(Strip)){codes, next_block, tile->stride, 0, 0xFF};
    return (SUFFIX(Strip)){codes, next_block, tile->stride, is_high ? 4 : 0,
                           is_high ? 0xF0 : 0x0F};
}

/* Add up how often each of `n_bins` levels occurs in at most 255 rows. The sums, one byte a
   column, stay in registers; `rows` can be read ROWS_AHEAD beyond its end. */
TARGET static ALWAYS_INLINE void SUFFIX(sweep_rows)(const SUFFIX(Strip) *strip,
                                                    const int32_t *rows, int n_rows,
                                                    int first_bin, const int n_bins,
                                                    SUFFIX(bytes) *counts) {
    const uint8_t *codes = strip->codes, *next_block = strip->next_block;
    const int64_t stride = strip->stride;
    const SUFFIX(bytes) mask = (SUFFIX(bytes)){0} + strip->mask;
    SUFFIX(bytes) sum[BINS_AT_ONCE] = {{0}}, level[BINS_AT_ONCE];
    for (int b = 0; b < n_bins; b++)
        level[b] = (SUFFIX(bytes)){0} + (uint8_t)((first_bin + b) << strip->shift);
    for (int i = 0; i < n_rows; i++) {
        const SUFFIX(bytes) row = *(const SUFFIX(bytes) *)(codes + rows[i] * stride) & mask;
        PREFETCH(codes + rows[i + ROWS_AHEAD] * stride);
        PREFETCH(next_block + i * stride);
        for (int b = 0; b < n_bins; b++) sum[b] -= (SUFFIX(bytes))(row == level[b]);
    }
    for (int b = 0; b < n_bins; b++) counts[first_bin + b] = sum[b];
}

/* counts[bin] of strip s in at most 255 rows, from place `first` in their order. All bins but the
   last are counted; it is the rest. */
TARGET static void SUFFIX(sweep_bins)(const Tile *tile, int s, const int32_t *rows, int64_t first,
                                      int n_rows, int n_levels, SUFFIX(bytes) *counts) {
    const int last = n_levels - 1;
    const SUFFIX(Strip) strip = SUFFIX(find_strip)(tile, s, next_block(tile, first, n_rows));
    int bin = 0;
    rows += first;
    for (; last - bin > BINS_AT_ONCE; bin += BINS_AT_ONCE)
        SUFFIX(sweep_rows)(&strip, rows, n_rows, bin, BINS_AT_ONCE, counts);
    switch (last - bin) {
#define CASE(n)                                                  \
    case n:                                                      \
        SUFFIX(sweep_rows)(&strip, rows, n_rows, bin, n, counts); \
        break;
        CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6)
        CASE(7) CASE(8) CASE(9) CASE(10) CASE(11)
#undef CASE
    }
    counts[last] = (SUFFIX(bytes)){0} + (uint8_t)n_rows;
    for (bin = 0; bin < last; bin++) counts[last] -= counts[bin];
}

/* How many rows before a row, and before the next one, are equal to it; the two take turns. */
TARGET static ALWAYS_INLINE void SUFFIX(count_equal)(const SUFFIX(bytes) *row, int first, int end,
                                                     SUFFIX(bytes) one, SUFFIX(bytes) next,
                                                     SUFFIX(bytes) *n) {
    SUFFIX(bytes) n_one = n[0], n_next = n[1];
    for (int j = first; j < end; j++) {
        n_one -= (SUFFIX(bytes))(row[j] == one);
        n_next -= (SUFFIX(bytes))(row[j] == next);
    }
    n[0] = n_one;
    n[1] = n_next;
}

TARGET static ALWAYS_INLINE SUFFIX(bytes) SUFFIX(read_row)(const SUFFIX(Strip) *strip,
                                                           int64_t row) {
    const SUFFIX(bytes) mask = (SUFFIX(bytes)){0} + strip->mask;
    return *(const SUFFIX(bytes) *)(strip->codes + row * strip->stride) & mask;
}

/* How many of a few rows, in the order of their classes, are equal to each from class `first_y` on
   and before it: of those of its class, and of all. */
TARGET static ALWAYS_INLINE void SUFFIX(compare_rows)(const SUFFIX(Strip) *strip,
                                                      const int32_t *rows, const int64_t *start,
                                                      int64_t first_y, int64_t n_y,
                                                      SUFFIX(bytes) *of_class,
                                                      SUFFIX(bytes) *of_all) {
    const int n_rows = (int)(start[n_y] - start[0]);
    SUFFIX(bytes) row[FEW_ROWS + 1];
    for (int i = 0; i < n_rows; i++) row[i] = SUFFIX(read_row)(strip, rows[start[0] + i]);
    row[n_rows] = (SUFFIX(bytes)){0}; /* beside the last one, if their number is odd */
    for (int64_t y = first_y; y < n_y; y++) {
        const int first = (int)(start[y] - start[0]), end = (int)(start[y + 1] - start[0]);
        for (int i = first; i < end; i += 2) {
            SUFFIX(bytes) n[2] = {{0}, {0}};
            SUFFIX(count_equal)(row, first, i, row[i], row[i + 1], n);
            n[1] -= (SUFFIX(bytes))(row[i] == row[i + 1]);
            of_class[i] = n[0];
            of_class[i + 1] = n[1];
            SUFFIX(count_equal)(row, 0, first, row[i], row[i + 1], n);
            of_all[i] = n[0];
            of_all[i + 1] = n[1];
        }
    }
}
