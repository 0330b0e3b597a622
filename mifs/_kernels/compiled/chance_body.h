/* Included once for each kind of vector instructions; every operation is that of the NumPy twin,
   in its order. Lanes are cells: what one lane does, no other changes. */
#include "elementary.h"

/* k log k of k = from + step in every lane; below 0 a lane has a probability of 0 already. */
TARGET static ALWAYS_INLINE V SUFFIX(looked_up)(const int32_t *from, int step,
                                                const double *k_log_k) {
    V value;
    for (int l = 0; l < LANES; l++) {
        const int32_t k = from[l] + step;
        LANE(value, l) = k_log_k[k < 0 ? 0 : k];
    }
    return value;
}

TARGET static ALWAYS_INLINE int SUFFIX(any)(V p) {
    double each[LANES], sum = 0.0;
    SUFFIX(store)(each, p);
    for (int l = 0; l < LANES; l++) sum += each[l];
    return sum > 0.0;
}

TARGET static V SUFFIX(by_summation)(V a, V b, V m, V mu, const double *k_log_k) {
    const V rest = m - a - b, slope = SUFFIX(log_of)(mu) + 1.0;
    double modes[LANES];
    int32_t from[LANES];
    SUFFIX(store)(modes, (a + 1.0) * (b + 1.0) / (m + 2.0));
    for (int l = 0; l < LANES; l++) modes[l] = from[l] = (int32_t)modes[l];
    const V mode = SUFFIX(load)(modes);
    V mass = ALL(1.0), moment = SUFFIX(looked_up)(from, 0, k_log_k) - mode * slope + mu;
    V k = mode, p = ALL(1.0);
    for (int step = 1; step < MOST_STEPS; step++) { /* upwards */
        p *= (a - k) * (b - k) / ((k + 1.0) * (rest + k + 1.0));
        p = SELECT(ABOVE(p, ALL(NEGLIGIBLE)), p, ALL(0.0));
        k += 1.0;
        mass += p;
        moment += p * (SUFFIX(looked_up)(from, step, k_log_k) - k * slope + mu);
        if (!SUFFIX(any)(p)) break;
    }
    k = mode, p = ALL(1.0);
    for (int step = 1; step < MOST_STEPS; step++) { /* downwards */
        p *= k * (rest + k) / ((a - k + 1.0) * (b - k + 1.0));
        p = SELECT(ABOVE(p, ALL(NEGLIGIBLE)), p, ALL(0.0));
        k -= 1.0;
        mass += p;
        moment += p * (SUFFIX(looked_up)(from, -step, k_log_k) - k * slope + mu);
        if (!SUFFIX(any)(p)) break;
    }
    const V mean = SUFFIX(at_least)(moment / mass, 0.0);
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

/* Cells of one kind are gathered until there is one for each lane. */
TARGET static void SUFFIX(all_cells)(const double *a, const double *b, const double *m,
                                     const double *k_log_k, int64_t n_cells, double *mean) {
    for (int kind = 0; kind < 2; kind++) {
        double lane[4][LANES], found[LANES];
        int64_t cell[LANES];
        int n_lanes = 0;
        for (int64_t i = 0; i < n_cells; i++) {
            const double mu = a[i] * b[i] / m[i];
            if ((mu >= SERIES_FROM) == kind) {
                cell[n_lanes] = i;
                lane[0][n_lanes] = a[i], lane[1][n_lanes] = b[i], lane[2][n_lanes] = m[i];
                lane[3][n_lanes] = mu;
                n_lanes++;
            }
            if (n_lanes == 0 || (n_lanes < LANES && i < n_cells - 1)) continue;
            for (int l = n_lanes; l < LANES; l++)
                for (int part = 0; part < 4; part++) lane[part][l] = lane[part][0];
            const V as = SUFFIX(load)(lane[0]), bs = SUFFIX(load)(lane[1]);
            const V ms = SUFFIX(load)(lane[2]), mus = SUFFIX(load)(lane[3]);
            SUFFIX(store)
            (found, kind ? SUFFIX(by_moments)(as, bs, ms, mus)
                         : SUFFIX(by_summation)(as, bs, ms, mus, k_log_k));
            for (int l = 0; l < n_lanes; l++) mean[cell[l]] = found[l];
            n_lanes = 0;
        }
    }
}

#define LOOKED_UP(name, count_t)                                                                  \
    TARGET static int64_t SUFFIX(name)(                                                           \
        const count_t *counts, const int64_t *first, const int64_t *table, int64_t n_candidates,  \
        int64_t n_strata, int64_t n_levels, int64_t *sums, uint8_t *is_met, int64_t *places) {    \
        int64_t n_met = 0;                                                                        \
        for (int64_t i = 0; i < n_candidates; i++) {                                              \
            const count_t *own = counts + i * n_strata * n_levels;                                \
            uint64_t total = 0;                                                                   \
            int64_t signs = 0;                                                                    \
            for (int64_t s = 0; s < n_strata; s++) {                                              \
                const int64_t *values = table + first[s];                                         \
                for (int64_t l = 0; l < n_levels; l++) {                                          \
                    int64_t value = values[own[s * n_levels + l]] - 1;                            \
                    total += (uint64_t)value;                                                     \
                    signs |= value;                                                               \
                }                                                                                 \
            }                                                                                     \
            if (signs < 0) {                                                                      \
                total = 0;                                                                        \
                for (int64_t s = 0; s < n_strata; s++)                                            \
                    for (int64_t l = 0; l < n_levels; l++) {                                      \
                        int64_t place = first[s] + own[s * n_levels + l];                         \
                        if (table[place] > 0) total += (uint64_t)table[place] - 1;                 \
                        else if (!is_met[place]) is_met[place] = 1, places[n_met++] = place;      \
                    }                                                                             \
            }                                                                                     \
            sums[i] = (int64_t)total;                                                             \
        }                                                                                         \
        return n_met;                                                                             \
    }

LOOKED_UP(sums_i32, int32_t)
LOOKED_UP(sums_i64, int64_t)
#undef LOOKED_UP
#include "elementary_end.h"
