#include "histogram_kernel.h"

#include <string.h>

#include "ways.h"

enum {
    TABLES = 4,   /* in turn: no sample waits for the count of the one before, often its own */
    AT_ONCE = 64, /* samples whose cells are found in vectors */
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

int64_t histogram_room(int64_t n, int64_t n_cells) {
    return is_worth_tables(n, n_cells) ? TABLES * (n_cells + APART) : n_cells;
}

#define HISTOGRAM(name, code, cell)                                                              \
    void name(const code *codes, const cell *first_cell, int64_t n, int64_t n_cells,             \
              int32_t *cells) {                                                                  \
        memset(cells, 0, sizeof(int32_t) * histogram_room(n, n_cells));                          \
        int64_t i = 0;                                                                           \
        if (is_worth_tables(n, n_cells)) {                                                       \
            int32_t *second = cells + n_cells + APART, *third = second + n_cells + APART;        \
            int32_t *fourth = third + n_cells + APART;                                           \
            for (; i + AT_ONCE <= n; i += AT_ONCE) {                                             \
                cell of[AT_ONCE];                                                                \
                for (int j = 0; j < AT_ONCE; j++)                                                \
                    of[j] = (cell)(first_cell[i + j] + codes[i + j]);                            \
                for (int j = 0; j < AT_ONCE; j += TABLES) {                                      \
                    cells[of[j]]++;                                                              \
                    second[of[j + 1]]++;                                                         \
                    third[of[j + 2]]++;                                                          \
                    fourth[of[j + 3]]++;                                                         \
                }                                                                                \
            }                                                                                    \
            for (int64_t c = 0; c < n_cells; c++) cells[c] += second[c] + third[c] + fourth[c];  \
        }                                                                                        \
        for (; i < n; i++) cells[(cell)(first_cell[i] + codes[i])]++;                            \
    }
static HISTOGRAM(histogram_in_tables, uint8_t, uint8_t)
static HISTOGRAM(histogram_1_2, uint8_t, uint16_t)
static HISTOGRAM(histogram_1_4, uint8_t, uint32_t)
static HISTOGRAM(histogram_2_2, uint16_t, uint16_t)
static HISTOGRAM(histogram_2_4, uint16_t, uint32_t)
static HISTOGRAM(histogram_4_4, uint32_t, uint32_t)

#if HAVE_BYTE_VECTORS
#define BODY "histogram_body.h"
#include "byte_widths.h"
#endif

static void histogram_1_1(const uint8_t *codes, const uint8_t *first_cell, int64_t n, int64_t n_cells,
                   int32_t *cells) {
    int64_t n_compared = 0;
#if HAVE_AVX2_BODY
    if (simd_level() == SIMD_AVX2) {
        if (is_worth_comparing(n, n_cells, 32))
            n_compared = compare_32(codes, first_cell, n, (int)n_cells, cells);
    } else
#endif
#if HAVE_BYTE_VECTORS
    if (is_worth_comparing(n, n_cells, 16))
        n_compared = compare_16(codes, first_cell, n, (int)n_cells, cells);
#endif
    if (n_compared == 0) {
        histogram_in_tables(codes, first_cell, n, n_cells, cells);
        return;
    }
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
