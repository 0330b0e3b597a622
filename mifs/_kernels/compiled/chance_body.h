/* Included once for each kind of vector instructions; every operation is that of the NumPy twin,
   in its order. Lanes are cells: what one lane does, no other changes. */
#include "elementary.h"

/* Cells of one kind, gathered until there is one for each lane, and where their means go. */
typedef struct {
    double a[LANES], b[LANES], m[LANES], mu[LANES];
    int64_t *sum[LANES], repeats[LANES];
    int n_cells;
} SUFFIX(Batch);

/* Counts on their way from the mode to an end of the support. */
typedef struct {
    V a_and_1, b_and_1, rest, slope, mu, k, p, mass, moment;
} SUFFIX(Walk);

TARGET static ALWAYS_INLINE V SUFFIX(looked_up)(const double *const *at, int step) {
    V value;
    for (int l = 0; l < LANES; l++) LANE(value, l) = at[l][step];
    return value;
}

TARGET static ALWAYS_INLINE int SUFFIX(any)(V p) {
    double each[LANES], sum = 0.0;
    SUFFIX(store)(each, p);
    for (int l = 0; l < LANES; l++) sum += each[l];
    return sum > 0.0;
}

/* One step. The factors are those of the twin, whole numbers all. A probability of 0 stays so, and
   adds nothing however far its lane goes on beside others. */
TARGET static ALWAYS_INLINE SUFFIX(Walk) SUFFIX(step)(SUFFIX(Walk) w, int direction, V k_log_k) {
    if (direction > 0) w.k += 1.0;
    const V drawn = (w.a_and_1 - w.k) * (w.b_and_1 - w.k), left = w.k * (w.rest + w.k);
    if (direction < 0) w.k -= 1.0;
    w.p *= direction > 0 ? drawn / left : left / drawn;
    w.p = DOUBLE(ABOVE(w.p, ALL(NEGLIGIBLE)) & BITS(w.p));
    w.mass += w.p;
    w.moment += w.p * (k_log_k - w.k * w.slope + w.mu);
    return w;
}

TARGET static V SUFFIX(by_summation)(V a, V b, V m, V mu, const double *k_log_k) {
    const V slope = SUFFIX(log_of)(mu) + 1.0;
    const double *at[LANES];
    double modes[LANES];
    SUFFIX(store)(modes, (a + 1.0) * (b + 1.0) / (m + 2.0));
    for (int l = 0; l < LANES; l++) {
        at[l] = k_log_k + (int)modes[l];
        modes[l] = (double)(int)modes[l];
    }
    const V mode = SUFFIX(load)(modes), moment = SUFFIX(looked_up)(at, 0) - mode * slope + mu;
    SUFFIX(Walk) w = {a + 1.0, b + 1.0, m - a - b, slope, mu, mode, ALL(1.0), ALL(1.0), moment};
    /* the end of every lane is looked for at each fourth step */
    for (int steps = 1; steps < MOST_STEPS && SUFFIX(any)(w.p); steps += 4)
        for (int more = 0; more < 4; more++)
            w = SUFFIX(step)(w, 1, SUFFIX(looked_up)(at, steps + more));
    w.k = mode, w.p = ALL(1.0);
    for (int steps = 1; steps < BELOW - 4 && SUFFIX(any)(w.p); steps += 4)
        for (int more = 0; more < 4; more++)
            w = SUFFIX(step)(w, -1, SUFFIX(looked_up)(at, -steps - more));
    const V mean = SUFFIX(at_least)(w.moment / w.mass, 0.0);
    return SELECT(ABOVE(m, a) & ABOVE(m, b), mean, ALL(0.0));
}

TARGET static V SUFFIX(by_moments)(V a, V b, V m, V mu) {
    static const double BINOMIAL[8][8] = {
        {1}, {1, 1}, {1, 2, 1}, {1, 3, 3, 1}, {1, 4, 6, 4, 1}, {1, 5, 10, 10, 5, 1},
        {1, 6, 15, 20, 15, 6, 1}, {1, 7, 21, 35, 35, 21, 7, 1}};
    const V c = (a - mu) * (b - mu), d = a + b - 2.0 * mu;
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

/* Means of some cells, all with a mean below SERIES_FROM or none. */
TARGET static void SUFFIX(means)(SUFFIX(Batch) * cells, int is_full, const double *k_log_k,
                                 double *mean) {
    for (int l = cells->n_cells; l < LANES; l++) {
        cells->a[l] = cells->a[0], cells->b[l] = cells->b[0];
        cells->m[l] = cells->m[0], cells->mu[l] = cells->mu[0];
    }
    const V a = SUFFIX(load)(cells->a), b = SUFFIX(load)(cells->b), m = SUFFIX(load)(cells->m);
    const V mu = SUFFIX(load)(cells->mu);
    SUFFIX(store)(mean, is_full ? SUFFIX(by_moments)(a, b, m, mu)
                                : SUFFIX(by_summation)(a, b, m, mu, k_log_k));
}

TARGET static void SUFFIX(all_cells)(const double *a, const double *b, const double *m,
                                     const double *k_log_k, int64_t n_cells, double *mean) {
    for (int is_full = 0; is_full < 2; is_full++) {
        SUFFIX(Batch) cells;
        double found[LANES];
        int64_t cell[LANES];
        cells.n_cells = 0;
        for (int64_t i = 0; i < n_cells; i++) {
            const double mu = a[i] * b[i] / m[i];
            const int c = cells.n_cells;
            if ((mu >= SERIES_FROM) == is_full) {
                cells.a[c] = a[i], cells.b[c] = b[i], cells.m[c] = m[i], cells.mu[c] = mu;
                cell[c] = i;
                cells.n_cells++;
            }
            if (cells.n_cells == 0 || (cells.n_cells < LANES && i < n_cells - 1)) continue;
            SUFFIX(means)(&cells, is_full, k_log_k, found);
            for (int l = 0; l < cells.n_cells; l++) mean[cell[l]] = found[l];
            cells.n_cells = 0;
        }
    }
}

/* Take the means that have been gathered off the complements that they belong to. */
TARGET static void SUFFIX(take_off)(SUFFIX(Batch) * batch, int is_full, const Strata *strata) {
    double mean[LANES];
    if (batch->n_cells == 0) return;
    SUFFIX(means)(batch, is_full, strata->k_log_k, mean);
    for (int c = 0; c < batch->n_cells; c++)
        *batch->sum[c] -= (int64_t)rint(mean[c] * strata->scale) * batch->repeats[c];
    batch->n_cells = 0;
}

/* Gather the cells of a level that occurs `a` times in stratum s; of its mean there will be the
   complement, -1 less the sum of theirs, once all have been taken off. */
TARGET static void SUFFIX(add_level)(SUFFIX(Batch) * batches, const Strata *strata, int64_t s,
                                     int64_t a, int64_t *sum) {
    *sum = -1;
    for (int64_t j = strata->first_class[s]; j < strata->first_class[s + 1]; j++) {
        const double level = (double)a, label = (double)strata->b[j];
        const double size = (double)strata->size[s], mu = level * label / size;
        const int is_full = mu >= SERIES_FROM;
        SUFFIX(Batch) *batch = batches + is_full;
        const int c = batch->n_cells++;
        batch->a[c] = level, batch->b[c] = label, batch->m[c] = size, batch->mu[c] = mu;
        batch->sum[c] = sum, batch->repeats[c] = strata->repeats[j];
        if (batch->n_cells == LANES) SUFFIX(take_off)(batch, is_full, strata);
    }
}

TARGET static void SUFFIX(all_levels)(const int64_t *a, const int64_t *stratum, int64_t n_levels,
                                      const Strata *strata, int64_t *mean) {
    SUFFIX(Batch) batches[2];
    for (int is_full = 0; is_full < 2; is_full++) batches[is_full].n_cells = 0;
    for (int64_t l = 0; l < n_levels; l++)
        SUFFIX(add_level)(batches, strata, stratum[l], a[l], mean + l);
    for (int is_full = 0; is_full < 2; is_full++)
        SUFFIX(take_off)(batches + is_full, is_full, strata);
    for (int64_t l = 0; l < n_levels; l++) mean[l] = ~mean[l];
}

TARGET static void SUFFIX(learn)(const uint8_t *counts, int64_t n_counts, const Strata *strata,
                                 int64_t stratum, int64_t *table) {
    int64_t *values = table + strata->first[stratum];
    SUFFIX(Batch) batches[2];
    for (int is_full = 0; is_full < 2; is_full++) batches[is_full].n_cells = 0;
    for (int64_t i = 0; i < n_counts; i++)
        if (values[counts[i]] == 0)
            SUFFIX(add_level)(batches, strata, stratum, counts[i], values + counts[i]);
    for (int is_full = 0; is_full < 2; is_full++)
        SUFFIX(take_off)(batches + is_full, is_full, strata);
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
        SUFFIX(Batch) batches[2];                                                                 \
        for (int is_full = 0; is_full < 2; is_full++) batches[is_full].n_cells = 0;               \
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
            for (int is_full = 0; is_full < 2; is_full++)                                         \
                SUFFIX(take_off)(batches + is_full, is_full, strata);                            \
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
