#include "moments_kernel.h"

#include <math.h>

#include "simd.h"

enum { MOST_LANES = 8, ARRAYS = 7, ALIGNMENT = 8 /* doubles */ };

/* Cumulants of one stratum from the sums over its levels. */
static void add_cumulants(const Law *law, int64_t stratum, const double *sums, double *total) {
    const int degrees = law->degrees, n = law->n_components;
    const double *w = law->class_weight + stratum * degrees * n, *split = sums + 2 + degrees * n;
    const double mean = sums[0], own = sums[1];
    double between = 0.0, cumulant = 0.0;
    for (int k = 0; k < degrees; k++) {
        const double sign = k % 2 ? 1.0 : -1.0, *across = sums + 2 + k * n;
        double alone = 0.0, together = 0.0;
        for (int j = 0; j < n; j++) {
            alone += across[j] * across[j] * (1.0 - sign * (w[k * n + j] * w[k * n + j]));
            together += across[j] * w[k * n + j];
        }
        between += sign * (alone + sign * (together * together));
    }
    double variance = own + between;
    variance = variance > law->rounding * (own + mean) ? variance : 0.0;
    for (int j = 0; j < n; j++) {
        const double ttt = split[j], ttx = split[n + j], txx = split[2 * n + j];
        const double xxx = split[3 * n + j], tx = split[4 * n + j], xx = split[5 * n + j];
        const double slope = xx > 0.0 ? tx / xx : 0.0;
        const double part = ttt - slope * (3 * ttx - slope * (3 * txx - slope * xxx));
        cumulant += part * law->split_weight[stratum * n + j];
    }
    double gamma = mean > 0.0 ? 2 * (variance * variance) / mean : 0.0;
    total[0] += mean;
    total[1] += variance;
    total[2] += variance > 0.0 ? (cumulant > gamma ? cumulant : gamma) : 0.0;
}

#if defined(__GNUC__)
#define LANES 2
#else
#define LANES 1
#endif
#define SUFFIX(name) name##_baseline
#define TARGET
#include "moments_body.h"
#undef SUFFIX
#undef TARGET
#undef LANES

#if HAVE_AVX2_BODY
#define LANES 4
#define SUFFIX(name) name##_avx2
#define TARGET TARGET_AVX2
#include "moments_body.h"
#undef SUFFIX
#undef TARGET
#undef LANES
#define CHOSEN(call) \
    if (simd_level() == SIMD_AVX2) call(_avx2); \
    else call(_baseline)
#else
#define CHOSEN(call) call(_baseline)
#endif

int64_t moments_room(int64_t most_points, int degrees) {
    return MOST_LANES * (ARRAYS * most_points + 8 + degrees) + ALIGNMENT;
}

void grid_moments(const Cells *cells, double *room, double *out) {
    while ((uintptr_t)room % (ALIGNMENT * sizeof(double))) room++;
#define CALL(suffix) all_cells##suffix(cells, room, out)
    CHOSEN(CALL);
#undef CALL
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
