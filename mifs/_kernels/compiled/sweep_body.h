/* Row sweep over a tile, rows grouped by state: VECTOR columns at once.

   Included once for each width of vectors, with VECTOR, TARGET and SUFFIX defined. */

#define STRIPS (TILE / VECTOR)

typedef uint8_t SUFFIX(bytes) __attribute__((vector_size(VECTOR), aligned(1), may_alias));

/* Add up how often each of `n_bins` levels occurs in at most 255 rows. The sums, one byte a
   column, stay in registers; `rows` can be read ROWS_AHEAD beyond its end. */
TARGET static ALWAYS_INLINE void SUFFIX(sweep_rows)(const uint8_t *strip, const int32_t *rows,
                                                    int n_rows, int first_bin, const int n_bins,
                                                    int32_t *counts) {
    SUFFIX(bytes) sum[BINS_AT_ONCE] = {{0}};
    for (int i = 0; i < n_rows; i++) {
        const SUFFIX(bytes) row = *(const SUFFIX(bytes) *)(strip + (int64_t)rows[i] * TILE);
        PREFETCH(strip + (int64_t)rows[i + ROWS_AHEAD] * TILE);
        for (int b = 0; b < n_bins; b++)
            sum[b] -= (SUFFIX(bytes))(row == (SUFFIX(bytes)){0} + (uint8_t)(first_bin + b));
    }
    for (int b = 0; b < n_bins; b++)
        for (int v = 0; v < VECTOR; v++) counts[b * VECTOR + v] += sum[b][v];
}

TARGET static void SUFFIX(sweep_bins)(const uint8_t *strip, const int32_t *rows, int n_rows,
                                      int n_bins, int32_t *counts) {
    int bin = 0;
    for (; n_bins - bin > BINS_AT_ONCE; bin += BINS_AT_ONCE)
        SUFFIX(sweep_rows)(strip, rows, n_rows, bin, BINS_AT_ONCE, counts + bin * VECTOR);
    switch (n_bins - bin) {
#define CASE(n)                                                               \
    case n:                                                                   \
        SUFFIX(sweep_rows)(strip, rows, n_rows, bin, n, counts + bin * VECTOR); \
        break;
        CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6)
        CASE(7) CASE(8) CASE(9) CASE(10) CASE(11)
#undef CASE
    }
}

/* counts[strip][bin][column] of one group of rows. All bins but the last are counted; it is the
   rest. A chunk of rows is in the first cache when the second strip and further bins come. */
TARGET static void SUFFIX(sweep_group)(const uint8_t *tile, const char *is_wanted,
                                       const int32_t *rows, int64_t n_rows, int n_levels,
                                       int32_t *counts) {
    const int64_t size = (int64_t)n_levels * VECTOR;
    memset(counts, 0, sizeof(int32_t) * size * STRIPS);
    for (int64_t start = 0; start < n_rows; start += 255) {
        const int some = (int)(n_rows - start < 255 ? n_rows - start : 255);
        for (int s = 0; s < STRIPS; s++)
            if (is_wanted[s])
                SUFFIX(sweep_bins)(tile + s * VECTOR, rows + start, some, n_levels - 1,
                                   counts + s * size);
    }
    for (int s = 0; s < STRIPS; s++) {
        int32_t *own = counts + s * size, *last = own + size - VECTOR;
        for (int v = 0; v < VECTOR; v++) last[v] = (int32_t)n_rows;
        for (int bin = 0; bin < n_levels - 1; bin++)
            for (int v = 0; v < VECTOR; v++) last[v] -= own[bin * VECTOR + v];
    }
}

/* The columns in strips of which enough are wanted; the others stay in `lanes`. */
TARGET static void SUFFIX(sweep_strips)(const uint8_t *tile, const Sweep *sweep, Lanes *lanes,
                                        int32_t *scratch, const Task *task) {
    const int64_t n_levels = task->n_levels, size = n_levels * TILE;
    char n_wanted[STRIPS] = {0}, is_wanted[STRIPS], is_any = 0;
    for (int i = 0; i < lanes->n; i++) n_wanted[lanes->lane[i] / VECTOR]++;
    for (int s = 0; s < STRIPS; s++) is_any |= is_wanted[s] = n_wanted[s] > FEW_LANES;
    if (!is_any) return;
    for (int64_t z = 0; z < task->n_z; z++) {
        for (int64_t y = 0; y < task->n_y; y++) {
            const int64_t *start = sweep->start + z * task->n_y + y;
            SUFFIX(sweep_group)(tile, is_wanted, sweep->rows + start[0], start[1] - start[0],
                                (int)n_levels, scratch + y * size);
        }
        for (int i = 0; i < lanes->n; i++) {
            const int s = lanes->lane[i] / VECTOR, v = lanes->lane[i] % VECTOR;
            if (is_wanted[s])
                take(task, lanes->place[i], z, scratch + s * n_levels * VECTOR + v, size, VECTOR);
        }
    }
    int n_left = 0;
    for (int i = 0; i < lanes->n; i++) {
        if (is_wanted[lanes->lane[i] / VECTOR]) continue;
        lanes->lane[n_left] = lanes->lane[i];
        lanes->place[n_left++] = lanes->place[i];
    }
    lanes->n = n_left;
}

#undef STRIPS
#undef VECTOR
#undef TARGET
#undef SUFFIX
