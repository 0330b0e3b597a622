/* Codes laid out as tiles, VECTOR rows at once. */

#include "bytes_body.h"

/* Lay out up to eight columns, and as many of the other half of the tile above them in the same
   bytes; the number of rows that are, of whole vectors, is returned. */
TARGET static int64_t SUFFIX(tile_lanes)(const uint8_t *low, int64_t n_samples, int n_low,
                                         int n_high, int64_t n_rows, int stride, uint8_t *to) {
    const uint8_t *high = low + HALF * n_samples;
    int64_t i = 0;
    for (; i + VECTOR <= n_rows; i += VECTOR) {
        SUFFIX(words) row[LANES_AT_ONCE] = {{0}};
        for (int l = 0; l < n_low; l++)
            row[l] = *(const SUFFIX(words) *)(low + l * n_samples + i);
        for (int l = 0; l < n_high; l++)
            row[l] |= *(const SUFFIX(words) *)(high + l * n_samples + i) << 4;
        TRANSPOSE_BYTES(SUFFIX(words), row);
        for (int word = 0; word < VECTOR / 8; word++)
            for (int j = 0; j < 8; j++) {
                const uint64_t of_row = row[j][word];
                memcpy(to + (i + 8 * word + j) * stride, &of_row, 8);
            }
    }
    return i;
}

#undef VECTOR
#undef TARGET
#undef SUFFIX
