#ifndef MIFS_DRAWING_H
#define MIFS_DRAWING_H

#include <stdint.h>

/* What random tables are drawn from: see Proposal in mifs/_kernels/drawing.py. */
typedef struct {
    const int64_t *sizes, *margins; /* sizes has six numbers of each stratum */
    int64_t n_strata;
    const double *likely;
} Proposal;

/* Four sums of each table: `found` has shape (4, n_tables), `uniform` (n_tables, n_cells) and
   `of_count` (2, n_counts); `given` has n_cells counts of the first table, or is NULL. `x` has room
   for the levels of a stratum, `cumulated` for the widest table of a cell. */
void draw_tables(const double *uniform, int64_t n_tables, int64_t n_cells, const int64_t *given,
                 const Proposal *proposal, const double *of_count, int64_t n_counts, int64_t *x,
                 double *cumulated, double *found);

#endif
