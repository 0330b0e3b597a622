#include "pair_kernel.h"

#include <string.h>

#include "histogram_kernel.h"

enum {
    AT_ONCE = 256, /* samples whose cells are found in vectors */
    APART = 32,    /* more than all cells between the two tables, as in histogram_kernel.c */
    MOST_CELLS = UINT16_MAX + 1,
    ROWS_OF_A_PART = UINT16_MAX - UINT16_MAX % AT_ONCE, /* what counts of 16 bits hold */
};

int64_t cells_of_a_class(Levels levels) { return levels.n_one * levels.n_other * PAIR_STRIDE; }

int is_worth_pairing(int64_t n, Levels levels) {
    const int64_t most = UINT8_MAX + 1;
    if (levels.n_shared > PAIR_STRIDE || levels.n_y > most || levels.n_one > most ||
        levels.n_other > most)
        return 0;
    const int64_t n_cells = levels.n_y * cells_of_a_class(levels), n_sy = levels.n_shared * levels.n_y;
    return n_cells <= MOST_CELLS && 2 * n_cells <= n && !is_compared(n, n_sy * levels.n_one) &&
           !is_compared(n, n_sy * levels.n_other);
}

static int64_t most_cells(int64_t n) { return n / 2 < MOST_CELLS ? n / 2 : MOST_CELLS; }

int64_t pair_room(int64_t n) { return 2 * (most_cells(n) + APART); }

int64_t pair_table_room(int64_t n) { return most_cells(n); }

/* Count some samples in two tables in turn, and add them to the tables of both pairs. */
static void count_part(const uint8_t *shared, const uint8_t *one, const uint8_t *other,
                       const uint16_t *y_first, int64_t n, Levels levels, uint16_t *room,
                       int32_t *of_one, int32_t *of_other) {
    const int64_t apart = levels.n_y * cells_of_a_class(levels) + APART;
    const uint16_t step = (uint16_t)(levels.n_other * PAIR_STRIDE);
    uint16_t *second = room + apart;
    memset(room, 0, sizeof(uint16_t) * 2 * apart);
    for (int64_t start = 0; start < n; start += AT_ONCE) {
        const int some = n - start < AT_ONCE ? (int)(n - start) : AT_ONCE;
        uint16_t of[AT_ONCE];
        int j = 0;
        for (int64_t i = start; i < start + some; i++)
            of[i - start] = (uint16_t)(y_first[i] + one[i] * step + other[i] * PAIR_STRIDE +
                                       shared[i]);
        for (; j + 4 <= some; j += 4) {
            room[of[j]]++;
            second[of[j + 1]]++;
            room[of[j + 2]]++;
            second[of[j + 3]]++;
        }
        for (; j < some; j++) room[of[j]]++;
    }
    for (int64_t y = 0; y < levels.n_y; y++, of_other += levels.n_other * PAIR_STRIDE)
        for (int64_t i = 0; i < levels.n_one; i++, of_one += PAIR_STRIDE) {
            uint16_t sum[PAIR_STRIDE] = {0};
            for (int64_t j = 0; j < levels.n_other; j++, room += PAIR_STRIDE)
                for (int l = 0; l < PAIR_STRIDE; l++) {
                    const uint16_t count = (uint16_t)(room[l] + room[apart + l]);
                    sum[l] = (uint16_t)(sum[l] + count);
                    of_other[j * PAIR_STRIDE + l] += count;
                }
            for (int l = 0; l < PAIR_STRIDE; l++) of_one[l] += sum[l];
        }
}

void count_pair(const uint8_t *shared, const uint8_t *one, const uint8_t *other,
                const uint16_t *y_first, int64_t n, Levels levels, uint16_t *room, int32_t *of_one,
                int32_t *of_other) {
    memset(of_one, 0, sizeof(int32_t) * levels.n_y * levels.n_one * PAIR_STRIDE);
    memset(of_other, 0, sizeof(int32_t) * levels.n_y * levels.n_other * PAIR_STRIDE);
    for (int64_t start = 0; start < n; start += ROWS_OF_A_PART) {
        const int64_t some = n - start < ROWS_OF_A_PART ? n - start : ROWS_OF_A_PART;
        count_part(shared + start, one + start, other + start, y_first + start, some, levels, room,
                   of_one, of_other);
    }
}
