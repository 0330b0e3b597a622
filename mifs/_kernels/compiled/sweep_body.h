/* Row sweep over a tile, rows grouped by state: VECTOR columns at once.

   Included once for each width of vectors, with VECTOR, TARGET and SUFFIX defined. */

#define STRIPS (TILE / VECTOR)

typedef uint8_t SUFFIX(bytes) __attribute__((vector_size(VECTOR), aligned(1), may_alias));

typedef uint16_t SUFFIX(halves) __attribute__((vector_size(VECTOR), aligned(1), may_alias));

typedef uint64_t SUFFIX(words) __attribute__((vector_size(VECTOR), aligned(1), may_alias));

/* Lay out up to eight columns, and as many of the other half of the tile above them in the same
   bytes; the number of rows that are, of whole vectors, is returned. */
TARGET static int64_t SUFFIX(tile_lanes)(const uint8_t *low, int64_t n_samples, int n_low,
                                         int n_high, int64_t n_rows, int stride, uint8_t *to) {
    const uint8_t *high = low + HALF * n_samples;
    int64_t i = 0;
    for (; i + VECTOR <= n_rows; i += VECTOR) {
        SUFFIX(words) row[LANES_AT_ONCE] = {{0}};
        for (int l = 0; l < n_low; l++)
            row[l] = *(const SUFFIX(words) *)(low + l * n_samples + i);
        for (int l = 0; l < n_high; l++)
            row[l] |= *(const SUFFIX(words) *)(high + l * n_samples + i) << 4;
        TRANSPOSE_BYTES(SUFFIX(words), row);
        for (int word = 0; word < VECTOR / 8; word++)
            for (int j = 0; j < 8; j++) {
                const uint64_t of_row = row[j][word];
                memcpy(to + (i + 8 * word + j) * stride, &of_row, 8);
            }
    }
    return i;
}

/* Where a strip is in each row, and which bits of its bytes. */
typedef struct {
    const uint8_t *codes, *next_block;
    int stride, shift;
    uint8_t mask;
} SUFFIX(Strip);

TARGET static ALWAYS_INLINE SUFFIX(Strip) SUFFIX(find_strip)(const Tile *tile, int s,
                                                             const uint8_t *next_block) {
    const int place = s * VECTOR, is_packed = tile->stride == HALF, is_high = place >= HALF;
    const uint8_t *codes = tile->codes + (is_packed ? place % HALF : place);
    if (!is_packed) return (SUFFIX(Strip)){codes, next_block, tile->stride, 0, 0xFF};
    return (SUFFIX(Strip)){codes, next_block, tile->stride, is_high ? 4 : 0,
                           is_high ? 0xF0 : 0x0F};
}

/* Add up how often each of `n_bins` levels occurs in at most 255 rows. The sums, one byte a
   column, stay in registers; `rows` can be read ROWS_AHEAD beyond its end. */
TARGET static ALWAYS_INLINE void SUFFIX(sweep_rows)(const SUFFIX(Strip) *strip,
                                                    const int32_t *rows, int n_rows,
                                                    int first_bin, const int n_bins,
                                                    SUFFIX(bytes) *counts) {
    const uint8_t *codes = strip->codes, *next_block = strip->next_block;
    const int64_t stride = strip->stride;
    const SUFFIX(bytes) mask = (SUFFIX(bytes)){0} + strip->mask;
    SUFFIX(bytes) sum[BINS_AT_ONCE] = {{0}}, level[BINS_AT_ONCE];
    for (int b = 0; b < n_bins; b++)
        level[b] = (SUFFIX(bytes)){0} + (uint8_t)((first_bin + b) << strip->shift);
    for (int i = 0; i < n_rows; i++) {
        const SUFFIX(bytes) row = *(const SUFFIX(bytes) *)(codes + rows[i] * stride) & mask;
        PREFETCH(codes + rows[i + ROWS_AHEAD] * stride);
        PREFETCH(next_block + i * stride);
        for (int b = 0; b < n_bins; b++) sum[b] -= (SUFFIX(bytes))(row == level[b]);
    }
    for (int b = 0; b < n_bins; b++) counts[first_bin + b] = sum[b];
}

/* counts[bin] of strip s in at most 255 rows, from place `first` in their order. All bins but the
   last are counted; it is the rest. */
TARGET static void SUFFIX(sweep_bins)(const Tile *tile, int s, const int32_t *rows, int64_t first,
                                      int n_rows, int n_levels, SUFFIX(bytes) *counts) {
    const int last = n_levels - 1;
    const SUFFIX(Strip) strip = SUFFIX(find_strip)(tile, s, next_block(tile, first, n_rows));
    int bin = 0;
    rows += first;
    for (; last - bin > BINS_AT_ONCE; bin += BINS_AT_ONCE)
        SUFFIX(sweep_rows)(&strip, rows, n_rows, bin, BINS_AT_ONCE, counts);
    switch (last - bin) {
#define CASE(n)                                                  \
    case n:                                                      \
        SUFFIX(sweep_rows)(&strip, rows, n_rows, bin, n, counts); \
        break;
        CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6)
        CASE(7) CASE(8) CASE(9) CASE(10) CASE(11)
#undef CASE
    }
    counts[last] = (SUFFIX(bytes)){0} + (uint8_t)n_rows;
    for (bin = 0; bin < last; bin++) counts[last] -= counts[bin];
}

/* Add one group of rows, from place `first` in their order, to counts[strip][bin][column]. A chunk
   of rows is in the first cache when the second strip and further bins come. */
TARGET static void SUFFIX(sweep_group)(const Tile *tile, const char *is_wanted,
                                       const int32_t *rows, int64_t first, int64_t end,
                                       int n_levels, int32_t *counts) {
    const int size = n_levels * VECTOR;
    SUFFIX(bytes) some_counts[SWEPT_LEVELS];
    for (; first < end; first += UINT8_MAX) {
        const int some = (int)(end - first < UINT8_MAX ? end - first : UINT8_MAX);
        for (int s = 0; s < STRIPS; s++) {
            if (!is_wanted[s]) continue;
            SUFFIX(sweep_bins)(tile, s, rows, first, some, n_levels, some_counts);
            const uint8_t *from = (const uint8_t *)some_counts;
            int32_t *into = counts + s * size;
            for (int i = 0; i < size; i++) into[i] += from[i];
        }
    }
}

/* How many rows before a row, and before the next one, are equal to it; the two take turns. */
TARGET static ALWAYS_INLINE void SUFFIX(count_equal)(const SUFFIX(bytes) *row, int first, int end,
                                                     SUFFIX(bytes) one, SUFFIX(bytes) next,
                                                     SUFFIX(bytes) *n) {
    SUFFIX(bytes) n_one = n[0], n_next = n[1];
    for (int j = first; j < end; j++) {
        n_one -= (SUFFIX(bytes))(row[j] == one);
        n_next -= (SUFFIX(bytes))(row[j] == next);
    }
    n[0] = n_one;
    n[1] = n_next;
}

/* How many of a few rows, in the order of their classes, are equal to each and before it: of those
   of its class, and of all. */
TARGET static ALWAYS_INLINE void SUFFIX(compare_rows)(const SUFFIX(Strip) *strip,
                                                      const int32_t *rows, const int64_t *start,
                                                      int64_t n_y, SUFFIX(bytes) *of_class,
                                                      SUFFIX(bytes) *of_all) {
    const SUFFIX(bytes) mask = (SUFFIX(bytes)){0} + strip->mask;
    const int n_rows = (int)(start[n_y] - start[0]);
    SUFFIX(bytes) row[FEW_ROWS + 1];
    rows += start[0];
    for (int i = 0; i < n_rows; i++)
        row[i] = *(const SUFFIX(bytes) *)(strip->codes + (int64_t)rows[i] * strip->stride) & mask;
    row[n_rows] = (SUFFIX(bytes)){0}; /* beside the last one, if their number is odd */
    for (int64_t y = 0; y < n_y; y++) {
        const int first = (int)(start[y] - start[0]), end = (int)(start[y + 1] - start[0]);
        for (int i = first; i < end; i += 2) {
            SUFFIX(bytes) n[2] = {{0}, {0}};
            SUFFIX(count_equal)(row, first, i, row[i], row[i + 1], n);
            n[1] -= (SUFFIX(bytes))(row[i] == row[i + 1]);
            of_class[i] = n[0];
            of_class[i + 1] = n[1];
            SUFFIX(count_equal)(row, 0, first, row[i], row[i + 1], n);
            of_all[i] = n[0];
            of_all[i + 1] = n[1];
        }
    }
}

#include "tally_body.h"

/* Sums of means by chance of each column; and of each byte of means, of even and odd columns. */
typedef struct {
    SUFFIX(halves) even[8], odd[8];
    int64_t sum[VECTOR];
} SUFFIX(Means);

/* Add the bytes up to the means that they are of, and forget them. */
TARGET static void SUFFIX(add_up_bytes)(SUFFIX(Means) *means) {
    for (int byte = 0; byte < 8; byte++)
        for (int v = 0; v < VECTOR / 2; v++) {
            means->sum[2 * v] += (int64_t)means->even[byte][v] << 8 * byte;
            means->sum[2 * v + 1] += (int64_t)means->odd[byte][v] << 8 * byte;
        }
    memset(means->even, 0, sizeof means->even);
    memset(means->odd, 0, sizeof means->odd);
}

/* Take the means of the levels of a z, of which there are n_cells[c] that occur c times: a byte of
   each at once, as numbers of cells are bytes too. */
TARGET static void SUFFIX(weigh_means)(SUFFIX(Means) *means, const SUFFIX(bytes) *n_cells, int top,
                                       const int64_t *complement) {
    uint64_t mean[VECTOR + 1], all = 0;
    for (int c = 1; c <= top; c++) all |= mean[c] = (uint64_t)~complement[c];
    for (int byte = 0; byte < 8 && all >> 8 * byte; byte++) {
        SUFFIX(halves) even = means->even[byte], odd = means->odd[byte];
        for (int c = 1; c <= top; c++) {
            const uint16_t part = mean[c] >> 8 * byte & 0xFF;
            const SUFFIX(halves) n = (SUFFIX(halves))n_cells[c];
            even += (n & 0xFF) * part;
            odd += (n >> 8) * part;
        }
        means->even[byte] = even;
        means->odd[byte] = odd;
    }
}

/* The same by a look at each level. Returns 0 where some mean is unknown. */
TARGET static int SUFFIX(look_up_means)(SUFFIX(Means) *means, const SUFFIX(bytes) *counts,
                                        int n_levels, const int64_t *complement) {
    const uint8_t *count = (const uint8_t *)counts;
    int64_t sum[VECTOR] = {0}, signs = -1;
    for (int v = 0; v < VECTOR; v++)
        for (int b = 0; b < n_levels; b++) {
            const int64_t own = complement[count[b * VECTOR + v]];
            sum[v] += own;
            signs &= own;
        }
    for (int v = 0; signs < 0 && v < VECTOR; v++) means->sum[v] -= sum[v] + n_levels;
    return signs < 0;
}

/* Have the means of all counts up to `top` known, and weigh them. */
TARGET static void SUFFIX(take_weighed)(SUFFIX(Means) *means, const Chance *chance, int64_t z,
                                        const SUFFIX(bytes) *n_cells, int top) {
    const int64_t *complement = chance->table + chance->strata.first[z];
    uint8_t unknown[VECTOR + 1];
    int n_unknown = 0;
    for (int c = 1; c <= top; c++)
        if (complement[c] == 0) unknown[n_unknown++] = (uint8_t)c;
    if (n_unknown) learn_means(chance, z, unknown, n_unknown);
    SUFFIX(weigh_means)(means, n_cells, top, complement);
}

/* Take the means of the levels of a z: by weighing where the largest count is low. Where it is not
   known, 0 stands for it. */
TARGET static void SUFFIX(take_means)(SUFFIX(Means) *means, const Chance *chance, int64_t z,
                                      const SUFFIX(bytes) *counts, int n_levels,
                                      const SUFFIX(bytes) *n_cells, int top) {
    const int64_t *complement = chance->table + chance->strata.first[z];
    if (top > 0 && top < n_levels) {
        SUFFIX(take_weighed)(means, chance, z, n_cells, top);
    } else if (!SUFFIX(look_up_means)(means, counts, n_levels, complement)) {
        learn_means(chance, z, (const uint8_t *)counts, n_levels * VECTOR);
        SUFFIX(look_up_means)(means, counts, n_levels, complement);
    }
}

/* Store the counts with Z of the candidates in a strip, counts[cell][column]; seven more cells can
   be read. */
TARGET static void SUFFIX(store_counts)(const SUFFIX(bytes) *counts, int64_t n_cells, int s,
                                        const Lanes *lanes, int32_t *zx) {
    int32_t *into[VECTOR] = {NULL};
    for (int i = 0; i < lanes->n; i++)
        if (lanes->lane[i] / VECTOR == s)
            into[lanes->lane[i] % VECTOR] = zx + lanes->place[i] * n_cells;
    for (int64_t cell = 0; cell < n_cells; cell += 8)
        for (int lane = 0; lane < VECTOR; lane += 8) {
            uint64_t row[8];
            for (int j = 0; j < 8; j++)
                memcpy(row + j, (const uint8_t *)(counts + cell + j) + lane, 8);
            TRANSPOSE_BYTES(uint64_t, row);
            for (int j = 0; j < 8; j++) {
                int32_t *own = into[lane + j];
                const uint8_t *count = (const uint8_t *)(row + j);
                if (own && n_cells - cell >= 8)
                    for (int k = 0; k < 8; k++) own[cell + k] = count[k];
                else if (own)
                    for (int k = 0; k < n_cells - cell; k++) own[cell + k] = count[k];
            }
        }
}

/* Sums for the columns of one strip where no z has more than 255 rows: counts stay bytes, and so
   do numbers of cells, which are added up before they can be more than 255. */
TARGET static void SUFFIX(sweep_narrow)(const Tile *tile, int s, const Sweep *sweep,
                                        const Lanes *lanes, void *scratch, const Task *task) {
    const int n_levels = (int)task->n_levels;
    const int64_t n_y = task->n_y, *value = task->f.value;
    SUFFIX(Tally) zyx, zx;
    SUFFIX(begin)(&zyx);
    SUFFIX(begin)(&zx);
    SUFFIX(Means) means;
    SUFFIX(bytes) *of_z = scratch, of_zy[SWEPT_LEVELS], n_cells[VECTOR + 1];
    int64_t n_tallied = 0;
    const int is_compared = is_worth_comparing_rows(n_y) && !task->out.zx;
    const int64_t few_rows = !is_compared ? 0 : FEW_ROWS < VECTOR ? FEW_ROWS : VECTOR - 1;
    if (task->chance) memset(&means, 0, sizeof means);
    for (int64_t z = 0; z < task->n_z; z++) {
        const int64_t *start = sweep->start + z * n_y, n_rows = start[n_y] - start[0];
        const int64_t most_cells = n_rows < n_y * n_levels ? n_rows : n_y * n_levels;
        if (n_tallied + most_cells > UINT8_MAX) {
            SUFFIX(add_up)(&zyx, value);
            SUFFIX(add_up)(&zx, value);
            if (task->chance) SUFFIX(add_up_bytes)(&means);
            n_tallied = 0;
        }
        n_tallied += most_cells;
        if (n_rows && n_rows <= few_rows) {
            SUFFIX(bytes) of_class[FEW_ROWS + 1], of_all[FEW_ROWS + 1];
            const SUFFIX(Strip) strip = SUFFIX(find_strip)(tile, s, tile->codes);
            SUFFIX(compare_rows)(&strip, sweep->rows, start, n_y, of_class, of_all);
            SUFFIX(tally_equal)(&zyx, of_class, (int)n_rows, NULL);
            const int top = SUFFIX(tally_equal)(&zx, of_all, (int)n_rows,
                                                task->chance ? n_cells : NULL);
            if (task->chance) SUFFIX(take_weighed)(&means, task->chance, z, n_cells, top);
            continue;
        }
        memset(of_z, 0, n_levels * sizeof(SUFFIX(bytes)));
        for (int64_t y = 0; y < n_y; y++) {
            const int some = (int)(start[y + 1] - start[y]);
            if (!some) continue;
            SUFFIX(sweep_bins)(tile, s, sweep->rows, start[y], some, n_levels, of_zy);
            if (n_y > 1) SUFFIX(tally_cells)(&zyx, of_zy, some, n_levels, value, NULL);
            for (int x = 0; x < n_levels; x++) of_z[x] += of_zy[x];
        }
        const int top = SUFFIX(tally_cells)(&zx, of_z, (int)n_rows, n_levels, value,
                                            task->chance ? n_cells : NULL);
        if (task->chance)
            SUFFIX(take_means)(&means, task->chance, z, of_z, n_levels, n_cells, top);
        if (task->out.zx) of_z += n_levels;
    }
    if (task->out.zx)
        SUFFIX(store_counts)(scratch, task->n_z * n_levels, s, lanes, task->out.zx);
    SUFFIX(add_up)(&zyx, value);
    SUFFIX(add_up)(&zx, value);
    if (task->chance) SUFFIX(add_up_bytes)(&means);
    const int64_t *sum_zyx = n_y > 1 ? zyx.sum : zx.sum;
    for (int i = 0; i < lanes->n; i++) {
        if (lanes->lane[i] / VECTOR != s) continue;
        task->out.sum_zyx[lanes->place[i]] = sum_zyx[lanes->lane[i] % VECTOR];
        task->out.sum_zx[lanes->place[i]] = zx.sum[lanes->lane[i] % VECTOR];
        if (task->chance) task->out.chance[lanes->place[i]] = means.sum[lanes->lane[i] % VECTOR];
    }
}

/* Sums, or whole tables, for the columns of a tile's strips, however many rows there are. Several
   blocks leave all tables unfinished until the last one. */
TARGET static void SUFFIX(sweep_wide)(const Tile *tile, const char *is_wanted,
                                      const Sweep *sweep, const Lanes *lanes, int32_t *scratch,
                                      const Task *task) {
    const int64_t n_y = task->n_y, n_states = task->n_z * n_y, n_levels = task->n_levels;
    const int64_t size = n_levels * TILE, some_z = tile->n_blocks > 1 ? task->n_z : 1;
    for (int64_t z = 0; z < task->n_z; z += some_z) {
        memset(scratch, 0, sizeof(int32_t) * some_z * n_y * size);
        for (int64_t block = 0; block < tile->n_blocks; block++) {
            const int64_t *start = sweep->start + block * n_states + z * n_y;
            for (int64_t state = 0; state < some_z * n_y; state++)
                SUFFIX(sweep_group)(tile, is_wanted, sweep->rows, start[state], start[state + 1],
                                    (int)n_levels, scratch + state * size);
        }
        for (int64_t k = 0; k < some_z; k++)
            for (int i = 0; i < lanes->n; i++) {
                const int s = lanes->lane[i] / VECTOR, v = lanes->lane[i] % VECTOR;
                const int32_t *cell = scratch + k * n_y * size + s * n_levels * VECTOR + v;
                if (is_wanted[s]) take(task, lanes->place[i], z + k, cell, size, VECTOR);
            }
    }
}

/* The columns in strips of which enough are wanted; the others stay in `lanes`. */
TARGET static void SUFFIX(sweep_strips)(const Tile *tile, const Sweep *sweep, Lanes *lanes,
                                        void *scratch, const Task *task, Way way) {
    char n_wanted[STRIPS] = {0}, is_wanted[STRIPS] = {0}, is_any = 0;
    for (int i = 0; i < lanes->n; i++) n_wanted[lanes->lane[i] / VECTOR]++;
    for (int s = 0; s < STRIPS; s++) is_any |= is_wanted[s] = n_wanted[s] > FEW_LANES;
    if (!is_any) return;
    if (way == WIDE_SWEEP) {
        SUFFIX(sweep_wide)(tile, is_wanted, sweep, lanes, scratch, task);
    } else {
        for (int s = 0; s < STRIPS; s++)
            if (is_wanted[s]) SUFFIX(sweep_narrow)(tile, s, sweep, lanes, scratch, task);
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
