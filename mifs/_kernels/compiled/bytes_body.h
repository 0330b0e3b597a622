/* Vectors of VECTOR bytes, and the same as wider numbers.

   Included by bodies of each width of vectors. */

typedef uint8_t SUFFIX(bytes) __attribute__((vector_size(VECTOR), aligned(1), may_alias));

typedef int8_t SUFFIX(signs) __attribute__((vector_size(VECTOR), aligned(1), may_alias));

typedef uint16_t SUFFIX(halves) __attribute__((vector_size(VECTOR), aligned(1), may_alias));

typedef uint64_t SUFFIX(words) __attribute__((vector_size(VECTOR), aligned(1), may_alias));

