/* Row sweep over a tile, rows grouped by state: VECTOR columns at once.

   Included once for each width of vectors, with VECTOR, TARGET and SUFFIX defined. */

#include "stratum_body.h"

#define STRIPS (TILE / VECTOR)

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

/* Sums for the columns of one strip where no z has more than 255 rows: counts stay bytes. */
TARGET static void SUFFIX(sweep_narrow)(const Tile *tile, int s, const Sweep *sweep,
                                        const Lanes *lanes, void *scratch, const Task *task) {
    const int64_t n_y = task->n_y, few_rows = task->out.zx ? 0 : few_rows_of(n_y, VECTOR);
    const Counted by = {sweep->rows,      n_y,           task->n_levels, few_rows,
                        task->f.n_values, task->f.value, task->chance};
    SUFFIX(bytes) *of_z = scratch;
    SUFFIX(Totals) totals;
    SUFFIX(begin_totals)(&totals, &by);
    for (int64_t z = 0; z < task->n_z; z++) {
        SUFFIX(take_stratum)(&totals, tile, s, &by, z, sweep->start + z * n_y, of_z);
        if (task->out.zx) of_z += task->n_levels;
    }
    if (task->out.zx)
        SUFFIX(store_counts)(scratch, task->n_z * task->n_levels, s, lanes, task->out.zx);
    SUFFIX(add_up_totals)(&totals, &by);
    const int64_t *sum_zx = totals.zx.sum, *sum_zyx = n_y > 1 ? totals.zyx.sum : sum_zx;
    for (int i = 0; i < lanes->n; i++) {
        const int64_t place = lanes->place[i];
        const int v = lanes->lane[i] % VECTOR;
        if (lanes->lane[i] / VECTOR != s) continue;
        task->out.sum_zyx[place] = sum_zyx[v];
        task->out.sum_zx[place] = sum_zx[v];
        if (task->chance) task->out.chance[place] = totals.means.sum[v];
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
