#ifndef MIFS_FREQUENCY_H
#define MIFS_FREQUENCY_H

#include <stdint.h>

/* Rows, and how often each counts, above 0; once each if that is NULL. */
typedef struct {
    const int64_t *weights;
    int64_t n, total; /* their number, and the sum of their weights, below 2**62 */
} counted_rows;

/* Code the finite values of some columns in these rows by bins of equal frequency, at most 256; -1
   if there is no memory. Columns stand side by side, their values `step` apart; if that is 1, there
   is one. The codes of each column are contiguous, and `n_codes` is the number of its bins. */
int equal_frequency_codes_of(const double *values, int64_t step, const counted_rows *rows,
                             int64_t n_columns, int64_t n_bins, uint8_t *codes, int64_t *n_codes);

#endif
