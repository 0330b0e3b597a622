/* Sums of F over the cells of a strip with Z and Y, less those with Z: VECTOR columns at once.

   Included once for each width of vectors, with VECTOR, TARGET and SUFFIX defined. Of a z, a row of
   the first class has as many equal ones before it in its class as in all: what it adds to one sum it
   takes from the other, so that only rows of later classes are looked at. */

#include "stratum_body.h"

/* Of how many more rows there are so many equal ones before each in its class than in all, or of how
   many fewer: a byte a column, of numbers up to `top`, by fours; and how many rows were looked at. */
typedef struct {
    SUFFIX(bytes) n_more[FEW_ROWS + 4];
    int top, n_rows;
} SUFFIX(Differences);

/* Add what F grows by with each row to the sums, and forget the rows. Those that have none before them
   are not counted: there are as many more of them as fewer of all others. */
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
                                                          const SUFFIX(bytes) *of_all,
                                                          int first_number, int first, int end) {
    int is_more = 1;
    for (int k = first_number; is_more; k += 4) {
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
        is_more = SUFFIX(any)(more);
    }
}

/* The same of two classes, the second of `n_later` rows, so many that the compiler knows them: all is
   in registers. No more than i rows of its class are before the i-th one. */
TARGET static ALWAYS_INLINE void SUFFIX(take_two_classes)(SUFFIX(Differences) *found,
                                                          const SUFFIX(Strip) *strip,
                                                          const int32_t *rows, int n_first,
                                                          const int n_later) {
    SUFFIX(bytes) later[MOST_LATER], of_all[MOST_LATER], of_class[MOST_LATER], more = {0};
    for (int i = 0; i < n_later; i++) {
        later[i] = SUFFIX(read_row)(strip, rows[n_first + i]);
        of_all[i] = of_class[i] = (SUFFIX(bytes)){0};
    }
    for (int j = 0; j < n_first; j++) {
        const SUFFIX(bytes) row = SUFFIX(read_row)(strip, rows[j]);
        for (int i = 0; i < n_later; i++) of_all[i] -= (SUFFIX(bytes))(row == later[i]);
    }
    SUFFIX(bytes) n[4] = {{0}, {0}, {0}, {0}};
    for (int j = 0; found->top && j < 4; j++) n[j] = found->n_more[1 + j];
    for (int i = 0; i < n_later; i++) {
        for (int j = 0; j < i; j++) of_class[i] -= (SUFFIX(bytes))(later[j] == later[i]);
        of_all[i] += of_class[i];
        more |= (SUFFIX(bytes))((SUFFIX(signs))of_all[i] > 4);
        for (int k = 1; k <= 4; k++) {
            const SUFFIX(bytes) number = (SUFFIX(bytes)){0} + (uint8_t)k;
            n[k - 1] += (SUFFIX(bytes))(of_all[i] == number);
            if (k <= i) n[k - 1] -= (SUFFIX(bytes))(of_class[i] == number);
        }
    }
    for (int j = 0; j < 4; j++) found->n_more[1 + j] = n[j];
    if (found->top < 4) found->top = 4;
    if (SUFFIX(any)(more)) SUFFIX(take_differences)(found, of_class, of_all, 5, 0, n_later);
}

/* Take the rows of a z, which are few and of several classes, those of the first one before `first`. */
TARGET static void SUFFIX(take_z)(SUFFIX(Differences) *found, const SUFFIX(Strip) *strip,
                                  const Counted *by, const int64_t *start, int64_t n_classes) {
    const int n_rows = (int)(start[n_classes] - start[0]), first = (int)(start[1] - start[0]);
    const int32_t *rows = by->rows + start[0];
    SUFFIX(bytes) of_class[FEW_ROWS + 1], of_all[FEW_ROWS + 1];
    switch (n_classes == 2 ? n_rows - first : 0) {
#define CASE(n)                                                    \
    case n:                                                        \
        SUFFIX(take_two_classes)(found, strip, rows, first, n);    \
        break;
        CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6)
#undef CASE
    default:
        SUFFIX(compare_rows)(strip, by->rows, start, 1, n_classes, of_class, of_all);
        SUFFIX(take_differences)(found, of_class, of_all, 1, first, n_rows);
    }
}

/* The sums of some columns, less those of means by chance. */
TARGET static void SUFFIX(sweep_strip)(const Tile *tile, int s, const Counted *by,
                                       const Groups *groups, int64_t *sum) {
    const int64_t n_y = by->n_y;
    SUFFIX(bytes) of_z[SWEPT_LEVELS];
    SUFFIX(Differences) found;
    SUFFIX(Totals) totals;
    const SUFFIX(Strip) strip = SUFFIX(find_strip)(tile, s, tile->codes);
    int is_total = 0;
    found.top = found.n_rows = 0;
    for (int w = 0; w < 8; w++) ((SUFFIX(words) *)sum)[w] = (SUFFIX(words)){0};
    for (int64_t z = 0; z < groups->n_z; z++) {
        const int64_t *start = groups->start + z * n_y, n_rows = start[n_y] - start[0];
        const int64_t n_later = start[n_y] - start[1], n_classes = groups->n_classes[z];
        if (!by->chance && n_classes < 2) continue;
        if (!by->chance && n_rows <= by->few_rows) {
            if (found.n_rows + n_later > INT8_MAX)
                SUFFIX(add_up_differences)(&found, by->value, by->n_values, sum);
            found.n_rows += (int)n_later;
            SUFFIX(take_z)(&found, &strip, by, start, n_classes);
        } else {
            if (!is_total) SUFFIX(begin_totals)(&totals, by);
            is_total = 1;
            const int64_t stratum = groups->stratum ? groups->stratum[groups->level[z]] : 0;
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

/* Lower those of a strip's candidates, which lie in a row, that have as many terms and are not sure;
   return how many. */
TARGET static int64_t SUFFIX(lower_row)(const double *term, int64_t n_terms, int64_t *age,
                                        double *lowest, double *score) {
    int64_t n = 0;
    for (int k = 0; k < STRIP; k++) {
        const int64_t is_own = (age[k] == n_terms) & (score[k] > -INFINITY);
        const double own = is_own ? term[k] : INFINITY;
        lowest[k] = own < lowest[k] ? own : lowest[k];
        score[k] = own < score[k] ? own : score[k];
        age[k] += is_own;
        n += is_own;
    }
    return n;
}

#undef VECTOR
#undef TARGET
#undef SUFFIX
