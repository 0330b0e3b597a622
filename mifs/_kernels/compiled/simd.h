/* What the processor at hand can do, asked when a kernel runs: one build serves them all.

   A body that gains from wide vectors is written once, in <name>_body.h, and included twice, with
   SUFFIX(f) naming the functions and TARGET before each of them. Kernels then choose by
   simd_level(). Other widths (AVX-512, NEON) are another inclusion. */
#ifndef MIFS_SIMD_H
#define MIFS_SIMD_H

#include <stdlib.h>
#include <string.h>

enum { SIMD_BASELINE = 0, SIMD_AVX2 = 1 };

#if defined(__GNUC__) && defined(__x86_64__)
#define HAVE_AVX2_BODY 1
#define TARGET_AVX2 __attribute__((target("avx2,popcnt")))
#else
#define HAVE_AVX2_BODY 0
#endif

#if defined(__GNUC__)
#define PREFETCH(address) __builtin_prefetch(address)
#define ALWAYS_INLINE inline __attribute__((always_inline))
#else
#define PREFETCH(address) ((void)0)
#define ALWAYS_INLINE inline
#endif

static inline int simd_level(void) {
#if HAVE_AVX2_BODY
    const char *wanted = getenv("MIFS_SIMD");
    if (wanted && strcmp(wanted, "baseline") == 0) return SIMD_BASELINE;
    return __builtin_cpu_supports("avx2") ? SIMD_AVX2 : SIMD_BASELINE;
#else
    return SIMD_BASELINE;
#endif
}

static inline const char *simd_name(void) {
    return simd_level() == SIMD_AVX2 ? "AVX2" : "portable baseline";
}

#endif
