/* Sums of F over the cells of a strip with Z and Y, less those with Z: VECTOR columns at once.

   Included once for each width of vectors, with VECTOR, TARGET and SUFFIX defined. Rows of the
   first class that a z has are no fewer equal to one of them in their class than in all: what they
   add to one sum they take from the other, and only later classes need be looked at. */

#include "stratum_body.h"

/* How many more cells of each count there are with Y than without, or fewer: a byte a column, of
   counts up to `top`, by fours; and how many rows have been looked at. */
typedef struct {
    SUFFIX(bytes) n_more[FEW_ROWS + 4];
    int top, n_rows;
} SUFFIX(Differences);

/* Add F of these cells to the sums, and forget them. A row before which there are k of its cell adds
   what F grows by after k; as many rows have fewer of one kind as have more of another, so that what
   it grows by after none may be taken off all. */
TARGET static void SUFFIX(add_up_differences)(SUFFIX(Differences) *found, const int64_t *value,
                                              int64_t n_values, int64_t *sum) {
    for (int k = 1; k <= found->top && k + 1 < n_values; k++) {
        const int8_t *n_more = (const int8_t *)(found->n_more + k);
        const int64_t step = value[k + 1] - value[k] - (value[1] - value[0]);
        for (int v = 0; v < VECTOR; v++) sum[v] += n_more[v] * step;
    }
    found->top = found->n_rows = 0;
}

/* Take rows by how many are equal to each and before it, in its class and in all. Four numbers are
   sought at once, as long as some row has so many. */
TARGET static ALWAYS_INLINE void SUFFIX(take_differences)(SUFFIX(Differences) *found,
                                                          const SUFFIX(bytes) *of_class,
                                                          const SUFFIX(bytes) *of_all, int first,
                                                          int end) {
    int is_more = 1;
    for (int k = 1; is_more; k += 4) {
        SUFFIX(bytes) *into = found->n_more + k, n[4] = {{0}, {0}, {0}, {0}}, more = {0};
        for (int j = 0; k < found->top && j < 4; j++) n[j] = into[j];
        for (int i = first; i < end; i++) {
            for (int j = 0; j < 4; j++) {
                const SUFFIX(bytes) number = (SUFFIX(bytes)){0} + (uint8_t)(k + j);
                n[j] += (SUFFIX(bytes))(of_all[i] == number);
                n[j] -= (SUFFIX(bytes))(of_class[i] == number);
            }
            more |= (SUFFIX(bytes))((SUFFIX(signs))of_all[i] > (int8_t)(k + 3));
        }
        for (int j = 0; j < 4; j++) into[j] = n[j];
        if (found->top < k + 3) found->top = k + 3;
        is_more = k + 4 < end && SUFFIX(any)(more);
    }
}

/* The first class that a z has, and whether it has another. */
static ALWAYS_INLINE int64_t SUFFIX(first_class)(const int64_t *start, int64_t n_y) {
    int64_t y = 0;
    while (y < n_y && start[y + 1] == start[0]) y++;
    return y;
}

TARGET static void SUFFIX(sweep_strip)(const Tile *tile, int s, const Counted *by,
                                       const Groups *groups, int64_t *sum) {
    const int64_t n_y = by->n_y;
    SUFFIX(bytes) of_class[FEW_ROWS + 1], of_all[FEW_ROWS + 1], of_z[SWEPT_LEVELS];
    SUFFIX(Differences) found;
    SUFFIX(Totals) totals;
    const SUFFIX(Strip) strip = SUFFIX(find_strip)(tile, s, tile->codes);
    int is_total = 0;
    found.top = found.n_rows = 0;
    memset(sum, 0, sizeof *sum * VECTOR);
    for (int64_t z = 0; z < groups->n_z; z++) {
        const int64_t *start = groups->start + z * n_y, n_rows = start[n_y] - start[0];
        const int64_t first_y = SUFFIX(first_class)(start, n_y);
        if (first_y == n_y) continue;
        const int first = (int)(start[first_y + 1] - start[0]);
        if (!by->chance && first == n_rows) continue;
        if (!by->chance && n_rows <= by->few_rows) {
            if (found.n_rows + n_rows - first > INT8_MAX)
                SUFFIX(add_up_differences)(&found, by->value, by->n_values, sum);
            found.n_rows += (int)n_rows - first;
            SUFFIX(compare_rows)(&strip, by->rows, start, first_y + 1, n_y, of_class, of_all);
            SUFFIX(take_differences)(&found, of_class, of_all, first, (int)n_rows);
        } else {
            if (!is_total) SUFFIX(begin_totals)(&totals, by);
            is_total = 1;
            const int64_t stratum = groups->stratum ? groups->stratum[z] : z;
            SUFFIX(take_stratum)(&totals, tile, s, by, stratum, start, of_z);
        }
    }
    SUFFIX(add_up_differences)(&found, by->value, by->n_values, sum);
    if (!is_total) return;
    SUFFIX(add_up_totals)(&totals, by);
    for (int v = 0; v < VECTOR; v++) {
        const int64_t sum_zyx = n_y > 1 ? totals.zyx.sum[v] : totals.zx.sum[v];
        sum[v] += sum_zyx - totals.zx.sum[v] - (by->chance ? totals.means.sum[v] : 0);
    }
}

#undef VECTOR
#undef TARGET
#undef SUFFIX
