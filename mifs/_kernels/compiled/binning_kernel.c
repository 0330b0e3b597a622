/* Columns of a table on their way to codes. Nothing here sorts a column: the values beside a cut
   are found by a histogram of the column and a sort of the few values near the cuts. */
#include "binning_kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "simd.h"

#if defined(__GNUC__) && defined(__SSE2__)
#include <immintrin.h>
#endif

/* ---- one pass ---------------------------------------------------------------------------- */

static double least(const double *x, int64_t n) {
    double low = x[0];
    for (int64_t i = 1; i < n; i++) low = x[i] < low ? x[i] : low;
    return low;
}

static double greatest(const double *x, int64_t n) {
    double high = x[0];
    for (int64_t i = 1; i < n; i++) high = x[i] > high ? x[i] : high;
    return high;
}

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

enum { LINE = 8 }; /* items of a line of the cache */

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

/* ---- values beside the cuts -------------------------------------------------------------- */

/* The run of equal values that holds one place of the sorted column. */
typedef struct {
    int64_t place;
    int64_t first, end;  /* of the run, in sorted order */
    double value;        /* of the run */
    double before, next; /* neighbouring values, where first > 0 and end < n */
} run;

enum { MARKED = 255 };
enum { FEW = 64, SAMPLE = 64, MOST_BUCKETS = 2048, DEEPEST = 8, MOST_EDGES = 255 };

typedef struct bucketing bucketing;

static int runs_at(const double *values, int64_t n, run *runs, int64_t n_runs, int depth,
                   bucketing **kept, uint8_t *kinds);

static int buckets_for(int64_t n) { return n < MOST_BUCKETS ? 256 : MOST_BUCKETS; }

static int compare(const void *one, const void *other) {
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

static void sort_doubles(double *x, int64_t n) {
    if (n > FEW) {
        qsort(x, (size_t)n, sizeof *x, compare);
        return;
    }
    for (int64_t i = 1; i < n; i++) {
        double v = x[i];
        int64_t j = i;
        for (; j > 0 && x[j - 1] > v; j--) x[j] = x[j - 1];
        x[j] = v;
    }
}

static void runs_in_sorted(const double *x, int64_t n, run *runs, int64_t n_runs) {
    for (run *r = runs; r < runs + n_runs; r++) {
        r->value = x[r->place];
        r->first = r->place;
        while (r->first > 0 && x[r->first - 1] == r->value) r->first--;
        r->end = r->place + 1;
        while (r->end < n && x[r->end] == r->value) r->end++;
        if (r->first > 0) r->before = x[r->first - 1];
        if (r->end < n) r->next = x[r->end];
    }
}

static int runs_by_sort(const double *values, int64_t n, run *runs, int64_t n_runs) {
    double few[FEW], *sorted = n <= FEW ? few : malloc((size_t)n * sizeof *sorted);
    if (!sorted) return -1;
    memcpy(sorted, values, (size_t)n * sizeof *sorted);
    sort_doubles(sorted, n);
    runs_in_sorted(sorted, n, runs, n_runs);
    if (sorted != few) free(sorted);
    return 0;
}

/* A range that holds nearly all values: of a sample, lest one of them stretch it; of all, where
   the sample is of equal ones. */
static void range_of(const double *x, int64_t n, double *low, double *high) {
    double sample[SAMPLE];
    for (int64_t i = 0; i < SAMPLE; i++) sample[i] = x[i * (n / SAMPLE)];
    for (int64_t i = 1; i < SAMPLE; i++) {
        double v = sample[i];
        int64_t j = i;
        for (; j > 0 && sample[j - 1] > v; j--) sample[j] = sample[j - 1];
        sample[j] = v;
    }
    *low = sample[1], *high = sample[SAMPLE - 2];
    if (!(*low < *high)) *low = least(x, n), *high = greatest(x, n);
}

/* Bucket of each value: not falling with the value, since no step of it is. */
static void find_buckets(const double *x, int64_t n, double low, double scale, double most,
                         uint16_t *bucket) {
#define FIND(suffix) find_buckets##suffix(x, n, low, scale, most, bucket)
    CHOSEN(FIND);
}

/* What is known of the buckets of one column. */
struct bucketing {
    double low, scale;
    int n_buckets;
    uint16_t *bucket; /* of each value */
    int64_t n_gathered;
    double *gathered;  /* values of marked buckets, bucket by bucket */
    uint32_t *places;  /* where they stand in the column */
    uint32_t counts[MOST_BUCKETS];
    uint32_t first[MOST_BUCKETS + 1]; /* values in the buckets before */
    uint32_t slot[MOST_BUCKETS];      /* where the values of a marked bucket are gathered */
    uint8_t kind[MOST_BUCKETS];       /* MARKED, or how many of the runs lie in buckets before */
};

static int full_before(const bucketing *b, int bucket) {
    do bucket--;
    while (bucket >= 0 && !b->counts[bucket]);
    return bucket;
}

static int full_after(const bucketing *b, int bucket) {
    do bucket++;
    while (bucket < b->n_buckets && !b->counts[bucket]);
    return bucket;
}

static void forget(bucketing *b) {
    if (!b) return;
    free(b->bucket);
    free(b->gathered);
    free(b->places);
    free(b);
}

/* Count the values in each bucket; NULL if there is no memory. */
static bucketing *buckets_of(const double *x, int64_t n, double low, double scale) {
    bucketing *b = malloc(sizeof *b);
    uint16_t *bucket = malloc((size_t)n * sizeof *bucket);
    if (!b || !bucket) {
        free(b);
        free(bucket);
        return NULL;
    }
    b->low = low, b->scale = scale, b->n_buckets = buckets_for(n);
    b->bucket = bucket, b->gathered = NULL, b->places = NULL;
    memset(b->counts, 0, sizeof b->counts);
    find_buckets(x, n, low, scale, b->n_buckets - 1, bucket);
    for (int64_t i = 0; i < n; i++) b->counts[bucket[i]]++;
    return b;
}

static void mark(bucketing *b, int bucket) {
    if (b->kind[bucket] == MARKED) return;
    b->kind[bucket] = MARKED;
    b->slot[bucket] = (uint32_t)b->n_gathered, b->n_gathered += b->counts[bucket];
}

/* Mark the buckets of the runs and their neighbours, and give their values places. */
static void mark_buckets(bucketing *b, const run *runs, int64_t n_runs, int *bucket_of_run) {
    uint32_t total = 0;
    for (int i = 0; i < b->n_buckets; i++) b->first[i] = total, total += b->counts[i];
    b->first[b->n_buckets] = total, b->n_gathered = 0;
    int bucket = 0;
    for (int64_t r = 0; r < n_runs; r++) {
        uint8_t n_before = (uint8_t)(r < MARKED ? r : MARKED - 1);
        while (b->first[bucket + 1] <= runs[r].place) b->kind[bucket++] = n_before;
        bucket_of_run[r] = bucket;
    }
    for (; bucket < b->n_buckets; bucket++)
        b->kind[bucket] = (uint8_t)(n_runs < MARKED ? n_runs : MARKED - 1);
    for (int64_t r = 0; r < n_runs; r++) {
        int own = bucket_of_run[r], before = full_before(b, own), after = full_after(b, own);
        mark(b, own);
        if (before >= 0) mark(b, before);
        if (after < b->n_buckets) mark(b, after);
    }
}

/* Gather the values of marked buckets, and leave the kind of each value's bucket in `kinds`; -1 if
   there is no memory. */
static int gather(const double *x, int64_t n, bucketing *b, uint8_t *kinds) {
    enum { AT_ONCE = 8 };
    const uint16_t *bucket = b->bucket;
    double *gathered = b->gathered = malloc((size_t)b->n_gathered * sizeof *gathered);
    uint32_t *places = b->places = malloc((size_t)b->n_gathered * sizeof *places);
    if (!gathered || !places) return -1;
    uint8_t kind[MOST_BUCKETS]; /* which no write to `kinds` can change */
    memcpy(kind, b->kind, sizeof kind);
    for (int64_t i = 0; i < n; i++) kinds[i] = kind[bucket[i]];
    for (int64_t start = 0; start < n; start += AT_ONCE) {
        int m = (int)(start + AT_ONCE < n ? AT_ONCE : n - start), n_met = 0, met[AT_ONCE];
        uint64_t bytes = 0;
        memcpy(&bytes, kinds + start, (size_t)m);
        if (!((~bytes - 0x0101010101010101u) & bytes & 0x8080808080808080u)) continue; /* no 255 */
        for (int i = 0; i < m; i++) met[n_met] = i, n_met += kinds[start + i] == MARKED;
        for (int i = 0; i < n_met; i++) {
            int64_t place = start + met[i];
            uint32_t slot = b->slot[bucket[place]]++;
            gathered[slot] = x[place], places[slot] = (uint32_t)place;
        }
    }
    for (int i = 0; i < b->n_buckets; i++)
        if (b->kind[i] == MARKED) b->slot[i] -= b->counts[i];
    return 0;
}

/* Solve the runs of each bucket by themselves, and give them their places in the whole. */
static int runs_in_buckets(const bucketing *b, run *runs, int64_t n_runs,
                           const int *bucket_of_run, int64_t n, int depth) {
    const double *gathered = b->gathered;
    for (int64_t r = 0, end; r < n_runs; r = end) {
        int bucket = bucket_of_run[r];
        int64_t first = b->first[bucket], size = b->counts[bucket];
        for (end = r; end < n_runs && bucket_of_run[end] == bucket; end++) runs[end].place -= first;
        if (runs_at(gathered + b->slot[bucket], size, runs + r, end - r, depth + 1, NULL, NULL))
            return -1;
        for (int64_t i = r; i < end; i++) {
            run *own = runs + i;
            if (own->first == 0 && first > 0) {
                int before = full_before(b, bucket);
                own->before = greatest(gathered + b->slot[before], b->counts[before]);
            }
            if (own->end == size && first + size < n) {
                int after = full_after(b, bucket);
                own->next = least(gathered + b->slot[after], b->counts[after]);
            }
            own->place += first, own->first += first, own->end += first;
        }
    }
    return 0;
}

static int runs_by_buckets(bucketing *b, const double *x, int64_t n, run *runs, int64_t n_runs,
                           int depth, uint8_t *kinds) {
    int *bucket_of_run = malloc((size_t)n_runs * sizeof *bucket_of_run), result = -1;
    uint8_t *own = kinds ? NULL : malloc((size_t)n);
    if (bucket_of_run && (kinds || own)) {
        mark_buckets(b, runs, n_runs, bucket_of_run);
        if (!gather(x, n, b, kinds ? kinds : own))
            result = runs_in_buckets(b, runs, n_runs, bucket_of_run, n, depth);
    }
    free(own);
    free(bucket_of_run);
    return result;
}

/* Find the runs at some places, in increasing order, of the sorted column. Buckets of equal width
   serve any distribution of a few scales; one of many, as with an outlier, takes a round for each
   few of them, and a sort where that does not end. Buckets that were found are the caller's if it
   asks for them, and so are the kinds of the values. */
static int runs_at(const double *values, int64_t n, run *runs, int64_t n_runs, int depth,
                   bucketing **kept, uint8_t *kinds) {
    if (n <= FEW) return runs_by_sort(values, n, runs, n_runs);
    double low, high;
    range_of(values, n, &low, &high);
    if (low == high) {
        for (run *r = runs; r < runs + n_runs; r++) r->first = 0, r->end = n, r->value = low;
        return 0;
    }
    double scale = (buckets_for(n) - 1) / (high - low);
    int has_scale = scale > 0.0 && scale < INFINITY;
    if (depth >= DEEPEST || !has_scale) return runs_by_sort(values, n, runs, n_runs);
    bucketing *b = buckets_of(values, n, low, scale);
    int failed = b ? runs_by_buckets(b, values, n, runs, n_runs, depth, kinds) : -1;
    if (kept) *kept = b;
    else forget(b);
    return failed;
}

/* As equal_frequency_edges_of, and hand out the buckets and the kinds of the values. */
static int64_t edges_and_buckets(const double *values, int64_t n, int64_t n_bins, double *below,
                                 double *above, bucketing **kept, uint8_t *kinds) {
    int64_t n_runs = n_bins - 1, n_cuts = 0;
    if (n < 2 || n_runs < 1) return 0;
    run *runs = malloc((size_t)n_runs * sizeof *runs);
    if (!runs) return -1;
    for (int64_t c = 0; c < n_runs; c++) runs[c].place = (c + 1) * n / n_bins;
    int failed = runs_at(values, n, runs, n_runs, 0, kept, kinds);
    for (int64_t c = 0; c < n_runs && !failed; c++) {
        const run *r = runs + c;
        double lower, upper;
        /* A run lies above cut c if its average rank does: (first + end) / 2 >= c n / n_bins. */
        if ((r->first + r->end) * n_bins >= 2 * n * (c + 1)) {
            if (r->first == 0) continue;
            lower = r->before, upper = r->value;
        } else {
            if (r->end == n) continue;
            lower = r->value, upper = r->next;
        }
        if (n_cuts && above[n_cuts - 1] == upper) continue;
        below[n_cuts] = lower + 0.0, above[n_cuts++] = upper + 0.0;
    }
    free(runs);
    return failed ? -1 : n_cuts;
}

int64_t equal_frequency_edges_of(const double *values, int64_t n, int64_t n_bins, double *below,
                                 double *above) {
    return edges_and_buckets(values, n, n_bins, below, above, NULL, NULL);
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

/* Codes of a column whose buckets are known, and in whose place their kinds stand. All values of a
   bucket have one code, but where a cut lies within it; what that bucket holds was gathered, as the
   values on either side of a cut were. Mostly each run has its cut, and the kinds are the codes. */
static void codes_by_buckets(const bucketing *b, int64_t n, const double *cuts, int64_t n_cuts,
                             uint8_t *codes) {
    const uint16_t *bucket = b->bucket;
    uint8_t code[MOST_BUCKETS];
    uint16_t bucket_of_cut[MOST_EDGES];
    int i = 0, differ = 0;
    find_buckets(cuts, n_cuts, b->low, b->scale, b->n_buckets - 1, bucket_of_cut);
    for (int64_t c = 0; c < n_cuts; c++)
        while (i <= bucket_of_cut[c]) code[i++] = (uint8_t)c;
    while (i < b->n_buckets) code[i++] = (uint8_t)n_cuts;
    for (i = 0; i < b->n_buckets; i++)
        if (code[i] != b->kind[i] && b->kind[i] != MARKED && b->counts[i]) differ = 1;
    for (int64_t row = 0; differ && row < n; row++) codes[row] = code[bucket[row]];
    for (int64_t g = 0; g < b->n_gathered; g++)
        codes[b->places[g]] = code_of(b->gathered[g], cuts, n_cuts);
}

int64_t equal_frequency_codes_of(const double *values, int64_t n, int64_t n_bins, uint8_t *codes) {
    double below[MOST_EDGES], cuts[MOST_EDGES];
    bucketing *b = NULL;
    int64_t n_cuts = edges_and_buckets(values, n, n_bins, below, cuts, &b, codes);
    for (int64_t c = 0; c < n_cuts; c++) {
        double middle = below[c] / 2 + cuts[c] / 2;
        if (middle > below[c]) cuts[c] = middle; /* neighbouring numbers have none */
    }
    if (n_cuts >= 0 && b && b->n_gathered < n / 4) /* beyond it comparing all costs less */
        codes_by_buckets(b, n, cuts, n_cuts, codes);
    else if (n_cuts >= 0)
        codes_by_edges(values, n, cuts, n_cuts, codes);
    forget(b);
    return n_cuts < 0 ? -1 : n_cuts + 1;
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
