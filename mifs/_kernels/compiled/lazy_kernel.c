#include "lazy_kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "histogram_kernel.h"

/* Room for one table: where samples begin to count, its cells as (n_z, n_y, n_levels), the counts
   with Z, and the levels whose means by chance are computed. */
typedef struct {
    const Given *given; /* of the first cells, and the levels of the candidate */
    int64_t n_levels;
    int bytes;
    void *first_cell;
    int32_t *zyx, *zx;
    int64_t *level, *stratum, *mean; /* one more than levels: where the next may go */
} Room;

#define SCALE(narrow, wide)                                                       \
    do {                                                                          \
        const narrow *from = given->state.values;                                 \
        wide *to = room->first_cell;                                              \
        for (int64_t i = 0; i < n; i++) to[i] = (wide)((uint32_t)from[i] * step); \
    } while (0)

/* States times n_levels, in `bytes` bytes. */
static void find_first_cells_of(const Given *given, int64_t n, int64_t n_levels, int bytes,
                                Room *room) {
    const uint32_t step = (uint32_t)n_levels;
    if (room->given == given && room->n_levels == n_levels && room->bytes == bytes) return;
    room->given = given;
    room->n_levels = n_levels;
    room->bytes = bytes;
    switch (10 * given->state.width + bytes) {
    case 11: SCALE(uint8_t, uint8_t); break;
    case 12: SCALE(uint8_t, uint16_t); break;
    case 14: SCALE(uint8_t, uint32_t); break;
    case 22: SCALE(uint16_t, uint16_t); break;
    case 24: SCALE(uint16_t, uint32_t); break;
    case 44: SCALE(uint32_t, uint32_t); break;
    }
}

static int wider(int a, int b) { return a > b ? a : b; }

/* Count one candidate with Z and Y. */
static void count(const Terms *terms, const Given *given, const Block *block, int64_t place,
                  Room *room) {
    const int64_t n = terms->n_samples, n_cells = given->n_z * given->n_y * block->n_levels;
    const int width = block->codes.width;
    const int bytes = wider(bytes_of_cells(n_cells), wider(width, given->state.width));
    const void *codes = (const char *)block->codes.values + place * n * width;
    find_first_cells_of(given, n, block->n_levels, bytes, room);
    histogram(codes, width, room->first_cell, bytes, n, n_cells, room->zyx);
}

/* Sum of F over (X, Z, Y), less that over (X, Z), whose counts are left in `room`. */
static int64_t sum_cells(const Terms *terms, const Given *given, int64_t n_levels, Room *room) {
    const CellTable f = terms->f;
    const int32_t *cell = room->zyx;
    int64_t sum = 0;
    for (int64_t z = 0; z < given->n_z; z++) {
        int32_t *zx = room->zx + z * n_levels;
        memset(zx, 0, sizeof(int32_t) * n_levels);
        for (int64_t y = 0; y < given->n_y; y++, cell += n_levels)
            for (int64_t x = 0; x < n_levels; x++) {
                zx[x] += cell[x];
                sum += cell_value(&f, cell[x], 0);
            }
        for (int64_t x = 0; x < n_levels; x++) sum -= cell_value(&f, zx[x], 0);
    }
    return sum;
}

/* Sum of the means by chance of all levels. */
static int64_t chance_of(const Given *given, int64_t n_levels, Room *room) {
    const Chance *chance = &given->chance;
    int64_t sum = 0, n_met = 0;
    if (chance->table) {
        const Asked asked = {1, given->n_z, n_levels, chance->stratum};
        chance_sums_i32(room->zx, asked, chance->strata, chance->table, &sum);
        return sum;
    }
    for (int64_t z = 0; z < given->n_z; z++)
        for (int64_t x = 0; x < n_levels; x++) {
            room->level[n_met] = room->zx[z * n_levels + x];
            room->stratum[n_met] = z;
            n_met += room->level[n_met] > 0;
        }
    level_means_c(room->level, room->stratum, n_met, chance->strata, room->mean);
    for (int64_t i = 0; i < n_met; i++) sum += room->mean[i];
    return sum;
}

static double measure(const Terms *terms, int64_t column, int64_t age, Room *room) {
    const Given *given = terms->given + age;
    const Block *block = terms->blocks + terms->block[column];
    count(terms, given, block, terms->place[column], room);
    int64_t total = sum_cells(terms, given, block->n_levels, room) - given->constant;
    if (given->is_corrected) total -= chance_of(given, block->n_levels, room);
    const double nats = (double)total / terms->total;
    return given->offset + (fabs(nats) < terms->rounding ? 0.0 : nats);
}

/* Scores of candidates in groups, of each of which the best is known. */
typedef struct {
    int64_t n, size, n_groups, *best;
    double *score;
} Standing;

static void find_best_of(Standing *standing, int64_t group) {
    const int64_t first = group * standing->size, end = first + standing->size;
    int64_t best = first;
    for (int64_t i = first + 1; i < end && i < standing->n; i++)
        if (standing->score[i] > standing->score[best]) best = i;
    standing->best[group] = best;
}

static int64_t highest(const Standing *standing) {
    int64_t best = standing->best[0];
    for (int64_t group = 1; group < standing->n_groups; group++)
        if (standing->score[standing->best[group]] > standing->score[best])
            best = standing->best[group];
    return best;
}

static double at_most(double a, double b) { return b < a ? b : a; }

static int64_t lower(const Terms *terms, Least least, const int64_t *columns, Standing *standing,
                     Room *room, double slack) {
    double best = -INFINITY;
    int64_t n_terms = 0;
    for (;;) {
        const int64_t i = highest(standing), column = columns[i];
        double *score = standing->score + i;
        if (*score == -INFINITY || *score < best - slack) return n_terms;
        if (least.age[column] == terms->n_given) {
            if (*score > best) best = *score;
            *score = -INFINITY;
        } else {
            const double term = measure(terms, column, least.age[column], room);
            least.term[column] = at_most(least.term[column], term);
            least.age[column]++;
            n_terms++;
            *score = at_most(least.cap[column], least.term[column]);
        }
        find_best_of(standing, i / standing->size);
    }
}

/* Smaller tables than the largest may need more room to work in. */
static int64_t most_room(int64_t n, int64_t n_cells) {
    const int64_t half = n / 2 < n_cells ? n / 2 : n_cells;
    const int64_t own = histogram_room(n, n_cells), smaller = histogram_room(n, half);
    return own > smaller ? own : smaller;
}

/* Room for the largest table of all. */
static int make_room(const Terms *terms, const int64_t *columns, int64_t n_columns, Room *room) {
    int64_t n_levels = 1, n_zyx = 1, n_zx = 1, is_corrected = 0;
    for (int64_t i = 0; i < n_columns; i++) {
        const int64_t own = terms->blocks[terms->block[columns[i]]].n_levels;
        if (own > n_levels) n_levels = own;
    }
    for (int64_t g = 0; g < terms->n_given; g++) {
        const Given *given = terms->given + g;
        if (given->n_z * n_levels > n_zx) n_zx = given->n_z * n_levels;
        if (given->n_z * given->n_y * n_levels > n_zyx) n_zyx = given->n_z * given->n_y * n_levels;
        is_corrected |= given->is_corrected;
    }
    room->first_cell = malloc(sizeof(uint32_t) * terms->n_samples);
    room->zyx = malloc(sizeof(int32_t) * most_room(terms->n_samples, n_zyx));
    room->zx = malloc(sizeof(int32_t) * n_zx);
    if (!room->first_cell || !room->zyx || !room->zx) return -1;
    if (!is_corrected) return 0;
    room->level = malloc(sizeof(int64_t) * (n_zx + 1));
    room->stratum = malloc(sizeof(int64_t) * (n_zx + 1));
    room->mean = malloc(sizeof(int64_t) * n_zx);
    return room->level && room->stratum && room->mean ? 0 : -1;
}

static int make_standing(Least least, const int64_t *columns, int64_t n_columns,
                         Standing *standing) {
    standing->n = n_columns;
    standing->size = 1 + (int64_t)sqrt((double)n_columns);
    standing->n_groups = (n_columns + standing->size - 1) / standing->size;
    standing->score = malloc(sizeof(double) * n_columns);
    standing->best = malloc(sizeof(int64_t) * standing->n_groups);
    if (!standing->score || !standing->best) return -1;
    for (int64_t i = 0; i < n_columns; i++)
        standing->score[i] = at_most(least.cap[columns[i]], least.term[columns[i]]);
    for (int64_t group = 0; group < standing->n_groups; group++) find_best_of(standing, group);
    return 0;
}

int64_t lower_best_first_c(const Terms *terms, Least least, const int64_t *columns,
                           int64_t n_columns, double slack) {
    Room room = {0};
    Standing standing = {0};
    int64_t n_terms = -1;
    if (!n_columns) return 0;
    if (!make_room(terms, columns, n_columns, &room) &&
        !make_standing(least, columns, n_columns, &standing))
        n_terms = lower(terms, least, columns, &standing, &room, slack);
    free(room.first_cell);
    free(room.zyx);
    free(room.zx);
    free(room.level);
    free(room.stratum);
    free(room.mean);
    free(standing.score);
    free(standing.best);
    return n_terms;
}
