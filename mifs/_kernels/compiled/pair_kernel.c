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
    if (n < FEWEST_PAIRED || levels.n_shared > PAIR_STRIDE || levels.n_y > most ||
        levels.n_one > most || levels.n_other > most)
        return 0;
    const int64_t n_cells = levels.n_y * cells_of_a_class(levels), n_sy = levels.n_shared * levels.n_y;
    return n_cells <= MOST_CELLS && 2 * n_cells <= n && !is_compared(n, n_sy * levels.n_one) &&
           !is_compared(n, n_sy * levels.n_other);
}

static int64_t most_cells(int64_t n) { return n / 2 < MOST_CELLS ? n / 2 : MOST_CELLS; }

int64_t pair_room(int64_t n) { return 2 * (most_cells(n) + APART); }

int64_t pair_table_room(int64_t n) { return most_cells(n); }

#define BODY "pair_body.h"
#include "widths.h"

void count_pair(const uint8_t *shared, const uint8_t *one, const uint8_t *other,
                const uint16_t *y_first, int64_t n, Levels levels, uint16_t *room, int32_t *of_one,
                int32_t *of_other) {
    memset(of_one, 0, sizeof(int32_t) * levels.n_y * levels.n_one * PAIR_STRIDE);
    memset(of_other, 0, sizeof(int32_t) * levels.n_y * levels.n_other * PAIR_STRIDE);
    for (int64_t start = 0; start < n; start += ROWS_OF_A_PART) {
        const int64_t some = n - start < ROWS_OF_A_PART ? n - start : ROWS_OF_A_PART;
#define CALL(suffix)                                                                             \
    count_part##suffix(shared + start, one + start, other + start, y_first + start, some, levels, \
                       room, of_one, of_other)
        CHOSEN(CALL);
#undef CALL
    }
}
