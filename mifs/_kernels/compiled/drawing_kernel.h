#ifndef MIFS_DRAWING_H
#define MIFS_DRAWING_H

#include <stdint.h>

/* T of random tables: see mifs/_kernels/drawing.py. `stages` has shape (n_stages, 3), `uniform`
   (n_stages, n_tables). */
void draw_tables(const double *uniform, const int64_t *stages, int64_t n_stages, int64_t n_tables,
                 const double *cumulated, const double *growth, double *total);

#endif
