#ifndef MIFS_EDGES_H
#define MIFS_EDGES_H

#include <stdint.h>
#include <string.h>

enum { FEW = 64, MOST_BUCKETS = 2048 };

/* A range that holds nearly all of more than FEW values, `step` apart: of a sample, lest one of
   them stretch it. Returns 0 where the sample is of equal ones. */
int range_of_sample(const double *x, int64_t step, int64_t n, double *low, double *high);

/* Buckets of equal width for n values, of which none falls with the value, since no step of it
   does: their number; how many there are to a unit, or 0 where that is no number; and that of each
   value. */
int buckets_for(int64_t n);
double scale_of_buckets(int64_t n, double low, double high);
void find_buckets(const double *x, int64_t n, double low, double scale, uint16_t *bucket);

/* Finite values, and how often each counts, above 0; once each if that is NULL. */
typedef struct {
    const double *values;
    const int64_t *weights;
    int64_t n, total; /* their number, and the sum of their weights */
} multiset;

/* The sum of weights, or -1 if one is not above 0, or the sum not below 2**62. */
int64_t total_of(const int64_t *weights, int64_t n);

/* Count the values of each bucket, and weigh them. */
static inline void count_buckets(const uint16_t *buckets, int64_t n, uint32_t *counts) {
    int64_t i = 0;
    for (uint64_t four; i + 4 <= n; i += 4) { /* one read for four, whichever comes first */
        memcpy(&four, buckets + i, sizeof four);
        counts[four & 0xFFFF]++, counts[four >> 16 & 0xFFFF]++;
        counts[four >> 32 & 0xFFFF]++, counts[four >> 48]++;
    }
    for (; i < n; i++) counts[buckets[i]]++;
}

static inline void weigh_buckets(const uint16_t *buckets, const int64_t *weights, int64_t n,
                                 uint32_t *counts, int64_t *sums) {
    for (int64_t i = 0; i < n; i++) counts[buckets[i]]++, sums[buckets[i]] += weights[i];
}

/* The run of equal values that holds one place of the sorted column. Places count a value as often
   as its weight says. */
typedef struct {
    int64_t place;
    int64_t twice;       /* the place of a cut before it was rounded down, times 2, rounded up */
    int64_t first, end;  /* of the run, in sorted order */
    double value;        /* of the run */
    double before, next; /* neighbouring values, where first > 0 and end < n */
} run;

/* Find the runs at some places, in increasing order, of the sorted column; -1 if there is no
   memory. Buckets of equal width serve any distribution of a few scales; one of many, as with an
   outlier, takes a round for each few of them, and a sort where that does not end. */
int runs_at(const multiset *of, run *runs, int64_t n_runs, int depth);

/* Those at the places of the n_bins - 1 cuts into bins of equal frequency, fewer than 2**31. */
void runs_at_cuts(int64_t total, int64_t n_bins, run *runs);

/* Whether the run at the place of a cut lies above it: so if its average rank does. `before` is how
   many values lie before those that were given with the run. */
static inline int is_run_above(const run *r, int64_t before) {
    return 2 * before + r->first + r->end >= r->twice;
}

/* Values on either side of each cut into bins of equal frequency; the number of cuts, or -1 if
   there is no memory. `below` and `above` have n_bins - 1 places. */
int64_t equal_frequency_edges_of(const multiset *of, int64_t n_bins, double *below, double *above);

#endif
