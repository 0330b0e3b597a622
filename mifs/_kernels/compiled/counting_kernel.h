#ifndef MIFS_COUNTING_H
#define MIFS_COUNTING_H

#include <stdint.h>

/* How often each level of a candidate meets each state; counts have shape (n_states, n_levels). */
void histogram_u8(const uint8_t *codes, const int32_t *first_cell, int64_t n_samples,
                  int32_t *counts);
void histogram_u16(const uint16_t *codes, const int32_t *first_cell, int64_t n_samples,
                   int32_t *counts);

#endif
