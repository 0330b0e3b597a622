#include "histogram_kernel.h"

#include <string.h>

#include "ways.h"

enum {
    TABLES = 4,   /* in turn: no sample waits for the count of the one before, often its own */
    AT_ONCE = 256, /* samples whose cells are found in vectors, long before each is read */
    APART = 16,   /* more than n_cells between tables: the same cells do not share the last bits of
                     their addresses, which loads would take for those of stores */
    CELLS_AT_ONCE = 12, /* vector registers for counts; two more hold cells and one of them */
};

int bytes_of_cells(int64_t n_cells) {
    return n_cells <= UINT8_MAX + 1 ? 1 : n_cells <= UINT16_MAX + 1 ? 2 : 4;
}

void find_first_cells(const int32_t *state, int64_t n, int64_t n_levels, int bytes,
                      void *first_cell) {
    uint8_t *u1 = first_cell;
    uint16_t *u2 = first_cell;
    uint32_t *u4 = first_cell;
    const uint32_t step = (uint32_t)n_levels;
    if (bytes == 1)
        for (int64_t i = 0; i < n; i++) u1[i] = (uint8_t)((uint32_t)state[i] * step);
    if (bytes == 2)
        for (int64_t i = 0; i < n; i++) u2[i] = (uint16_t)((uint32_t)state[i] * step);
    if (bytes == 4)
        for (int64_t i = 0; i < n; i++) u4[i] = (uint32_t)state[i] * step;
}

/* Whether cells are so few that all samples are compared with each. */
int is_compared(int64_t n, int64_t n_cells) {
    const int vector = !HAVE_BYTE_VECTORS ? 0 : simd_level() == SIMD_AVX2 ? 32 : 16;
    return is_worth_comparing(n, n_cells, vector);
}

int64_t histogram_room(int64_t n, int64_t n_cells) {
    return is_worth_tables(n, n_cells) ? TABLES * (n_cells + APART) : n_cells;
}

/* Counts of n samples, of which `cell_of` is the cell of sample i. */
#define COUNT(cell, cell_of)                                                                   \
    do {                                                                                       \
        memset(cells, 0, sizeof(int32_t) * histogram_room(n, n_cells));                        \
        if (!is_worth_tables(n, n_cells)) {                                                    \
            for (int64_t i = 0; i < n; i++) cells[(cell)(cell_of)]++;                          \
            break;                                                                             \
        }                                                                                      \
        int32_t *second = cells + n_cells + APART, *third = second + n_cells + APART;          \
        int32_t *fourth = third + n_cells + APART;                                             \
        for (int64_t start = 0; start < n; start += AT_ONCE) {                                 \
            const int some = n - start < AT_ONCE ? (int)(n - start) : AT_ONCE;                 \
            int j = 0;                                                                         \
            cell of[AT_ONCE];                                                                  \
            for (int64_t i = start; i < start + some; i++) of[i - start] = (cell)(cell_of);    \
            for (; j + TABLES <= some; j += TABLES) {                                          \
                cells[of[j]]++;                                                                \
                second[of[j + 1]]++;                                                           \
                third[of[j + 2]]++;                                                            \
                fourth[of[j + 3]]++;                                                           \
            }                                                                                  \
            for (; j < some; j++) cells[of[j]]++;                                              \
        }                                                                                      \
        for (int64_t c = 0; c < n_cells; c++) cells[c] += second[c] + third[c] + fourth[c];    \
    } while (0)

#define HISTOGRAM(name, code, cell)                                                              \
    static void name(const code *codes, const cell *first_cell, int64_t n, int64_t n_cells,      \
                     int32_t *cells) {                                                           \
        COUNT(cell, first_cell[i] + codes[i]);                                                   \
    }
HISTOGRAM(histogram_in_tables, uint8_t, uint8_t)
HISTOGRAM(histogram_1_2, uint8_t, uint16_t)
HISTOGRAM(histogram_1_4, uint8_t, uint32_t)
HISTOGRAM(histogram_2_2, uint16_t, uint16_t)
HISTOGRAM(histogram_2_4, uint16_t, uint32_t)
HISTOGRAM(histogram_4_4, uint32_t, uint32_t)

void histogram_with_z(const uint8_t *codes, const uint8_t *z, uint8_t step,
                      const uint8_t *first_cell, int64_t n, int64_t n_cells, int32_t *cells) {
    COUNT(uint8_t, first_cell[i] + z[i] * step + codes[i]);
}

#if HAVE_BYTE_VECTORS
#define BODY "histogram_body.h"
#include "byte_widths.h"
#endif

static void histogram_1_1(const uint8_t *codes, const uint8_t *first_cell, int64_t n,
                          int64_t n_cells, int32_t *cells) {
    int64_t n_compared = 0;
    if (!is_compared(n, n_cells)) {
        histogram_in_tables(codes, first_cell, n, n_cells, cells);
        return;
    }
#if HAVE_AVX2_BODY
    if (simd_level() == SIMD_AVX2)
        n_compared = compare_32(codes, first_cell, n, (int)n_cells, cells);
    else
#endif
#if HAVE_BYTE_VECTORS
    n_compared = compare_16(codes, first_cell, n, (int)n_cells, cells);
#endif
    for (int64_t i = n_compared; i < n; i++) cells[(uint8_t)(first_cell[i] + codes[i])]++;
}

void histogram(const void *codes, int bytes_of_a_code, const void *first_cell,
               int bytes_of_a_cell, int64_t n, int64_t n_cells, int32_t *cells) {
    switch (10 * bytes_of_a_code + bytes_of_a_cell) {
    case 11: histogram_1_1(codes, first_cell, n, n_cells, cells); break;
    case 12: histogram_1_2(codes, first_cell, n, n_cells, cells); break;
    case 14: histogram_1_4(codes, first_cell, n, n_cells, cells); break;
    case 22: histogram_2_2(codes, first_cell, n, n_cells, cells); break;
    case 24: histogram_2_4(codes, first_cell, n, n_cells, cells); break;
    case 44: histogram_4_4(codes, first_cell, n, n_cells, cells); break;
    }
}
