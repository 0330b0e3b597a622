/* Codes of bins of equal frequency. The buckets that hold the places of cuts are found by a
   histogram; of all others the code is known, and only what those few hold is compared. */
#include "frequency_kernel.h"

#include <stdlib.h>
#include <string.h>

#include "binning_kernel.h"
#include "edges_kernel.h"
#include "simd.h"

enum { MOST_CUTS = 255, FEW_GROUPS = 24, MARK = 1 << 15, TOO_MANY = 0 };
enum { LINE = 8, STRIP = LINE }; /* items of a line of the cache, and columns that fill one */
/* Strips whose buckets are found together, if they take no more room; rows that are read ahead. */
enum { STRIPS = 4, ROOM_BYTES = 1 << 20, AHEAD = 4 * LINE };

static const double ALL_WHOLE = 4503599627370496.0; /* 2**52: from here a double is whole */

/* Where the buckets of some columns begin, and how many there are to a unit: 0 of those whose cuts
   are not found by buckets. */
typedef struct {
    double low[STRIP], scale[STRIP];
    int n_with; /* a scale */
} range;

/* What columns share: their rows, and where to cut them. */
typedef struct {
    const counted_rows *rows;
    int64_t n_bins;
    run runs[MOST_CUTS]; /* at the cuts; of each column they are found anew */
} plan;

/* Room for a few columns: their buckets, and a copy of a strip, once one is made. */
typedef struct {
    uint16_t *buckets;
    double *copy;
} space;

/* The values of one bucket that holds the places of some runs. */
typedef struct {
    int16_t bucket;
    int64_t size;
    int64_t first, total; /* weight of the buckets before it, and its own */
    int64_t slot;         /* where its values are gathered */
    int64_t first_run;
} group;

/* A cut, within a group: a value lies above it if it is greater, or equal where `takes_equal`. */
typedef struct {
    double value;
    int takes_equal;
} cut;

/* What is gathered of the groups of one column. */
typedef struct {
    double *values;
    uint32_t *places; /* where they stand in the column */
    int64_t *weights; /* NULL if each counts once */
} gathering;

/* How many groups lie in buckets before a bucket, and MARK if it is one of a group. */
static uint16_t kind_of(uint16_t bucket, const group *groups, int64_t n_groups) {
    uint16_t kind = 0;
    for (const group *g = groups; g < groups + n_groups && bucket >= g->bucket; g++)
        kind = bucket == g->bucket ? (uint16_t)(kind | MARK) : (uint16_t)(kind + 1);
    return kind;
}

#define BODY "frequency_body.h"
#include "widths.h"

/* Find the groups by how many values each bucket has, and by what they weigh. */
static int64_t find_groups(const uint32_t *counts, const int64_t *weights, const plan *by,
                           group *groups, run *runs) {
    int64_t n_groups = 0, before = 0, n_gathered = 0, own, n_runs = by->n_bins - 1;
    int bucket = 0;
    for (int64_t r = 0; r < n_runs; r++) {
        runs[r] = by->runs[r];
        while (own = weights ? weights[bucket] : counts[bucket], before + own <= runs[r].place)
            before += own, bucket++;
        runs[r].place -= before;
        if (n_groups && groups[n_groups - 1].bucket == bucket) continue;
        groups[n_groups++] =
            (group){(int16_t)bucket, counts[bucket], before, own, n_gathered, r};
        n_gathered += counts[bucket];
    }
    /* A last one of nothing, where the others end. */
    groups[n_groups] = (group){MOST_BUCKETS, 0, by->rows->total, 0, n_gathered, n_runs};
    return n_groups;
}

/* Put the kind of each value in the place of its bucket. */
static void find_kinds(uint16_t *kinds, int64_t n, const group *groups, int64_t n_groups) {
#if HAVE_BYTE_VECTORS
    if (n_groups <= FEW_GROUPS) { /* beyond it looking them up costs less */
#define KINDS(suffix) kinds_by_few##suffix(kinds, n, groups, n_groups)
        CHOSEN(KINDS);
        return;
    }
#endif
    uint16_t kind[MOST_BUCKETS];
    int bucket = 0;
    for (int64_t g = 0; g <= n_groups; g++) {
        while (bucket < groups[g].bucket) kind[bucket++] = (uint16_t)g;
        if (g < n_groups) kind[bucket++] = (uint16_t)(g | MARK);
    }
    for (int64_t i = 0; i < n; i++) kinds[i] = kind[kinds[i]];
}

static void gather(const double *x, int64_t step, const counted_rows *rows, const uint16_t *kinds,
                   const group *groups, int64_t n_groups, const gathering *to) {
    enum { AT_ONCE = 8 };
    const int64_t n = rows->n, n_gathered = groups[n_groups].slot;
    int64_t slot[MOST_CUTS];
    for (int64_t g = 0; g < n_groups; g++) slot[g] = groups[g].slot;
    for (int64_t start = 0; start < n; start += AT_ONCE) {
        int m = (int)(start + AT_ONCE < n ? AT_ONCE : n - start), n_met = 0, met[AT_ONCE];
        uint64_t four[AT_ONCE / 4] = {0};
        memcpy(four, kinds + start, (size_t)m * sizeof *kinds);
        if (!((four[0] | four[1]) & 0x8000800080008000u)) continue;
        for (int i = 0; i < m; i++) met[n_met] = i, n_met += kinds[start + i] >> 15;
        for (int i = 0; i < n_met; i++) {
            int64_t place = start + met[i];
            to->places[slot[kinds[place] & ~MARK]++] = (uint32_t)place;
        }
    }
    /* By themselves, so that the next are fetched while one is waited for. */
    for (int64_t i = 0; i < n_gathered; i++) to->values[i] = x[to->places[i] * step];
    for (int64_t i = 0; to->weights && i < n_gathered; i++)
        to->weights[i] = rows->weights[to->places[i]];
}

/* Code the values of a group, of which `n_below` cuts lie below; the number of cuts up to its end,
   or -1 if there is no memory. Cuts that part the same two values are one. */
static int64_t code_group(const group *g, const gathering *of, run *runs, int64_t total,
                          int64_t n_below, int64_t *last_start, uint8_t *codes) {
    const double *values = of->values + g->slot;
    const uint32_t *places = of->places + g->slot;
    const multiset own = {values, of->weights ? of->weights + g->slot : NULL, g->size, g->total};
    int64_t n_runs = g[1].first_run - g->first_run, n_cuts = 0;
    cut cuts[MOST_CUTS];
    if (runs_at(&own, runs, n_runs, 1)) return -1;
    for (int64_t c = 0; c < n_runs; c++) {
        const run *r = runs + c;
        const int is_above = is_run_above(r, g->first);
        const int64_t start = g->first + (is_above ? r->first : r->end);
        if (start == *last_start || start == total) continue;
        *last_start = start, cuts[n_cuts++] = (cut){r->value, is_above};
    }
    for (int64_t i = 0; i < g->size; i++) {
        int64_t code = n_below;
        for (const cut *c = cuts; c < cuts + n_cuts; c++)
            code += c->takes_equal ? values[i] >= c->value : values[i] > c->value;
        codes[places[i]] = (uint8_t)code;
    }
    return n_below + n_cuts;
}

static int64_t code_by_kinds(const uint16_t *kinds, const counted_rows *rows, const group *groups,
                             int64_t n_groups, const gathering *gathered, run *runs,
                             uint8_t *codes) {
    const int64_t n = rows->n;
    int64_t n_cuts = 0, last_start = 0; /* before the first value there is no cut */
    uint8_t code_of_kind[MOST_CUTS + 1] = {0};
    int differ = 0;
    for (int64_t i = 0; i < n; i++) codes[i] = (uint8_t)kinds[i];
    for (int64_t g = 0; g < n_groups; g++) {
        n_cuts = code_group(groups + g, gathered, runs + groups[g].first_run, rows->total, n_cuts,
                            &last_start, codes);
        if (n_cuts < 0) return -1;
        code_of_kind[g + 1] = (uint8_t)n_cuts, differ |= n_cuts != g + 1;
    }
    for (int64_t i = 0; differ && i < n; i++)
        if (kinds[i] < MARK) codes[i] = code_of_kind[kinds[i]];
    return n_cuts + 1;
}

/* Room for what is gathered; 0 if there is none. */
static int has_room(gathering *g, int64_t n_values, int is_weighted) {
    const size_t n = (size_t)n_values;
    g->values = malloc(n * sizeof *g->values), g->places = malloc(n * sizeof *g->places);
    g->weights = is_weighted ? malloc(n * sizeof *g->weights) : NULL;
    return g->values && g->places && (g->weights || !is_weighted);
}

/* The number of bins; TOO_MANY values to gather, where comparing all costs less; or -1. */
static int64_t code_by_buckets(const double *x, int64_t step, const plan *by, uint16_t *buckets,
                               uint8_t *codes) {
    const counted_rows *rows = by->rows;
    uint32_t counts[MOST_BUCKETS] = {0};
    int64_t room[MOST_BUCKETS], *weights = rows->weights ? room : NULL;
    group groups[MOST_CUTS + 1];
    run runs[MOST_CUTS];
    if (weights) {
        memset(room, 0, sizeof room);
        weigh_buckets(buckets, rows->weights, rows->n, counts, weights);
    } else {
        count_buckets(buckets, rows->n, counts);
    }
    int64_t n_groups = find_groups(counts, weights, by, groups, runs);
    int64_t n_codes = -1;
    if (4 * groups[n_groups].slot > 3 * rows->n) return TOO_MANY;
    gathering gathered;
    if (has_room(&gathered, groups[n_groups].slot, weights != NULL)) {
        find_kinds(buckets, rows->n, groups, n_groups);
        gather(x, step, rows, buckets, groups, n_groups, &gathered);
        n_codes = code_by_kinds(buckets, rows, groups, n_groups, &gathered, runs, codes);
    }
    free(gathered.values);
    free(gathered.places);
    free(gathered.weights);
    return n_codes;
}

/* Compare all values with all cuts. */
static int64_t code_by_cuts(const double *x, const plan *by, uint8_t *codes) {
    const counted_rows *rows = by->rows;
    double below[MOST_CUTS], above[MOST_CUTS];
    const multiset all = {x, rows->weights, rows->n, rows->total};
    int64_t n_cuts = equal_frequency_edges_of(&all, by->n_bins, below, above);
    if (n_cuts >= 0) codes_by_edges(x, rows->n, above, n_cuts, codes);
    return n_cuts < 0 ? -1 : n_cuts + 1;
}

/* Columns of a strip as contiguous rows; NULL if there is no memory. */
static const double *copied(const double *values, int64_t step, int64_t n, int64_t n_columns,
                            space *room) {
    if (!room->copy) room->copy = malloc((size_t)(STRIP * n) * sizeof *room->copy);
    if (room->copy)
        transpose_64((const uint64_t *)values, step, n, n_columns, (uint64_t *)room->copy);
    return room->copy;
}

static void find_range(const double *x, int64_t step, int64_t n, int64_t n_bins, int64_t place,
                       range *of) {
    double low = 0.0, high, scale = 0.0;
    if (n_bins > 1 && n > FEW && range_of_sample(x, step, n, &low, &high))
        scale = scale_of_buckets(n, low, high);
    of->low[place] = low, of->scale[place] = scale;
    of->n_with += scale > 0.0;
}

/* Buckets of some rows of some columns from the first on that a tile leaves. */
static void find_one_by_one(const double *table, int64_t row_step, int64_t n_rows, int64_t first,
                            int64_t n_columns, const range *of, double most, int64_t n,
                            uint16_t *buckets) {
    for (int64_t row = 0; row < n_rows; row++)
        for (int64_t column = first; column < n_columns; column++) {
            double t = (table[row * row_step + column] - of->low[column]) * of->scale[column];
            t = t > 0.0 ? t : 0.0;
            t = t < most ? t : most;
            t = (t + ALL_WHOLE) - ALL_WHOLE; /* as in a tile, lest a bucket fall with the value */
            buckets[column * n + row] = (uint16_t)(int32_t)t;
        }
}

/* Buckets of columns that stand side by side in a table. */
static void find_buckets_of_columns(const double *table, int64_t row_step, int64_t n,
                                    int64_t n_columns, const range *ranges, uint16_t *buckets) {
    const double most = buckets_for(n) - 1;
    for (int64_t row = 0; row < n; row += LINE)
        for (int64_t column = 0; column < n_columns; column += STRIP) {
            const double *from = table + row * row_step + column;
            const range *of = ranges + column / STRIP;
            if (!of->n_with) continue;
            uint16_t *to = buckets + column * n + row;
            const int64_t n_rows = n - row < LINE ? n - row : LINE;
            const int64_t width = n_columns - column < STRIP ? n_columns - column : STRIP;
            int64_t n_found = 0;
            for (int64_t r = 0; r < n_rows; r++) PREFETCH(from + (AHEAD + r) * row_step);
#if HAVE_BYTE_VECTORS
#define FIND(suffix) n_found = find_tile##suffix(from, row_step, width, of, most, n, to)
            if (n_rows == LINE) CHOSEN(FIND);
#endif
            find_one_by_one(from, row_step, n_rows, n_found, width, of, most, n, to);
        }
}

/* Code up to STRIP columns, from a copy where buckets do not serve; -1 if there is no memory. */
static int code_strip(const double *values, int64_t step, const plan *by, int64_t n_columns,
                      const range *of, uint16_t *buckets, space *room, uint8_t *codes,
                      int64_t *n_codes) {
    const int64_t n = by->rows->n;
    const double *contiguous = step == 1 ? values : NULL;
    for (int64_t c = 0; c < n_columns; c++) {
        uint8_t *to = codes + c * n;
        n_codes[c] = TOO_MANY;
        if (of->scale[c] > 0.0)
            n_codes[c] = code_by_buckets(values + c, step, by, buckets + c * n, to);
        if (n_codes[c] == TOO_MANY) {
            if (!contiguous) contiguous = copied(values, step, n, n_columns, room);
            n_codes[c] = contiguous ? code_by_cuts(contiguous + c * n, by, to) : -1;
        }
        if (n_codes[c] < 0) return -1;
    }
    return 0;
}

/* Code a few columns, whose buckets have room together; -1 if there is no memory. */
static int code_columns(const double *values, int64_t step, const plan *by, int64_t n_columns,
                        space *room, uint8_t *codes, int64_t *n_codes) {
    const int64_t n = by->rows->n;
    range ranges[STRIPS] = {0};
    for (int64_t c = 0; c < n_columns; c++)
        find_range(values + c, step, n, by->n_bins, c % STRIP, ranges + c / STRIP);
    if (step != 1)
        find_buckets_of_columns(values, step, n, n_columns, ranges, room->buckets);
    else if (ranges->n_with)
        find_buckets(values, n, ranges->low[0], ranges->scale[0], room->buckets);
    for (int64_t c = 0; c < n_columns; c += STRIP) {
        const int64_t width = n_columns - c < STRIP ? n_columns - c : STRIP;
        if (code_strip(values + c, step, by, width, ranges + c / STRIP,
                       room->buckets + c * n, room, codes + c * n, n_codes + c))
            return -1;
    }
    return 0;
}

/* How many columns to take first, so that the next begin a line of the cache in each row. */
static int64_t columns_to_line(const double *values, int64_t step, int64_t most) {
    const int64_t place = (int64_t)((uintptr_t)values / sizeof *values % LINE);
    return step % LINE == 0 && place ? LINE - place : most;
}

int equal_frequency_codes_of(const double *values, int64_t step, const counted_rows *rows,
                             int64_t n_columns, int64_t n_bins, uint8_t *codes, int64_t *n_codes) {
    const int64_t n = rows->n, all = STRIPS * STRIP, n_bytes = n * all * (int64_t)sizeof(uint16_t);
    const int64_t most = n_bytes <= ROOM_BYTES ? all : STRIP;
    const int64_t at_once = n_columns < most ? n_columns : most;
    plan by;
    by.rows = rows, by.n_bins = n_bins;
    runs_at_cuts(rows->total, n_bins, by.runs);
    space room = {malloc((size_t)(n * at_once) * sizeof(uint16_t)), NULL};
    int64_t width = columns_to_line(values, step, most);
    int failed = !room.buckets;
    for (int64_t start = 0; start < n_columns && !failed; start += width, width = most) {
        if (width > n_columns - start) width = n_columns - start;
        failed = code_columns(values + start, step, &by, width, &room, codes + start * n,
                              n_codes + start);
    }
    free(room.buckets);
    free(room.copy);
    return failed ? -1 : 0;
}
