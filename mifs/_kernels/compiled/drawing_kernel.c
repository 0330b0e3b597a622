#include "drawing_kernel.h"

enum { TOGETHER = 512 }; /* tables whose states stay in the cache */

/* Number of values, of those but the last, that are not above u. */
static inline int64_t place_of(const double *row, int64_t width, double u) {
    const double *from = row;
    for (int64_t left = width - 1; left > 0;) {
        int64_t half = (left + 1) / 2;
        from += from[half - 1] <= u ? half : 0;
        left -= half;
    }
    return from - row;
}

void draw_tables(const double *uniform, const int64_t *stages, int64_t n_stages, int64_t n_tables,
                 const double *cumulated, const double *growth, double *total) {
    for (int64_t begin = 0; begin < n_tables; begin += TOGETHER) {
        int64_t size = n_tables - begin < TOGETHER ? n_tables - begin : TOGETHER;
        int64_t row[TOGETHER];
        double *sum = total + begin;
        for (int64_t i = 0; i < size; i++) sum[i] = 0.0, row[i] = 0;
        for (int64_t s = 0; s < n_stages; s++) {
            const int64_t *stage = stages + 3 * s, first = stage[0], width = stage[1];
            const double *u = uniform + s * n_tables + begin;
            if (stage[2] >= 0)
                for (int64_t i = 0; i < size; i++) row[i] = stage[2];
            for (int64_t i = 0; i < size; i++) {
                const int64_t place = first + row[i] * width;
                const int64_t k = place_of(cumulated + place, width, u[i]);
                sum[i] += growth[place + k];
                row[i] -= k;
            }
        }
    }
}
