#include "moments_kernel.h"

#include <math.h>
#include <stdlib.h>

#include "simd.h"

enum { MOST_LANES = 8, ARRAYS = 3, USUAL_DEGREES = 4, ALIGNMENT = 8 /* doubles */ };

#define LOG_TAIL 41.45
#define DOUBLE_FROM 18.0

/* Steps of 1 and of 2, which probabilities take by ratios, and those over which they are smooth; then
   the first two again, of levels of which k log k is not looked up. */
enum { UNIT_STEP, DOUBLE_STEP, SMOOTH, LARGE, N_KINDS = LARGE + SMOOTH, K_VALUES = 1024 };

static int kind_of(double a, int64_t step) {
    if (step > 2) return SMOOTH;
    return (step == 2 ? DOUBLE_STEP : UNIT_STEP) + (a >= K_VALUES ? LARGE : 0);
}

/* Grids of the cells that can vary, and their order by length: see mifs/_kernels/moments.py. */
typedef struct {
    double *a, *b, *m;
    int64_t *low, *points, *step, *order;
    int64_t *level; /* of which each is the cell */
    int64_t n_cells, most_points;
} Grids;

#define BODY "moments_body.h"
#include "widths.h"

int64_t moments_room(int64_t most_points, int degrees) {
    return MOST_LANES * (ARRAYS * most_points + 8 + 5 * degrees) + ALIGNMENT;
}

void grid_moments(const Cells *cells, double *room, double *out) {
    while ((uintptr_t)room % (ALIGNMENT * sizeof(double))) room++;
#define CALL(suffix) all_cells##suffix(cells, room, out)
    CHOSEN(CALL);
#undef CALL
}

static double smaller(double x, double y) { return x < y ? x : y; }

static int64_t least(int64_t x, int64_t y) { return x < y ? x : y; }

static int64_t most(int64_t x, int64_t y) { return x > y ? x : y; }

static void find_windows(const Levels *levels, Grids *grids) {
    for (int64_t l = 0; l < levels->n_levels; l++) {
        const int64_t a = levels->a[l], s = levels->stratum[l], b = levels->b[s], m = levels->m[s];
        const int64_t smallest = least(least(a, m - a), least(b, m - b));
        const int64_t first = most(0, a + b - m), last = least(a, b);
        if (smallest <= 0) continue;
        const double size = (double)m, mean = (double)a * ((double)b / size);
        const double variance = mean * ((double)(m - a) / size) *
                                ((double)(m - b) / (double)most(m - 1, 1));
        const double wide =
            LOG_TAIL / 3 + sqrt(LOG_TAIL * LOG_TAIL / 9 + 2 * LOG_TAIL * variance);
        const double share = (double)(m - smallest + 1) / size;
        const double reach = smaller(wide, sqrt(LOG_TAIL / 2 * (double)smallest * share)) + 1;
        const int64_t low = most(first, (int64_t)floor(mean - reach));
        const int64_t high = least(last, (int64_t)ceil(mean + reach));
        int64_t step = most(1, (int64_t)(sqrt(variance) / 2));
        if (low == first || high == last || (step == 2 && variance < DOUBLE_FROM)) step = 1;
        const int64_t cell = grids->n_cells++, points = (high - low) / step + 1;
        grids->a[cell] = (double)a, grids->b[cell] = (double)b, grids->m[cell] = size;
        grids->low[cell] = low, grids->points[cell] = points, grids->step[cell] = step;
        grids->level[cell] = l;
        grids->most_points = most(grids->most_points, points);
    }
}

/* `starts` holds a zero for each kind and length. */
static void order_windows(const Grids *grids, int64_t *starts) {
    const int64_t n_lengths = grids->most_points + 1;
    int64_t place = 0;
    for (int64_t c = 0; c < grids->n_cells; c++)
        starts[kind_of(grids->a[c], grids->step[c]) * n_lengths + grids->points[c]]++;
    for (int64_t kind = 0; kind < N_KINDS * n_lengths; kind++) {
        const int64_t n_cells = starts[kind];
        starts[kind] = place;
        place += n_cells;
    }
    for (int64_t c = 0; c < grids->n_cells; c++)
        grids->order[starts[kind_of(grids->a[c], grids->step[c]) * n_lengths + grids->points[c]]++] =
            c;
}

static int fill_rows(const Grids *grids, int degrees, const double *k_log_k, double *rows) {
    if (grids->n_cells == 0) return 0;
    int64_t *const starts = calloc(N_KINDS * (grids->most_points + 1), sizeof *starts);
    double *const room = malloc(sizeof *room * moments_room(grids->most_points, degrees));
    const int status = starts && room ? 0 : -1;
    if (status == 0) {
        const Cells cells = {.a = grids->a, .b = grids->b, .m = grids->m, .low = grids->low,
                             .points = grids->points, .step = grids->step, .order = grids->order,
                             .level = grids->level, .k_log_k = k_log_k, .n_cells = grids->n_cells,
                             .degrees = degrees, .is_split = 1};
        order_windows(grids, starts);
        grid_moments(&cells, room, rows);
    }
    free(starts);
    free(room);
    return status;
}

int rows_of_levels(const Levels *levels, int degrees, const double *k_log_k, double *rows) {
    const int64_t n = levels->n_levels;
    double *const margins = malloc(sizeof *margins * 3 * n);
    int64_t *const whole = malloc(sizeof *whole * 5 * n);
    int status = -1;
    if (margins && whole) {
        Grids grids = {.a = margins, .b = margins + n, .m = margins + 2 * n, .low = whole,
                       .points = whole + n, .step = whole + 2 * n, .order = whole + 3 * n,
                       .level = whole + 4 * n};
        find_windows(levels, &grids);
        status = fill_rows(&grids, degrees, k_log_k, rows);
    }
    free(margins);
    free(whole);
    return status;
}

/* Those that were met hold 1 for the time being. */
#define UNKNOWN(name, count_t)                                                                    \
    int64_t name(const count_t *counts, const int64_t *first, int64_t n_candidates,               \
                 int64_t n_strata, int64_t n_levels, int64_t most, int64_t *slot,                 \
                 int64_t *found) {                                                                \
        int64_t n_found = 0;                                                                      \
        for (int64_t i = 0; i < n_candidates; i++)                                                \
            for (int64_t s = 0; s < n_strata; s++, counts += n_levels)                            \
                for (int64_t l = 0; l < n_levels; l++) {                                          \
                    const int64_t place = first[s] + counts[l];                                   \
                    if (slot[place]) continue;                                                    \
                    slot[place] = 1;                                                              \
                    found[n_found] = place;                                                       \
                    found[most + n_found] = counts[l];                                            \
                    found[2 * most + n_found++] = s;                                              \
                }                                                                                 \
        for (int64_t i = 0; i < n_found; i++) slot[found[i]] = 0;                                 \
        return n_found;                                                                           \
    }

UNKNOWN(unknown_i32, int32_t)
UNKNOWN(unknown_i64, int64_t)
#undef UNKNOWN

/* [count]_k / [m - count]_k from that of one degree less, k counted from 0. */
static double next_ratio(double ratio, double count, double m, int k) {
    const double above = count - k, below = m - count - k;
    return ratio * (below > 0 ? (above > 0 ? above : 0.0) / below : 0.0);
}

void weigh_classes(const int64_t *b, const int64_t *m, int64_t n_strata, int64_t n_classes,
                   int degrees, int64_t stride, double *weights) {
    memset(weights, 0, sizeof *weights * degrees * n_classes * stride);
    for (int64_t s = 0; s < n_strata; s++)
        for (int64_t j = 0; j < n_classes; j++) {
            double ratio = 1.0;
            for (int k = 0; k < degrees; k++) {
                ratio = next_ratio(ratio, (double)b[s * n_classes + j], (double)m[s], k);
                weights[(k * n_classes + j) * stride + s] = sqrt(ratio);
            }
        }
}

void summed_cumulants_i32(const Law *law, const int32_t *counts, double *room, double *mean,
                          double *variance, double *third) {
#define CALL(suffix) summed_i32##suffix(law, counts, room, mean, variance, third)
    CHOSEN(CALL);
#undef CALL
}

void summed_cumulants_i64(const Law *law, const int64_t *counts, double *room, double *mean,
                          double *variance, double *third) {
#define CALL(suffix) summed_i64##suffix(law, counts, room, mean, variance, third)
    CHOSEN(CALL);
#undef CALL
}
