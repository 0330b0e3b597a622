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

int64_t total_of(const int64_t *weights, int64_t n) {
    const int64_t limit = (int64_t)1 << 62;
    uint64_t sum = 0, ones = 0; /* of which the highest is set where one is not above 0 */
    for (int64_t i = 0; i < n; i++) {
        const uint64_t own = (uint64_t)weights[i];
        sum += own, ones |= own | (own - 1);
    }
    /* Each is at most `ones`: n of them do not reach the limit. */
    if (ones <= (uint64_t)((limit - 1) / n)) return (int64_t)sum;
    int64_t total = 0;
    for (int64_t i = 0; i < n; i++) {
        if (weights[i] < 1 || weights[i] >= limit - total) return -1;
        total += weights[i];
    }
    return total;
}

static inline int64_t weight_of(const int64_t *weights, int64_t i) {
    return weights ? weights[i] : 1;
}

/* A value first, so that they are compared as values. */
typedef struct {
    double value;
    int64_t weight;
} weighted_value;

static int compare(const void *one, const void *other) {
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

static ALWAYS_INLINE void insert_each(double *x, int64_t *weights, int64_t n) {
    for (int64_t i = 1; i < n; i++) {
        const double v = x[i];
        const int64_t own = weight_of(weights, i);
        int64_t j = i;
        for (; j > 0 && x[j - 1] > v; j--) {
            x[j] = x[j - 1];
            if (weights) weights[j] = weights[j - 1];
        }
        x[j] = v;
        if (weights) weights[j] = own;
    }
}

/* Sort many values with their weights; -1 if there is no memory. */
static int sort_pairs(double *x, int64_t *weights, int64_t n) {
    weighted_value *pairs = malloc((size_t)n * sizeof *pairs);
    if (!pairs) return -1;
    for (int64_t i = 0; i < n; i++) pairs[i] = (weighted_value){x[i], weights[i]};
    qsort(pairs, (size_t)n, sizeof *pairs, compare);
    for (int64_t i = 0; i < n; i++) x[i] = pairs[i].value, weights[i] = pairs[i].weight;
    free(pairs);
    return 0;
}

static int sort(double *x, int64_t *weights, int64_t n) {
    if (n > FEW && weights) return sort_pairs(x, weights, n);
    if (n > FEW)
        qsort(x, (size_t)n, sizeof *x, compare);
    else if (weights)
        insert_each(x, weights, n);
    else
        insert_each(x, NULL, n);
    return 0;
}

static ALWAYS_INLINE void runs_in_sorted(const double *x, const int64_t *weights, int64_t n,
                                         run *runs, int64_t n_runs) {
    int64_t place = 0, before = 0; /* in values, and in weights */
    for (run *r = runs; r < runs + n_runs; r++) {
        if (weights)
            while (before + weights[place] <= r->place) before += weights[place++];
        else
            place = before = r->place;
        int64_t first = place, end = place;
        r->value = x[place], r->first = r->end = before;
        while (first > 0 && x[first - 1] == r->value) r->first -= weight_of(weights, --first);
        while (end < n && x[end] == r->value) r->end += weight_of(weights, end++);
        if (first > 0) r->before = x[first - 1];
        if (end < n) r->next = x[end];
    }
}

static int runs_by_sort(const multiset *of, run *runs, int64_t n_runs) {
    const size_t n = (size_t)of->n;
    double few[FEW], *values = n <= FEW ? few : malloc(n * sizeof *values);
    int64_t few_weights[FEW], *weights = NULL;
    if (of->weights) weights = n <= FEW ? few_weights : malloc(n * sizeof *weights);
    int failed = !values || (of->weights && !weights);
    if (!failed) {
        memcpy(values, of->values, n * sizeof *values);
        if (weights) memcpy(weights, of->weights, n * sizeof *weights);
        failed = sort(values, weights, of->n);
    }
    if (!failed && weights)
        runs_in_sorted(values, weights, of->n, runs, n_runs);
    else if (!failed)
        runs_in_sorted(values, NULL, of->n, runs, n_runs);
    if (values != few) free(values);
    if (weights != few_weights) free(weights);
    return failed ? -1 : 0;
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
    int64_t *gathered_weights; /* theirs; NULL if each counts once */
    uint32_t counts[MOST_BUCKETS];
    int64_t first[MOST_BUCKETS + 1]; /* weight of the buckets before */
    uint32_t slot[MOST_BUCKETS];     /* where the values of a marked bucket are gathered */
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
    free(b->gathered_weights);
    free(b);
}

/* Count and weigh the values in each bucket; NULL if there is no memory. */
static bucketing *buckets_of(const multiset *of, double low, double scale) {
    const int64_t n = of->n;
    bucketing *b = malloc(sizeof *b);
    uint16_t *bucket = malloc((size_t)n * sizeof *bucket);
    if (!b || !bucket) {
        free(b);
        free(bucket);
        return NULL;
    }
    b->n_buckets = buckets_for(n), b->bucket = bucket;
    b->gathered = NULL, b->gathered_weights = NULL;
    memset(b->counts, 0, (size_t)b->n_buckets * sizeof *b->counts);
    find_buckets(of->values, n, low, scale, bucket);
    if (of->weights) {
        memset(b->first, 0, sizeof b->first);
        weigh_buckets(bucket, of->weights, n, b->counts, b->first + 1);
    } else {
        count_buckets(bucket, n, b->counts);
    }
    b->first[0] = 0;
    for (int i = 0; i < b->n_buckets; i++)
        b->first[i + 1] = b->first[i] + (of->weights ? b->first[i + 1] : b->counts[i]);
    return b;
}

static void mark(bucketing *b, int bucket) {
    if (b->is_marked[bucket]) return;
    b->is_marked[bucket] = 1;
    b->slot[bucket] = (uint32_t)b->n_gathered, b->n_gathered += b->counts[bucket];
}

/* Mark the buckets of the runs and their neighbours, and give their values places. */
static void mark_buckets(bucketing *b, const run *runs, int64_t n_runs, int *bucket_of_run) {
    b->n_gathered = 0;
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

static ALWAYS_INLINE void gather_each(const multiset *of, bucketing *b, int64_t *weights) {
    enum { AT_ONCE = 8 };
    const uint16_t *bucket = b->bucket;
    const double *x = of->values;
    double *gathered = b->gathered;
    const int64_t n = of->n;
    for (int64_t start = 0; start < n; start += AT_ONCE) {
        int m = (int)(start + AT_ONCE < n ? AT_ONCE : n - start), n_met = 0, met[AT_ONCE];
        for (int i = 0; i < m; i++) met[n_met] = i, n_met += b->is_marked[bucket[start + i]];
        for (int i = 0; i < n_met; i++) {
            const int64_t place = start + met[i], slot = b->slot[bucket[place]]++;
            gathered[slot] = x[place];
            if (weights) weights[slot] = of->weights[place];
        }
    }
}

/* Gather the values of marked buckets; -1 if there is no memory. */
static int gather(const multiset *of, bucketing *b) {
    const size_t n = (size_t)b->n_gathered;
    b->gathered = malloc(n * sizeof *b->gathered);
    if (of->weights) b->gathered_weights = malloc(n * sizeof *b->gathered_weights);
    if (!b->gathered || (of->weights && !b->gathered_weights)) return -1;
    if (of->weights)
        gather_each(of, b, b->gathered_weights);
    else
        gather_each(of, b, NULL);
    for (int i = 0; i < b->n_buckets; i++)
        if (b->is_marked[i]) b->slot[i] -= b->counts[i];
    return 0;
}

static multiset within(const bucketing *b, int bucket) {
    const uint32_t slot = b->slot[bucket];
    const int64_t *weights = b->gathered_weights ? b->gathered_weights + slot : NULL;
    const int64_t total = b->first[bucket + 1] - b->first[bucket];
    return (multiset){b->gathered + slot, weights, b->counts[bucket], total};
}

/* Solve the runs of each bucket by themselves, and give them their places in the whole. */
static int runs_in_buckets(const bucketing *b, run *runs, int64_t n_runs,
                           const int *bucket_of_run, int64_t total, int depth) {
    for (int64_t r = 0, end; r < n_runs; r = end) {
        const int bucket = bucket_of_run[r];
        const multiset in = within(b, bucket);
        const int64_t first = b->first[bucket];
        for (end = r; end < n_runs && bucket_of_run[end] == bucket; end++) runs[end].place -= first;
        if (runs_at(&in, runs + r, end - r, depth + 1)) return -1;
        for (run *own = runs + r; own < runs + end; own++) {
            if (own->first == 0 && first > 0) {
                const multiset before = within(b, full_before(b, bucket));
                own->before = greatest(before.values, before.n);
            }
            if (own->end == in.total && first + in.total < total) {
                const multiset after = within(b, full_after(b, bucket));
                own->next = least(after.values, after.n);
            }
            own->place += first, own->first += first, own->end += first;
        }
    }
    return 0;
}

static int runs_by_buckets(const multiset *of, double low, double scale, run *runs, int64_t n_runs,
                           int depth) {
    int *bucket_of_run = malloc((size_t)n_runs * sizeof *bucket_of_run), result = -1;
    bucketing *b = buckets_of(of, low, scale);
    if (b && bucket_of_run) {
        mark_buckets(b, runs, n_runs, bucket_of_run);
        if (!gather(of, b))
            result = runs_in_buckets(b, runs, n_runs, bucket_of_run, of->total, depth);
    }
    forget(b);
    free(bucket_of_run);
    return result;
}

int runs_at(const multiset *of, run *runs, int64_t n_runs, int depth) {
    const double *values = of->values;
    const int64_t n = of->n;
    if (n <= FEW) return runs_by_sort(of, runs, n_runs);
    double low, high;
    if (!range_of_sample(values, 1, n, &low, &high))
        low = least(values, n), high = greatest(values, n);
    if (low == high) {
        for (run *r = runs; r < runs + n_runs; r++) r->first = 0, r->end = of->total, r->value = low;
        return 0;
    }
    double scale = scale_of_buckets(n, low, high);
    if (depth >= DEEPEST || scale == 0.0) return runs_by_sort(of, runs, n_runs);
    return runs_by_buckets(of, low, scale, runs, n_runs, depth);
}

/* The place of cut c is (c + 1) total / n_bins, rounded down; `twice` is twice that, rounded up.
   These products do not leave 64 bits, as the one with the total would. */
void runs_at_cuts(int64_t total, int64_t n_bins, run *runs) {
    const int64_t step = 2 * total / n_bins, rest = 2 * total % n_bins;
    for (int64_t c = 0; c < n_bins - 1; c++) {
        const int64_t more = (c + 1) * rest, floor = (c + 1) * step + more / n_bins;
        runs[c].place = floor / 2, runs[c].twice = floor + (more % n_bins != 0);
    }
}

int64_t equal_frequency_edges_of(const multiset *of, int64_t n_bins, double *below, double *above) {
    int64_t n_runs = n_bins - 1, n_cuts = 0;
    if (of->n < 2 || n_runs < 1) return 0;
    run *runs = malloc((size_t)n_runs * sizeof *runs);
    if (!runs) return -1;
    runs_at_cuts(of->total, n_bins, runs);
    int failed = runs_at(of, runs, n_runs, 0);
    for (int64_t c = 0; c < n_runs && !failed; c++) {
        const run *r = runs + c;
        double lower, upper;
        if (is_run_above(r, 0)) {
            if (r->first == 0) continue;
            lower = r->before, upper = r->value;
        } else {
            if (r->end == of->total) continue;
            lower = r->value, upper = r->next;
        }
        if (n_cuts && above[n_cuts - 1] == upper) continue;
        below[n_cuts] = lower + 0.0, above[n_cuts++] = upper + 0.0;
    }
    free(runs);
    return failed ? -1 : n_cuts;
}
