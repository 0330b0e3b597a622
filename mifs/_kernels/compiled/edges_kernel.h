#ifndef MIFS_EDGES_H
#define MIFS_EDGES_H

#include <stdint.h>

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

/* The run of equal values that holds one place of the sorted column. */
typedef struct {
    int64_t place;
    int64_t first, end;  /* of the run, in sorted order */
    double value;        /* of the run */
    double before, next; /* neighbouring values, where first > 0 and end < n */
} run;

/* Find the runs at some places, in increasing order, of the sorted column; -1 if there is no
   memory. Buckets of equal width serve any distribution of a few scales; one of many, as with an
   outlier, takes a round for each few of them, and a sort where that does not end. */
int runs_at(const double *values, int64_t n, run *runs, int64_t n_runs, int depth);

/* Whether the run at the place of a cut, counted from 0, lies above it: so if its average rank
   does, (first + end) / 2 >= (cut + 1) n / n_bins. `first` is how many values lie before those
   that were given with the run. */
int is_run_above(const run *r, int64_t first, int64_t cut, int64_t n, int64_t n_bins);

/* Values on either side of each cut into bins of equal frequency; the number of cuts, or -1 if
   there is no memory. `below` and `above` have n_bins - 1 places. */
int64_t equal_frequency_edges_of(const double *values, int64_t n, int64_t n_bins, double *below,
                                 double *above);

#endif
