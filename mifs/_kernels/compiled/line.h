/* Numbers that ascend, and where those within reach of one of them begin and end. */
#ifndef MIFS_LINE_H
#define MIFS_LINE_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BISECTED = 16 }; /* so many in a bucket are halved before they are scanned */

/* The largest distance that counts: of doubles, "below r" is "up to the one before r". */
static inline double reach_of(double radius, int is_strict) {
    uint64_t bits;
    if (!(radius > 0)) return 0.0;
    if (!is_strict) return radius;
    memcpy(&bits, &radius, sizeof bits);
    bits--;
    memcpy(&radius, &bits, sizeof bits);
    return radius;
}

/* The lowest place whose number is within reach of number i, as that of `low` is: in steps that
   double, and then by halves. */
static inline int64_t lowest_from(const double *line, int64_t i, int64_t low, double reach) {
    int64_t step = 1;
    while (low - step >= 0 && line[i] - line[low - step] <= reach) {
        low -= step;
        step *= 2;
    }
    int64_t beyond = low - step > -1 ? low - step : -1;
    while (low - beyond > 1) {
        const int64_t middle = (low + beyond) / 2;
        if (line[i] - line[middle] <= reach)
            low = middle;
        else
            beyond = middle;
    }
    return low;
}

/* The highest such place of a line of n. */
static inline int64_t highest_from(const double *line, int64_t n, int64_t i, int64_t high,
                                   double reach) {
    int64_t step = 1;
    while (high + step < n && line[high + step] - line[i] <= reach) {
        high += step;
        step *= 2;
    }
    int64_t beyond = high + step < n ? high + step : n;
    while (beyond - high > 1) {
        const int64_t middle = (high + beyond) / 2;
        if (line[middle] - line[i] <= reach)
            high = middle;
        else
            beyond = middle;
    }
    return high;
}

/* The lowest and the highest place within reach. */
typedef struct {
    int64_t low, high;
} Range;

/* The places of a line by value: numbers of bucket b are those from start[b] on. */
typedef struct {
    int64_t n;
    double least, scale;
    int32_t *start;
} Buckets;

/* Monotone in the value, by rounding too. */
static inline int64_t bucket_of(const Buckets *buckets, double value) {
    const double place = (value - buckets->least) * buckets->scale;
    if (!(place > 0)) return 0;
    return place < (double)(buckets->n - 1) ? (int64_t)place : buckets->n - 1;
}

/* A place of the line near the first number that is not below the value. */
static inline int64_t first_of(const Buckets *buckets, const double *line, double value) {
    const int64_t bucket = bucket_of(buckets, value);
    int64_t low = buckets->start[bucket], high = buckets->start[bucket + 1];
    while (high - low > BISECTED) {
        const int64_t middle = (low + high) / 2;
        if (line[middle] < value)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static inline int index_line(const double *line, int64_t n, Buckets *buckets) {
    const double scale = (double)n / (line[n - 1] - line[0]);
    buckets->n = n;
    buckets->least = line[0];
    buckets->scale = isfinite(scale) ? scale : 0.0;
    buckets->start = malloc((n + 1) * sizeof(int32_t));
    if (!buckets->start) return -1;
    int64_t next = 0;
    for (int64_t i = 0; i < n; i++) {
        const int64_t bucket = bucket_of(buckets, line[i]);
        while (next <= bucket) buckets->start[next++] = (int32_t)i;
    }
    while (next <= n) buckets->start[next++] = (int32_t)n;
    return 0;
}

#endif
