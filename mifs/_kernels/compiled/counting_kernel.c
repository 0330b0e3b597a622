#include "counting_kernel.h"

#define HISTOGRAM(name, code)                                                                 \
    void name(const code *codes, const int32_t *first_cell, int64_t n_samples,                \
              int32_t *counts) {                                                              \
        for (int64_t i = 0; i < n_samples; i++) counts[first_cell[i] + codes[i]]++;           \
    }

HISTOGRAM(histogram_u8, uint8_t)
HISTOGRAM(histogram_u16, uint16_t)
