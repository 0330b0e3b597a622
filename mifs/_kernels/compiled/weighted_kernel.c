#include "weighted_kernel.h"

enum {
    COLUMNS_AT_ONCE = 4, /* share a sample's weight and state, and none waits for the sum that the
                            sample before has just changed, often its own */
};

/* Columns from `place` on, so many that the compiler knows them. */
#define ADD_SOME(name, code)                                                                   \
    static ALWAYS_INLINE void name(const Weighted *columns, int64_t place, int64_t *sums,      \
                                   const int n_columns) {                                      \
        const int64_t n_levels = columns->n_levels, size = columns->n_states * n_levels;       \
        const int64_t n = columns->n_samples, *weight = columns->weight;                       \
        const int32_t *state = columns->state;                                                 \
        const code *codes[COLUMNS_AT_ONCE];                                                    \
        int64_t *own[COLUMNS_AT_ONCE];                                                         \
        for (int c = 0; c < n_columns; c++) {                                                  \
            codes[c] = (const code *)columns->codes + columns->places[place + c] * n;          \
            own[c] = sums + (place + c) * size;                                                \
        }                                                                                      \
        for (int64_t i = 0; i < n; i++) {                                                      \
            const int64_t first = state[i] * n_levels, more = weight[i];                       \
            for (int c = 0; c < n_columns; c++) own[c][first + codes[c][i]] += more;           \
        }                                                                                      \
    }
ADD_SOME(add_some_1, uint8_t)
ADD_SOME(add_some_2, uint16_t)
ADD_SOME(add_some_4, uint32_t)

/* All columns; those that are left by two and one. */
#define ADD_ALL(name, add_some)                                                \
    static void name(const Weighted *columns, int64_t *sums) {                 \
        const int64_t n = columns->n_places;                                   \
        int64_t place = 0;                                                     \
        for (; place + COLUMNS_AT_ONCE <= n; place += COLUMNS_AT_ONCE)         \
            add_some(columns, place, sums, COLUMNS_AT_ONCE);                   \
        for (; place + 2 <= n; place += 2) add_some(columns, place, sums, 2);  \
        if (place < n) add_some(columns, place, sums, 1);                      \
    }
ADD_ALL(add_all_1, add_some_1)
ADD_ALL(add_all_2, add_some_2)
ADD_ALL(add_all_4, add_some_4)

void add_weights(const Weighted *columns, int64_t *sums) {
    switch (columns->width) {
    case 1: add_all_1(columns, sums); break;
    case 2: add_all_2(columns, sums); break;
    case 4: add_all_4(columns, sums); break;
    }
}

void add_parts(const Parts *parts, const int32_t *counts, int64_t *sums) {
    const int64_t n_levels = parts->n_levels;
    for (int64_t table = 0; table < parts->n_tables; table++, sums += parts->n_groups * n_levels)
        for (int64_t p = 0; p < parts->n_parts; p++, counts += n_levels) {
            int64_t *into = sums + parts->group[p] * n_levels;
            const int64_t weight = parts->weight[p];
            for (int64_t x = 0; x < n_levels; x++) into[x] += weight * counts[x];
        }
}
