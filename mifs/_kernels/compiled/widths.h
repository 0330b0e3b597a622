/* Include the file BODY once for each width of vectors of doubles: functions SUFFIX(name) are
   name_baseline and, where the compiler can, name_avx2. CHOSEN of simd.h then calls one of them. */
#if defined(__GNUC__)
#define LANES 2
#else
#define LANES 1
#endif
#define SUFFIX(name) name##_baseline
#define TARGET
#include BODY
#undef SUFFIX
#undef TARGET
#undef LANES

#if HAVE_AVX2_BODY
#define LANES 4
#define SUFFIX(name) name##_avx2
#define TARGET TARGET_AVX2
#include BODY
#undef SUFFIX
#undef TARGET
#undef LANES
#endif
