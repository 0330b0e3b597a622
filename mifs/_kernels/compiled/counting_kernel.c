#include "counting_kernel.h"

#include <stdlib.h>
#include <string.h>

#include "histogram_kernel.h"
#include "simd.h"
#include "strips.h"
#include "transpose.h"
#include "ways.h"

enum { MOST_TALLIED = UINT16_MAX };

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

/* Candidates of one tile, or of those abreast: which of its columns, and their places among the
   results. */
typedef struct {
    int n;
    uint8_t lane[ABREAST];
    int64_t place[ABREAST];
} Lanes;

#if HAVE_SWEEP
#define BODY "sweep_body.h"
#include "byte_widths.h"
#define BODY "bits_body.h"
#include "byte_widths.h"
#endif

/* Sweep the strips of a tile in which many columns are wanted, and leave the other columns. */
static void sweep_tile(const Sweep *sweep, const Tile *tile, Lanes *lanes, void *scratch,
                       const Task *task, Way way) {
#if HAVE_SWEEP
#define STRIPS_OF(width) sweep_strips##width(tile, sweep, lanes, scratch, task, way)
#define BITS_OF(width) sweep_bits##width(tile, sweep, lanes, scratch, task)
    if (are_bits(task->n_levels))
        OF_WIDTH(BITS_OF);
    else
        OF_WIDTH(STRIPS_OF);
#undef STRIPS_OF
#undef BITS_OF
#else
    (void)sweep, (void)tile, (void)lanes, (void)scratch, (void)task, (void)way;
#endif
}

static int are_tallied(const Task *task, int64_t n) {
    const int64_t n_cells = task->n_z * task->n_y * task->n_levels;
    return task->f.step && n <= MOST_TALLIED && is_worth_tallying(n, task->n_y, n_cells);
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
    const int is_tallied = are_tallied(task, n);
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

/* Counts stay bytes where no z has more rows, and F is looked up without a question. */
static Way choose_way(const Sweep *sweep, const Condition *condition, const Task *task) {
    const int64_t n = condition->n_samples, n_z = condition->n_z, n_y = condition->n_y;
    if (!HAVE_SWEEP || !sweep->tiles) return NO_SWEEP;
    int64_t most = 0; /* rows of a z, where one block has all of them */
    if (count_blocks(n, n_z * n_y) > 1) most = n;
    for (int64_t z = 0; z < n_z && most < n; z++) {
        const int64_t *start = sweep->start + z * n_y, n_rows = start[n_y] - start[0];
        if (n_rows > most) most = n_rows;
    }
    const int is_narrow = !task->counts && most <= UINT8_MAX && most < task->f.n_values;
    return way_of_tiles(n, n_z, n_y, task->n_levels, is_narrow, are_tallied(task, n));
}

/* Bytes that a sweep works in: counts of one z, or of all. */
static int64_t sweep_room(Way way, int64_t n_samples, const Task *task) {
    const int64_t n_states = task->n_z * task->n_y;
    const int64_t n_wide = count_blocks(n_samples, n_states) > 1 ? n_states : task->n_y;
    if (way == NO_SWEEP) return 1;
    if (are_bits(task->n_levels)) return (int64_t)sizeof(int32_t) * n_wide * ABREAST;
    return way == NARROW_SWEEP ? (task->n_z * task->n_levels + 7) * TILE
                               : (int64_t)sizeof(int32_t) * n_wide * task->n_levels * TILE;
}

/* What one thread works with: its task, and that of a tile, of which counts with Z are kept where
   means by chance take them and nobody else does. */
typedef struct {
    Task task, of_tile;
    Way way;
    Chance chance;
    FirstCells first;
    void *cells, *scratch; /* of a histogram, and of a sweep */
} Bench;

static int set_up(Bench *bench, const Job *job, int is_helper) {
    const Condition *condition = &job->condition;
    const int64_t n_samples = condition->n_samples, size = condition->n_z * job->n_levels;
    *bench = (Bench){.task = {condition->n_z, condition->n_y, job->n_levels, job->f, job->chance,
                              job->out, job->counts}};
    Task *task = &bench->task;
    if (size * task->n_y > UINT32_MAX) return -1;
    bench->way = choose_way(&job->sweep, condition, task);
    bench->cells = malloc(sizeof(int32_t) * histogram_room(n_samples, size * task->n_y));
    bench->scratch = malloc(sweep_room(bench->way, n_samples, task));
    int status = bench->cells && bench->scratch ? 0 : -1;
    if (task->chance && is_helper) { /* the means of who calls would change under its eyes */
        bench->chance = *task->chance;
        bench->chance.table = calloc(bench->chance.n_values, sizeof(int64_t));
        task->chance = &bench->chance;
        if (!bench->chance.table) status = -1;
    }
    bench->of_tile = *task;
    if (task->chance && !task->out.zx) {
        const int64_t n_abreast = columns_abreast(job->n_levels);
        bench->of_tile.out.zx = malloc(sizeof(int32_t) * n_abreast * size);
        if (!bench->of_tile.out.zx) status = -1;
    }
    return status;
}

static void clear(Bench *bench) {
    free(bench->first.zyx);
    free(bench->first.zx);
    if (bench->of_tile.out.zx != bench->task.out.zx) free(bench->of_tile.out.zx);
    free(bench->chance.table);
    free(bench->scratch);
    free(bench->cells);
}

/* Count the wanted ones of `n_columns` from `first_column` on, of which place *next is the first
   that may be. */
static int count_columns(const Job *job, Bench *bench, int64_t first_column, int64_t n_columns,
                         int64_t *next) {
    const Columns *columns = &job->columns;
    const int64_t n = job->condition.n_samples, *places = job->places;
    const int64_t column = first_column - first_column % columns_abreast(job->n_levels);
    const int is_narrow = bench->way == NARROW_SWEEP;
    int64_t i = *next;
    while (i < job->n_places && places[i] < first_column) i++;
    const int64_t start = i;
    if (bench->of_tile.out.zx != bench->task.out.zx) bench->of_tile.out.first_place = start;
    Lanes lanes;
    for (lanes.n = 0; i < job->n_places && places[i] < first_column + n_columns; i++) {
        lanes.lane[lanes.n] = (uint8_t)(places[i] - column);
        lanes.place[lanes.n++] = i;
    }
    *next = i;
    if (bench->way != NO_SWEEP && column < job->sweep.n_columns) {
        const Task *task = is_narrow ? &bench->task : &bench->of_tile;
        const ByteColumns tiles = {job->sweep.tiles, job->sweep.n_columns, columns->n_samples,
                                   job->n_levels};
        const Tile own = find_tile(&tiles, column / TILE, columns->first_row, n,
                                   job->condition.n_z * job->condition.n_y);
        sweep_tile(&job->sweep, &own, &lanes, bench->scratch, task, bench->way);
    }
    if (lanes.n && !bench->first.zyx &&
        find_both_first_cells(&job->condition, columns->width, &bench->task, &bench->first))
        return -1;
    for (int l = 0; l < lanes.n; l++) {
        const int64_t value = (column + lanes.lane[l]) * columns->n_samples + columns->first_row;
        const char *own = (const char *)columns->codes + value * columns->width;
        one_candidate(own, columns->width, n, &bench->first, &bench->of_tile, lanes.place[l],
                      bench->cells);
    }
    if (job->chance) take_chance(&bench->of_tile, &lanes, start, i, is_narrow);
    return 0;
}

int scan(const Job *job, int is_helper) {
    Turns *turns = job->turns;
    const int64_t n_columns = turns ? turns->n_columns : columns_abreast(job->n_levels);
    const int64_t n_turns = turns ? turns->n : job->places[job->n_places - 1] / n_columns + 1;
    Bench bench;
    int status = set_up(&bench, job, is_helper);
    for (int64_t i = 0; !status;) {
        /* One thread alone goes on to the next column that is wanted. */
        const int64_t turn = turns               ? take_turn(turns)
                             : i < job->n_places ? job->places[i] / n_columns
                                                 : n_turns;
        if (turn >= n_turns) break;
        status = count_columns(job, &bench, turn * n_columns, n_columns, &i);
    }
    clear(&bench);
    return status;
}

void sum_tables(const int32_t *counts, int64_t n_places, int64_t n_z, int64_t n_y,
                int64_t n_levels, CellTable f, Sums out) {
    const Task task = {n_z, n_y, n_levels, f, NULL, out, NULL};
    for (int64_t place = 0; place < n_places; place++)
        for (int64_t z = 0; z < n_z; z++, counts += n_y * n_levels)
            take(&task, place, z, counts, n_levels, 1);
}
