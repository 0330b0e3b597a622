/* Columns of a table on their way to codes. Nothing here sorts a column: the values beside a cut
   are found by a histogram of the column and a sort of the few values near the cuts. */
#include "binning_kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "simd.h"

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
    int64_t n_odd; /* NaN and infinite */
    uint64_t look;
} piece;

static void add_to_piece(const double *x, const uint64_t *keys, int64_t n, piece *sum) {
    for (int64_t i = 0; i < n; i++) {
        double v = x[i], filled = v == v ? v + 0.0 : 0.0; /* -0.0 becomes 0.0, and NaN too */
        uint64_t bits;
        memcpy(&bits, &filled, sizeof bits);
        sum->low = v < sum->low ? v : sum->low;
        sum->high = v > sum->high ? v : sum->high;
        sum->n_odd += !(fabs(v) < INFINITY);
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

#if HAVE_BYTE_VECTORS
#define BODY "binning_body.h"
#include "widths.h"
#endif

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
    if (sum.n_odd)
        for (int64_t i = 0; i < n; i++) fact->n_infinite += fabs(values[i]) == INFINITY;
    fact->n_nan = sum.n_odd - fact->n_infinite;
    fact->low = sum.low + 0.0, fact->high = sum.high + 0.0;
}

void transpose_64(const uint64_t *table, int64_t row_step, int64_t n_rows, int64_t n_columns,
                  uint64_t *out) {
    enum { ROWS = 8 }; /* of which each output row takes one cache line */
    int64_t row = 0;
    for (; row + ROWS <= n_rows; row += ROWS) {
        const uint64_t *from = table + row * row_step;
        for (int r = 0; r < ROWS; r++) PREFETCH(from + (2 * ROWS + r) * row_step);
        for (int64_t column = 0; column < n_columns; column++) {
            uint64_t *to = out + column * n_rows + row;
            for (int r = 0; r < ROWS; r++) to[r] = from[r * row_step + column];
        }
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

enum { FEW = 64, SAMPLE = 64, MOST_BUCKETS = 2048, DEEPEST = 8, MOST_EDGES = 255 };

static int runs_at(const double *values, int64_t n, run *runs, int64_t n_runs, int depth);

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
static void find_buckets(const double *x, int64_t n, double low, double scale, int n_buckets,
                         uint16_t *bucket, uint32_t *counts) {
    enum { CHUNK = 128 };
    double most = n_buckets - 1;
    int32_t found[CHUNK];
    for (int64_t start = 0; start < n; start += CHUNK) {
        int m = (int)(start + CHUNK < n ? CHUNK : n - start);
        for (int i = 0; i < m; i++) {
            double t = (x[start + i] - low) * scale;
            t = t > 0.0 ? t : 0.0;
            t = t < most ? t : most;
            found[i] = (int32_t)t;
        }
        for (int i = 0; i < m; i++) {
            bucket[start + i] = (uint16_t)found[i];
            counts[found[i]]++;
        }
    }
}

/* What is known of the buckets of one column. */
typedef struct {
    int n_buckets;
    uint32_t counts[MOST_BUCKETS];
    uint32_t first[MOST_BUCKETS + 1]; /* values in the buckets before */
    uint32_t slot[MOST_BUCKETS];      /* where the values of a marked bucket are gathered */
    uint8_t is_marked[MOST_BUCKETS];
} bucketing;

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

/* Mark the buckets of the runs and their neighbours; return how many values they hold. */
static int64_t mark_buckets(bucketing *b, const run *runs, int64_t n_runs, int *bucket_of_run) {
    uint32_t total = 0;
    for (int i = 0; i < b->n_buckets; i++) b->first[i] = total, total += b->counts[i];
    b->first[b->n_buckets] = total;
    memset(b->is_marked, 0, sizeof b->is_marked);
    int bucket = 0;
    for (int64_t r = 0; r < n_runs; r++) {
        while (b->first[bucket + 1] <= runs[r].place) bucket++;
        bucket_of_run[r] = bucket;
        int before = full_before(b, bucket), after = full_after(b, bucket);
        b->is_marked[bucket] = 1;
        if (before >= 0) b->is_marked[before] = 1;
        if (after < b->n_buckets) b->is_marked[after] = 1;
    }
    uint32_t n_gathered = 0;
    for (int i = 0; i < b->n_buckets; i++) {
        b->slot[i] = n_gathered;
        if (b->is_marked[i]) n_gathered += b->counts[i];
    }
    return n_gathered;
}

/* Gather the values of marked buckets, bucket by bucket. */
static void gather(const double *x, int64_t n, const uint16_t *bucket, const bucketing *b,
                   double *gathered) {
    enum { CHUNK = 1024 };
    uint32_t next[MOST_BUCKETS];
    uint16_t met[CHUNK];
    memcpy(next, b->slot, sizeof next);
    for (int64_t start = 0; start < n; start += CHUNK) {
        int m = (int)(start + CHUNK < n ? CHUNK : n - start), n_met = 0;
        for (int i = 0; i < m; i++) {
            met[n_met] = (uint16_t)i;
            n_met += b->is_marked[bucket[start + i]];
        }
        for (int i = 0; i < n_met; i++) {
            int64_t place = start + met[i];
            gathered[next[bucket[place]]++] = x[place];
        }
    }
}

/* Solve the runs of each bucket by themselves, and give them their places in the whole. */
static int runs_in_buckets(bucketing *b, const double *gathered, run *runs, int64_t n_runs,
                           const int *bucket_of_run, int64_t n, int depth) {
    for (int64_t r = 0, end; r < n_runs; r = end) {
        int bucket = bucket_of_run[r];
        int64_t first = b->first[bucket], size = b->counts[bucket];
        for (end = r; end < n_runs && bucket_of_run[end] == bucket; end++) runs[end].place -= first;
        if (runs_at(gathered + b->slot[bucket], size, runs + r, end - r, depth + 1)) return -1;
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

static int runs_by_buckets(const double *x, int64_t n, double low, double scale, run *runs,
                           int64_t n_runs, int depth) {
    int result = -1;
    bucketing *b = malloc(sizeof *b);
    uint16_t *bucket = malloc((size_t)n * sizeof *bucket);
    int *bucket_of_run = malloc((size_t)n_runs * sizeof *bucket_of_run);
    double *gathered = NULL;
    if (b && bucket && bucket_of_run) {
        b->n_buckets = n < MOST_BUCKETS ? 256 : MOST_BUCKETS;
        memset(b->counts, 0, sizeof b->counts);
        find_buckets(x, n, low, scale, b->n_buckets, bucket, b->counts);
        int64_t n_gathered = mark_buckets(b, runs, n_runs, bucket_of_run);
        gathered = malloc((size_t)n_gathered * sizeof *gathered);
        if (gathered) {
            gather(x, n, bucket, b, gathered);
            result = runs_in_buckets(b, gathered, runs, n_runs, bucket_of_run, n, depth);
        }
    }
    free(gathered);
    free(bucket_of_run);
    free(bucket);
    free(b);
    return result;
}

/* Find the runs at some places, in increasing order, of the sorted column. Buckets of equal width
   serve any distribution of a few scales; one of many, as with an outlier, takes a round for each
   few of them, and a sort where that does not end. */
static int runs_at(const double *values, int64_t n, run *runs, int64_t n_runs, int depth) {
    if (n <= FEW) return runs_by_sort(values, n, runs, n_runs);
    double low, high;
    range_of(values, n, &low, &high);
    if (low == high) {
        for (run *r = runs; r < runs + n_runs; r++) r->first = 0, r->end = n, r->value = low;
        return 0;
    }
    double scale = ((n < MOST_BUCKETS ? 256 : MOST_BUCKETS) - 1) / (high - low);
    int has_scale = scale > 0.0 && scale < INFINITY;
    if (depth >= DEEPEST || !has_scale) return runs_by_sort(values, n, runs, n_runs);
    return runs_by_buckets(values, n, low, scale, runs, n_runs, depth);
}

int64_t equal_frequency_edges_of(const double *values, int64_t n, int64_t n_bins, double *below,
                                 double *above) {
    int64_t n_runs = n_bins - 1, n_cuts = 0;
    if (n < 2 || n_runs < 1) return 0;
    run *runs = malloc((size_t)n_runs * sizeof *runs);
    if (!runs) return -1;
    for (int64_t c = 0; c < n_runs; c++) runs[c].place = (c + 1) * n / n_bins;
    int failed = runs_at(values, n, runs, n_runs, 0);
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

int64_t equal_frequency_codes_of(const double *values, int64_t n, int64_t n_bins, uint8_t *codes) {
    double below[MOST_EDGES], cuts[MOST_EDGES];
    int64_t n_cuts = equal_frequency_edges_of(values, n, n_bins, below, cuts);
    for (int64_t c = 0; c < n_cuts; c++) {
        double middle = below[c] / 2 + cuts[c] / 2;
        if (middle > below[c]) cuts[c] = middle; /* neighbouring numbers have none */
    }
    if (n_cuts >= 0) codes_by_edges(values, n, cuts, n_cuts, codes);
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
