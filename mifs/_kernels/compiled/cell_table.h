/* A cell function F(c) = c log c, less `off` where c > 0, in fixed point: looked up for counts
   below n_values, else evaluated, by the operations of mifs/_kernels/cells.py in their order. */
#ifndef MIFS_CELL_TABLE_H
#define MIFS_CELL_TABLE_H

#include <math.h>
#include <stdint.h>

#include "simd.h"

/* value[c] for a count c, and step[c] = value[c + 1] - value[c], or NULL where the values do not
   reach all samples. */
typedef struct {
    const int64_t *value, *step;
    int64_t n_values;
    double off, scale;
} CellTable;

#if defined(__GNUC__)
#define LANES 2
#else
#define LANES 1
#endif
#define SUFFIX(name) name##_of_a_cell
#define TARGET
#include "elementary.h"

/* One count at a time: those beyond a table are few. */
static int64_t evaluated(const CellTable *f, int32_t count) {
    const V c = ALL((double)count), product = c * SUFFIX(log_of)(c);
    return (int64_t)rint((LANE(product, 0) - f->off * (count > 0)) * f->scale);
}

/* F of `n` counts, which may be fractions. */
static inline void evaluate(const double *counts, int64_t n, double off, double scale,
                            int64_t *values) {
    double count[LANES] = {0}, product[LANES];
    for (int64_t i = 0; i < n; i += LANES) {
        const int some = n - i < LANES ? (int)(n - i) : LANES;
        for (int l = 0; l < some; l++) count[l] = counts[i + l];
        const V c = SUFFIX(load)(count);
        SUFFIX(store)(product, c * SUFFIX(log_of)(c));
        for (int l = 0; l < some; l++)
            values[i + l] = (int64_t)rint((product[l] - off * (count[l] > 0)) * scale);
    }
}

#include "elementary_end.h"
#undef SUFFIX
#undef TARGET
#undef LANES

/* A loop over cells is compiled for tables that reach all samples, and for others. */
static ALWAYS_INLINE int64_t cell_value(const CellTable *f, int32_t count, const int is_whole) {
    return is_whole || count < f->n_values ? f->value[count] : evaluated(f, count);
}

#endif
