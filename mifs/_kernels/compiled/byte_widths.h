/* Include the file BODY once for each width of vectors of bytes: functions SUFFIX(name) are name_16
   and, where the compiler can, name_32. */
#define VECTOR 16
#define TARGET
#define SUFFIX(name) name##_16
#include BODY
#if HAVE_AVX2_BODY
#define VECTOR 32
#define TARGET TARGET_AVX2
#define SUFFIX(name) name##_32
#include BODY
#endif
#undef BODY
