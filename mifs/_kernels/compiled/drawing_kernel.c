#include "drawing_kernel.h"

#include <math.h>

#define BIG 1e20 /* as in the NumPy twin */

enum { SIZES = 6 };

typedef struct {
    double of_count[2], number, exponent;
} Sums;

static inline void count(Sums *sums, const double *of_count, int64_t n_counts, int64_t k) {
    sums->of_count[0] += of_count[k];
    sums->of_count[1] += of_count[n_counts + k];
}

/* Count of one inner cell; with `given`, that one. The pointers are to what is said of a count of 0,
   and from there on forwards, backwards, backwards and forwards. */
static inline int64_t cell(double u, const int64_t *given, int64_t least, int64_t most,
                           const double *of_cell, const double *of_level, const double *of_class,
                           const double *of_both, double *cumulated, Sums *sums) {
    if (least == most) return least;
    double total = 0.0;
    for (int64_t k = least; k <= most; k++) {
        total += of_cell[k] * of_level[-k] * of_class[-k] * of_both[k];
        cumulated[k] = total;
    }
    int64_t k = least;
    if (given != 0) {
        k = *given;
    } else {
        const double at = u * total;
        /* to the end, as no processor foresees where it would stop */
        for (int64_t i = least; i < most; i++) k += cumulated[i] <= at;
    }
    sums->number *= total / (of_cell[k] * of_level[-k] * of_class[-k] * of_both[k]);
    if (sums->number > BIG) {
        int exponent;
        sums->number = frexp(sums->number, &exponent);
        sums->exponent += exponent;
    }
    return k;
}

static void draw_table(const double *u, const int64_t *given, const Proposal *proposal,
                       const double *of_count, int64_t n_counts, int64_t *x, double *cumulated,
                       Sums *sums) {
    const int64_t *margins = proposal->margins;
    const double *likely = proposal->likely;
    for (int64_t z = 0; z < proposal->n_strata; z++) {
        const int64_t *sizes = proposal->sizes + SIZES * z, *widths = sizes + 2;
        const int64_t n_levels = sizes[0], n_classes = sizes[1];
        const int64_t n_inner = (n_levels - 1) * (n_classes - 1);
        const double *tables[4];
        for (int t = 0; t < 4; t++) tables[t] = likely, likely += n_inner * widths[t];
        int64_t rows = 0;
        for (int64_t i = 0; i < n_levels; i++) x[i] = margins[i], rows += margins[i];
        for (int64_t j = 0; j < n_classes - 1; j++) {
            int64_t s = margins[n_levels + j], left = rows;
            rows -= s;
            for (int64_t i = 0; i < n_levels - 1; i++) {
                const int64_t at = i * (n_classes - 1) + j;
                left -= x[i];
                const int64_t least = s > left ? s - left : 0, most = x[i] < s ? x[i] : s;
                const int64_t k =
                    cell(*u, given, least, most, tables[0] + at * widths[0],
                         tables[1] + at * widths[1] + x[i], tables[2] + at * widths[2] + s,
                         tables[3] + at * widths[3] + left - s, cumulated, sums);
                count(sums, of_count, n_counts, k);
                x[i] -= k, s -= k, u++;
                if (given != 0) given++;
            }
            count(sums, of_count, n_counts, s);
            x[n_levels - 1] -= s;
        }
        for (int64_t i = 0; i < n_levels; i++) count(sums, of_count, n_counts, x[i]);
        margins += n_levels + n_classes;
    }
}

void draw_tables(const double *uniform, int64_t n_tables, int64_t n_cells, const int64_t *given,
                 const Proposal *proposal, const double *of_count, int64_t n_counts, int64_t *x,
                 double *cumulated, double *found) {
    for (int64_t n = 0; n < n_tables; n++) {
        Sums sums = {{0.0, 0.0}, 1.0, 0.0};
        draw_table(uniform + n * n_cells, n == 0 ? given : 0, proposal, of_count, n_counts, x,
                   cumulated, &sums);
        found[n] = sums.of_count[0], found[n_tables + n] = sums.of_count[1];
        found[2 * n_tables + n] = sums.number, found[3 * n_tables + n] = sums.exponent;
    }
}
