#include "lazy_strips_kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "strips.h"
#include "tiles_kernel.h"
#include "ways.h"

#if HAVE_SWEEP
#define BODY "strips_body.h"
#include "byte_widths.h"
#endif

static int has_strips(const Block *block) { return block->n_together > 1; }

static int64_t strips_of(const Block *block) {
    return has_strips(block) ? (block->n_columns + STRIP - 1) / STRIP : 0;
}

static int64_t code_at(Numbers codes, int64_t i) {
    switch (codes.width) {
    case 1: return ((const uint8_t *)codes.values)[i];
    case 2: return ((const uint16_t *)codes.values)[i];
    default: return ((const uint32_t *)codes.values)[i];
    }
}

/* Strip of a column among all strips; -1 if it is in none. */
static int64_t strip_of(const Terms *terms, const Strips *strips, int64_t column) {
    const int64_t block = terms->block[column];
    if (block < 0 || block >= terms->n_blocks || !has_strips(terms->blocks + block)) return -1;
    const int64_t place = terms->place[column];
    if (place < 0 || place >= terms->blocks[block].n_columns) return -1;
    return strips->first_strip[block] + (uint64_t)place / STRIP;
}

/* Put candidates into their strips, which ascend in each. */
static int fill_strips(const Terms *terms, const int64_t *columns, int64_t n_columns,
                       Strips *strips) {
    for (int64_t i = 0; i < n_columns; i++) {
        const int64_t strip = strip_of(terms, strips, columns[i]);
        if (strip < 0) continue;
        const uint64_t lane = (uint64_t)terms->place[columns[i]] % STRIP;
        if (strips->n_members[strip] == STRIP) return WRONG_COLUMNS; /* two have one place */
        Member *own = strips->members + strip * STRIP + strips->n_members[strip]++;
        *own = (Member){(int32_t)i, (int32_t)columns[i], (int32_t)lane};
    }
    return 0;
}

int make_strips(const Terms *terms, const int64_t *columns, int64_t n_columns, int64_t n_choices,
                Strips *strips) {
    strips->first_strip = malloc(sizeof(int64_t) * (terms->n_blocks + 1));
    if (!strips->first_strip) return NO_MEMORY;
    for (int64_t block = 0; block < terms->n_blocks; block++) {
        strips->first_strip[block] = strips->n;
        strips->n += strips_of(terms->blocks + block);
    }
    if (!strips->n) return 0;
    strips->most_ordered = terms->given.n + n_choices;
    strips->n_members = calloc(strips->n, sizeof *strips->n_members);
    strips->members = malloc(sizeof *strips->members * strips->n * STRIP);
    strips->ordered = calloc(strips->most_ordered + 1, sizeof *strips->ordered);
    strips->state = malloc(sizeof *strips->state * terms->n_samples);
    if (!strips->n_members || !strips->members || !strips->ordered || !strips->state)
        return NO_MEMORY;
    return fill_strips(terms, columns, n_columns, strips);
}

void free_strips(Strips *strips) {
    for (int64_t i = 0; i < strips->most_ordered && strips->ordered; i++) {
        free(strips->ordered[i].start);
        free(strips->ordered[i].n_classes);
        free(strips->ordered[i].level);
        free(strips->ordered[i].rows);
    }
    free(strips->first_strip);
    free(strips->n_members);
    free(strips->members);
    free(strips->ordered);
    free(strips->state);
}

Strip find_strip(const Terms *terms, const Strips *strips, int64_t column) {
    const int64_t strip = strips->n ? strip_of(terms, strips, column) : -1;
    if (strip < 0) return (Strip){0, NULL};
    return (Strip){strips->n_members[strip], strips->members + strip * STRIP};
}

/* A level of Z: how many samples it has, how many besides those of its largest class, and the numbers
   of its classes, from that one on. */
typedef struct {
    int64_t level, n_rows, n_later, n_classes, *rank;
} Level;

/* Number the classes of a level. */
static Level rank_classes(int64_t level, int64_t n_y, const int64_t *n_of_class, int64_t *rank) {
    Level own = {level, 0, 0, 0, rank};
    for (int64_t y = 0; y < n_y; y++) {
        if (!n_of_class[y]) continue;
        rank[y] = 0;
        for (int64_t other = 0; other < n_y; other++)
            rank[y] += n_of_class[other] > n_of_class[y] ||
                       (n_of_class[other] == n_of_class[y] && other < y);
        own.n_rows += n_of_class[y];
        own.n_later += rank[y] ? n_of_class[y] : 0;
        own.n_classes++;
    }
    return own;
}

/* Levels for which the same is done follow each other: no processor foresees it otherwise. */
static int by_rows(const void *one, const void *other) {
    const Level *a = one, *b = other;
    if (a->n_later != b->n_later) return a->n_later < b->n_later ? -1 : 1;
    if (a->n_rows != b->n_rows) return a->n_rows < b->n_rows ? -1 : 1;
    return a->level < b->level ? -1 : 1;
}

/* Find the levels that occur, in their order; `counts` and `rank` are of every level and class. */
static int64_t find_levels(const Terms *terms, const Column *z, int64_t *counts, int64_t *rank,
                           Level *levels) {
    const int64_t n_y = terms->n_y;
    int64_t n_z = 0;
    for (int64_t i = 0; i < terms->n_samples; i++)
        counts[code_at(z->codes, i) * n_y + code_at(terms->y, i)]++;
    for (int64_t level = 0; level < z->n_levels; level++) {
        const Level own = rank_classes(level, n_y, counts + level * n_y, rank + level * n_y);
        if (own.n_rows) levels[n_z++] = own;
    }
    qsort(levels, n_z, sizeof *levels, by_rows);
    return n_z;
}

/* Rows in the order of these levels; `place` is of every level. */
static int fill_ordered(const Terms *terms, const Column *z, const Level *levels, int64_t *place,
                        int32_t *state, Ordered *own) {
    const int64_t n = terms->n_samples, n_y = terms->n_y, n_z = own->n_z;
    own->start = calloc(n_z * n_y + 2, sizeof *own->start);
    own->n_classes = malloc(sizeof *own->n_classes * n_z);
    own->level = malloc(sizeof *own->level * n_z);
    own->rows = malloc(sizeof *own->rows * (n + ROWS_AHEAD));
    if (!own->start || !own->n_classes || !own->level || !own->rows) return NO_MEMORY;
    for (int64_t k = 0; k < n_z; k++) {
        place[levels[k].level] = k;
        own->level[k] = levels[k].level;
        own->n_classes[k] = levels[k].n_classes;
    }
    for (int64_t i = 0; i < n; i++) {
        const int64_t k = place[code_at(z->codes, i)];
        state[i] = (int32_t)(k * n_y + levels[k].rank[code_at(terms->y, i)]);
    }
    return group_rows(state, n, n_z * n_y, own->start, own->rows) ? WRONG_COLUMNS : 0;
}

/* Rows in the order of the levels of a selected column, once they are asked for. */
static int order_rows(const Terms *terms, const Column *z, int64_t age, Strips *strips) {
    Ordered *own = strips->ordered + age;
    const int64_t n = terms->n_samples, n_levels = z->n_levels, n_states = n_levels * terms->n_y;
    if (own->start) return 0;
    Level *const levels = malloc(sizeof *levels * (n < n_levels ? n : n_levels));
    int64_t *const counts = calloc(2 * n_states + n_levels, sizeof *counts);
    int status = NO_MEMORY;
    if (levels && counts) {
        own->n_z = find_levels(terms, z, counts, counts + n_states, levels);
        status = fill_ordered(terms, z, levels, counts + 2 * n_states, strips->state, own);
    }
    free(levels);
    free(counts);
    return status;
}

/* Sums of a strip by its tile. */
static void sweep(const Terms *terms, const Block *block, int64_t first_place,
                  const Ordered *ordered, const int64_t *stratum, int64_t *sum) {
#if HAVE_SWEEP
    const Means *means = terms->given.means;
    const int vector = simd_level() == SIMD_AVX2 ? 32 : 16;
    const int64_t n = terms->n_samples, n_y = terms->n_y, n_levels = block->n_levels;
    const ByteColumns tiles = {block->tiles, columns_in_tiles(block->n_columns, n, n_levels), n,
                               n_levels};
    const Tile tile = find_tile(&tiles, first_place / TILE, 0, n, ordered->n_z * n_y);
    Chance chance;
    if (means)
        chance = (Chance){means->table, means->n_places, NULL,
                          {means->size, means->first_class, means->b, means->repeats,
                           means->first, terms->k_log_k, terms->f.scale}};
    const Counted by = {ordered->rows,     n_y,            n_levels, few_rows_of(n_y, vector),
                        terms->f.n_values, terms->f.value, means ? &chance : NULL};
    const Groups groups = {ordered->n_z, ordered->start, ordered->n_classes, ordered->level,
                           stratum};
    for (int64_t lane = 0; lane < STRIP; lane += vector) {
        const int s = (int)(first_place % TILE + lane) / vector;
#define STRIP_OF(width) sweep_strip##width(&tile, s, &by, &groups, sum + lane)
        OF_WIDTH(STRIP_OF);
#undef STRIP_OF
    }
#else
    (void)terms, (void)block, (void)first_place, (void)ordered, (void)stratum, (void)sum;
#endif
}

/* Whether the tiles of a block have its places from one on, no count is beyond a byte or F, and means
   by chance have a table. */
static int is_swept(const Terms *terms, const Block *block, int64_t first_place) {
    const Means *means = terms->given.means;
    return block->tiles && terms->n_samples <= UINT8_MAX && terms->f.step &&
           (!means || means->is_kept) &&
           first_place < columns_in_tiles(block->n_columns, terms->n_samples, block->n_levels);
}

int measure_strip(const Terms *terms, int64_t column, int64_t age, Room *room, double *term) {
    const Given *given = &terms->given;
    if (age < 0 || age >= given->n) return WRONG_COLUMNS;
    Strips *strips = &room->strips;
    const int64_t selected = given->column[age], first = terms->place[column] / STRIP * STRIP;
    const Block *block = terms->blocks + terms->block[column];
    const int64_t left = block->n_columns - first, n = left < STRIP ? left : STRIP;
    int64_t sum[STRIP];
    Column z;
    if (find_column(terms, selected, &z)) return WRONG_COLUMNS;
    if (given->means && know_strata(terms, selected, &z, room)) return NO_MEMORY;
    if (is_swept(terms, block, first)) {
        const int status = order_rows(terms, &z, age, strips);
        if (status) return status;
        sweep(terms, block, first, strips->ordered + age,
              given->means ? given->means->stratum[selected] : NULL, sum);
    } else {
        for (int64_t lane = 0; lane < n; lane++) {
            const Column x = column_at(terms, block, first + lane);
            sum[lane] = sum_alone(terms, &x, selected, &z, room);
        }
    }
    find_terms(terms, selected, sum, n, term);
    return 0;
}

/* Whether candidates of a strip are all of its columns, and those that follow each other. */
static int are_in_a_row(Strip strip) {
    const Member *first = strip.members, *last = first + strip.n - 1;
    return strip.n == STRIP && last->candidate - first->candidate == STRIP - 1 &&
           last->column - first->column == STRIP - 1 && last->lane == STRIP - 1;
}

int64_t lower_members(Strip strip, const double *term, int64_t n_terms, Least least,
                      double *score) {
#if HAVE_SWEEP
    if (are_in_a_row(strip)) {
        const int64_t column = strip.members->column, candidate = strip.members->candidate;
#define ROW_OF(width)                                                                    \
    lower_row##width(term, n_terms, least.age + column, least.term + column, score + candidate)
        return OF_WIDTH(ROW_OF);
#undef ROW_OF
    }
#endif
    int64_t n = 0;
    for (const Member *own = strip.members; own < strip.members + strip.n; own++) {
        if (least.age[own->column] != n_terms || score[own->candidate] == -INFINITY) continue;
        double *const lowest = least.term + own->column, *const high = score + own->candidate;
        *lowest = term[own->lane] < *lowest ? term[own->lane] : *lowest;
        *high = term[own->lane] < *high ? term[own->lane] : *high;
        least.age[own->column]++;
        n++;
    }
    return n;
}
