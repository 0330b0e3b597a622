/* The values beside the cuts into bins of equal frequency. A column is not sorted for them: they
   are found by a histogram of it and a sort of the few values near the cuts. */
#include "edges_kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "simd.h"

#define BODY "edges_body.h"
#include "widths.h"

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

enum { SAMPLE = 64, DEEPEST = 8 };

int buckets_for(int64_t n) { return n < MOST_BUCKETS ? 256 : MOST_BUCKETS; }

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

int range_of_sample(const double *x, int64_t step, int64_t n, double *low, double *high) {
    double first = INFINITY, last = -INFINITY, second = INFINITY, last_but_one = -INFINITY;
    for (int64_t i = 0; i < SAMPLE; i++) {
        const double v = x[i * (n / SAMPLE) * step];
        const double above = v > first ? v : first, below = v < last ? v : last;
        first = v < first ? v : first, second = above < second ? above : second;
        last = v > last ? v : last, last_but_one = below > last_but_one ? below : last_but_one;
    }
    *low = second, *high = last_but_one;
    return second < last_but_one;
}

double scale_of_buckets(int64_t n, double low, double high) {
    double scale = (buckets_for(n) - 1) / (high - low);
    return scale > 0.0 && scale < INFINITY ? scale : 0.0;
}

void find_buckets(const double *x, int64_t n, double low, double scale, uint16_t *bucket) {
    const double most = buckets_for(n) - 1;
#define FIND(suffix) find_buckets##suffix(x, n, low, scale, most, bucket)
    CHOSEN(FIND);
}

/* What is known of the buckets of one column. */
typedef struct {
    int n_buckets;
    uint16_t *bucket; /* of each value */
    int64_t n_gathered;
    double *gathered; /* values of marked buckets, bucket by bucket */
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

static void forget(bucketing *b) {
    if (!b) return;
    free(b->bucket);
    free(b->gathered);
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
    b->n_buckets = buckets_for(n), b->bucket = bucket, b->gathered = NULL;
    memset(b->counts, 0, sizeof b->counts);
    find_buckets(x, n, low, scale, bucket);
    for (int64_t i = 0; i < n; i++) b->counts[bucket[i]]++;
    return b;
}

static void mark(bucketing *b, int bucket) {
    if (b->is_marked[bucket]) return;
    b->is_marked[bucket] = 1;
    b->slot[bucket] = (uint32_t)b->n_gathered, b->n_gathered += b->counts[bucket];
}

/* Mark the buckets of the runs and their neighbours, and give their values places. */
static void mark_buckets(bucketing *b, const run *runs, int64_t n_runs, int *bucket_of_run) {
    uint32_t total = 0;
    for (int i = 0; i < b->n_buckets; i++) b->first[i] = total, total += b->counts[i];
    b->first[b->n_buckets] = total, b->n_gathered = 0;
    memset(b->is_marked, 0, sizeof b->is_marked);
    int bucket = 0;
    for (int64_t r = 0; r < n_runs; r++) {
        while (b->first[bucket + 1] <= runs[r].place) bucket++;
        bucket_of_run[r] = bucket;
        int before = full_before(b, bucket), after = full_after(b, bucket);
        mark(b, bucket);
        if (before >= 0) mark(b, before);
        if (after < b->n_buckets) mark(b, after);
    }
}

/* Gather the values of marked buckets; -1 if there is no memory. */
static int gather(const double *x, int64_t n, bucketing *b) {
    enum { AT_ONCE = 8 };
    const uint16_t *bucket = b->bucket;
    double *gathered = b->gathered = malloc((size_t)b->n_gathered * sizeof *gathered);
    if (!gathered) return -1;
    for (int64_t start = 0; start < n; start += AT_ONCE) {
        int m = (int)(start + AT_ONCE < n ? AT_ONCE : n - start), n_met = 0, met[AT_ONCE];
        for (int i = 0; i < m; i++) met[n_met] = i, n_met += b->is_marked[bucket[start + i]];
        for (int i = 0; i < n_met; i++)
            gathered[b->slot[bucket[start + met[i]]]++] = x[start + met[i]];
    }
    for (int i = 0; i < b->n_buckets; i++)
        if (b->is_marked[i]) b->slot[i] -= b->counts[i];
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
        if (runs_at(gathered + b->slot[bucket], size, runs + r, end - r, depth + 1))
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

static int runs_by_buckets(const double *x, int64_t n, double low, double scale, run *runs,
                           int64_t n_runs, int depth) {
    int *bucket_of_run = malloc((size_t)n_runs * sizeof *bucket_of_run), result = -1;
    bucketing *b = buckets_of(x, n, low, scale);
    if (b && bucket_of_run) {
        mark_buckets(b, runs, n_runs, bucket_of_run);
        if (!gather(x, n, b)) result = runs_in_buckets(b, runs, n_runs, bucket_of_run, n, depth);
    }
    forget(b);
    free(bucket_of_run);
    return result;
}

int runs_at(const double *values, int64_t n, run *runs, int64_t n_runs, int depth) {
    if (n <= FEW) return runs_by_sort(values, n, runs, n_runs);
    double low, high;
    if (!range_of_sample(values, 1, n, &low, &high))
        low = least(values, n), high = greatest(values, n);
    if (low == high) {
        for (run *r = runs; r < runs + n_runs; r++) r->first = 0, r->end = n, r->value = low;
        return 0;
    }
    double scale = scale_of_buckets(n, low, high);
    if (depth >= DEEPEST || scale == 0.0) return runs_by_sort(values, n, runs, n_runs);
    return runs_by_buckets(values, n, low, scale, runs, n_runs, depth);
}

int is_run_above(const run *r, int64_t first, int64_t cut, int64_t n, int64_t n_bins) {
    return (2 * first + r->first + r->end) * n_bins >= 2 * n * (cut + 1);
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
        if (is_run_above(r, 0, c, n, n_bins)) {
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
