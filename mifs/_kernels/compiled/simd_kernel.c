#include "simd.h"

#include <stdlib.h>
#include <string.h>

int simd_chosen = SIMD_BASELINE;

void choose_simd(void) {
#if HAVE_AVX2_BODY
    const char *wanted = getenv("MIFS_SIMD");
    const int is_wide = !(wanted && strcmp(wanted, "baseline") == 0);
    simd_chosen = is_wide && __builtin_cpu_supports("avx2") ? SIMD_AVX2 : SIMD_BASELINE;
#endif
}
