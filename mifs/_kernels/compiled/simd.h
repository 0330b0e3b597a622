/* What the processor at hand can do, asked when an extension is imported: one build serves them all.

   A body that gains from wide vectors is written once, in <name>_body.h, and included twice, with
   SUFFIX(f) naming the functions and TARGET before each of them. Kernels then choose by
   simd_level(). Other widths (AVX-512, NEON) are another inclusion. */
#ifndef MIFS_SIMD_H
#define MIFS_SIMD_H

enum { SIMD_BASELINE = 0, SIMD_AVX2 = 1 };

#if defined(__GNUC__) && defined(__x86_64__)
#define HAVE_AVX2_BODY 1
#define TARGET_AVX2 __attribute__((target("avx2,popcnt")))
#else
#define HAVE_AVX2_BODY 0
#endif

/* Vectors of bytes that are read as numbers of several bytes have the first one lowest. */
#if defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define HAVE_BYTE_VECTORS 1
#else
#define HAVE_BYTE_VECTORS 0
#endif

#if defined(__GNUC__)
#define PREFETCH(address) __builtin_prefetch(address)
#define HIDDEN __attribute__((visibility("hidden")))
#define ALWAYS_INLINE inline __attribute__((always_inline))
#else
#define PREFETCH(address) ((void)0)
#define HIDDEN
#define ALWAYS_INLINE inline
#endif

/* Level of an extension: simd_kernel.c, one in each. Kernels run without the lock of the
   interpreter, where another thread may change the environment; they read a number. */
extern HIDDEN int simd_chosen;

static inline int simd_level(void) { return simd_chosen; }

/* Ask the processor, and the environment for MIFS_SIMD=baseline; on import, and in tests. */
HIDDEN void choose_simd(void);

/* Call one of two functions named alike; the argument is a macro that takes their suffix. */
#if HAVE_AVX2_BODY
#define CHOSEN(call)                            \
    do {                                        \
        if (simd_level() == SIMD_AVX2) {        \
            call(_avx2);                        \
        } else {                                \
            call(_baseline);                    \
        }                                       \
    } while (0)
#else
#define CHOSEN(call) call(_baseline)
#endif

#endif
