/* Passes over columns on their way to codes: vectors of LANES doubles, or 4 * LANES buckets, as the
   includer says. */

#if HAVE_BYTE_VECTORS
#include "doubles_body.h"

/* Bits whose low ones are the bucket of each value: the sum leaves the nearest whole number. */
TARGET static ALWAYS_INLINE SUFFIX(bits) SUFFIX(bits_of)(const double *x, SUFFIX(doubles) low,
                                                         SUFFIX(doubles) scale, double most) {
    SUFFIX(doubles) v;
    memcpy(&v, x, sizeof v);
    v = SUFFIX(greater)((v - low) * scale, (SUFFIX(doubles)){0});
    return (SUFFIX(bits))(SUFFIX(lesser)(v, (SUFFIX(doubles)){0} + most) + ALL_WHOLE);
}

/* Buckets of LINE rows of up to STRIP columns, those of each column n apart; the number of columns
   that fill vectors. The lanes of these are columns, in each of which four rows are laid side by
   side. */
TARGET static int64_t SUFFIX(find_tile)(const double *table, int64_t row_step, int64_t n_columns,
                                        const range *of, double most, int64_t n,
                                        uint16_t *buckets) {
    int64_t column = 0;
    for (; column + LANES <= n_columns; column += LANES) {
        SUFFIX(doubles) low, scale;
        memcpy(&low, of->low + column, sizeof low);
        memcpy(&scale, of->scale + column, sizeof scale);
        for (int row = 0; row < LINE; row += 4) {
            const double *x = table + row * row_step + column;
            SUFFIX(bits) four = SUFFIX(bits_of)(x, low, scale, most) & 0xFFFFu;
            four |= SUFFIX(bits_of)(x + row_step, low, scale, most) << 48 >> 32;
            four |= SUFFIX(bits_of)(x + 2 * row_step, low, scale, most) << 48 >> 16;
            four |= SUFFIX(bits_of)(x + 3 * row_step, low, scale, most) << 48;
            for (int lane = 0; lane < LANES; lane++) {
                const uint64_t own = four[lane];
                memcpy(buckets + (column + lane) * n + row, &own, sizeof own);
            }
        }
    }
    return column;
}

typedef int16_t SUFFIX(shorts) __attribute__((vector_size(8 * LANES)));

TARGET static void SUFFIX(kinds_by_few)(uint16_t *kinds, int64_t n, const group *groups,
                                        int64_t n_groups) {
    enum { AT_ONCE = 4 * LANES };
    int64_t i = 0;
    for (; i + 2 * AT_ONCE <= n; i += 2 * AT_ONCE) {
        SUFFIX(shorts) a, b, na = {0}, nb = {0}, ma = {0}, mb = {0};
        memcpy(&a, kinds + i, sizeof a), memcpy(&b, kinds + i + AT_ONCE, sizeof b);
        for (const group *g = groups; g < groups + n_groups; g++) {
            SUFFIX(shorts) own = (SUFFIX(shorts)){0} + g->bucket;
            na -= a > own, nb -= b > own;
            ma |= a == own, mb |= b == own;
        }
        na |= ma & INT16_MIN, nb |= mb & INT16_MIN; /* MARK */
        memcpy(kinds + i, &na, sizeof na), memcpy(kinds + i + AT_ONCE, &nb, sizeof nb);
    }
    for (; i < n; i++) kinds[i] = kind_of(kinds[i], groups, n_groups);
}
#endif
