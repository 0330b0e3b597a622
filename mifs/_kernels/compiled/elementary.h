/* Vectors of LANES doubles, and log(1 + x) and e**x of sums, products, quotients and bits alone:
   the operations of mifs/_kernels/elementary.py in their order, so that lanes have the same bits.

   Included once for each kind of vector instructions, with SUFFIX, TARGET and LANES defined. Where
   a compiler knows no vectors, LANES is 1 and a vector is a double. */
#include <stdint.h>
#include <string.h>

#define V SUFFIX(vector)
#define U SUFFIX(bits)

#if defined(__GNUC__)
typedef double V __attribute__((vector_size(8 * LANES)));
typedef uint64_t U __attribute__((vector_size(8 * LANES)));
#define BITS(x) ((U)(x))
#define DOUBLE(u) ((V)(u))
#define ABOVE(a, b) ((U)((a) > (b)))
#define LANE(x, l) (x)[l]
#else
typedef double V;
typedef uint64_t U;
static ALWAYS_INLINE uint64_t SUFFIX(bits_of)(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}
static ALWAYS_INLINE double SUFFIX(double_of)(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}
#define BITS(x) SUFFIX(bits_of)(x)
#define DOUBLE(u) SUFFIX(double_of)(u)
#define ABOVE(a, b) (0 - (uint64_t)((a) > (b)))
#define LANE(x, l) (x)
#endif

#define ALL(scalar) ((V){0} + (scalar))
#define SELECT(mask, a, b) DOUBLE(((mask)&BITS(a)) | (~(mask)&BITS(b)))

/* One number of each lane, to and from memory of any alignment. */
TARGET static ALWAYS_INLINE V SUFFIX(load)(const double *from) {
    V x;
    memcpy(&x, from, sizeof x);
    return x;
}

TARGET static ALWAYS_INLINE void SUFFIX(store)(double *to, V x) { memcpy(to, &x, sizeof x); }

TARGET static ALWAYS_INLINE V SUFFIX(at_least)(V x, double least) {
    return SELECT(ABOVE(x, ALL(least)), x, ALL(least));
}

TARGET static ALWAYS_INLINE V SUFFIX(log_lost)(V u, V lost) {
    const U root_half = (U){0} + 0x3FE6A09E00000000u;
    const U bits = BITS(u) + ((U){0} + 0x3FF0000000000000u - root_half);
    /* the exponent as the last bits of a number of 2**52 */
    const U exponent = (bits >> 52) | ((U){0} + 0x4330000000000000u);
    const V k = DOUBLE(exponent) - 4503599627370496.0 - 1023.0;
    const V f = DOUBLE((bits & ((U){0} + 0x000FFFFFFFFFFFFFu)) + root_half) - 1.0;
    const V half = 0.5 * f * f, s = f / (2.0 + f), z = s * s, w = z * z;
    const V even = w * (3.999999999940941908e-01 +
                        w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
    const V odd = z * (6.666666666666735130e-01 +
                       w * (2.857142874366239149e-01 +
                            w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
    return s * (half + (odd + even)) + (k * 1.90821492927058770002e-10 + lost) - half + f +
           k * 6.93147180369123816490e-01;
}

TARGET static ALWAYS_INLINE V SUFFIX(log_1p)(V x) {
    const V u = SUFFIX(at_least)(x + 1.0, 1e-300);
    return SUFFIX(log_lost)(u, (x - (u - 1.0)) / u);
}

TARGET static ALWAYS_INLINE V SUFFIX(log_of)(V x) {
    return SUFFIX(log_lost)(SUFFIX(at_least)(x, 1e-300), ALL(0.0));
}

/* Whole numbers below 2**51, as integers of 64 bits. */
TARGET static ALWAYS_INLINE U SUFFIX(integers)(V x) {
    const V shift = ALL(6755399441055744.0); /* 1.5 * 2**52: added, it leaves x in the last bits */
    return BITS(x + shift) - BITS(shift);
}

TARGET static ALWAYS_INLINE V SUFFIX(exp_of)(V x) {
    const double integer = 6755399441055744.0, inverse_ln2 = 1.4426950408889634;
    x = SUFFIX(at_least)(x, -700.0);
    const V shifted = x * inverse_ln2 + integer, k = shifted - integer;
    const V high = x - k * 6.93147180369123816490e-01, low = k * 1.90821492927058770002e-10;
    const V r = high - low, z = r * r;
    const V polynomial =
        1.66666666666666019037e-01 +
        z * (-2.77777777770155933842e-03 +
             z * (6.61375632143793436117e-05 +
                  z * (-1.65339022054652515390e-06 + z * 4.13813679705723846039e-08)));
    const V c = r - z * polynomial;
    const V y = 1.0 + (r * c / (2.0 - c) - low + high);
    return DOUBLE(BITS(y) + (BITS(shifted) << 52));
}
