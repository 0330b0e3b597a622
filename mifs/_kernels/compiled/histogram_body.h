/* Counts of few cells: VECTOR samples at once, compared with each cell.

   Included once for each width of vectors, with VECTOR, TARGET and SUFFIX defined. */

typedef uint8_t SUFFIX(bytes) __attribute__((vector_size(VECTOR), aligned(1), may_alias));

/* Add the counts of `n_cells` cells in at most 255 vectors of samples, kept in registers. */
TARGET static ALWAYS_INLINE void SUFFIX(compare_some)(const uint8_t *codes,
                                                      const uint8_t *first_cell, int n_vectors,
                                                      int first, const int n_cells,
                                                      int32_t *cells) {
    SUFFIX(bytes) sum[CELLS_AT_ONCE] = {{0}};
    for (int i = 0; i < n_vectors; i++) {
        const SUFFIX(bytes) cell = *(const SUFFIX(bytes) *)(codes + i * VECTOR) +
                                   *(const SUFFIX(bytes) *)(first_cell + i * VECTOR);
        for (int c = 0; c < n_cells; c++)
            sum[c] -= (SUFFIX(bytes))(cell == (SUFFIX(bytes)){0} + (uint8_t)(first + c));
    }
    for (int c = 0; c < n_cells; c++) {
        uint64_t word[VECTOR / 8], total = 0; /* four numbers of 16 bits, which hold all samples */
        memcpy(word, sum + c, VECTOR);
        for (int w = 0; w < VECTOR / 8; w++)
            total += (word[w] & 0x00FF00FF00FF00FFu) + (word[w] >> 8 & 0x00FF00FF00FF00FFu);
        cells[first + c] += (int32_t)(total * 0x0001000100010001u >> 48);
    }
}

/* Counts of the samples that fill vectors, and how many these are. The last cell has the rest. */
TARGET static int64_t SUFFIX(compare)(const uint8_t *codes, const uint8_t *first_cell, int64_t n,
                                      int n_cells, int32_t *cells) {
    const int last = n_cells - 1;
    n -= n % VECTOR;
    memset(cells, 0, sizeof(int32_t) * n_cells);
    for (int64_t start = 0; start < n; start += UINT8_MAX * VECTOR) {
        const int64_t left = (n - start) / VECTOR;
        const int some = (int)(left < UINT8_MAX ? left : UINT8_MAX);
        for (int c = 0; c < last; c += CELLS_AT_ONCE) {
            switch (last - c < CELLS_AT_ONCE ? last - c : CELLS_AT_ONCE) {
#define CASE(k)                                                                            \
    case k:                                                                                \
        SUFFIX(compare_some)(codes + start, first_cell + start, some, c, k, cells); \
        break;
                CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6)
                CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12)
#undef CASE
            }
        }
    }
    cells[last] = (int32_t)n;
    for (int c = 0; c < last; c++) cells[last] -= cells[c];
    return n;
}

#undef VECTOR
#undef TARGET
#undef SUFFIX
