/* Four doubles at once. Included once for each set of instructions, with QUADS (2: AVX2, 1: SSE2,
   0: plain C), TARGET and SUFFIX defined; all comparisons are exact, and false of NaN. */

#define Q SUFFIX(quad)
#define QFUN TARGET static ALWAYS_INLINE

#if QUADS == 2
typedef __m256d Q;
QFUN Q SUFFIX(at)(const double *four) { return _mm256_loadu_pd(four); }
QFUN Q SUFFIX(all)(double one) { return _mm256_set1_pd(one); }
QFUN Q SUFFIX(less)(Q a, Q b) { return _mm256_sub_pd(a, b); }
QFUN Q SUFFIX(plus)(Q a, Q b) { return _mm256_add_pd(a, b); }
QFUN Q SUFFIX(size)(Q a) { return _mm256_andnot_pd(_mm256_set1_pd(-0.0), a); }
QFUN Q SUFFIX(lower)(Q a, Q b) { return _mm256_min_pd(a, b); }
QFUN Q SUFFIX(higher)(Q a, Q b) { return _mm256_max_pd(a, b); }
QFUN int SUFFIX(below)(Q a, Q b) { return _mm256_movemask_pd(_mm256_cmp_pd(a, b, _CMP_LT_OQ)); }
QFUN int SUFFIX(within)(Q a, Q b) { return _mm256_movemask_pd(_mm256_cmp_pd(a, b, _CMP_LE_OQ)); }
QFUN void SUFFIX(put)(double *four, Q a) { _mm256_storeu_pd(four, a); }
/* Lanes 2, 3, 0, 1; lanes 1, 0, 3, 2. */
QFUN Q SUFFIX(halves)(Q a) { return _mm256_permute2f128_pd(a, a, 1); }
QFUN Q SUFFIX(pairs)(Q a) { return _mm256_permute_pd(a, 5); }
QFUN double SUFFIX(first)(Q a) { return _mm256_cvtsd_f64(a); }
QFUN double SUFFIX(last)(Q a) {
    const __m128d high = _mm256_extractf128_pd(a, 1);
    return _mm_cvtsd_f64(_mm_unpackhi_pd(high, high));
}
/* Add one in each lane where a is within b; a quad of zeros begins. */
QFUN Q SUFFIX(tally)(Q sum, Q a, Q b) {
    const __m256i is_within = _mm256_castpd_si256(_mm256_cmp_pd(a, b, _CMP_LE_OQ));
    return _mm256_castsi256_pd(_mm256_sub_epi64(_mm256_castpd_si256(sum), is_within));
}
QFUN void SUFFIX(put_tally)(int64_t *four, Q sum) {
    _mm256_storeu_si256((__m256i *)four, _mm256_castpd_si256(sum));
}
QFUN int64_t SUFFIX(total)(Q sum) {
    int64_t lane[4];
    SUFFIX(put_tally)(lane, sum);
    return lane[0] + lane[1] + lane[2] + lane[3];
}
#elif QUADS == 1
typedef struct {
    __m128d low, high;
} Q;
QFUN Q SUFFIX(at)(const double *four) { return (Q){_mm_loadu_pd(four), _mm_loadu_pd(four + 2)}; }
QFUN Q SUFFIX(all)(double one) { return (Q){_mm_set1_pd(one), _mm_set1_pd(one)}; }
QFUN Q SUFFIX(less)(Q a, Q b) {
    return (Q){_mm_sub_pd(a.low, b.low), _mm_sub_pd(a.high, b.high)};
}
QFUN Q SUFFIX(plus)(Q a, Q b) {
    return (Q){_mm_add_pd(a.low, b.low), _mm_add_pd(a.high, b.high)};
}
QFUN Q SUFFIX(size)(Q a) {
    const __m128d sign = _mm_set1_pd(-0.0);
    return (Q){_mm_andnot_pd(sign, a.low), _mm_andnot_pd(sign, a.high)};
}
QFUN Q SUFFIX(lower)(Q a, Q b) {
    return (Q){_mm_min_pd(a.low, b.low), _mm_min_pd(a.high, b.high)};
}
QFUN Q SUFFIX(higher)(Q a, Q b) {
    return (Q){_mm_max_pd(a.low, b.low), _mm_max_pd(a.high, b.high)};
}
QFUN int SUFFIX(below)(Q a, Q b) {
    return _mm_movemask_pd(_mm_cmplt_pd(a.low, b.low)) |
           _mm_movemask_pd(_mm_cmplt_pd(a.high, b.high)) << 2;
}
QFUN int SUFFIX(within)(Q a, Q b) {
    return _mm_movemask_pd(_mm_cmple_pd(a.low, b.low)) |
           _mm_movemask_pd(_mm_cmple_pd(a.high, b.high)) << 2;
}
QFUN void SUFFIX(put)(double *four, Q a) {
    _mm_storeu_pd(four, a.low);
    _mm_storeu_pd(four + 2, a.high);
}
QFUN Q SUFFIX(halves)(Q a) { return (Q){a.high, a.low}; }
QFUN Q SUFFIX(pairs)(Q a) {
    return (Q){_mm_shuffle_pd(a.low, a.low, 1), _mm_shuffle_pd(a.high, a.high, 1)};
}
QFUN double SUFFIX(first)(Q a) { return _mm_cvtsd_f64(a.low); }
QFUN double SUFFIX(last)(Q a) { return _mm_cvtsd_f64(_mm_unpackhi_pd(a.high, a.high)); }
QFUN Q SUFFIX(tally)(Q sum, Q a, Q b) {
    const __m128i low = _mm_castpd_si128(_mm_cmple_pd(a.low, b.low));
    const __m128i high = _mm_castpd_si128(_mm_cmple_pd(a.high, b.high));
    return (Q){_mm_castsi128_pd(_mm_sub_epi64(_mm_castpd_si128(sum.low), low)),
               _mm_castsi128_pd(_mm_sub_epi64(_mm_castpd_si128(sum.high), high))};
}
QFUN void SUFFIX(put_tally)(int64_t *four, Q sum) {
    _mm_storeu_si128((__m128i *)four, _mm_castpd_si128(sum.low));
    _mm_storeu_si128((__m128i *)(four + 2), _mm_castpd_si128(sum.high));
}
QFUN int64_t SUFFIX(total)(Q sum) {
    int64_t lane[2];
    const __m128i both =
        _mm_add_epi64(_mm_castpd_si128(sum.low), _mm_castpd_si128(sum.high));
    _mm_storeu_si128((__m128i *)lane, both);
    return lane[0] + lane[1];
}
#else
typedef struct {
    double lane[4];
} Q;
#define LANES(expression)                            \
    Q out;                                           \
    for (int l = 0; l < 4; l++) out.lane[l] = expression; \
    return out
#define BITS(condition)                                  \
    int bits = 0;                                        \
    for (int l = 0; l < 4; l++) bits |= (condition) << l; \
    return bits
QFUN Q SUFFIX(at)(const double *four) { LANES(four[l]); }
QFUN Q SUFFIX(all)(double one) { LANES(one); }
QFUN Q SUFFIX(less)(Q a, Q b) { LANES(a.lane[l] - b.lane[l]); }
QFUN Q SUFFIX(plus)(Q a, Q b) { LANES(a.lane[l] + b.lane[l]); }
QFUN Q SUFFIX(size)(Q a) { LANES(fabs(a.lane[l])); }
QFUN Q SUFFIX(lower)(Q a, Q b) { LANES(a.lane[l] < b.lane[l] ? a.lane[l] : b.lane[l]); }
QFUN Q SUFFIX(higher)(Q a, Q b) { LANES(a.lane[l] > b.lane[l] ? a.lane[l] : b.lane[l]); }
QFUN int SUFFIX(below)(Q a, Q b) { BITS(a.lane[l] < b.lane[l]); }
QFUN int SUFFIX(within)(Q a, Q b) { BITS(a.lane[l] <= b.lane[l]); }
QFUN void SUFFIX(put)(double *four, Q a) { memcpy(four, a.lane, sizeof a.lane); }
QFUN Q SUFFIX(halves)(Q a) { LANES(a.lane[l ^ 2]); }
QFUN Q SUFFIX(pairs)(Q a) { LANES(a.lane[l ^ 1]); }
QFUN double SUFFIX(first)(Q a) { return a.lane[0]; }
QFUN double SUFFIX(last)(Q a) { return a.lane[3]; }
QFUN Q SUFFIX(tally)(Q sum, Q a, Q b) { LANES(sum.lane[l] + (a.lane[l] <= b.lane[l])); }
QFUN void SUFFIX(put_tally)(int64_t *four, Q sum) {
    for (int l = 0; l < 4; l++) four[l] = (int64_t)sum.lane[l];
}
QFUN int64_t SUFFIX(total)(Q sum) {
    return (int64_t)(sum.lane[0] + sum.lane[1] + sum.lane[2] + sum.lane[3]);
}
#undef LANES
#undef BITS
#endif
#undef QFUN
