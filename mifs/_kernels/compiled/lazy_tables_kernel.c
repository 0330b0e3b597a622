#include "lazy_tables_kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "histogram_kernel.h"
#include "pair_kernel.h"

enum {
    MOST_NUMBERS = 1 << 13, /* of packed counts, each of which has a sum: soon filled */
    CELLS_OF_A_SAMPLE = 3,  /* with more of X and Z to read, adding up by samples costs less */
};

Column column_at(const Terms *terms, const Block *block, int64_t place) {
    const int width = block->codes.width;
    const char *first = block->codes.values;
    return (Column){{first + place * terms->n_samples * width, width}, block->n_levels};
}

int find_column(const Terms *terms, int64_t column, Column *found) {
    if (column < 0 || column >= terms->n_features) return WRONG_COLUMNS;
    const int64_t block = terms->block[column], place = terms->place[column];
    if (block < 0 || block >= terms->n_blocks) return WRONG_COLUMNS;
    const Block *own = terms->blocks + block;
    if (place < 0 || place >= own->n_columns) return WRONG_COLUMNS;
    *found = column_at(terms, own, place);
    return 0;
}

static int wider(int a, int b) { return a > b ? a : b; }

/* Whether adding up sample by sample costs less than clearing and reading all cells, of which there
   are more. Cells fit two bytes then, and so do their counts. */
static int is_tally_better(const Terms *terms, int64_t n_cells, int widest) {
    return terms->f.step && n_cells > terms->n_samples && terms->n_samples <= UINT16_MAX &&
           n_cells <= UINT16_MAX + 1 && widest == 1;
}

static Shape shape_of(const Terms *terms, const Column *x, const Column *z) {
    const int64_t n_zx = z->n_levels * x->n_levels, n_cells = terms->n_y * n_zx;
    const int widest = wider(wider(x->codes.width, z->codes.width), terms->y.width);
    const int is_tallied = is_tally_better(terms, n_cells, widest);
    const int bytes = is_tallied ? 2 : wider(bytes_of_cells(n_cells), widest);
    return (Shape){x->n_levels, n_zx, n_cells, is_tallied, bytes};
}

#define ADD_SCALED(narrow, wide)                                                           \
    do {                                                                                   \
        const narrow *code = codes.values;                                                 \
        const wide *from = start;                                                          \
        wide *to = into;                                                                   \
        for (int64_t i = 0; i < n; i++) to[i] = (wide)(from[i] + code[i] * (uint32_t)step); \
    } while (0)

/* Numbers of `bytes` bytes, and codes times a step. */
static void add_scaled(const void *start, Numbers codes, int64_t step, int64_t n, int bytes,
                       void *into) {
    switch (10 * codes.width + bytes) {
    case 11: ADD_SCALED(uint8_t, uint8_t); break;
    case 12: ADD_SCALED(uint8_t, uint16_t); break;
    case 14: ADD_SCALED(uint8_t, uint32_t); break;
    case 22: ADD_SCALED(uint16_t, uint16_t); break;
    case 24: ADD_SCALED(uint16_t, uint32_t); break;
    case 44: ADD_SCALED(uint32_t, uint32_t); break;
    }
}

/* Have ready where samples begin to count by Y, found once for all tables of a shape. */
static void find_y_first(const Terms *terms, Shape shape, Room *room) {
    const int64_t n = terms->n_samples;
    const Shape last = room->shape;
    room->shape = shape;
    if (last.n_zx == shape.n_zx && last.bytes == shape.bytes) return;
    memset(room->y_first, 0, shape.bytes * n);
    add_scaled(room->y_first, terms->y, shape.n_zx, n, shape.bytes, room->y_first);
}

/* Count all cells. Z is added on the way where that can be, for it changes with each table. */
static void count(int64_t n, Numbers x, Numbers z, Room *room) {
    const Shape shape = room->shape;
    if (shape.bytes == 1 && !is_compared(n, shape.n_cells)) {
        histogram_with_z(x.values, z.values, (uint8_t)shape.n_x, room->y_first, n, shape.n_cells,
                         room->cells);
        return;
    }
    add_scaled(room->y_first, z, shape.n_x, n, shape.bytes, room->first);
    histogram(x.values, x.width, room->first, shape.bytes, n, shape.n_cells, room->cells);
}

#define TALLY(number)                                                              \
    do {                                                                           \
        number *cells = (number *)room->cells, *zx = cells + shape.n_cells;        \
        memset(cells, 0, sizeof(number) * (shape.n_cells + shape.n_zx));           \
        for (int64_t i = 0; i < n; i++) {                                          \
            sum += step[cells[y_first[i] + with_z[i]]++];                          \
            sum -= step[zx[with_z[i]]++];                                          \
        }                                                                          \
        for (int64_t i = 0; i < n_kept; i++) room->zx[i] = zx[i];                  \
    } while (0)

/* Cells of X and Z. */
static void find_with_z(const uint8_t *x, const uint8_t *z, int64_t n, int64_t n_x,
                        uint16_t *with_z) {
    for (int64_t i = 0; i < n; i++) with_z[i] = (uint16_t)(z[i] * n_x + x[i]);
}

/* Sum of F over (X, Z, Y), less that over (X, Z), sample by sample: each adds what F grows by. The
   narrower the numbers, the less there is to clear. The first counts with Z are kept. */
static int64_t tally(const Terms *terms, const uint8_t *x, const uint8_t *z, int64_t n_kept,
                     Room *room) {
    const int64_t n = terms->n_samples, *step = terms->f.step;
    const Shape shape = room->shape;
    const uint16_t *y_first = room->y_first;
    uint16_t *with_z = room->first;
    int64_t sum = 0;
    find_with_z(x, z, n, shape.n_x, with_z);
    if (n <= UINT8_MAX)
        TALLY(uint8_t);
    else
        TALLY(uint16_t);
    return sum;
}

/* Whether each cell of X and Z can have its counts of all classes in one number. */
static int is_packed(const Terms *terms, const Column *x, const Column *z, const Room *room) {
    return room->packed.sum && x->codes.width == 1 && z->codes.width == 1 &&
           x->n_levels * z->n_levels <= CELLS_OF_A_SAMPLE * terms->n_samples;
}

/* The same sum, by these numbers: a sample changes one of them, and each is looked up once. */
static int64_t sum_packed(const Terms *terms, const Column *x, const Column *z, Room *room) {
    const int64_t n = terms->n_samples, n_zx = z->n_levels * x->n_levels;
    const int64_t *sum = room->packed.sum;
    const uint16_t *unit = room->packed.unit;
    uint16_t *with_z = room->first, *cells = (uint16_t *)room->cells;
    int64_t total = 0;
    find_with_z(x->codes.values, z->codes.values, n, x->n_levels, with_z);
    memset(cells, 0, sizeof(uint16_t) * n_zx);
    for (int64_t i = 0; i < n; i++) cells[with_z[i]] = (uint16_t)(cells[with_z[i]] + unit[i]);
    for (int64_t i = 0; i < n_zx; i++) total += sum[cells[i]];
    return total;
}

static ALWAYS_INLINE int64_t sum_of(const CellTable *f, const int32_t *counts, int64_t n,
                                    const int is_whole) {
    int64_t sum = 0;
    for (int64_t i = 0; i < n; i++) sum += cell_value(f, counts[i], is_whole);
    return sum;
}

/* The same by the counts of all cells. */
static int64_t sum_cells(const CellTable *f, int64_t n_zx, int64_t n_cells, Room *room) {
    int32_t *zx = room->zx;
    memset(zx, 0, sizeof(int32_t) * n_zx);
    for (const int32_t *plane = room->cells; plane < room->cells + n_cells; plane += n_zx)
        for (int64_t i = 0; i < n_zx; i++) zx[i] += plane[i];
    return f->step ? sum_of(f, room->cells, n_cells, 1) - sum_of(f, zx, n_zx, 1)
                   : sum_of(f, room->cells, n_cells, 0) - sum_of(f, zx, n_zx, 0);
}

/* Sum of the means by chance of all levels; those that are kept are known afterwards. */
static int64_t chance_of(const Terms *terms, const int64_t *stratum, int64_t n_z, int64_t n_x,
                         Room *room) {
    const Means *means = terms->given.means;
    const Strata strata = {means->size,    means->first_class, means->b,      means->repeats,
                           means->first,   terms->k_log_k,     terms->f.scale};
    int64_t sum = 0, n_met = 0;
    if (means->is_kept) {
        const Asked asked = {1, n_z, n_x, stratum};
        chance_sums_i32(room->zx, asked, strata, means->table, &sum);
        return sum;
    }
    for (int64_t z = 0; z < n_z; z++)
        for (int64_t x = 0; x < n_x; x++) {
            room->level[n_met] = room->zx[z * n_x + x];
            room->stratum[n_met] = stratum[z];
            n_met += room->level[n_met] > 0;
        }
    level_means_c(room->level, room->stratum, n_met, strata, room->mean);
    for (int64_t i = 0; i < n_met; i++) sum += room->mean[i];
    return sum;
}

/* Class counts within the levels of Z, of shape (n_z, n_y). */
static void count_classes(const Terms *terms, const Column *z, Room *room, int64_t *counts) {
    const int64_t n = terms->n_samples, n_z = z->n_levels, n_y = terms->n_y, n_cells = n_z * n_y;
    const int bytes = wider(bytes_of_cells(n_cells), wider(z->codes.width, terms->y.width));
    memset(room->first, 0, bytes * n);
    add_scaled(room->first, terms->y, n_z, n, bytes, room->first);
    histogram(z->codes.values, z->codes.width, room->first, bytes, n, n_cells, room->cells);
    for (int64_t y = 0; y < n_y; y++)
        for (int64_t i = 0; i < n_z; i++) counts[i * n_y + y] = room->cells[y * n_z + i];
}

/* Learn of the strata of Z, unless they are known. */
int know_strata(const Terms *terms, int64_t column, const Column *z, Room *room) {
    if (terms->given.means->stratum[column]) return 0;
    int64_t *counts = malloc(sizeof *counts * z->n_levels * terms->n_y);
    if (!counts) return NO_MEMORY;
    count_classes(terms, z, room, counts);
    const int status = learn_strata(column, z->n_levels, terms->n_y, counts, terms->given.means);
    free(counts);
    return status ? NO_MEMORY : 0;
}

/* Sum of F over the table of X, less that over it and Z, whose counts are left in room->zx where
   means are asked for. */
static int64_t count_alone(const Terms *terms, const Column *x, const Column *z, Room *room) {
    if (is_packed(terms, x, z, room)) return sum_packed(terms, x, z, room);
    const Shape shape = shape_of(terms, x, z);
    find_y_first(terms, shape, room);
    if (shape.is_tallied)
        return tally(terms, x->codes.values, z->codes.values, terms->given.means ? shape.n_zx : 0,
                     room);
    count(terms->n_samples, x->codes, z->codes, room);
    return sum_cells(&terms->f, shape.n_zx, shape.n_cells, room);
}

/* Two tables that share a column, which is X where both have it with a Z, and else Z. */
typedef struct {
    const Column *shared, *one, *other;
    int is_x_shared;
} Pair;

static Levels levels_of(const Terms *terms, Pair pair) {
    return (Levels){terms->n_y, pair.one->n_levels, pair.other->n_levels, pair.shared->n_levels};
}

static int is_paired(const Terms *terms, Pair pair) {
    return terms->y.width == 1 && pair.shared->codes.width == 1 && pair.one->codes.width == 1 &&
           pair.other->codes.width == 1 && is_worth_pairing(terms->n_samples, levels_of(terms, pair));
}

/* The same sum, from the counts of one of a pair. */
static int64_t sum_padded(const Terms *terms, Pair pair, const Column *own, const int32_t *counts,
                          Room *room) {
    const int64_t n_own = own->n_levels, n_shared = pair.shared->n_levels, n_zx = n_own * n_shared;
    const int64_t by_own = pair.is_x_shared ? n_shared : 1, by_shared = pair.is_x_shared ? 1 : n_own;
    for (int64_t y = 0; y < terms->n_y; y++)
        for (int64_t i = 0; i < n_own; i++, counts += PAIR_STRIDE)
            for (int64_t l = 0; l < n_shared; l++)
                room->cells[y * n_zx + i * by_own + l * by_shared] = counts[l];
    return sum_cells(&terms->f, n_zx, terms->n_y * n_zx, room);
}

/* Count both; the table of the other is kept for a candidate that will likely ask for it. */
static int64_t count_both(const Terms *terms, Pair pair, int64_t place, Room *room) {
    const Levels levels = levels_of(terms, pair);
    const int64_t n = terms->n_samples, step = cells_of_a_class(levels);
    if (room->y_step != step) {
        memset(room->y_begin, 0, sizeof(uint16_t) * n);
        add_scaled(room->y_begin, terms->y, step, n, sizeof(uint16_t), room->y_begin);
        room->y_step = step;
    }
    count_pair(pair.shared->codes.values, pair.one->codes.values, pair.other->codes.values,
               room->y_begin, n, levels, room->pair, room->of_one, room->of_other);
    const int slot = (int)(room->ahead.n_kept++ % SLOTS);
    uint8_t *last = room->ahead.slot + room->ahead.place[slot];
    if (*last == slot + 1) *last = 0;
    room->ahead.slot[place] = (uint8_t)(slot + 1);
    room->ahead.place[slot] = place;
    room->ahead.total[slot] = sum_padded(terms, pair, pair.other, room->of_other, room);
    if (terms->given.means)
        memcpy(room->ahead.zx + slot * room->ahead.most_zx, room->zx,
               sizeof(int32_t) * levels.n_other * levels.n_shared);
    return sum_padded(terms, pair, pair.one, room->of_one, room);
}

/* What was kept for a candidate. */
static int64_t take_kept(const Terms *terms, int64_t place, int64_t n_zx, Room *room) {
    const int slot = room->ahead.slot[place] - 1;
    room->ahead.slot[place] = 0;
    if (terms->given.means)
        memcpy(room->zx, room->ahead.zx + slot * room->ahead.most_zx, sizeof(int32_t) * n_zx);
    return room->ahead.total[slot];
}

int64_t sum_alone(const Terms *terms, const Column *x, int64_t selected, const Column *z,
                  Room *room) {
    const int64_t total = count_alone(terms, x, z, room);
    if (!terms->given.means) return total;
    const int64_t *stratum = terms->given.means->stratum[selected];
    return total - chance_of(terms, stratum, z->n_levels, x->n_levels, room);
}

void find_terms(const Terms *terms, int64_t selected, const int64_t *sums, int64_t n,
                double *term) {
    const int64_t constant = terms->given.constant[selected];
    const double offset = terms->given.offset[selected], rounding = terms->rounding;
    const double total = terms->total;
    for (int64_t i = 0; i < n; i++) term[i] = (double)(sums[i] - constant);
    for (int64_t i = 0; i < n; i++) term[i] /= total; /* by vectors, which have no such conversion */
    for (int64_t i = 0; i < n; i++) term[i] = offset + (fabs(term[i]) < rounding ? 0.0 : term[i]);
}

int measure(const Terms *terms, Least least, const int64_t *columns, int64_t i, int64_t next,
            Room *room, double *term) {
    const Given *given = &terms->given;
    const int64_t column = columns[i], age = least.age[column];
    Column x, z, other;
    if (age < 0 || age >= given->n || find_column(terms, column, &x) ||
        find_column(terms, given->column[age], &z))
        return WRONG_COLUMNS;
    if (given->means && know_strata(terms, given->column[age], &z, room)) return NO_MEMORY;
    const Pair of_two = {&z, &x, &other, 0}, of_x = {&x, &z, &other, 1};
    int64_t total;
    if (room->ahead.slot[i])
        total = take_kept(terms, i, z.n_levels * x.n_levels, room);
    else if (next >= 0 && least.age[columns[next]] == age && !room->ahead.slot[next] &&
             !find_column(terms, columns[next], &other) && is_paired(terms, of_two))
        total = count_both(terms, of_two, next, room);
    else if (age + 1 < given->n && !find_column(terms, given->column[age + 1], &other) &&
             is_paired(terms, of_x))
        total = count_both(terms, of_x, i, room);
    else
        total = count_alone(terms, &x, &z, room);
    if (given->means)
        total -= chance_of(terms, given->means->stratum[given->column[age]], z.n_levels,
                           x.n_levels, room);
    find_terms(terms, given->column[age], &total, 1, term);
    return 0;
}

/* Smaller tables than the largest may need more room to work in. */
static int64_t most_room(int64_t n, int64_t n_cells) {
    const int64_t half = n / 2 < n_cells ? n / 2 : n_cells;
    const int64_t own = histogram_room(n, n_cells), smaller = histogram_room(n, half);
    return own > smaller ? own : smaller;
}

static int make_ahead(const Terms *terms, int64_t n_columns, int64_t n_zx, Ahead *ahead) {
    const int64_t most = PAIR_STRIDE * (UINT8_MAX + 1);
    ahead->most_zx = n_zx < most ? n_zx : most;
    ahead->slot = calloc(n_columns, sizeof *ahead->slot);
    if (terms->given.means) ahead->zx = malloc(sizeof(int32_t) * SLOTS * ahead->most_zx);
    return ahead->slot && (ahead->zx || !terms->given.means) ? 0 : NO_MEMORY;
}

/* Numbers that counts of all classes can be the digits of; 0 if they are many, or F of all counts
   is not known. */
static int64_t count_numbers(const Terms *terms, int64_t *n_of_class) {
    const uint8_t *y = terms->y.values;
    int64_t n_numbers = 1;
    if (!terms->f.step || terms->given.means || terms->y.width != 1) return 0;
    if (terms->n_samples >= MOST_NUMBERS) return 0;
    for (int64_t i = 0; i < terms->n_samples; i++) n_of_class[y[i]]++;
    for (int64_t c = 0; c <= UINT8_MAX && n_numbers <= MOST_NUMBERS; c++)
        n_numbers *= n_of_class[c] + 1;
    return n_numbers <= MOST_NUMBERS ? n_numbers : 0;
}

/* Fill in the sums, which do not change but where classes are mixed: class by class, from one
   sample less. */
static int make_packed(const Terms *terms, Packed *packed) {
    int64_t n_of_class[UINT8_MAX + 1] = {0}, unit[UINT8_MAX + 1];
    const uint8_t *y = terms->y.values;
    const int64_t *step = terms->f.step, n_numbers = count_numbers(terms, n_of_class);
    if (!n_numbers) return 0;
    int64_t *sum = packed->sum = malloc(sizeof(int64_t) * n_numbers);
    packed->total = malloc(sizeof(uint16_t) * n_numbers);
    packed->unit = malloc(sizeof(uint16_t) * terms->n_samples);
    if (!sum || !packed->total || !packed->unit) return NO_MEMORY;
    sum[0] = packed->total[0] = 0;
    for (int64_t c = 0, size = 1; c <= UINT8_MAX; size *= n_of_class[c++] + 1) {
        unit[c] = size;
        for (int64_t of_c = 0; of_c < n_of_class[c]; of_c++)
            for (int64_t i = of_c * size; i < (of_c + 1) * size; i++) {
                sum[i + size] = sum[i] + step[of_c] - step[packed->total[i]];
                packed->total[i + size] = (uint16_t)(packed->total[i] + 1);
            }
    }
    for (int64_t i = 0; i < terms->n_samples; i++) packed->unit[i] = (uint16_t)unit[y[i]];
    return 0;
}

int make_room(const Terms *terms, int64_t n_columns, int64_t n_choices, Room *room) {
    int64_t n_x = 1, n_z = 1;
    for (int64_t i = 0; i < terms->n_blocks; i++)
        if (terms->blocks[i].n_levels > n_x) n_x = terms->blocks[i].n_levels;
    for (int64_t i = 0; i < terms->given.n; i++) {
        Column z;
        if (find_column(terms, terms->given.column[i], &z)) return WRONG_COLUMNS;
        if (z.n_levels > n_z) n_z = z.n_levels;
    }
    if (n_choices) n_z = n_x;
    const int64_t n_zx = n_z * n_x, n_cells = terms->n_y * n_zx;
    room->y_first = malloc(sizeof(uint32_t) * terms->n_samples);
    room->first = malloc(sizeof(uint32_t) * terms->n_samples);
    room->cells = malloc(sizeof(int32_t) * most_room(terms->n_samples, n_cells));
    room->zx = malloc(sizeof(int32_t) * n_zx);
    room->y_begin = malloc(sizeof(uint16_t) * terms->n_samples);
    room->pair = malloc(sizeof(uint16_t) * pair_room(terms->n_samples));
    room->of_one = malloc(sizeof(int32_t) * (pair_table_room(terms->n_samples) + 1));
    room->of_other = malloc(sizeof(int32_t) * (pair_table_room(terms->n_samples) + 1));
    if (!room->y_first || !room->first || !room->cells || !room->zx || !room->y_begin ||
        !room->pair || !room->of_one || !room->of_other)
        return NO_MEMORY;
    if (make_ahead(terms, n_columns, n_zx, &room->ahead)) return NO_MEMORY;
    if (make_packed(terms, &room->packed)) return NO_MEMORY;
    if (!terms->given.means) return 0;
    room->level = malloc(sizeof(int64_t) * (n_zx + 1));
    room->stratum = malloc(sizeof(int64_t) * (n_zx + 1));
    room->mean = malloc(sizeof(int64_t) * n_zx);
    return room->level && room->stratum && room->mean ? 0 : NO_MEMORY;
}

void free_room(Room *room) {
    free(room->y_first);
    free(room->first);
    free(room->cells);
    free(room->zx);
    free(room->y_begin);
    free(room->pair);
    free(room->of_one);
    free(room->of_other);
    free(room->level);
    free(room->stratum);
    free(room->mean);
    free(room->packed.sum);
    free(room->packed.total);
    free(room->packed.unit);
    free(room->ahead.slot);
    free(room->ahead.zx);
}
