/* Vectors of LANES doubles, as the includer says. */
#if defined(__SSE2__)
#include <immintrin.h>
#endif

typedef double SUFFIX(doubles) __attribute__((vector_size(8 * LANES)));
typedef int64_t SUFFIX(counts) __attribute__((vector_size(8 * LANES)));
typedef uint64_t SUFFIX(bits) __attribute__((vector_size(8 * LANES)));

/* The first where it is the lesser or the greater, else the second: so where it is NaN. Compilers
   make several instructions of each if they are not told of the one. */
#if defined(__SSE2__) && LANES == 4
#define OF_BITS(name) _mm256_##name
#elif defined(__SSE2__)
#define OF_BITS(name) _mm_##name
#endif
TARGET static ALWAYS_INLINE SUFFIX(doubles) SUFFIX(lesser)(SUFFIX(doubles) a, SUFFIX(doubles) b) {
#ifdef OF_BITS
    return OF_BITS(min_pd)(a, b);
#else
    SUFFIX(counts) is_first = a < b;
    return (SUFFIX(doubles))((is_first & (SUFFIX(counts))a) | (~is_first & (SUFFIX(counts))b));
#endif
}

TARGET static ALWAYS_INLINE SUFFIX(doubles) SUFFIX(greater)(SUFFIX(doubles) a, SUFFIX(doubles) b) {
#ifdef OF_BITS
    return OF_BITS(max_pd)(a, b);
#else
    SUFFIX(counts) is_first = a > b;
    return (SUFFIX(doubles))((is_first & (SUFFIX(counts))a) | (~is_first & (SUFFIX(counts))b));
#endif
}
#undef OF_BITS
