#include "counting_kernel.h"

#include <stdlib.h>
#include <string.h>

#include "histogram_kernel.h"
#include "simd.h"

enum {
    BINS_AT_ONCE = 11,   /* vector registers for sums; one more holds the row, three the rest */
    FEW_LANES = 8,       /* columns of a strip for which a sweep of all of it does not pay */
    SWEPT_LEVELS = 32,   /* with more, every pass over eleven of them costs as much as counting */
    LANES_AT_ONCE = 8,   /* columns that are laid out together: the bytes of a word */
    ROWS_TILED_AT_ONCE = 2048,
    MOST_TALLIED = UINT16_MAX,
    ROWS_OF_A_BLOCK = 8192,
    ROWS_OF_A_STATE = 64, /* in a block */
    BLOCKED_STATES = 1024,
    ROWS_OF_A_GROUP = 4, /* shorter groups spend their time on clearing and adding up */
};

/* What is asked: sums of F, where f.value is given, or whole tables. */
typedef struct {
    int64_t n_z, n_y, n_levels;
    CellTable f;
    const Chance *chance;
    Sums out;
    int32_t *counts;
} Task;

/* Where the counts with Z of a candidate go, if they are kept. */
static ALWAYS_INLINE int32_t *counts_with_z(const Task *task, int64_t place) {
    const int64_t size = task->n_z * task->n_levels;
    return task->out.zx ? task->out.zx + (place - task->out.first_place) * size : NULL;
}

/* Sums over cells, for take(). */
static ALWAYS_INLINE void add_up(const Task *task, int64_t place, int64_t z, const int32_t *cell,
                                 int64_t y_stride, int64_t level_stride, const int is_whole) {
    const int64_t n_y = task->n_y, n_levels = task->n_levels;
    const CellTable f = task->f;
    int32_t *kept = counts_with_z(task, place), *zx = kept ? kept + z * n_levels : NULL;
    int64_t sum_zyx = 0, sum_zx = 0;
    for (int64_t x = 0; x < n_levels; x++) {
        int32_t total = 0;
        for (int64_t y = 0; y < n_y; y++) {
            const int32_t count = cell[y * y_stride + x * level_stride];
            total += count;
            sum_zyx += cell_value(&f, count, is_whole);
        }
        sum_zx += cell_value(&f, total, is_whole);
        if (zx) zx[x] = total;
    }
    task->out.sum_zyx[place] += sum_zyx;
    task->out.sum_zx[place] += sum_zx;
}

/* Take the counts of one candidate with the states of one z, found at cell[y * y_stride + level *
   level_stride]. */
static ALWAYS_INLINE void take(const Task *task, int64_t place, int64_t z, const int32_t *cell,
                               int64_t y_stride, int64_t level_stride) {
    const int64_t n_y = task->n_y, n_levels = task->n_levels;
    if (task->counts) {
        int32_t *into = task->counts + (place * task->n_z + z) * n_y * n_levels;
        for (int64_t y = 0; y < n_y; y++)
            for (int64_t x = 0; x < n_levels; x++)
                *into++ = cell[y * y_stride + x * level_stride];
        return;
    }
    if (task->f.step)
        add_up(task, place, z, cell, y_stride, level_stride, 1);
    else
        add_up(task, place, z, cell, y_stride, level_stride, 0);
}

/* Measured: a block fits the second cache, and has rows of each state for a sweep to last. Many
   more states would not leave their counts there. */
static int64_t rows_of_a_block(int64_t n_samples, int64_t n_states) {
    const int64_t enough = ROWS_OF_A_STATE * n_states;
    const int64_t n_rows = enough > ROWS_OF_A_BLOCK ? enough : ROWS_OF_A_BLOCK;
    return n_states > BLOCKED_STATES || n_samples < 2 * n_rows ? n_samples : n_rows;
}

int64_t count_blocks(int64_t n_samples, int64_t n_states) {
    const int64_t n_rows = rows_of_a_block(n_samples, n_states);
    return n_samples == 0 ? 1 : (n_samples + n_rows - 1) / n_rows;
}

/* How strips are swept, if at all: with counts that stay bytes, or with counts of 32 bits. */
typedef enum { NO_SWEEP, NARROW_SWEEP, WIDE_SWEEP } Way;

/* Codes of TILE columns, side by side in `stride` bytes for each sample, and the blocks of rows in
   which they are swept. */
typedef struct {
    const uint8_t *codes;
    int stride;
    int64_t n_blocks, rows_of_a_block;
    int64_t n_rows_left; /* of this tile and of those behind it */
} Tile;

/* Two codes share a byte where both fit. */
static int bytes_of_a_row(int64_t n_levels) { return n_levels <= PACKED_LEVELS ? HALF : TILE; }

/* Where the next block is while some rows of this one are swept, in the order in which it is laid
   out: it is on its way into the cache when its rows come in the order of their states. */
static ALWAYS_INLINE const uint8_t *next_block(const Tile *tile, int64_t first, int n_rows) {
    const int64_t row = first + tile->rows_of_a_block;
    return row + n_rows <= tile->n_rows_left ? tile->codes + row * tile->stride : tile->codes;
}

/* Candidates of one tile: which of its columns, and their places among the results. */
typedef struct {
    int n;
    uint8_t lane[TILE];
    int64_t place[TILE];
} Lanes;

/* Turn eight words of eight bytes, each a row, into their columns, by halves; or vectors of words,
   each word by itself. */
#define TRANSPOSE_BYTES(words, row)                                                              \
    do {                                                                                         \
        static const uint64_t mask[3] = {0x00000000FFFFFFFFu, 0x0000FFFF0000FFFFu,               \
                                         0x00FF00FF00FF00FFu};                                   \
        for (int step = 0, apart = 4; apart; step++, apart /= 2)                                 \
            for (int i = 0; i < 8; i++) {                                                        \
                if (i & apart) continue;                                                         \
                const int bits = 8 * apart;                                                      \
                const words low = (row)[i], high = (row)[i + apart];                             \
                (row)[i] = (low & mask[step]) | ((high & mask[step]) << bits);                   \
                (row)[i + apart] = ((low >> bits) & mask[step]) | (high & ~mask[step]);          \
            }                                                                                    \
    } while (0)

#if HAVE_BYTE_VECTORS /* as words that are turned are read */
#define HAVE_SWEEP 1
#define BODY "sweep_body.h"
#include "byte_widths.h"
#else
#define HAVE_SWEEP 0
#endif

static Tile find_tile(const Sweep *sweep, int64_t tile, int64_t n_samples, const Task *task) {
    const int64_t n_states = task->n_z * task->n_y, rows_left = sweep->n_columns / TILE - tile;
    const int stride = bytes_of_a_row(task->n_levels);
    return (Tile){sweep->tiles + tile * n_samples * stride, stride,
                  count_blocks(n_samples, n_states), rows_of_a_block(n_samples, n_states),
                  rows_left * n_samples};
}

/* Sweep the strips of a tile in which many columns are wanted, and leave the other columns. */
static void sweep_tile(const Sweep *sweep, const Tile *tile, Lanes *lanes, void *scratch,
                       const Task *task, Way way) {
#if HAVE_SWEEP
#if HAVE_AVX2_BODY
    if (simd_level() == SIMD_AVX2) {
        sweep_strips_32(tile, sweep, lanes, scratch, task, way);
        return;
    }
#endif
    sweep_strips_16(tile, sweep, lanes, scratch, task, way);
#else
    (void)sweep, (void)tile, (void)lanes, (void)scratch, (void)task, (void)way;
#endif
}

/* Whether adding up sample by sample costs less than clearing and reading all cells; with one class
   each sample adds to one table, not two. Measured. */
static int is_tally_better(const Task *task, int64_t n) {
    const int64_t n_cells = task->n_z * task->n_y * task->n_levels;
    return task->f.step && n <= MOST_TALLIED && (task->n_y > 1 ? n_cells > n : 3 * n_cells > 2 * n);
}

/* Where each sample begins to count; by its z alone only where samples are tallied. */
typedef struct {
    void *zyx; /* numbers of `bytes` bytes */
    int bytes;
    uint32_t *zx;
} FirstCells;

static int find_both_first_cells(const Condition *condition, int width, const Task *task,
                                 FirstCells *first) {
    const int64_t n = condition->n_samples, n_levels = task->n_levels;
    const int bytes = bytes_of_cells(task->n_z * task->n_y * n_levels);
    const int is_tallied = is_tally_better(task, n);
    first->bytes = is_tallied ? 4 : bytes > width ? bytes : width;
    first->zyx = malloc(first->bytes * (n + 1));
    if (!first->zyx) return -1;
    find_first_cells(condition->state, n, n_levels, first->bytes, first->zyx);
    if (!is_tallied) return 0;
    first->zx = malloc(sizeof(uint32_t) * (n + 1));
    if (!first->zx) return -1;
    for (int64_t i = 0; i < n; i++)
        first->zx[i] = (uint32_t)(condition->state[i] / condition->n_y * n_levels);
    return 0;
}

/* The same sums where samples are fewer than cells: each adds what F grows by. No count passes
   MOST_TALLIED, so that cells of two bytes, half as many to clear, hold it. */
#define TALLY(name, code)                                                                      \
    static void name(const code *codes, int64_t n, const FirstCells *first, const Task *task,  \
                     int64_t place, int32_t *room) {                                           \
        const int64_t *step = task->f.step, size = task->n_z * task->n_levels;                 \
        const uint32_t *zyx_first = first->zyx, *zx_first = first->zx;                         \
        int32_t *kept = counts_with_z(task, place), *zx = kept ? kept : room;                  \
        uint16_t *cells = (uint16_t *)(room + size);                                           \
        int64_t sum_zyx = 0, sum_zx = 0;                                                       \
        memset(zx, 0, sizeof(int32_t) * size);                                                 \
        if (task->n_y == 1) {                                                                  \
            for (int64_t i = 0; i < n; i++) sum_zx += step[zx[zx_first[i] + codes[i]]++];      \
        } else {                                                                               \
            memset(cells, 0, sizeof(uint16_t) * size * task->n_y);                             \
            for (int64_t i = 0; i < n; i++) {                                                  \
                sum_zyx += step[cells[zyx_first[i] + codes[i]]++];                             \
                sum_zx += step[zx[zx_first[i] + codes[i]]++];                                  \
            }                                                                                  \
        }                                                                                      \
        task->out.sum_zyx[place] = task->n_y == 1 ? sum_zx : sum_zyx;                          \
        task->out.sum_zx[place] = sum_zx;                                                      \
    }
TALLY(tally_1, uint8_t)
TALLY(tally_2, uint16_t)
TALLY(tally_4, uint32_t)

/* One candidate, by its samples or by a histogram of its cells: (n_z, n_y, n_levels) in `cells`. */
static void one_candidate(const void *codes, int width, int64_t n, const FirstCells *first,
                          const Task *task, int64_t place, void *cells) {
    const int is_tallied = first->zx != NULL;
    if (is_tallied && width == 1) tally_1(codes, n, first, task, place, cells);
    if (is_tallied && width == 2) tally_2(codes, n, first, task, place, cells);
    if (is_tallied && width == 4) tally_4(codes, n, first, task, place, cells);
    if (is_tallied) return;
    const int64_t size = task->n_y * task->n_levels;
    histogram(codes, width, first->zyx, first->bytes, n, task->n_z * size, cells);
    for (int64_t z = 0; z < task->n_z; z++)
        take(task, place, z, (const int32_t *)cells + z * size, task->n_levels, 1);
}

/* Means by chance of the candidates of a tile, from their counts with Z; where they were swept with
   counts that are bytes, only of those that are left. */
static void take_chance(const Task *task, const Lanes *lanes, int64_t start, int64_t end,
                        int is_narrow) {
    const Chance *chance = task->chance;
    Asked asked = {end - start, task->n_z, task->n_levels, chance->stratum};
    if (!is_narrow)
        chance_sums_i32(counts_with_z(task, start), asked, chance->strata, chance->table,
                        task->out.chance + start);
    asked.n_candidates = 1;
    for (int l = 0; is_narrow && l < lanes->n; l++)
        chance_sums_i32(counts_with_z(task, lanes->place[l]), asked, chance->strata,
                        chance->table, task->out.chance + lanes->place[l]);
}

/* Measured: a narrow sweep beats samples one by one even where each is alone in its group. */
static Way choose_way(const Sweep *sweep, const Condition *condition, const Task *task) {
    const int64_t n = condition->n_samples, n_z = condition->n_z, n_y = condition->n_y;
    if (!HAVE_SWEEP || !sweep->tiles || task->n_levels > SWEPT_LEVELS) return NO_SWEEP;
    int64_t most = 0; /* rows of a z, where one block has all of them */
    if (count_blocks(n, n_z * n_y) > 1) most = n;
    for (int64_t z = 0; z < n_z && most < n; z++) {
        const int64_t *start = sweep->start + z * n_y, n_rows = start[n_y] - start[0];
        if (n_rows > most) most = n_rows;
    }
    const int is_kept = most < task->f.n_values; /* F is looked up without a question */
    if (!task->counts && most <= UINT8_MAX && is_kept) return NARROW_SWEEP;
    const int is_long = n >= ROWS_OF_A_GROUP * n_z * n_y;
    return is_long && !is_tally_better(task, n) ? WIDE_SWEEP : NO_SWEEP;
}

/* Bytes that a sweep works in: counts of one z, or of all. */
static int64_t sweep_room(Way way, int64_t n_samples, const Task *task) {
    const int64_t n_states = task->n_z * task->n_y;
    const int64_t n_wide = count_blocks(n_samples, n_states) > 1 ? n_states : task->n_y;
    return way == NARROW_SWEEP ? (task->n_z * task->n_levels + 7) * TILE
                               : (int64_t)sizeof(int32_t) * n_wide * task->n_levels * TILE;
}

static int run(const void *codes, int width, Sweep sweep, const int64_t *places, int64_t n_places,
               const Condition *condition, const Task *task) {
    const int64_t n = condition->n_samples, n_levels = task->n_levels;
    const int64_t n_states = condition->n_z * condition->n_y;
    const Way way = choose_way(&sweep, condition, task);
    FirstCells first = {0};
    const int has_room = task->chance && !task->out.zx; /* for the counts of a tile */
    Task of_tile = *task;
    if (n_states * n_levels > UINT32_MAX) return -1;
    void *cells = malloc(sizeof(int32_t) * histogram_room(n, n_states * n_levels));
    void *scratch = malloc(sweep_room(way, n, task));
    if (has_room) of_tile.out.zx = malloc(sizeof(int32_t) * TILE * condition->n_z * n_levels);
    int status = cells && scratch && (of_tile.out.zx || !task->chance) ? 0 : -1;
    for (int64_t i = 0; !status && i < n_places;) {
        const int64_t tile = places[i] / TILE, start = i;
        if (has_room) of_tile.out.first_place = start;
        Lanes lanes = {0};
        for (; i < n_places && lanes.n < TILE && places[i] / TILE == tile; i++) {
            lanes.lane[lanes.n] = (uint8_t)(places[i] % TILE);
            lanes.place[lanes.n++] = i;
        }
        if (way != NO_SWEEP && tile * TILE < sweep.n_columns) {
            const Tile own = find_tile(&sweep, tile, n, task);
            sweep_tile(&sweep, &own, &lanes, scratch, way == NARROW_SWEEP ? task : &of_tile, way);
        }
        if (lanes.n && !first.zyx) status = find_both_first_cells(condition, width, task, &first);
        for (int l = 0; !status && l < lanes.n; l++) {
            const char *column = (const char *)codes + (tile * TILE + lanes.lane[l]) * n * width;
            one_candidate(column, width, n, &first, &of_tile, lanes.place[l], cells);
        }
        if (task->chance && !status)
            take_chance(&of_tile, &lanes, start, i, way == NARROW_SWEEP);
    }
    free(first.zyx);
    free(first.zx);
    if (has_room) free(of_tile.out.zx);
    free(scratch);
    free(cells);
    return status;
}

int scan(const void *codes, int width, Sweep sweep, const int64_t *places, int64_t n_places,
         int64_t n_levels, Condition condition, CellTable f, const Chance *chance, Sums out) {
    const Task task = {condition.n_z, condition.n_y, n_levels, f, chance, out, NULL};
    memset(out.sum_zyx, 0, sizeof(int64_t) * n_places);
    memset(out.sum_zx, 0, sizeof(int64_t) * n_places);
    return run(codes, width, sweep, places, n_places, &condition, &task);
}

int count(const void *codes, int width, Sweep sweep, const int64_t *places,
          int64_t n_places, int64_t n_levels, Condition condition, int32_t *counts) {
    const Task task = {condition.n_z, condition.n_y, n_levels, {0}, NULL, {0}, counts};
    return run(codes, width, sweep, places, n_places, &condition, &task);
}

void sum_tables(const int32_t *counts, int64_t n_places, int64_t n_z, int64_t n_y,
                int64_t n_levels, CellTable f, Sums out) {
    const Task task = {n_z, n_y, n_levels, f, NULL, out, NULL};
    for (int64_t place = 0; place < n_places; place++)
        for (int64_t z = 0; z < n_z; z++, counts += n_y * n_levels)
            take(&task, place, z, counts, n_levels, 1);
}

int64_t columns_in_tiles(int64_t n_columns, int64_t n_samples, int64_t n_levels) {
    if (!HAVE_SWEEP || n_levels > SWEPT_LEVELS || n_samples <= n_levels) return 0;
    const int64_t left = n_columns % TILE;
    return n_columns - left + (left > FEW_LANES ? TILE : 0);
}

int64_t bytes_of_tiles(int64_t n_tiled, int64_t n_samples, int64_t n_levels) {
    return n_tiled / TILE * n_samples * bytes_of_a_row(n_levels);
}

static int at_most(int64_t a, int most) { return a < 0 ? 0 : a < most ? (int)a : most; }

/* Lay out the columns of some rows, a few columns at a time: the lines that these are written to
   stay in the first cache. Where codes share a byte, the second half of the columns goes into the
   high half of it. */
static void tile_rows(const uint8_t *first, int64_t n_samples, int64_t n_lanes, int64_t n_rows,
                      int stride, uint8_t *own) {
    int64_t row = 0;
    for (int lane = 0; lane < stride; lane += LANES_AT_ONCE) {
        const uint8_t *low = first + lane * n_samples, *high = low + HALF * n_samples;
        const int n_low = at_most(n_lanes - lane, LANES_AT_ONCE);
        const int n_high = stride == HALF ? at_most(n_lanes - lane - HALF, LANES_AT_ONCE) : 0;
#if HAVE_SWEEP
#if HAVE_AVX2_BODY
        if (simd_level() == SIMD_AVX2)
            row = tile_lanes_32(low, n_samples, n_low, n_high, n_rows, stride, own + lane);
        else
#endif
            row = tile_lanes_16(low, n_samples, n_low, n_high, n_rows, stride, own + lane);
#endif
        for (int64_t i = row; i < n_rows; i++)
            for (int l = 0; l < LANES_AT_ONCE; l++) {
                const uint8_t below = l < n_low ? low[l * n_samples + i] : 0;
                const uint8_t above = l < n_high ? high[l * n_samples + i] : 0;
                own[i * stride + lane + l] = (uint8_t)(below | above << 4);
            }
    }
}

void tile_codes(const uint8_t *codes, int64_t n_columns, int64_t n_samples, int64_t n_levels,
                int64_t tile, uint8_t *tiles) {
    const int stride = bytes_of_a_row(n_levels);
    const uint8_t *first = codes + tile * TILE * n_samples;
    const int64_t left = n_columns - tile * TILE;
    for (int64_t i = 0; i < n_samples; i += ROWS_TILED_AT_ONCE)
        tile_rows(first + i, n_samples, left < TILE ? left : TILE,
                  at_most(n_samples - i, ROWS_TILED_AT_ONCE), stride,
                  tiles + (tile * n_samples + i) * stride);
}

void group_rows(const int32_t *state, int64_t n_samples, int64_t n_states, int64_t *start,
                int32_t *rows) {
    int64_t *next = start + 1; /* one place late: filling moves each start on to the next one */
    const int64_t n_rows = rows_of_a_block(n_samples, n_states);
    const int64_t n_groups = count_blocks(n_samples, n_states) * n_states;
    memset(start, 0, sizeof(int64_t) * (n_groups + 2));
    for (int64_t first = 0, group = 0; first < n_samples; first += n_rows, group += n_states)
        for (int64_t i = first; i < n_samples && i < first + n_rows; i++)
            next[group + state[i] + 1]++;
    for (int64_t s = 0; s < n_groups; s++) next[s + 1] += next[s];
    for (int64_t first = 0, group = 0; first < n_samples; first += n_rows, group += n_states)
        for (int64_t i = first; i < n_samples && i < first + n_rows; i++)
            rows[next[group + state[i]]++] = (int32_t)i;
    memset(rows + n_samples, 0, sizeof(int32_t) * ROWS_AHEAD);
}
