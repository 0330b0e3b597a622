/* Included once for each kind of vector instructions; every operation is that of the NumPy twin,
   in its order. Lanes are cells: what one lane does, no other changes. */

TARGET static ALWAYS_INLINE int32_t SUFFIX(place_of)(double k) {
    int32_t place = (int32_t)k;
    place = place < 0 ? 0 : place;
    return place > K_LARGEST ? K_LARGEST : place;
}

/* One step outwards from the mode in all lanes, up or down; whether any goes on. Short loops, each
   of one kind of operation, are what compilers turn into vector instructions. */
TARGET static ALWAYS_INLINE int SUFFIX(outwards)(int is_up, const double *a, const double *b,
                                                 const double *rest, const double *mu,
                                                 const double *slope, const double *k_log_k,
                                                 double *k, double *p, double *mass,
                                                 double *moment) {
    double value[LANES], alive[LANES];
    for (int l = 0; l < LANES; l++) {
        double ratio;
        if (is_up) ratio = (a[l] - k[l]) * (b[l] - k[l]) / ((k[l] + 1) * (rest[l] + k[l] + 1));
        else ratio = k[l] * (rest[l] + k[l]) / ((a[l] - k[l] + 1) * (b[l] - k[l] + 1));
        double next = p[l] * ratio;
        p[l] = next > NEGLIGIBLE ? next : 0.0;
        alive[l] = next > NEGLIGIBLE ? 1.0 : 0.0;
        /* a lane that has ended stays where it is: further out a ratio may divide by zero */
        k[l] = is_up ? k[l] + alive[l] : k[l] - alive[l];
    }
    for (int l = 0; l < LANES; l++) value[l] = k_log_k[SUFFIX(place_of)(k[l])];
    for (int l = 0; l < LANES; l++) {
        mass[l] += p[l];
        moment[l] += p[l] * (value[l] - k[l] * slope[l] + mu[l]);
    }
    for (int width = LANES / 2; width > 0; width /= 2)
        for (int l = 0; l < width; l++) alive[l] += alive[l + width];
    return alive[0] > 0.0;
}

TARGET static void SUFFIX(by_summation)(const double *a, const double *b, const double *m,
                                        const double *mu, const double *log_mu,
                                        const double *k_log_k, double *mean) {
    double rest[LANES], slope[LANES], mode[LANES], mass[LANES], moment[LANES], k[LANES], p[LANES];
    for (int l = 0; l < LANES; l++) {
        rest[l] = m[l] - a[l] - b[l];
        slope[l] = log_mu[l] + 1.0;
        mode[l] = (double)(int64_t)((a[l] + 1) * (b[l] + 1) / (m[l] + 2));
        mass[l] = 1.0;
        moment[l] = k_log_k[SUFFIX(place_of)(mode[l])] - mode[l] * slope[l] + mu[l];
    }
    for (int is_up = 1; is_up >= 0; is_up--) {
        int goes_on = 1;
        for (int l = 0; l < LANES; l++) k[l] = mode[l], p[l] = 1.0;
        if (is_up)
            while (goes_on)
                goes_on = SUFFIX(outwards)(1, a, b, rest, mu, slope, k_log_k, k, p, mass, moment);
        else
            while (goes_on)
                goes_on = SUFFIX(outwards)(0, a, b, rest, mu, slope, k_log_k, k, p, mass, moment);
    }
    for (int l = 0; l < LANES; l++) {
        double found = moment[l] / mass[l];
        mean[l] = a[l] < m[l] && b[l] < m[l] && found > 0.0 ? found : 0.0;
    }
}

TARGET static void SUFFIX(by_moments)(const double *a, const double *b, const double *m,
                                      const double *mu, double *mean) {
    static const double BINOMIAL[8][8] = {
        {1}, {1, 1}, {1, 2, 1}, {1, 3, 3, 1}, {1, 4, 6, 4, 1}, {1, 5, 10, 10, 5, 1},
        {1, 6, 15, 20, 15, 6, 1}, {1, 7, 21, 35, 35, 21, 7, 1}};
    double c[LANES], d[LANES], moments[9][LANES];
    for (int l = 0; l < LANES; l++) {
        c[l] = (a[l] - mu[l]) * (b[l] - mu[l]);
        d[l] = a[l] + b[l] - 2 * mu[l];
        moments[0][l] = 1.0;
        moments[1][l] = 0.0;
    }
    for (int q = 1; q < 8; q++) {
        double total[LANES] = {0};
        for (int i = 0; i < q; i++)
            for (int l = 0; l < LANES; l++)
                total[l] += BINOMIAL[q][i] * (c[l] * moments[i][l] - d[l] * moments[i + 1][l]);
        for (int i = 0; i < q - 1; i++)
            for (int l = 0; l < LANES; l++) total[l] += BINOMIAL[q][i] * moments[i + 2][l];
        for (int l = 0; l < LANES; l++) moments[q + 1][l] = total[l] / (m[l] - q);
    }
    for (int l = 0; l < LANES; l++) mean[l] = 0.0;
    for (int k = 8; k > 1; k--) {
        double share = (k % 2 ? -1.0 : 1.0) / (double)(k * (k - 1));
        for (int l = 0; l < LANES; l++) mean[l] = (mean[l] + moments[k][l] * share) / mu[l];
    }
}

/* Cells of one kind are gathered until there is one for each lane. */
TARGET static void SUFFIX(all_cells)(const double *a, const double *b, const double *m,
                                     const double *mu, const double *log_mu,
                                     const double *k_log_k, int64_t n_cells, double *mean) {
    for (int kind = 0; kind < 2; kind++) {
        double lane[5][LANES], found[LANES];
        int64_t cell[LANES];
        int n_lanes = 0;
        for (int64_t i = 0; i < n_cells; i++) {
            if ((mu[i] >= SERIES_FROM) == kind) {
                cell[n_lanes] = i;
                lane[0][n_lanes] = a[i], lane[1][n_lanes] = b[i], lane[2][n_lanes] = m[i];
                lane[3][n_lanes] = mu[i], lane[4][n_lanes] = log_mu[i];
                n_lanes++;
            }
            if (n_lanes == 0 || (n_lanes < LANES && i < n_cells - 1)) continue;
            for (int l = n_lanes; l < LANES; l++)
                for (int part = 0; part < 5; part++) lane[part][l] = lane[part][0];
            if (kind) SUFFIX(by_moments)(lane[0], lane[1], lane[2], lane[3], found);
            else
                SUFFIX(by_summation)
                (lane[0], lane[1], lane[2], lane[3], lane[4], k_log_k, found);
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
                    int64_t value = values[own[s * n_levels + l]];                                \
                    total += (uint64_t)value;                                                     \
                    signs |= value;                                                               \
                }                                                                                 \
            }                                                                                     \
            if (signs < 0) {                                                                      \
                total = 0;                                                                        \
                for (int64_t s = 0; s < n_strata; s++)                                            \
                    for (int64_t l = 0; l < n_levels; l++) {                                      \
                        int64_t place = first[s] + own[s * n_levels + l];                         \
                        if (table[place] >= 0) total += (uint64_t)table[place];                   \
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
