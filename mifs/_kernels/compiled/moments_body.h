/* Included once for each kind of vector instructions; every operation is that of the NumPy twin,
   in its order. Lanes are cells; the points of a grid follow each other. */
#include "elementary.h"
#if defined(__SSE2__)
#include <immintrin.h>
#endif

/* Cells whose grids are of like length, one in each lane. */
typedef struct {
    V a, b, m, mean, low, points, step;
    V largest;     /* degree of a polynomial on the support */
    double (*margins)[LANES]; /* the numbers that these are vectors of: see fill_lane() */
    int kind;
} SUFFIX(Group);

/* Room for all points, for their probabilities, and for T or h; and for each degree of a polynomial. */
typedef struct {
    V *k, *p, *f, *of_degrees;
} SUFFIX(Room);

/* Hahn's polynomials of x = K - E K, orthonormal under the law of K:
   Q_{k+1} = ((x - centre[k]) Q_k - length[k - 1] Q_{k-1}) / length[k]; and E[f Q_{k+1}]. */
typedef struct {
    V *centre, *length, *per_length, *t;
} SUFFIX(Degrees);

/* h(count; expected), with the deviation of the count known to its own precision. */
TARGET static ALWAYS_INLINE V SUFFIX(excess)(V count, V expected, V deviation) {
    const V share = SUFFIX(at_least)(deviation / expected, -1.0);
    return count * SUFFIX(log_1p)(share) - deviation;
}

/* One of the four parts of the exponent of a smooth probability. */
TARGET static ALWAYS_INLINE V SUFFIX(part)(V count, V expected, V deviation) {
    const V inverse = 1.0 / count, square = inverse * inverse;
    const V series = inverse * (1.0 / 12 - square * (1.0 / 360 - square / 1260.0));
    return SUFFIX(excess)(count, expected, deviation) + 0.5 * SUFFIX(log_of)(count / expected) +
           series;
}

/* The point of a rank; past the end of a grid it stays at the last one. */
TARGET static ALWAYS_INLINE V SUFFIX(point)(const SUFFIX(Group) * g, int64_t j) {
    const V last = g->points - 1.0, rank = ALL((double)j);
    return g->low + g->step * SELECT(ABOVE(last, rank), rank, last);
}

/* The weight of a point, or 0 past the end of its grid. */
TARGET static ALWAYS_INLINE V SUFFIX(kept)(const SUFFIX(Group) * g, int64_t j, V weight) {
    return SELECT(ABOVE(g->points, ALL((double)j)), weight, ALL(0.0));
}

/* Points and their weights, whose sum is returned. */
TARGET static V SUFFIX(smooth_weights)(const SUFFIX(Group) * g, int64_t n_points, SUFFIX(Room) r) {
    const V level = g->a - g->mean, label = g->b - g->mean, rest = g->m - g->a - g->b;
    const V other = rest + g->mean;
    V total = ALL(0.0);
    for (int64_t j = 0; j < n_points; j++) {
        const V k = SUFFIX(point)(g, j), x = k - g->mean;
        V exponent = ALL(0.0);
        exponent -= SUFFIX(part)(k, g->mean, x);
        exponent -= SUFFIX(part)(g->a - k, level, -x);
        exponent -= SUFFIX(part)(g->b - k, label, -x);
        exponent -= SUFFIX(part)(k + rest, other, x);
        r.k[j] = k;
        r.p[j] = SUFFIX(kept)(g, j, SUFFIX(exp_of)(exponent));
        total += r.p[j];
    }
    return total;
}

TARGET static ALWAYS_INLINE V SUFFIX(ratio_weights)(const SUFFIX(Group) * g, int64_t n_points,
                                                    SUFFIX(Room) r, const int is_double) {
    const V a = g->a, b = g->b, rest = g->m - g->a - g->b + 1.0;
    V weight = ALL(1.0), here = SUFFIX(point)(g, 0), total = SUFFIX(kept)(g, 0, weight);
    r.k[0] = here;
    r.p[0] = total;
    for (int64_t j = 1; j < n_points; j++) {
        const V next = here + 1.0;
        V above = (a - here) * (b - here), below = next * (here + rest);
        if (is_double) {
            above *= (a - next) * (b - next);
            below *= (next + 1.0) * (next + rest);
        }
        weight *= above / below;
        here = SUFFIX(point)(g, j);
        r.k[j] = here;
        r.p[j] = SUFFIX(kept)(g, j, weight);
        total += r.p[j];
    }
    return total;
}

TARGET static V SUFFIX(weigh)(const SUFFIX(Group) * g, int64_t n_points, SUFFIX(Room) r) {
    if (g->kind == SMOOTH) return SUFFIX(smooth_weights)(g, n_points, r);
    return g->kind % LARGE == DOUBLE_STEP ? SUFFIX(ratio_weights)(g, n_points, r, 1)
                                          : SUFFIX(ratio_weights)(g, n_points, r, 0);
}

/* Compilers make a call of each root, or a branch before it, if they are not told of the one
   instruction: sqrt() may have to set errno. */
TARGET static ALWAYS_INLINE V SUFFIX(root)(V x) {
#if defined(__SSE2__) && LANES == 4
    return _mm256_sqrt_pd(x);
#elif defined(__SSE2__)
    return _mm_sqrt_pd(x);
#else
    double lanes[LANES];
    SUFFIX(store)(lanes, x);
    for (int l = 0; l < LANES; l++) lanes[l] = sqrt(lanes[l]);
    return SUFFIX(load)(lanes);
#endif
}

/* A support of n + 1 points has no polynomial above degree n: 0 there. */
TARGET static ALWAYS_INLINE void SUFFIX(begin_degrees)(const SUFFIX(Group) * g, const int degrees,
                                                       SUFFIX(Degrees) q) {
    const V a = g->a, b = g->b, m = g->m;
    for (int i = 0; i < degrees; i++) {
        const double k = i;
        const V size = m - 2.0 * k, left = m + 1.0 - k;
        const V one = (a - k) * (b - k) / size, other = (m - a - k) * (m - b - k) / size;
        const V square = one * other * ((k + 1.0) * left / ((size + 1.0) * (size - 1.0)));
        const V centre = (m - 2.0 * a) * (m - 2.0 * b) / (m * size) * (k * left / (size + 2.0));
        const U is_real = ABOVE(g->largest, ALL(k + 0.5));
        q.centre[i] = SELECT(ABOVE(size, ALL(0.0)), centre, ALL(0.0));
        q.length[i] = SELECT(is_real, SUFFIX(root)(square), ALL(0.0));
        q.per_length[i] = SELECT(is_real, 1.0 / q.length[i], ALL(0.0));
        q.t[i] = ALL(0.0);
    }
}

/* Variance of T or h and its part in each polynomial; and with `third` not NULL the third moments of
   T and x together and the second ones of x. */
TARGET static ALWAYS_INLINE void SUFFIX(sum_products)(const SUFFIX(Group) * g, int64_t n_points,
                                                      V mean, SUFFIX(Room) r, const int degrees,
                                                      V *of_degrees, double *found,
                                                      double *third) {
    const SUFFIX(Degrees) q = {of_degrees, of_degrees + degrees, of_degrees + 2 * degrees,
                               of_degrees + 3 * degrees};
    V variance = ALL(0.0), ttt = variance, ttx = ttt, txx = ttt, tx = ttt;
    SUFFIX(begin_degrees)(g, degrees, q);
    for (int64_t j = 0; j < n_points; j++) {
        const V x = r.k[j] - g->mean, f = r.f[j] - mean, pt = r.p[j] * f, ptt = pt * f;
        V before = ALL(0.0), current = ALL(1.0);
        variance += ptt;
        for (int k = 0; k < degrees; k++) {
            V next = (x - q.centre[k]) * current;
            if (k) next -= q.length[k - 1] * before;
            before = current, current = next * q.per_length[k];
            q.t[k] += pt * current;
        }
        if (!third) continue;
        ttt += ptt * f;
        ttx += ptt * x;
        tx += pt * x;
        txx += pt * x * x;
    }
    SUFFIX(store)(found, variance);
    for (int k = 0; k < degrees; k++) SUFFIX(store)(found + (1 + k) * LANES, q.t[k]);
    if (!third) return;
    const V a = g->a, b = g->b, m = g->m, xx = a * b / m * ((m - a) * (m - b) / (m * (m - 1.0)));
    const V skew = (m - 2.0 * a) * (m - 2.0 * b) / (m * (m - 2.0));
    const V xxx = SELECT(ABOVE(m, ALL(2.0)), xx * skew, ALL(0.0));
    const V sums[6] = {ttt, ttx, txx, xxx, tx, xx};
    for (int row = 0; row < 6; row++) SUFFIX(store)(third + row * LANES, sums[row]);
}

/* k log k of the counts of each lane, and of what they leave of the level. */
TARGET static void SUFFIX(look_up)(const Cells *cells, double (*margins)[LANES],
                                   int64_t n_points, V *f) {
    double *value = (double *)f;
    const int is_split = cells->is_split;
    for (int l = 0; l < LANES; l++) {
        const double *up = cells->k_log_k + (int64_t)margins[4][l];
        const double *down = cells->k_log_k + (int64_t)(margins[0][l] - margins[4][l]);
        const int64_t last = (int64_t)margins[5][l] - 1, step = (int64_t)margins[6][l];
        int64_t i = 0, j = 0;
        for (; j < last; j++, i += step)
            value[j * LANES + l] = is_split ? up[i] + down[-i] : up[i];
        for (; j < n_points; j++) value[j * LANES + l] = is_split ? up[i] + down[-i] : up[i];
    }
}

/* T or h of a point, by logarithms of quotients near 1. */
TARGET static ALWAYS_INLINE V SUFFIX(smooth_value)(const SUFFIX(Group) * g, V k, int is_split) {
    const V x = k - g->mean, value = SUFFIX(excess)(k, g->mean, x);
    return is_split ? value + SUFFIX(excess)(g->a - k, g->a - g->mean, -x) : value;
}

/* Probabilities, T or h of the points, and the mean of that, which is returned. */
TARGET static V SUFFIX(find_values)(const Cells *cells, const SUFFIX(Group) * g, int64_t n_points,
                                    SUFFIX(Room) r) {
    const V share = 1.0 / SUFFIX(weigh)(g, n_points, r);
    const V log_mean = SUFFIX(log_of)(g->mean), log_rest = SUFFIX(log_of)(g->a - g->mean);
    const int is_smooth = g->kind >= SMOOTH, is_split = cells->is_split;
    V mean = ALL(0.0);
    if (!is_smooth) SUFFIX(look_up)(cells, g->margins, n_points, r.f);
    for (int64_t j = 0; j < n_points; j++) {
        const V k = r.k[j];
        r.p[j] *= share;
        if (is_smooth)
            r.f[j] = SUFFIX(smooth_value)(g, k, is_split);
        else if (is_split)
            r.f[j] -= k * log_mean + (g->a - k) * log_rest;
        else
            r.f[j] = r.f[j] - k * (log_mean + 1.0) + g->mean;
        mean += r.p[j] * r.f[j];
    }
    return mean;
}

/* [count]_k / [m - count]_k from that of one degree less, k counted from 0. */
TARGET static ALWAYS_INLINE V SUFFIX(next_ratio)(V ratio, V count, V m, int k) {
    const V above = SUFFIX(at_least)(count - k, 0.0), below = m - count - k;
    return ratio * SELECT(ABOVE(below, ALL(0.0)), above / below, ALL(0.0));
}

/* The row of a level of two classes, from the moments of its cell. */
TARGET static void SUFFIX(turn_into_row)(const SUFFIX(Group) * g, int degrees, double *found) {
    V of_levels = ALL(1.0), of_classes = ALL(1.0), own = ALL(0.0), within = ALL(0.0);
    for (int k = 0; k < degrees; k++) {
        const double sign = k % 2 ? 1.0 : -1.0;
        const V t = SUFFIX(load)(found + (2 + k) * LANES);
        of_levels = SUFFIX(next_ratio)(of_levels, g->a, g->m, k);
        of_classes = SUFFIX(next_ratio)(of_classes, g->b, g->m, k);
        const V w = SUFFIX(root)(of_levels), v = SUFFIX(root)(of_classes);
        const V level = t * t * (1.0 - sign * (v * v)) + sign * ((t * v) * (t * v));
        own += (1.0 - sign * (w * w)) * level;
        within += t * t;
        SUFFIX(store)(found + (2 + k) * LANES, w * t);
    }
    SUFFIX(store)(found + LANES, own + (SUFFIX(load)(found + LANES) - within));
}

TARGET static void SUFFIX(group)(const Cells *cells, const SUFFIX(Group) * g, int64_t n_points,
                                 SUFFIX(Room) r, double *found) {
    const int degrees = cells->degrees;
    const V mean = SUFFIX(find_values)(cells, g, n_points, r);
    double *moments = found + LANES;
    double *third = cells->is_split ? moments + (1 + degrees) * LANES : NULL;
    SUFFIX(store)(found, mean);
    if (degrees == USUAL_DEGREES) { /* whose numbers then stay in registers */
        V usual[4 * USUAL_DEGREES];
        SUFFIX(sum_products)(g, n_points, mean, r, USUAL_DEGREES, usual, moments, third);
    } else {
        SUFFIX(sum_products)(g, n_points, mean, r, degrees, r.of_degrees, moments, third);
    }
    if (cells->level) SUFFIX(turn_into_row)(g, degrees, found);
}

TARGET static void SUFFIX(fill_lane)(const Cells *cells, int64_t cell, int lane,
                                     double (*margins)[LANES]) {
    const double a = cells->a[cell], b = cells->b[cell], m = cells->m[cell];
    const double level = a < m - a ? a : m - a, label = b < m - b ? b : m - b;
    margins[0][lane] = a, margins[1][lane] = b, margins[2][lane] = m;
    margins[3][lane] = a * (b / m);
    margins[4][lane] = (double)cells->low[cell];
    margins[5][lane] = (double)cells->points[cell];
    margins[6][lane] = (double)cells->step[cell];
    margins[7][lane] = level < label ? level : label;
}

TARGET static void SUFFIX(all_cells)(const Cells *cells, double *room, double *out) {
    const int n_rows = (cells->is_split ? 8 : 2) + cells->degrees;
    const int64_t stride = cells->level ? 1 : cells->n_cells;
    double *found = room;
    V *points = (V *)(room + MOST_LANES * (8 + cells->degrees));
    for (int64_t start = 0; start < cells->n_cells;) {
        double margins[8][LANES];
        const int64_t *order = cells->order + start;
        const int kind = kind_of(cells->a[order[0]], cells->step[order[0]]);
        int64_t n = 0;
        int n_lanes = 0;
        while (n_lanes < LANES && start + n_lanes < cells->n_cells) {
            const int64_t cell = order[n_lanes];
            if (kind_of(cells->a[cell], cells->step[cell]) != kind) break;
            SUFFIX(fill_lane)(cells, cell, n_lanes++, margins);
            if (cells->points[cell] > n) n = cells->points[cell];
        }
        for (int l = n_lanes; l < LANES; l++) SUFFIX(fill_lane)(cells, order[0], l, margins);
        const SUFFIX(Group) g = {SUFFIX(load)(margins[0]), SUFFIX(load)(margins[1]),
                                 SUFFIX(load)(margins[2]), SUFFIX(load)(margins[3]),
                                 SUFFIX(load)(margins[4]), SUFFIX(load)(margins[5]),
                                 SUFFIX(load)(margins[6]), SUFFIX(load)(margins[7]), margins, kind};
        const SUFFIX(Room) r = {points, points + n, points + 2 * n, points + 3 * n};
        SUFFIX(group)(cells, &g, n, r, found);
        for (int l = 0; l < n_lanes; l++) {
            double *to = out + (cells->level ? n_rows * cells->level[order[l]] : order[l]);
            for (int row = 0; row < n_rows; row++) to[row * stride] = found[row * LANES + l];
        }
        start += n_lanes;
    }
}

/* Cumulants of as many strata as there are lanes; column c of theirs begins at sums + c * stride. */
TARGET static void SUFFIX(cumulants)(const Law *law, int64_t first, int64_t stride,
                                     const double *sums, double *cumulants) {
    const int degrees = law->degrees, n = law->n_components;
    const double *split = sums + (2 + degrees * n) * stride;
    const V mean = SUFFIX(load)(sums), own = SUFFIX(load)(sums + stride);
    V between = ALL(0.0), total = ALL(0.0);
    for (int k = 0; k < degrees; k++) {
        const double sign = k % 2 ? 1.0 : -1.0;
        V alone = ALL(0.0), together = ALL(0.0);
        for (int j = 0; j < n; j++) {
            const V across = SUFFIX(load)(sums + (2 + k * n + j) * stride);
            const V w = SUFFIX(load)(law->class_weight + (k * n + j) * stride + first);
            alone += across * across * (1.0 - sign * (w * w));
            together += across * w;
        }
        between += sign * (alone + sign * (together * together));
    }
    V variance = own + between;
    variance = SELECT(ABOVE(variance, law->rounding * (own + mean)), variance, ALL(0.0));
    for (int j = 0; j < n; j++) {
        const V ttt = SUFFIX(load)(split + j * stride), ttx = SUFFIX(load)(split + (n + j) * stride);
        const V txx = SUFFIX(load)(split + (2 * n + j) * stride);
        const V xxx = SUFFIX(load)(split + (3 * n + j) * stride);
        const V tx = SUFFIX(load)(split + (4 * n + j) * stride);
        const V xx = SUFFIX(load)(split + (5 * n + j) * stride);
        const V slope = SELECT(ABOVE(xx, ALL(0.0)), tx / xx, ALL(0.0));
        const V part = ttt - slope * (3.0 * ttx - slope * (3.0 * txx - slope * xxx));
        total += part * SUFFIX(load)(law->split_weight + j * stride + first);
    }
    const V square = 2.0 * (variance * variance) / mean;
    const V gamma = SELECT(ABOVE(mean, ALL(0.0)), square, ALL(0.0));
    const V third = SELECT(ABOVE(total, gamma), total, gamma);
    SUFFIX(store)(cumulants, mean);
    SUFFIX(store)(cumulants + stride, variance);
    SUFFIX(store)(cumulants + 2 * stride, SELECT(ABOVE(variance, ALL(0.0)), third, ALL(0.0)));
}

/* The rows of a stratum's levels, summed into one column; of 12 numbers they stay in registers. */
#define ADD_ROWS(name, count_t)                                                                    \
    TARGET static ALWAYS_INLINE void SUFFIX(name)(const Law *law, const count_t *own,              \
                                                  const int64_t *slot, double *sums,               \
                                                  int64_t stride) {                                \
        const int64_t n_columns = law->n_columns;                                                  \
        if (n_columns == 12) {                                                                     \
            V sum[12 / LANES];                                                                     \
            double each[12];                                                                       \
            for (int i = 0; i < 12 / LANES; i++) sum[i] = ALL(0.0);                                \
            for (int64_t l = 0; l < law->n_levels; l++) {                                          \
                const double *row = law->rows + slot[own[l]] * 12;                                 \
                for (int i = 0; i < 12 / LANES; i++) sum[i] += SUFFIX(load)(row + i * LANES);      \
            }                                                                                      \
            for (int i = 0; i < 12 / LANES; i++) SUFFIX(store)(each + i * LANES, sum[i]);          \
            for (int c = 0; c < 12; c++) sums[c * stride] = each[c];                               \
            return;                                                                                \
        }                                                                                          \
        for (int64_t c = 0; c < n_columns; c++) sums[c * stride] = 0.0;                            \
        for (int64_t l = 0; l < law->n_levels; l++) {                                              \
            const double *row = law->rows + slot[own[l]] * n_columns;                              \
            for (int64_t c = 0; c < n_columns; c++) sums[c * stride] += row[c];                    \
        }                                                                                          \
    }

ADD_ROWS(add_rows_i32, int32_t)
ADD_ROWS(add_rows_i64, int64_t)
#undef ADD_ROWS

#define SUMMED(name, add_rows, count_t)                                                            \
    TARGET static void SUFFIX(name)(const Law *law, const count_t *counts, double *room,           \
                                    double *mean, double *variance, double *third) {               \
        const int64_t n_strata = law->n_strata, stride = law->stride;                              \
        double *sums = room, *cumulants = room + law->n_columns * stride;                          \
        for (int64_t i = 0; i < law->n_columns * stride; i++) sums[i] = 0.0;                       \
        for (int64_t i = 0; i < law->n_candidates; i++) {                                          \
            double total[3] = {0, 0, 0};                                                           \
            const count_t *own = counts + i * n_strata * law->n_levels;                            \
            for (int64_t s = 0; s < n_strata; s++)                                                 \
                SUFFIX(add_rows)                                                                   \
                (law, own + s * law->n_levels, law->slot + law->first[s], sums + s, stride);       \
            for (int64_t s = 0; s < n_strata; s += LANES)                                          \
                SUFFIX(cumulants)(law, s, stride, sums + s, cumulants + s);                        \
            for (int64_t s = 0; s < n_strata; s++)                                                 \
                for (int c = 0; c < 3; c++) total[c] += cumulants[c * stride + s];                 \
            mean[i] = total[0];                                                                    \
            variance[i] = total[1];                                                                \
            third[i] = total[2];                                                                   \
        }                                                                                          \
    }

SUMMED(summed_i32, add_rows_i32, int32_t)
SUMMED(summed_i64, add_rows_i64, int64_t)
#undef SUMMED
#include "elementary_end.h"
