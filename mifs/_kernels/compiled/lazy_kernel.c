#include "lazy_kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "simd.h"

enum {
    ROWS_AT_ONCE = 1024, /* whose cells are numbered before they are counted: 4 kB */
    BYTE_CELLS = 256,    /* that are numbered in one byte */
    TABLES = 4,          /* rows that follow each other often meet one cell: it would have to wait */
};

/* Room for one table: its cells as (n_z, n_y, n_levels), the counts with Z, the levels whose mean by
   chance is not known, and what the means are computed in. */
typedef struct {
    int32_t *zyx, *zx;
    int64_t *count, *stratum, *mean;
    double *means_room;
} Room;

/* Numbers of the cells of some rows, state * n_levels + code. */
#define NUMBER_CELLS(name, state_type, code_type)                                              \
    static void name(const void *states, const void *codes, int64_t first, int n_rows,         \
                     int32_t n_levels, int32_t *cell) {                                        \
        const state_type *state = (const state_type *)states + first;                          \
        const code_type *code = (const code_type *)codes + first;                              \
        for (int i = 0; i < n_rows; i++) cell[i] = (int32_t)state[i] * n_levels + (int32_t)code[i]; \
    }
NUMBER_CELLS(number_cells_11, uint8_t, uint8_t)
NUMBER_CELLS(number_cells_12, uint8_t, uint16_t)
NUMBER_CELLS(number_cells_14, uint8_t, uint32_t)
NUMBER_CELLS(number_cells_21, uint16_t, uint8_t)
NUMBER_CELLS(number_cells_22, uint16_t, uint16_t)
NUMBER_CELLS(number_cells_24, uint16_t, uint32_t)
NUMBER_CELLS(number_cells_41, uint32_t, uint8_t)
NUMBER_CELLS(number_cells_42, uint32_t, uint16_t)
NUMBER_CELLS(number_cells_44, uint32_t, uint32_t)

typedef void (*NumberCells)(const void *, const void *, int64_t, int, int32_t, int32_t *);

static NumberCells number_cells_of(int state_width, int code_width) {
    static const NumberCells all[3][3] = {{number_cells_11, number_cells_12, number_cells_14},
                                          {number_cells_21, number_cells_22, number_cells_24},
                                          {number_cells_41, number_cells_42, number_cells_44}};
    return all[state_width / 2][code_width / 2];
}

/* Numbers of one byte: rows are counted in turn in several tables, which are added up. */
static void count_bytes(const uint8_t *state, const uint8_t *code, int64_t n_rows, int n_levels,
                        int64_t n_cells, int32_t *cells) {
    int32_t tables[TABLES][BYTE_CELLS] = {{0}};
    uint8_t number[ROWS_AT_ONCE];
    for (int64_t first = 0; first < n_rows; first += ROWS_AT_ONCE) {
        const int some = (int)(n_rows - first < ROWS_AT_ONCE ? n_rows - first : ROWS_AT_ONCE);
        for (int i = 0; i < some; i++)
            number[i] = (uint8_t)(state[first + i] * n_levels + code[first + i]);
        int i = 0;
        for (; i + 8 <= some; i += 8) {
            uint64_t eight;
            memcpy(&eight, number + i, 8);
            for (int b = 0; b < 8; b++) tables[b % TABLES][(eight >> (8 * b)) & 255]++;
        }
        for (; i < some; i++) tables[0][number[i]]++;
    }
    for (int64_t c = 0; c < n_cells; c++)
        cells[c] = tables[0][c] + tables[1][c] + tables[2][c] + tables[3][c];
}

static void count_cells(const Given *given, Numbers codes, int64_t n_samples, int64_t n_levels,
                        int32_t *cells) {
    const int64_t n_cells = given->n_z * given->n_y * n_levels;
    const int are_bytes = given->state.width == 1 && codes.width == 1 && n_cells <= BYTE_CELLS;
    if (are_bytes && n_samples >= ROWS_AT_ONCE) { /* fewer are not worth several tables */
        count_bytes(given->state.values, codes.values, n_samples, (int)n_levels, n_cells, cells);
        return;
    }
    const NumberCells number_cells = number_cells_of(given->state.width, codes.width);
    int32_t cell[ROWS_AT_ONCE];
    memset(cells, 0, sizeof(int32_t) * n_cells);
    for (int64_t first = 0; first < n_samples; first += ROWS_AT_ONCE) {
        const int64_t left = n_samples - first;
        const int some = (int)(left < ROWS_AT_ONCE ? left : ROWS_AT_ONCE);
        number_cells(given->state.values, codes.values, first, some, (int32_t)n_levels, cell);
        for (int i = 0; i < some; i++) cells[cell[i]]++;
    }
}

/* Sum of F over (X, Z, Y), less that over (X, Z), whose counts are left in `room`. */
static int64_t sum_cells(const Terms *terms, const Given *given, int64_t n_levels, Room *room) {
    const int64_t *value = terms->value;
    const int32_t *cell = room->zyx;
    int64_t sum = 0;
    for (int64_t z = 0; z < given->n_z; z++) {
        int32_t *zx = room->zx + z * n_levels;
        memset(zx, 0, sizeof(int32_t) * n_levels);
        for (int64_t y = 0; y < given->n_y; y++, cell += n_levels)
            for (int64_t x = 0; x < n_levels; x++) {
                zx[x] += cell[x];
                sum += value[cell[x]];
            }
        for (int64_t x = 0; x < n_levels; x++) sum -= value[zx[x]];
    }
    return sum;
}

/* Sum of the means by chance of all levels; those that were not known are kept. */
static int64_t chance_of(const Terms *terms, const Given *given, int64_t n_levels, Room *room) {
    const Chance *chance = &given->chance;
    int64_t sum = 0, n_new = 0, n_means = 0;
    for (int64_t z = 0; z < given->n_z; z++)
        for (int64_t x = 0; x < n_levels; x++) {
            const int32_t count = room->zx[z * n_levels + x];
            const int64_t known = chance->known ? chance->known[chance->first[z] + count] : 0;
            if (count && !known) {
                room->count[n_new] = count;
                room->stratum[n_new++] = z;
                n_means += chance->strata.first[z + 1] - chance->strata.first[z];
            } else if (count) {
                sum += known - 1;
            }
        }
    if (!n_new) return sum;
    level_means_c(room->count, room->stratum, n_new, chance->strata, terms->scale,
                  terms->k_log_k, room->means_room, n_means, room->mean);
    for (int64_t i = 0; i < n_new; i++) {
        sum += room->mean[i];
        if (chance->known)
            chance->known[chance->first[room->stratum[i]] + room->count[i]] = room->mean[i] + 1;
    }
    return sum;
}

static double measure(const Terms *terms, int64_t column, int64_t age, Room *room) {
    const Given *given = terms->given + age;
    const Block *block = terms->blocks + terms->block[column];
    Numbers codes = block->codes;
    codes.values =
        (const char *)codes.values + terms->place[column] * terms->n_samples * codes.width;
    count_cells(given, codes, terms->n_samples, block->n_levels, room->zyx);
    int64_t total = sum_cells(terms, given, block->n_levels, room) - given->constant;
    if (given->is_corrected) total -= chance_of(terms, given, block->n_levels, room);
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
    room->zyx = malloc(sizeof(int32_t) * n_zyx);
    room->zx = malloc(sizeof(int32_t) * n_zx);
    if (!room->zyx || !room->zx) return -1;
    if (!is_corrected) return 0;
    room->count = malloc(sizeof(int64_t) * n_zx);
    room->stratum = malloc(sizeof(int64_t) * n_zx);
    room->mean = malloc(sizeof(int64_t) * n_zx);
    room->means_room = malloc(sizeof(double) * 4 * n_zyx);
    return room->count && room->stratum && room->mean && room->means_room ? 0 : -1;
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
    free(room.zyx);
    free(room.zx);
    free(room.count);
    free(room.stratum);
    free(room.mean);
    free(room.means_room);
    free(standing.score);
    free(standing.best);
    return n_terms;
}
