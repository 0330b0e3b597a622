#include "drawing_kernel.h"

enum { TOGETHER = 512 }; /* tables whose states stay in the cache */

void draw_tables(const double *uniform, const int64_t *stages, int64_t n_stages, int64_t n_tables,
                 const double *cumulated, const double *growth, double *total) {
    for (int64_t begin = 0; begin < n_tables; begin += TOGETHER) {
        int64_t size = n_tables - begin < TOGETHER ? n_tables - begin : TOGETHER;
        int64_t row[TOGETHER], at[TOGETHER];
        double *sum = total + begin;
        for (int64_t i = 0; i < size; i++) sum[i] = 0.0, row[i] = 0;
        for (int64_t s = 0; s < n_stages; s++) {
            const int64_t *stage = stages + 3 * s, first = stage[0], width = stage[1];
            const double *u = uniform + s * n_tables + begin;
            if (stage[2] >= 0)
                for (int64_t i = 0; i < size; i++) row[i] = stage[2];
            /* number of a row's values, but the last, that are not above u; all tables halve their
               rows together, so that one does not wait for another's branch */
            for (int64_t i = 0; i < size; i++) at[i] = first + row[i] * width;
            for (int64_t left = width - 1; left > 0;) {
                const int64_t half = (left + 1) / 2;
                for (int64_t i = 0; i < size; i++)
                    at[i] += half * (cumulated[at[i] + half - 1] <= u[i]);
                left -= half;
            }
            for (int64_t i = 0; i < size; i++) {
                sum[i] += growth[at[i]];
                row[i] -= at[i] - (first + row[i] * width);
            }
        }
    }
}
