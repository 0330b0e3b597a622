/* Columns of a table on their way to codes: what is in them, and codes by edges or by a table. */
#include "binning_kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "simd.h"

/* ---- one pass ---------------------------------------------------------------------------- */

static const double ALL_WHOLE = 4503599627370496.0; /* 2**52: from here a double is whole */

static const uint64_t LOOK_STEP = 0x9E3779B97F4A7C15u; /* odd: 2**64 over the golden ratio */

static int are_whole(const double *x, int64_t n) {
    int n_fractions = 0;
    for (int64_t i = 0; i < n; i++) {
        double size = fabs(x[i]), rounded = (size + ALL_WHOLE) - ALL_WHOLE;
        n_fractions += (rounded != size) & (size < ALL_WHOLE);
    }
    return n_fractions == 0;
}

/* What one piece of a column holds, whatever the order in which it is read. */
typedef struct {
    double low, high;
    int64_t n_numbers; /* what is not NaN */
    uint64_t look;
} piece;

static void add_to_piece(const double *x, const uint64_t *keys, int64_t n, piece *sum) {
    for (int64_t i = 0; i < n; i++) {
        double v = x[i], filled = v == v ? v + 0.0 : 0.0; /* -0.0 becomes 0.0, and NaN too */
        uint64_t bits;
        memcpy(&bits, &filled, sizeof bits);
        sum->low = v < sum->low ? v : sum->low;
        sum->high = v > sum->high ? v : sum->high;
        sum->n_numbers += v == v;
        /* The low half of a whole number is zero; processors multiply halves faster. */
        sum->look += ((bits ^ (bits >> 32)) & 0xFFFFFFFFu) * keys[i];
    }
}

enum { LINE = 8, STRIP = LINE }; /* items of a line of the cache, and columns that fill one */

/* What pieces of STRIP columns hold. */
typedef struct {
    double low[STRIP], high[STRIP];
    int64_t n_numbers[STRIP];
    uint64_t look[STRIP];
    int64_t has_fraction[STRIP]; /* 0 if there is none */
    int are_fractions;           /* whether all have one, and none is looked for */
} strip;

static uint8_t code_of(double value, const double *edges, int64_t n_edges) {
    int64_t first = 0;
    for (int64_t left = n_edges; left > 0;) {
        int64_t half = left / 2;
        int is_above = value >= edges[first + half];
        first = is_above ? first + half + 1 : first;
        left = is_above ? left - half - 1 : half;
    }
    return (uint8_t)first;
}

#define BODY "binning_body.h"
#include "widths.h"

static void read_piece(const double *x, const uint64_t *keys, int64_t n, piece *sum) {
#if HAVE_AVX2_BODY
    if (simd_level() == SIMD_AVX2) {
        read_piece_avx2(x, keys, n, sum);
        return;
    }
#endif
#if HAVE_BYTE_VECTORS
    read_piece_baseline(x, keys, n, sum);
#else
    add_to_piece(x, keys, n, sum);
#endif
}

void facts_of_column(const double *values, const uint64_t *keys, int64_t n_keys, int64_t n,
                     column_fact *fact) {
    piece sum = {INFINITY, -INFINITY, 0, 0};
    fact->is_whole = 1, fact->look = 0, fact->n_infinite = 0;
    for (int64_t start = 0; start < n; start += n_keys) {
        int64_t m = n - start < n_keys ? n - start : n_keys;
        sum.look = 0;
        read_piece(values + start, keys, m, &sum);
        fact->look = fact->look * LOOK_STEP + sum.look;
        if (fact->is_whole) fact->is_whole = are_whole(values + start, m);
    }
    if (sum.low == -INFINITY || sum.high == INFINITY)
        for (int64_t i = 0; i < n; i++) fact->n_infinite += fabs(values[i]) == INFINITY;
    fact->n_nan = n - sum.n_numbers;
    fact->low = sum.low + 0.0, fact->high = sum.high + 0.0;
}

/* The same for up to STRIP columns, one by one. */
static void read_columns(const double *table, int64_t row_step, int64_t n_rows, int64_t n_columns,
                         const uint64_t *keys, strip *sum) {
    for (int64_t row = 0; row < n_rows; row++)
        for (int64_t column = 0; column < n_columns; column++) {
            const double *x = table + row * row_step + column;
            piece one = {sum->low[column], sum->high[column], 0, 0};
            add_to_piece(x, keys + row, 1, &one);
            sum->low[column] = one.low, sum->high[column] = one.high;
            sum->n_numbers[column] += one.n_numbers, sum->look[column] += one.look;
            sum->has_fraction[column] |= !are_whole(x, 1);
        }
}

static void read_rows(const double *table, int64_t row_step, int64_t n_rows, int64_t n_columns,
                      const uint64_t *keys, strip *sums) {
    for (int64_t column = 0; column < n_columns; column += STRIP, sums++) {
        const double *from = table + column;
        for (int64_t row = 0; row < n_rows; row++) PREFETCH(from + (LINE + row) * row_step);
#if HAVE_BYTE_VECTORS
        if (column + STRIP <= n_columns) {
#define READ(suffix) read_strip##suffix(from, row_step, n_rows, keys, sums)
            CHOSEN(READ);
            continue;
        }
#endif
        const int64_t left = n_columns - column;
        read_columns(from, row_step, n_rows, left < STRIP ? left : STRIP, keys, sums);
    }
}

/* Add what the strips of a piece found to the facts, whose lows, highs and looks begin anew. */
static void close_piece(strip *sums, int64_t n_columns, column_fact *facts) {
    for (int64_t column = 0; column < n_columns; column++) {
        strip *sum = sums + column / STRIP;
        const int64_t own = column % STRIP;
        facts[column].look = facts[column].look * LOOK_STEP + sum->look[own];
        sum->look[own] = 0;
        if (own == 0) sum->are_fractions = 1;
        if (!sum->has_fraction[own]) sum->are_fractions = 0;
    }
}

int facts_of_columns(const double *table, int64_t row_step, int64_t n_rows, int64_t n_columns,
                     const uint64_t *keys, int64_t n_keys, column_fact *facts) {
    const int64_t n_strips = (n_columns + STRIP - 1) / STRIP;
    strip *sums = malloc((size_t)n_strips * sizeof *sums);
    if (!sums) return -1;
    memset(sums, 0, (size_t)n_strips * sizeof *sums);
    for (int64_t s = 0; s < n_strips; s++)
        for (int c = 0; c < STRIP; c++) sums[s].low[c] = INFINITY, sums[s].high[c] = -INFINITY;
    for (int64_t column = 0; column < n_columns; column++) facts[column].look = 0;
    for (int64_t start = 0; start < n_rows; start += n_keys) {
        const int64_t n = n_rows - start < n_keys ? n_rows - start : n_keys;
        for (int64_t row = 0; row < n; row += LINE)
            read_rows(table + (start + row) * row_step, row_step, n - row < LINE ? n - row : LINE,
                      n_columns, keys + row, sums);
        close_piece(sums, n_columns, facts);
    }
    for (int64_t column = 0; column < n_columns; column++) {
        const strip *sum = sums + column / STRIP;
        const int64_t own = column % STRIP;
        column_fact *fact = facts + column;
        fact->is_whole = !sum->has_fraction[own], fact->n_infinite = 0;
        if (sum->low[own] == -INFINITY || sum->high[own] == INFINITY)
            for (int64_t row = 0; row < n_rows; row++)
                fact->n_infinite += fabs(table[row * row_step + column]) == INFINITY;
        fact->n_nan = n_rows - sum->n_numbers[own];
        fact->low = sum->low[own] + 0.0, fact->high = sum->high[own] + 0.0;
    }
    free(sums);
    return 0;
}

static ALWAYS_INLINE void transpose_piece(const uint64_t *table, int64_t row_step, int64_t n_rows,
                                          int n_columns, uint64_t *out) {
    for (int column = 0; column < n_columns; column++) {
        uint64_t *to = out + column * n_rows;
        for (int r = 0; r < LINE; r++) to[r] = table[r * row_step + column];
    }
}

void transpose_64(const uint64_t *table, int64_t row_step, int64_t n_rows, int64_t n_columns,
                  uint64_t *out) {
    int64_t row = 0;
    for (; row + LINE <= n_rows; row += LINE)
        for (int64_t column = 0; column < n_columns; column += LINE) {
            const uint64_t *from = table + row * row_step + column;
            uint64_t *to = out + column * n_rows + row;
            for (int r = 0; r < LINE; r++) PREFETCH(from + (4 * LINE + r) * row_step);
            if (column + LINE <= n_columns)
                transpose_piece(from, row_step, n_rows, LINE, to);
            else
                transpose_piece(from, row_step, n_rows, (int)(n_columns - column), to);
        }
    for (; row < n_rows; row++)
        for (int64_t column = 0; column < n_columns; column++)
            out[column * n_rows + row] = table[row * row_step + column];
}

void widen_32(const float *table, int64_t row_step, int64_t n_rows, int64_t n_columns,
              double *out) {
    for (int64_t row = 0; row < n_rows; row += LINE) {
        const int64_t end = n_rows - row < LINE ? n_rows : row + LINE;
        for (int64_t r = 0; r < LINE; r++)
            for (int64_t column = 0; column < n_columns; column += 2 * LINE)
                PREFETCH(table + (row + 4 * LINE + r) * row_step + column);
        for (int64_t column = 0; column < n_columns; column++)
            for (int64_t r = row; r < end; r++)
                out[column * n_rows + r] = table[r * row_step + column];
    }
}

/* ---- codes ------------------------------------------------------------------------------- */

void codes_by_edges(const double *values, int64_t n, const double *edges, int64_t n_edges,
                    uint8_t *codes) {
#if HAVE_BYTE_VECTORS
    if (n_edges <= 24) { /* beyond it a search of each value costs less */
#if HAVE_AVX2_BODY
        if (simd_level() == SIMD_AVX2) {
            codes_by_few_edges_avx2(values, n, edges, n_edges, codes);
            return;
        }
#endif
        codes_by_few_edges_baseline(values, n, edges, n_edges, codes);
        return;
    }
#endif
    for (int64_t i = 0; i < n; i++) codes[i] = code_of(values[i], edges, n_edges);
}

/* Whether a table of `size` whole numbers has the place; NaN has none. */
static ALWAYS_INLINE int is_inside(double place, int64_t size) {
    return place >= 0.0 && place < (double)size;
}

int mark_whole(const double *values, int64_t n, double low, int64_t size, uint8_t *occurs) {
    for (int64_t i = 0; i < n; i++) {
        const double place = values[i] - low;
        if (!is_inside(place, size)) return -1;
        occurs[(int64_t)place] = 1;
    }
    return 0;
}

#define CODE_WHOLE(name, code)                                                                 \
    int name(const double *values, int64_t n, double low, const int64_t *table, int64_t size,  \
             code *codes) {                                                                    \
        for (int64_t i = 0; i < n; i++) {                                                      \
            const double place = values[i] - low;                                              \
            if (!is_inside(place, size)) return -1;                                            \
            codes[i] = (code)table[(int64_t)place];                                            \
        }                                                                                      \
        return 0;                                                                              \
    }
CODE_WHOLE(code_whole_u8, uint8_t)
CODE_WHOLE(code_whole_i64, int64_t)
