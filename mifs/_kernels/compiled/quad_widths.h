/* Include the file BODY once for each set of instructions, after quads.h: functions SUFFIX(name)
   are name_baseline and, where the compiler can, name_avx2. WIDEST(name) is the one to call. */
#if defined(__GNUC__) && defined(__SSE2__)
#include <immintrin.h>
#define BASELINE_QUADS 1
#else
#define BASELINE_QUADS 0
#endif

#define FAST TARGET static ALWAYS_INLINE

#define SUFFIX(name) name##_baseline
#define TARGET
#define QUADS BASELINE_QUADS
#include "quads.h"
#include BODY
#undef Q
#undef QUADS
#undef SUFFIX
#undef TARGET

#if HAVE_AVX2_BODY
#define SUFFIX(name) name##_avx2
#define TARGET TARGET_AVX2
#define QUADS 2
#include "quads.h"
#include BODY
#undef Q
#undef QUADS
#undef SUFFIX
#undef TARGET
#define WIDEST(name) (simd_level() == SIMD_AVX2 ? name##_avx2 : name##_baseline)
#else
#define WIDEST(name) name##_baseline
#endif
