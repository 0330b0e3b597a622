/* Included once for each kind of vector instructions; every operation is that of the NumPy twin,
   in its order. Lanes are cells: what one lane does, no other changes. */
#include "elementary.h"
#if defined(__SSE2__)
#include <immintrin.h>
#endif

/* Cells of one kind, gathered until there is one for each lane, and where their means go. Where kinds
   have pairs, the other class is the rest of the rows. */
typedef struct {
    double a[LANES], b[LANES], m[LANES];
    int64_t *sum[LANES], repeats[LANES], repeats_of_rest[LANES];
    int n_cells;
} SUFFIX(Batch);

/* Counts on their way from the mode to an end of the support. */
typedef struct {
    V a_and_1, b_and_1, rest, k, p, mass;
} SUFFIX(Walk);

/* The count of one of the four cells that level and class and the rest of the rows make, on a walk:
   what it is at the mode, whether it falls as the count of the walk rises, and the sum of p k log k. */
typedef struct {
    V mode, falls, moment;
} SUFFIX(Class);

/* Where the next four values of each lane begin in a table, and how far it is to the next ones. */
typedef struct {
    U at, by, falls;
} SUFFIX(Place);

TARGET static ALWAYS_INLINE SUFFIX(Place) SUFFIX(place)(const SUFFIX(Class) *c, int direction,
                                                        const int is_wide) {
    const double by = 1.0 + is_wide;
    const U falls = ABOVE(c->falls * (double)direction, ALL(0.0));
    return (SUFFIX(Place)){SUFFIX(integers)(c->mode + SELECT(falls, ALL(-4.0 * by), ALL(by))),
                           SUFFIX(integers)(SELECT(falls, ALL(-4.0 * by), ALL(4.0 * by))), falls};
}

/* Values of each lane at the next four counts, or at every other of the next eight. */
TARGET static ALWAYS_INLINE void SUFFIX(look_up)(const double *k_log_k, const SUFFIX(Place) * place,
                                                 const int is_wide, V *found) {
    int64_t at[LANES];
    memcpy(at, &place->at, sizeof at);
#if defined(__SSE2__) && LANES == 4
    V own[4];
    for (int l = 0; l < 4; l++) {
        own[l] = SUFFIX(load)(k_log_k + at[l]);
        if (is_wide) own[l] = _mm256_unpacklo_pd(own[l], SUFFIX(load)(k_log_k + at[l] + 4));
    }
    const V low = _mm256_unpacklo_pd(own[0], own[1]), high = _mm256_unpackhi_pd(own[0], own[1]);
    const V lows = _mm256_unpacklo_pd(own[2], own[3]), highs = _mm256_unpackhi_pd(own[2], own[3]);
    const V turned[4] = {
        _mm256_permute2f128_pd(low, lows, 0x20), _mm256_permute2f128_pd(high, highs, 0x20),
        _mm256_permute2f128_pd(low, lows, 0x31), _mm256_permute2f128_pd(high, highs, 0x31)};
    /* of eight values, the second and the third of those unpacked have changed places */
    const V second = turned[1 + is_wide], third = turned[2 - is_wide];
    const V falls = DOUBLE(place->falls);
    found[0] = _mm256_blendv_pd(turned[0], turned[3], falls);
    found[1] = _mm256_blendv_pd(second, third, falls);
    found[2] = _mm256_blendv_pd(third, second, falls);
    found[3] = _mm256_blendv_pd(turned[3], turned[0], falls);
#else
    for (int step = 0; step < 4; step++) {
        double value[LANES];
        for (int l = 0; l < LANES; l++)
            value[l] = k_log_k[at[l] + (LANE(place->falls, l) ? 3 - step : step) * (1 + is_wide)];
        found[step] = SUFFIX(load)(value);
    }
#endif
}

/* From one count to the next, or to the one after it. The factors are those of the twin, whole
   numbers all. A probability of 0 stays so, however far its lane goes on beside others. */
TARGET static ALWAYS_INLINE SUFFIX(Walk) SUFFIX(step)(SUFFIX(Walk) w, int direction,
                                                      const int is_wide) {
    if (direction > 0) w.k += 1.0;
    V drawn = (w.a_and_1 - w.k) * (w.b_and_1 - w.k), left = w.k * (w.rest + w.k);
    if (is_wide) {
        w.k += (double)direction;
        drawn *= (w.a_and_1 - w.k) * (w.b_and_1 - w.k);
        left *= w.k * (w.rest + w.k);
    }
    if (direction < 0) w.k -= 1.0;
    w.p *= direction > 0 ? drawn / left : left / drawn;
    w.mass += w.p;
    return w;
}

/* Walk from the mode to an end of the support. The end of each lane is looked for at every fourth
   step; from there on it stays where it is in the table. */
TARGET static ALWAYS_INLINE SUFFIX(Walk) SUFFIX(walk)(SUFFIX(Walk) w, int direction,
                                                      const int is_wide, const double *k_log_k,
                                                      SUFFIX(Class) *classes, const int n_classes) {
    SUFFIX(Place) places[2];
    V moment[2];
    for (int i = 0; i < n_classes; i++) {
        places[i] = SUFFIX(place)(classes + i, direction, is_wide);
        moment[i] = classes[i].moment;
    }
    for (;;) {
        const U alive = ABOVE(w.p, ALL(NEGLIGIBLE));
        w.p = DOUBLE(alive & BITS(w.p));
        uint64_t any = 0;
        for (int l = 0; l < LANES; l++) any |= LANE(alive, l);
        if (!any) break;
        V found[2][4];
        for (int i = 0; i < n_classes; i++) {
            SUFFIX(look_up)(k_log_k, places + i, is_wide, found[i]);
            places[i].at += places[i].by & alive;
        }
        for (int step = 0; step < 4; step++) {
            w = SUFFIX(step)(w, direction, is_wide);
            for (int i = 0; i < n_classes; i++) moment[i] += w.p * found[i][step];
        }
    }
    for (int i = 0; i < n_classes; i++) classes[i].moment = moment[i];
    return w;
}

/* Begin with the mode. What is walked is turned in lanes where it is not the level, or not the class,
   but the rest of the rows. */
TARGET static ALWAYS_INLINE SUFFIX(Class) SUFFIX(begin)(V a, V b, V m, V mode, U is_turned_a,
                                                        U is_turned_b, const double *k_log_k) {
    const V base = SELECT(is_turned_a, SELECT(is_turned_b, a + b - m, b),
                          SELECT(is_turned_b, a, ALL(0.0)));
    const V falls = SELECT(is_turned_a ^ is_turned_b, ALL(1.0), ALL(-1.0));
    SUFFIX(Class) c = {base - falls * mode, falls, ALL(0.0)};
    const U at = SUFFIX(integers)(c.mode);
    for (int l = 0; l < LANES; l++) LANE(c.moment, l) = k_log_k[LANE(at, l)];
    return c;
}

/* Means of cells that are not full; the first class of a pair is the rarer one. */
TARGET static ALWAYS_INLINE void SUFFIX(by_summation)(const SUFFIX(Batch) *cells, const int is_wide,
                                                      const int is_pair, const double *k_log_k,
                                                      double *mean, double *mean_of_rest) {
    const V a = SUFFIX(load)(cells->a), b = SUFFIX(load)(cells->b), m = SUFFIX(load)(cells->m);
    const U is_turned_a = ABOVE(a, m - a), is_turned_b = ABOVE(b, m - b);
    const V level = SELECT(is_turned_a, m - a, a), label = SELECT(is_turned_b, m - b, b);
    double modes[LANES];
    SUFFIX(store)(modes, (level + 1.0) * (label + 1.0) / (m + 2.0));
    for (int l = 0; l < LANES; l++) modes[l] = (double)(int)modes[l];
    const V mode = SUFFIX(load)(modes);
    SUFFIX(Class) classes[2];
    classes[0] = SUFFIX(begin)(a, b, m, mode, is_turned_a, is_turned_b, k_log_k);
    if (is_pair)
        classes[1] = SUFFIX(begin)(a, m - b, m, mode, is_turned_a, ~is_turned_b, k_log_k);
    V of_mean[2]; /* mu log mu: before the walks, which do not wait for it */
    for (int i = 0; i <= is_pair; i++) {
        const V mu = a * (i ? m - b : b) / m;
        of_mean[i] = mu * SUFFIX(log_of)(mu);
    }
    SUFFIX(Walk) w = {level + 1.0, label + 1.0, m - level - label, mode, ALL(1.0), ALL(1.0)};
    w = SUFFIX(walk)(w, 1, is_wide, k_log_k, classes, 1 + is_pair);
    w.k = mode, w.p = ALL(1.0);
    w = SUFFIX(walk)(w, -1, is_wide, k_log_k, classes, 1 + is_pair);
    for (int i = 0; i <= is_pair; i++) {
        const V found = classes[i].moment / w.mass - of_mean[i];
        SUFFIX(store)(i ? mean_of_rest : mean,
                      SELECT(ABOVE(m, a) & ABOVE(m, b), SUFFIX(at_least)(found, 0.0), ALL(0.0)));
    }
}

TARGET static V SUFFIX(by_moments)(V a, V b, V m) {
    static const double BINOMIAL[8][8] = {
        {1}, {1, 1}, {1, 2, 1}, {1, 3, 3, 1}, {1, 4, 6, 4, 1}, {1, 5, 10, 10, 5, 1},
        {1, 6, 15, 20, 15, 6, 1}, {1, 7, 21, 35, 35, 21, 7, 1}};
    const V mu = a * b / m, c = (a - mu) * (b - mu), d = a + b - 2.0 * mu;
    V moments[9] = {ALL(1.0), ALL(0.0)}, mean = ALL(0.0);
    for (int q = 1; q < 8; q++) {
        V total = ALL(0.0);
        for (int i = 0; i < q; i++)
            total += BINOMIAL[q][i] * (c * moments[i] - d * moments[i + 1]);
        for (int i = 0; i < q - 1; i++) total += BINOMIAL[q][i] * moments[i + 2];
        moments[q + 1] = total / (m - (double)q);
    }
    for (int k = 8; k > 1; k--) {
        const double share = (k % 2 ? -1.0 : 1.0) / (double)(k * (k - 1));
        mean = (mean + moments[k] * share) / mu;
    }
    return mean;
}

/* Kind of a cell; 1 is added where it has a pair. */
TARGET static ALWAYS_INLINE int SUFFIX(kind)(double a, double b, double m) {
    const double level = a > m - a ? m - a : a, label = b > m - b ? m - b : b;
    const double least = level * label; /* m times the mean of the rarest of the four cells */
    if (a * b > SERIES_FROM * m) return FULL;
    if (least < WIDE_FROM * m) return NARROW;
    return least * ((m - level) * (m - label)) > WIDE_VARIANCE * m * (m * (m - 1.0)) ? WIDE : NARROW;
}

/* Means of some cells of one kind, and of their pairs. */
TARGET static void SUFFIX(means)(SUFFIX(Batch) * cells, int kind, const double *k_log_k,
                                 double *mean, double *mean_of_rest) {
    for (int l = cells->n_cells; l < LANES; l++)
        cells->a[l] = cells->a[0], cells->b[l] = cells->b[0], cells->m[l] = cells->m[0];
    switch (kind) {
    case NARROW: SUFFIX(by_summation)(cells, 0, 0, k_log_k, mean, NULL); break;
    case NARROW + 1: SUFFIX(by_summation)(cells, 0, 1, k_log_k, mean, mean_of_rest); break;
    case WIDE: SUFFIX(by_summation)(cells, 1, 0, k_log_k, mean, NULL); break;
    case WIDE + 1: SUFFIX(by_summation)(cells, 1, 1, k_log_k, mean, mean_of_rest); break;
    default:
        SUFFIX(store)(mean, SUFFIX(by_moments)(SUFFIX(load)(cells->a), SUFFIX(load)(cells->b),
                                               SUFFIX(load)(cells->m)));
    }
}

TARGET static void SUFFIX(all_cells)(const double *a, const double *b, const double *m,
                                     const double *k_log_k, int64_t n_cells, double *mean) {
    for (int kind = 0; kind < N_KINDS; kind++) {
        SUFFIX(Batch) cells = {.n_cells = 0};
        double found[LANES];
        int64_t cell[LANES];
        for (int64_t i = 0; i < n_cells; i++) {
            const int c = cells.n_cells;
            if (SUFFIX(kind)(a[i], b[i], m[i]) == kind) {
                cells.a[c] = a[i], cells.b[c] = b[i], cells.m[c] = m[i];
                cell[c] = i;
                cells.n_cells++;
            }
            if (cells.n_cells == 0 || (cells.n_cells < LANES && i < n_cells - 1)) continue;
            SUFFIX(means)(&cells, kind, k_log_k, found, NULL);
            for (int l = 0; l < cells.n_cells; l++) mean[cell[l]] = found[l];
            cells.n_cells = 0;
        }
    }
}

/* Take the means that have been gathered off the complements that they belong to. */
TARGET static void SUFFIX(take_off)(SUFFIX(Batch) * batch, int kind, const Strata *strata) {
    double mean[LANES], of_rest[LANES] = {0};
    if (batch->n_cells == 0) return;
    SUFFIX(means)(batch, kind, strata->k_log_k, mean, of_rest);
    for (int c = 0; c < batch->n_cells; c++)
        *batch->sum[c] -= (int64_t)rint(mean[c] * strata->scale) * batch->repeats[c] +
                          (int64_t)rint(of_rest[c] * strata->scale) * batch->repeats_of_rest[c];
    batch->n_cells = 0;
}

TARGET static void SUFFIX(take_off_all)(SUFFIX(Batch) * batches, const Strata *strata) {
    for (int kind = 0; kind < N_KINDS; kind++) SUFFIX(take_off)(batches + kind, kind, strata);
}

/* Gather the cells of a level that occurs `a` times in stratum s; of its mean there will be the
   complement, -1 less the sum of theirs, once all have been taken off. */
TARGET static void SUFFIX(add_level)(SUFFIX(Batch) * batches, const Strata *strata, int64_t s,
                                     int64_t a, int64_t *sum) {
    const int64_t *b = strata->b, *repeats = strata->repeats, end = strata->first_class[s + 1];
    const double level = (double)a, size = (double)strata->size[s];
    *sum = -1;
    for (int64_t j = strata->first_class[s]; j < end; j++) {
        const double label = (double)b[j];
        int kind = SUFFIX(kind)(level, label, size);
        int64_t repeats_of_rest = 0;
        /* distinct counts ascend: the next class is all the rest only if it is the last */
        if (kind != FULL && j + 1 < end && b[j] + b[j + 1] == strata->size[s] &&
            level * (double)b[j + 1] <= SERIES_FROM * size)
            kind++, repeats_of_rest = repeats[j + 1];
        SUFFIX(Batch) *batch = batches + kind;
        const int c = batch->n_cells++;
        batch->a[c] = level, batch->b[c] = label, batch->m[c] = size, batch->sum[c] = sum;
        batch->repeats[c] = repeats[j], batch->repeats_of_rest[c] = repeats_of_rest;
        if (batch->n_cells == LANES) SUFFIX(take_off)(batch, kind, strata);
        if (repeats_of_rest) j++;
    }
}

TARGET static void SUFFIX(all_levels)(const int64_t *a, const int64_t *stratum, int64_t n_levels,
                                      const Strata *strata, int64_t *mean) {
    SUFFIX(Batch) batches[N_KINDS];
    for (int kind = 0; kind < N_KINDS; kind++) batches[kind].n_cells = 0;
    for (int64_t l = 0; l < n_levels; l++)
        SUFFIX(add_level)(batches, strata, stratum[l], a[l], mean + l);
    SUFFIX(take_off_all)(batches, strata);
    for (int64_t l = 0; l < n_levels; l++) mean[l] = ~mean[l];
}

TARGET static void SUFFIX(learn)(const uint8_t *counts, int64_t n_counts, const Strata *strata,
                                 int64_t stratum, int64_t *table) {
    int64_t *values = table + strata->first[stratum];
    SUFFIX(Batch) batches[N_KINDS];
    for (int kind = 0; kind < N_KINDS; kind++) batches[kind].n_cells = 0;
    for (int64_t i = 0; i < n_counts; i++)
        if (values[counts[i]] == 0)
            SUFFIX(add_level)(batches, strata, stratum, counts[i], values + counts[i]);
    SUFFIX(take_off_all)(batches, strata);
}

/* Two neighbours; those of 32 bits in one read, and in any order. */
#define TWO_I32(at, one, other) \
    uint64_t both;              \
    memcpy(&both, at, 8);       \
    const int64_t one = (int64_t)(both & 0xFFFFFFFFu), other = (int64_t)(both >> 32)
#define TWO_I64(at, one, other) const int64_t one = (at)[0], other = (at)[1]

/* Sum of what a candidate's values are the complements of, or -1 if one of them is unknown. */
#define CHANCE_SUMS(name, count_t, TWO)                                                           \
    TARGET static ALWAYS_INLINE int64_t SUFFIX(name##_of_one)(                                    \
        const count_t *own, const Asked *asked, const Strata *strata, const int64_t *table) {     \
        const int64_t n_levels = asked->n_levels;                                                 \
        int64_t sum = 0, more = 0, signs = -1;                                                    \
        for (int64_t r = 0; r < asked->n_rows; r++, own += n_levels) {                            \
            const int64_t *values = table + strata->first[asked->stratum[r]];                     \
            int64_t l = 0;                                                                        \
            for (; l + 1 < n_levels; l += 2) {                                                    \
                TWO(own + l, one, other);                                                         \
                sum += values[one], more += values[other];                                        \
                signs &= values[one] & values[other];                                             \
            }                                                                                     \
            if (l < n_levels) sum += values[own[l]], signs &= values[own[l]];                     \
        }                                                                                         \
        return signs < 0 ? -(sum + more) - asked->n_rows * n_levels : -1;                         \
    }                                                                                             \
    TARGET static void SUFFIX(name##_gather)(const count_t *own, const Asked *asked,              \
                                             const Strata *strata, int64_t *table,                \
                                             SUFFIX(Batch) * batches) {                           \
        for (int64_t r = 0; r < asked->n_rows; r++)                                               \
            for (int64_t l = 0; l < asked->n_levels; l++) {                                       \
                const int64_t a = own[r * asked->n_levels + l], s = asked->stratum[r];            \
                int64_t *value = table + strata->first[s] + a;                                    \
                if (*value == 0) SUFFIX(add_level)(batches, strata, s, a, value);                 \
            }                                                                                     \
    }                                                                                             \
    TARGET static void SUFFIX(name)(const count_t *counts, const Asked *asked,                    \
                                    const Strata *strata, int64_t *table, int64_t *sums) {        \
        const int64_t n_cells = asked->n_rows * asked->n_levels, n = asked->n_candidates;         \
        SUFFIX(Batch) batches[N_KINDS];                                                           \
        for (int kind = 0; kind < N_KINDS; kind++) batches[kind].n_cells = 0;                     \
        for (int64_t start = 0; start < n; start += TOGETHER) {                                   \
            const int64_t end = start + TOGETHER < n ? start + TOGETHER : n;                      \
            int64_t again = end; /* from here on, values may have been unknown or unfinished */   \
            for (int64_t i = start; i < end; i++) {                                               \
                const count_t *own = counts + i * n_cells;                                        \
                sums[i] = SUFFIX(name##_of_one)(own, asked, strata, table);                       \
                if (sums[i] >= 0) continue;                                                       \
                SUFFIX(name##_gather)(own, asked, strata, table, batches);                        \
                if (again == end) again = i;                                                      \
            }                                                                                     \
            SUFFIX(take_off_all)(batches, strata);                                                \
            for (int64_t i = again; i < end; i++)                                                 \
                sums[i] = SUFFIX(name##_of_one)(counts + i * n_cells, asked, strata, table);      \
        }                                                                                         \
    }

CHANCE_SUMS(sums_i32, int32_t, TWO_I32)
CHANCE_SUMS(sums_i64, int64_t, TWO_I64)
#undef CHANCE_SUMS
#undef TWO_I32
#undef TWO_I64
#include "elementary_end.h"
