/* Histograms of one coded column with one state per sample, and the cells that samples begin at. */
#ifndef MIFS_HISTOGRAM_H
#define MIFS_HISTOGRAM_H

#include <stdint.h>

#include "simd.h"

/* A sample's first cell is its state times n_levels: its code more is the cell that it counts in.
   Bytes of the narrowest numbers, 1, 2 or 4, that hold n_cells = n_states * n_levels <= UINT32_MAX
   cells: the narrower, the more are added at once. */
HIDDEN int bytes_of_cells(int64_t n_cells);

/* First cells of `bytes` bytes each. */
HIDDEN void find_first_cells(const int32_t *state, int64_t n, int64_t n_levels, int bytes,
                             void *first_cell);

/* Places in `cells` that a histogram needs: n_cells, and room to work in behind them. */
HIDDEN int64_t histogram_room(int64_t n, int64_t n_cells);

/* Counts of n_cells cells, from cells[0] on; what was in `cells` is lost. Codes have 1, 2 or 4
   bytes, first cells no fewer. */
HIDDEN void histogram(const void *codes, int bytes_of_a_code, const void *first_cell,
                      int bytes_of_a_cell, int64_t n, int64_t n_cells, int32_t *cells);

/* Whether histogram() compares all samples with each cell, where cells fit bytes and are few. */
HIDDEN int is_compared(int64_t n, int64_t n_cells);

/* The counts of histogram(), of bytes: samples begin z times a step beyond their first cell. */
HIDDEN void histogram_with_z(const uint8_t *codes, const uint8_t *z, uint8_t step,
                             const uint8_t *first_cell, int64_t n, int64_t n_cells,
                             int32_t *cells);

#endif
