/* What the rows of one z give the sums of a strip, while counts are bytes: VECTOR columns at once.

   Included by bodies of each width of vectors. */

#include "rows_body.h"
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

/* Sums of the columns of a strip, so far: of F over cells with Z and Y, and with Z, and of means by
   chance. Numbers of cells are added up before they can be more than a byte holds. */
typedef struct {
    SUFFIX(Tally) zyx, zx;
    SUFFIX(Means) means;
    int64_t n_tallied;
} SUFFIX(Totals);

TARGET static ALWAYS_INLINE void SUFFIX(begin_totals)(SUFFIX(Totals) *totals,
                                                      const Counted *by) {
    SUFFIX(begin)(&totals->zyx);
    SUFFIX(begin)(&totals->zx);
    totals->n_tallied = 0;
    if (by->chance) memset(&totals->means, 0, sizeof totals->means);
}

TARGET static void SUFFIX(add_up_totals)(SUFFIX(Totals) *totals, const Counted *by) {
    SUFFIX(add_up)(&totals->zyx, by->value);
    SUFFIX(add_up)(&totals->zx, by->value);
    if (by->chance) SUFFIX(add_up_bytes)(&totals->means);
    totals->n_tallied = 0;
}

/* Take the rows of a z, those of class y from start[y] to the next start: few, as they compare. */
TARGET static ALWAYS_INLINE void SUFFIX(take_few)(SUFFIX(Totals) *totals, const Tile *tile, int s,
                                                  const Counted *by, int64_t z,
                                                  const int64_t *start) {
    const int n_rows = (int)(start[by->n_y] - start[0]);
    SUFFIX(bytes) of_class[FEW_ROWS + 1], of_all[FEW_ROWS + 1], n_cells[VECTOR + 1];
    const SUFFIX(Strip) strip = SUFFIX(find_strip)(tile, s, tile->codes);
    SUFFIX(compare_rows)(&strip, by->rows, start, 0, by->n_y, of_class, of_all);
    SUFFIX(tally_equal)(&totals->zyx, of_class, n_rows, NULL);
    const int top = SUFFIX(tally_equal)(&totals->zx, of_all, n_rows, by->chance ? n_cells : NULL);
    if (by->chance) SUFFIX(take_weighed)(&totals->means, by->chance, z, n_cells, top);
}

/* Take the rows of a z, however many a byte counts. Counts with z are left in `of_z`. */
TARGET static ALWAYS_INLINE void SUFFIX(take_some)(SUFFIX(Totals) *totals, const Tile *tile, int s,
                                                   const Counted *by, int64_t z,
                                                   const int64_t *start, SUFFIX(bytes) *of_z) {
    const int n_levels = (int)by->n_levels, n_rows = (int)(start[by->n_y] - start[0]);
    SUFFIX(bytes) of_zy[SWEPT_LEVELS], n_cells[VECTOR + 1];
    memset(of_z, 0, n_levels * sizeof *of_z);
    for (int64_t y = 0; y < by->n_y; y++) {
        const int some = (int)(start[y + 1] - start[y]);
        if (!some) continue;
        SUFFIX(sweep_bins)(tile, s, by->rows, start[y], some, n_levels, of_zy);
        if (by->n_y > 1)
            SUFFIX(tally_cells)(&totals->zyx, of_zy, some, n_levels, by->value, NULL);
        for (int x = 0; x < n_levels; x++) of_z[x] += of_zy[x];
    }
    const int top = SUFFIX(tally_cells)(&totals->zx, of_z, n_rows, n_levels, by->value,
                                        by->chance ? n_cells : NULL);
    if (by->chance)
        SUFFIX(take_means)(&totals->means, by->chance, z, of_z, n_levels, n_cells, top);
}

/* Take the rows of a z, of which there are at most 255. */
TARGET static void SUFFIX(take_stratum)(SUFFIX(Totals) *totals, const Tile *tile, int s,
                                        const Counted *by, int64_t z, const int64_t *start,
                                        SUFFIX(bytes) *of_z) {
    const int64_t n_rows = start[by->n_y] - start[0], most_cells = by->n_y * by->n_levels;
    totals->n_tallied += n_rows < most_cells ? n_rows : most_cells;
    if (totals->n_tallied > UINT8_MAX) {
        SUFFIX(add_up_totals)(totals, by);
        totals->n_tallied = n_rows < most_cells ? n_rows : most_cells;
    }
    if (n_rows && n_rows <= by->few_rows)
        SUFFIX(take_few)(totals, tile, s, by, z, start);
    else
        SUFFIX(take_some)(totals, tile, s, by, z, start, of_z);
}
