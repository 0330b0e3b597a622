#include "lazy_kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "histogram_kernel.h"
#include "pair_kernel.h"

enum {
    AT_ONCE = 4, /* numbers of which the highest are found side by side */
    SLOTS = 64,  /* tables that are kept until they are asked for */
};

/* Codes of one column. */
typedef struct {
    Numbers codes;
    int64_t n_levels;
} Column;

/* A table of X with Z and Y, of shape (n_y, n_z, n_x): that with Z is the sum of its planes. Samples
   begin to count by Y and by Z, or by both at once, in numbers of `bytes` bytes. */
typedef struct {
    int64_t n_x, n_zx, n_cells;
    int is_tallied, bytes;
} Shape;

/* Room for one table, and where samples begin to count in it. */
typedef struct {
    Shape shape;
    void *y_first, *first;
    int32_t *cells, *zx;
    int64_t most_zx;
    int64_t y_step; /* of y_begin, where samples begin in the table of a pair */
    uint16_t *y_begin, *pair;
    int32_t *of_one, *of_other;
    int64_t *level, *stratum, *mean; /* one more than levels: where the next may go */
} Room;

/* Tables that were counted along with others: sums of F over them, and their counts with Z. */
typedef struct {
    uint8_t *slot;                         /* of each candidate, from 1 on; 0 if it has none */
    int64_t place[SLOTS], total[SLOTS];    /* whose it is */
    int64_t n_kept, most_zx;
    int32_t *zx;
} Ahead;

static int find_column(const Terms *terms, int64_t column, Column *found) {
    if (column < 0 || column >= terms->n_features) return WRONG_COLUMNS;
    const int64_t block = terms->block[column], place = terms->place[column];
    if (block < 0 || block >= terms->n_blocks) return WRONG_COLUMNS;
    const Block *own = terms->blocks + block;
    if (place < 0 || place >= own->n_columns) return WRONG_COLUMNS;
    const char *first = own->codes.values;
    found->codes.width = own->codes.width;
    found->codes.values = first + place * terms->n_samples * own->codes.width;
    found->n_levels = own->n_levels;
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

/* Sum of F over (X, Z, Y), less that over (X, Z), sample by sample: each adds what F grows by. The
   narrower the numbers, the less there is to clear. The first counts with Z are kept. */
static int64_t tally(const Terms *terms, const uint8_t *x, const uint8_t *z, int64_t n_kept,
                     Room *room) {
    const int64_t n = terms->n_samples, *step = terms->f.step;
    const Shape shape = room->shape;
    const uint16_t *y_first = room->y_first;
    uint16_t *with_z = room->first;
    int64_t sum = 0;
    for (int64_t i = 0; i < n; i++) with_z[i] = (uint16_t)(z[i] * shape.n_x + x[i]);
    if (n <= UINT8_MAX)
        TALLY(uint8_t);
    else
        TALLY(uint16_t);
    return sum;
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
static int know_strata(const Terms *terms, int64_t column, const Column *z, Room *room) {
    if (terms->given.means->stratum[column]) return 0;
    int64_t *counts = malloc(sizeof *counts * z->n_levels * terms->n_y);
    if (!counts) return NO_MEMORY;
    count_classes(terms, z, room, counts);
    const int status = learn_strata(column, z->n_levels, terms->n_y, counts, terms->given.means);
    free(counts);
    return status ? NO_MEMORY : 0;
}

/* Sum of F over the table of X, less that over it and Z, whose counts are left in room->zx. */
static int64_t count_alone(const Terms *terms, const Column *x, const Column *z, Room *room) {
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
static int64_t count_both(const Terms *terms, Pair pair, int64_t place, Ahead *ahead, Room *room) {
    const Levels levels = levels_of(terms, pair);
    const int64_t n = terms->n_samples, step = cells_of_a_class(levels);
    if (room->y_step != step) {
        memset(room->y_begin, 0, sizeof(uint16_t) * n);
        add_scaled(room->y_begin, terms->y, step, n, sizeof(uint16_t), room->y_begin);
        room->y_step = step;
    }
    count_pair(pair.shared->codes.values, pair.one->codes.values, pair.other->codes.values,
               room->y_begin, n, levels, room->pair, room->of_one, room->of_other);
    const int slot = (int)(ahead->n_kept++ % SLOTS);
    uint8_t *last = ahead->slot + ahead->place[slot];
    if (*last == slot + 1) *last = 0;
    ahead->slot[place] = (uint8_t)(slot + 1);
    ahead->place[slot] = place;
    ahead->total[slot] = sum_padded(terms, pair, pair.other, room->of_other, room);
    if (terms->given.means)
        memcpy(ahead->zx + slot * ahead->most_zx, room->zx,
               sizeof(int32_t) * levels.n_other * levels.n_shared);
    return sum_padded(terms, pair, pair.one, room->of_one, room);
}

/* What was kept for a candidate. */
static int64_t take_kept(const Terms *terms, int64_t place, int64_t n_zx, Ahead *ahead,
                         Room *room) {
    const int slot = ahead->slot[place] - 1;
    ahead->slot[place] = 0;
    if (terms->given.means)
        memcpy(room->zx, ahead->zx + slot * ahead->most_zx, sizeof(int32_t) * n_zx);
    return ahead->total[slot];
}

/* The next term of candidate i. Along with its table that of another candidate is counted which has
   as many terms and is next; or else its own one after. */
static int measure(const Terms *terms, Least least, const int64_t *columns, int64_t i, int64_t next,
                   Ahead *ahead, Room *room, double *term) {
    const Given *given = &terms->given;
    const int64_t column = columns[i], age = least.age[column];
    Column x, z, other;
    if (age < 0 || age >= given->n || find_column(terms, column, &x) ||
        find_column(terms, given->column[age], &z))
        return WRONG_COLUMNS;
    if (given->means && know_strata(terms, given->column[age], &z, room)) return NO_MEMORY;
    const Pair of_two = {&z, &x, &other, 0}, of_x = {&x, &z, &other, 1};
    int64_t total;
    if (ahead->slot[i])
        total = take_kept(terms, i, z.n_levels * x.n_levels, ahead, room);
    else if (next >= 0 && least.age[columns[next]] == age && !ahead->slot[next] &&
             !find_column(terms, columns[next], &other) && is_paired(terms, of_two))
        total = count_both(terms, of_two, next, ahead, room);
    else if (age + 1 < given->n && !find_column(terms, given->column[age + 1], &other) &&
             is_paired(terms, of_x))
        total = count_both(terms, of_x, i, ahead, room);
    else
        total = count_alone(terms, &x, &z, room);
    total -= given->constant[given->column[age]];
    if (given->means)
        total -= chance_of(terms, given->means->stratum[given->column[age]], z.n_levels,
                           x.n_levels, room);
    const double nats = (double)total / terms->total;
    *term = given->offset[given->column[age]] + (fabs(nats) < terms->rounding ? 0.0 : nats);
    return 0;
}

/* Scores of candidates in groups, of each of which the highest is known; -INFINITY fills both up
   to multiples of AT_ONCE, and stands for those that are sure, of which there is a list. */
typedef struct {
    int64_t n_open, size, n_groups, n_sure, *sure;
    double *score, *highest;
} Standing;

static double higher(double a, double b) { return a > b ? a : b; }

static double highest_of(const double *score, int64_t n) {
    double most[AT_ONCE] = {-INFINITY, -INFINITY, -INFINITY, -INFINITY};
    for (int64_t i = 0; i < n; i += AT_ONCE)
        for (int j = 0; j < AT_ONCE; j++) most[j] = higher(score[i + j], most[j]);
    return higher(higher(most[0], most[1]), higher(most[2], most[3]));
}

static int64_t place_of(double wanted, const double *score) {
    int64_t i = 0;
    while (score[i] != wanted) i++;
    return i;
}

/* First candidate of the highest score. */
static int64_t highest(const Standing *standing) {
    const double high = highest_of(standing->highest, standing->n_groups);
    const int64_t first = place_of(high, standing->highest) * standing->size;
    return first + place_of(high, standing->score + first);
}

static void take_out(const Standing *standing, int64_t i) {
    const int64_t group = i / standing->size;
    standing->score[i] = -INFINITY;
    standing->highest[group] =
        highest_of(standing->score + group * standing->size, standing->size);
}

static void put_back(const Standing *standing, int64_t i, double score) {
    double *high = standing->highest + i / standing->size;
    standing->score[i] = score;
    *high = higher(score, *high);
}

static double at_most(double a, double b) { return b < a ? b : a; }

static double score_of(Least least, int64_t column) {
    return at_most(least.cap[column], least.term[column]);
}

static int is_near(double score, double best, double slack) {
    return score > -INFINITY && score >= best - slack;
}

/* Find the best, and all that come near. The highest is measured until it has all terms, or another
   one is higher. */
static int settle(const Terms *terms, Least least, const int64_t *columns, Standing *standing,
                  Ahead *ahead, Room *room, double slack, int64_t *n_terms) {
    double best = -INFINITY;
    standing->n_sure = 0;
    for (int64_t i = highest(standing), other;; i = other) {
        const int64_t column = columns[i];
        double score = standing->score[i];
        if (!is_near(score, best, slack)) return 0;
        take_out(standing, i);
        other = highest(standing);
        const double next = standing->score[other];
        int64_t along = is_near(next, best, slack) ? other : -1;
        int is_first = 1;
        for (; is_first && least.age[column] != terms->given.n; along = -1) {
            double term;
            const int status = measure(terms, least, columns, i, along, ahead, room, &term);
            if (status) return status;
            least.term[column] = at_most(least.term[column], term);
            least.age[column]++;
            ++*n_terms;
            score = score_of(least, column);
            is_first = is_near(score, best, slack) &&
                       (score > next || (score == next && i < other));
        }
        if (is_first) {
            best = higher(score, best);
            standing->sure[standing->n_sure++] = i;
        } else {
            put_back(standing, i, score);
        }
    }
}

/* Place of the first candidate whose rounded score is the highest; -1 if all are equal. */
static int64_t best_of(Least least, const int64_t *columns, const Standing *standing,
                       double per_nat) {
    double best = -INFINITY;
    int64_t first = -1, n_equal = 0;
    for (int64_t k = 0; k < standing->n_sure; k++) {
        const int64_t i = standing->sure[k];
        const double score = rint(score_of(least, columns[i]) * per_nat) / per_nat;
        if (score > best) n_equal = 0;
        if (score > best || (score == best && i < first)) first = i;
        best = higher(score, best);
        n_equal += score == best;
    }
    return n_equal == standing->n_open ? -1 : first;
}

/* All that were sure, but for the one that is chosen, are candidates of the next choice. */
static void choose(Least least, const int64_t *columns, int64_t chosen, Standing *standing) {
    for (int64_t k = 0; k < standing->n_sure; k++) {
        const int64_t i = standing->sure[k];
        if (i != chosen) put_back(standing, i, score_of(least, columns[i]));
    }
    standing->n_open--;
}

static int64_t lower(Terms *terms, Least least, const int64_t *columns, Standing *standing,
                     Ahead *ahead, Room *room, Limits limits, int64_t *n_terms) {
    for (int64_t n_chosen = 0;; n_chosen++) {
        const int status = settle(terms, least, columns, standing, ahead, room, limits.slack, n_terms);
        if (status) return status;
        if (n_chosen >= limits.n_choices || *n_terms > limits.most_terms) return n_chosen;
        const int64_t best = best_of(least, columns, standing, limits.per_nat);
        if (best < 0 || standing->n_open < 2) return n_chosen;
        choose(least, columns, best, standing);
        terms->given.column[terms->given.n++] = columns[best];
    }
}

/* Smaller tables than the largest may need more room to work in. */
static int64_t most_room(int64_t n, int64_t n_cells) {
    const int64_t half = n / 2 < n_cells ? n / 2 : n_cells;
    const int64_t own = histogram_room(n, n_cells), smaller = histogram_room(n, half);
    return own > smaller ? own : smaller;
}

/* Room for the largest table of all; every column may be chosen. */
static int make_room(const Terms *terms, int64_t n_choices, Room *room) {
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
    room->most_zx = n_zx;
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
    if (!terms->given.means) return 0;
    room->level = malloc(sizeof(int64_t) * (n_zx + 1));
    room->stratum = malloc(sizeof(int64_t) * (n_zx + 1));
    room->mean = malloc(sizeof(int64_t) * n_zx);
    return room->level && room->stratum && room->mean ? 0 : NO_MEMORY;
}

static int make_ahead(const Terms *terms, int64_t n_columns, int64_t most_zx, Ahead *ahead) {
    const int64_t most = PAIR_STRIDE * (UINT8_MAX + 1);
    ahead->most_zx = most_zx < most ? most_zx : most;
    ahead->slot = calloc(n_columns, sizeof *ahead->slot);
    if (terms->given.means) ahead->zx = malloc(sizeof(int32_t) * SLOTS * ahead->most_zx);
    return ahead->slot && (ahead->zx || !terms->given.means) ? 0 : NO_MEMORY;
}

static int64_t filled_up(int64_t n) { return (n + AT_ONCE - 1) / AT_ONCE * AT_ONCE; }

static int make_standing(const Terms *terms, Least least, const int64_t *columns,
                         int64_t n_columns, Standing *standing) {
    const int64_t size = filled_up((int64_t)sqrt((double)n_columns));
    const int64_t n_groups = filled_up((n_columns + size - 1) / size);
    double *score = standing->score = malloc(sizeof(double) * n_groups * size);
    standing->highest = malloc(sizeof(double) * n_groups);
    standing->sure = malloc(sizeof(int64_t) * n_columns);
    standing->n_open = n_columns;
    standing->size = size;
    standing->n_groups = n_groups;
    if (!score || !standing->highest || !standing->sure) return NO_MEMORY;
    int64_t last = -1;
    for (int64_t i = 0; i < n_columns; last = columns[i++]) {
        if (columns[i] <= last || columns[i] >= terms->n_features) return WRONG_COLUMNS;
        score[i] = score_of(least, columns[i]);
        if (isnan(score[i])) return WRONG_COLUMNS; /* no search would find it */
    }
    for (int64_t i = n_columns; i < n_groups * size; i++) score[i] = -INFINITY;
    for (int64_t group = 0; group < n_groups; group++)
        standing->highest[group] = highest_of(score + group * size, size);
    return 0;
}

int64_t lower_best_first_c(Terms *terms, Least least, const int64_t *columns, int64_t n_columns,
                           Limits limits, int64_t *n_terms) {
    Room room = {0};
    Ahead ahead = {0};
    Standing standing = {0};
    int64_t found = make_room(terms, limits.n_choices, &room);
    if (!found) found = make_ahead(terms, n_columns, room.most_zx, &ahead);
    if (!found) found = make_standing(terms, least, columns, n_columns, &standing);
    if (!found) found = lower(terms, least, columns, &standing, &ahead, &room, limits, n_terms);
    free(room.y_first);
    free(room.first);
    free(room.cells);
    free(room.zx);
    free(room.y_begin);
    free(room.pair);
    free(room.of_one);
    free(room.of_other);
    free(ahead.slot);
    free(ahead.zx);
    free(room.level);
    free(room.stratum);
    free(room.mean);
    free(standing.score);
    free(standing.highest);
    free(standing.sure);
    return found;
}
