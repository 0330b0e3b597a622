#ifndef MIFS_FREQUENCY_H
#define MIFS_FREQUENCY_H

#include <stdint.h>

/* Code each of n finite values of some columns by its bin of equal frequency, of at most 256; -1 if
   there is no memory. Columns stand side by side, their values `step` apart; if that is 1, there is
   one. The codes of each column are contiguous, and `n_codes` is the number of its bins. */
int equal_frequency_codes_of(const double *values, int64_t step, int64_t n, int64_t n_columns,
                             int64_t n_bins, uint8_t *codes, int64_t *n_codes);

#endif
