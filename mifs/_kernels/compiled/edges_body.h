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
