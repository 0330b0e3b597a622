#include "moments_kernel.h"

#include <math.h>

#include "simd.h"

enum { MOST_LANES = 8, ARRAYS = 7, ALIGNMENT = 8 /* doubles */ };

#define BODY "moments_body.h"
#include "widths.h"

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
