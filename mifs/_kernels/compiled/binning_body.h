/* Passes over a column of doubles, without a branch: LANES of 64 bits at a time, as the includer
   says. */

#if HAVE_BYTE_VECTORS
#include "doubles_body.h"

/* As above, an instruction that not all compilers see. */
TARGET static ALWAYS_INLINE SUFFIX(bits) SUFFIX(product_of_halves)(SUFFIX(bits) a, SUFFIX(bits) b) {
#if defined(__SSE2__) && LANES == 4
    return (SUFFIX(bits))_mm256_mul_epu32((__m256i)a, (__m256i)b);
#elif defined(__SSE2__)
    return (SUFFIX(bits))_mm_mul_epu32((__m128i)a, (__m128i)b);
#else
    return (a & 0xFFFFFFFFu) * (b & 0xFFFFFFFFu);
#endif
}

TARGET static void SUFFIX(read_piece)(const double *x, const uint64_t *keys, int64_t n,
                                      piece *sum) {
    const SUFFIX(doubles) zero = {0}, infinity = zero + INFINITY;
    SUFFIX(doubles) low = infinity, high = -infinity;
    SUFFIX(counts) n_numbers = {0};
    SUFFIX(bits) look = {0};
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        SUFFIX(doubles) v, filled;
        SUFFIX(bits) key, folded;
        memcpy(&v, x + i, sizeof v), memcpy(&key, keys + i, sizeof key);
        SUFFIX(counts) is_number = v == v;
        low = SUFFIX(lesser)(v, low), high = SUFFIX(greater)(v, high);
        n_numbers -= is_number;
        filled = (SUFFIX(doubles))(is_number & (SUFFIX(counts))(v + zero));
        folded = (SUFFIX(bits))filled;
        look += SUFFIX(product_of_halves)(folded ^ (folded >> 32), key);
    }
    for (int lane = 0; lane < LANES; lane++) {
        sum->low = low[lane] < sum->low ? low[lane] : sum->low;
        sum->high = high[lane] > sum->high ? high[lane] : sum->high;
        sum->n_numbers += n_numbers[lane];
        sum->look += look[lane];
    }
    add_to_piece(x + i, keys + i, n - i, sum);
}

/* Read STRIP columns of some rows of a table at once. */
TARGET static void SUFFIX(read_strip)(const double *table, int64_t row_step, int64_t n_rows,
                                      const uint64_t *keys, strip *sum) {
    const SUFFIX(doubles) zero = {0};
    for (int column = 0; column < STRIP; column += LANES) {
        SUFFIX(doubles) low, high;
        SUFFIX(counts) n_numbers, has_fraction;
        SUFFIX(bits) look;
        memcpy(&low, sum->low + column, sizeof low), memcpy(&high, sum->high + column, sizeof high);
        memcpy(&n_numbers, sum->n_numbers + column, sizeof n_numbers);
        memcpy(&look, sum->look + column, sizeof look);
        memcpy(&has_fraction, sum->has_fraction + column, sizeof has_fraction);
        for (int64_t row = 0; row < n_rows; row++) {
            SUFFIX(doubles) v, filled;
            memcpy(&v, table + row * row_step + column, sizeof v);
            SUFFIX(counts) is_number = v == v;
            low = SUFFIX(lesser)(v, low), high = SUFFIX(greater)(v, high);
            n_numbers -= is_number;
            filled = (SUFFIX(doubles))(is_number & (SUFFIX(counts))(v + zero));
            SUFFIX(bits) folded = (SUFFIX(bits))filled;
            const SUFFIX(bits) key = (SUFFIX(bits)){0} + keys[row];
            look += SUFFIX(product_of_halves)(folded ^ (folded >> 32), key);
            if (!sum->are_fractions) {
                SUFFIX(doubles) size = (SUFFIX(doubles))((SUFFIX(counts))v & INT64_MAX);
                SUFFIX(doubles) rounded = (size + ALL_WHOLE) - ALL_WHOLE;
                has_fraction |= (rounded != size) & (size < ALL_WHOLE);
            }
        }
        memcpy(sum->low + column, &low, sizeof low), memcpy(sum->high + column, &high, sizeof high);
        memcpy(sum->n_numbers + column, &n_numbers, sizeof n_numbers);
        memcpy(sum->look + column, &look, sizeof look);
        memcpy(sum->has_fraction + column, &has_fraction, sizeof has_fraction);
    }
}

/* Every edge is compared with every value. Counts of LANES values at a time stand in the lanes of a
   vector; eight such vectors are laid into one, a byte of each lane apart, and the bytes put in
   order when they are stored. */
TARGET static void SUFFIX(codes_by_few_edges)(const double *values, int64_t n,
                                              const double *edges, int64_t n_edges,
                                              uint8_t *codes) {
    enum { VECTORS = 8, AT_ONCE = VECTORS / 2 };
    int64_t i = 0;
    for (; i + LANES * VECTORS <= n; i += LANES * VECTORS) {
        SUFFIX(counts) packed = {0};
        for (int half = 0; half < 2; half++) {
            SUFFIX(doubles) a, b, c, d;
            SUFFIX(counts) na = {0}, nb = {0}, nc = {0}, nd = {0};
            const double *x = values + i + half * LANES * AT_ONCE;
            memcpy(&a, x, sizeof a), memcpy(&b, x + LANES, sizeof b);
            memcpy(&c, x + 2 * LANES, sizeof c), memcpy(&d, x + 3 * LANES, sizeof d);
            for (int64_t e = 0; e < n_edges; e++) {
                SUFFIX(doubles) edge = (SUFFIX(doubles)){0} + edges[e];
                na -= a >= edge, nb -= b >= edge, nc -= c >= edge, nd -= d >= edge;
            }
            packed |= (na | nb << 8 | nc << 16 | nd << 24) << (32 * half);
        }
        uint8_t bytes[LANES][VECTORS];
        memcpy(bytes, &packed, sizeof bytes);
        for (int v = 0; v < VECTORS; v++)
            for (int lane = 0; lane < LANES; lane++) codes[i + LANES * v + lane] = bytes[lane][v];
    }
    for (; i < n; i++) codes[i] = code_of(values[i], edges, n_edges);
}
#endif
