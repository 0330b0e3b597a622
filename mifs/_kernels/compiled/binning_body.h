/* Passes over a column of doubles, without a branch: LANES of 64 bits at a time, as the includer
   says. */

TARGET static void SUFFIX(find_buckets)(const double *x, int64_t n, double low, double scale,
                                        double most, uint16_t *bucket) {
    for (int64_t i = 0; i < n; i++) {
        double t = (x[i] - low) * scale;
        t = t > 0.0 ? t : 0.0;
        t = t < most ? t : most;
        bucket[i] = (uint16_t)(int32_t)t;
    }
}

#if HAVE_BYTE_VECTORS
typedef double SUFFIX(doubles) __attribute__((vector_size(8 * LANES)));
typedef int64_t SUFFIX(counts) __attribute__((vector_size(8 * LANES)));
typedef uint64_t SUFFIX(bits) __attribute__((vector_size(8 * LANES)));

/* The first where it is the lesser or the greater, else the second: so where it is NaN. Products of
   the low halves. Compilers make several instructions of each if they are not told of the one. */
#if defined(__SSE2__) && LANES == 4
#define OF_BITS(name) _mm256_##name
#define AS_INTEGERS(v) ((__m256i)(v))
#elif defined(__SSE2__)
#define OF_BITS(name) _mm_##name
#define AS_INTEGERS(v) ((__m128i)(v))
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

TARGET static ALWAYS_INLINE SUFFIX(bits) SUFFIX(product_of_halves)(SUFFIX(bits) a, SUFFIX(bits) b) {
#ifdef OF_BITS
    return (SUFFIX(bits))OF_BITS(mul_epu32)(AS_INTEGERS(a), AS_INTEGERS(b));
#else
    return (a & 0xFFFFFFFFu) * (b & 0xFFFFFFFFu);
#endif
}
#undef OF_BITS
#undef AS_INTEGERS

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
