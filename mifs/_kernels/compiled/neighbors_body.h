/* What gains from wide vectors. Included by quad_widths.h. */

#include "range_body.h"

/* --- On a line ------------------------------------------------------------------------------- */

/* Distances in one group of more than k members, k a constant: the least, over the k + 1 windows
   of k + 1 members that hold a number, of the larger way to either end. */
FAST void SUFFIX(windows)(const double *line, int64_t n, const int k, double *distance) {
    for (int64_t i = 0; i < n; i++) {
        if (i == k && n > 3 * k) {
            for (; i + k + 4 <= n; i += 4) {
                const Q here = SUFFIX(at)(line + i);
                Q least = SUFFIX(all)(INFINITY);
                for (int w = 0; w <= k; w++) {
                    const Q up = SUFFIX(less)(SUFFIX(at)(line + i + w), here);
                    const Q down = SUFFIX(less)(here, SUFFIX(at)(line + i + w - k));
                    least = SUFFIX(lower)(least, SUFFIX(higher)(up, down));
                }
                SUFFIX(put)(distance + i, least);
            }
        }
        double least = INFINITY;
        for (int w = 0; w <= k; w++) {
            if (i + w >= n || i + w < k) continue;
            const double up = line[i + w] - line[i], down = line[i] - line[i + w - k];
            const double way = up > down ? up : down;
            least = way < least ? way : least;
        }
        distance[i] = least;
    }
}

TARGET static void SUFFIX(kth_in_group)(const double *line, int64_t n, int64_t k,
                                        double *distance) {
    switch (k) {
#define CASE(k)                                    \
    case k:                                        \
        SUFFIX(windows)(line, n, k, distance);     \
        return;
        CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8)
#undef CASE
    }
    /* The best window moves up with the number: while the one it leaves below is no nearer than
       the one it wins above. */
    for (int64_t i = 0, w = 0; i < n; i++) {
        if (w < i - k) w = i - k;
        while (w < i && w + k + 1 < n && line[i] - line[w] >= line[w + k + 1] - line[i]) w++;
        const double up = line[w + k] - line[i], down = line[i] - line[w];
        distance[i] = up > down ? up : down;
    }
}

/* Counts of a line that has a margin of no numbers, by a look at 4 `wide` places on either side,
   and at more as long as all are within reach. */
FAST void SUFFIX(scan)(const double *line, const double *radius, int64_t n, int is_strict,
                       const int wide, int64_t *counts) {
    for (int64_t i = 0; i < n; i++) {
        const double reach = reach_of(radius[i], is_strict);
        const Q here = SUFFIX(all)(line[i]), far = SUFFIX(all)(reach);
        Q down = SUFFIX(all)(0.0), up = down;
        for (int w = 0; w < wide; w++) {
            down = SUFFIX(tally)(down, SUFFIX(less)(here, SUFFIX(at)(line + i - 4 * w - 4)), far);
            up = SUFFIX(tally)(up, SUFFIX(less)(SUFFIX(at)(line + i + 4 * w + 1), here), far);
        }
        counts[i] = 1 + SUFFIX(total)(down) + SUFFIX(total)(up);
        /* No number is within reach beyond the end of the line. */
        const int64_t low = i - 4 * wide, high = i + 4 * wide;
        if (line[i] - line[low] <= reach) counts[i] += low - lowest_from(line, i, low, reach);
        if (line[high] - line[i] <= reach)
            counts[i] += highest_from(line, n, i, high, reach) - high;
    }
}

TARGET static void SUFFIX(count_by_scan)(const double *line, const double *radius, int64_t n,
                                         int is_strict, int wide, int64_t *counts) {
    switch (wide) {
    case NARROW: SUFFIX(scan)(line, radius, n, is_strict, NARROW, counts); return;
    case MIDDLE: SUFFIX(scan)(line, radius, n, is_strict, MIDDLE, counts); return;
    default: SUFFIX(scan)(line, radius, n, is_strict, WIDE, counts);
    }
}

/* The same by an index of buckets. */
TARGET static void SUFFIX(count_by_index)(const double *line, const double *radius, int64_t n,
                                          int is_strict, const Buckets *buckets,
                                          int64_t *counts) {
    for (int64_t i = 0; i < n; i++) {
        const Range range = SUFFIX(range)(line, n, i, reach_of(radius[i], is_strict), buckets);
        counts[i] = range.high - range.low + 1;
    }
}

/* --- In the plane ---------------------------------------------------------------------------- */

/* Insert four distances into the k least so far, lane by lane. */
#define INSERT(k, least, way)                                    \
    do {                                                         \
        Q moving = (way);                                        \
        for (int r = 0; r < (k); r++) {                          \
            const Q smaller = SUFFIX(lower)((least)[r], moving); \
            moving = SUFFIX(higher)((least)[r], moving);         \
            (least)[r] = smaller;                                \
        }                                                        \
    } while (0)

/* The k-th least of what four lanes hold, each in order. */
FAST double SUFFIX(kth_of_lanes)(const Q *least, const int k) {
    Q merged[MOST_RANKS], top;
    for (int r = 0; r < k; r++)
        merged[r] = SUFFIX(lower)(least[r], SUFFIX(halves)(least[k - 1 - r]));
    for (int r = 1; r < k; r++) { /* merged anew: a network that sorts */
        for (int s = r; s > 0; s--) {
            const Q smaller = SUFFIX(lower)(merged[s - 1], merged[s]);
            merged[s] = SUFFIX(higher)(merged[s - 1], merged[s]);
            merged[s - 1] = smaller;
        }
    }
    top = SUFFIX(lower)(merged[0], SUFFIX(pairs)(merged[k - 1]));
    for (int r = 1; r < k; r++)
        top = SUFFIX(higher)(top, SUFFIX(lower)(merged[r], SUFFIX(pairs)(merged[k - 1 - r])));
    return SUFFIX(first)(top);
}

/* Look at the points of one strip, up and down from `up` and below `down`, that may be nearer
   than the k-th so far. */
FAST void SUFFIX(search_strip)(const Strips *strips, int64_t down, int64_t up, double x, double y,
                               Nearest *nearest) {
    const Q x4 = SUFFIX(all)(x), y4 = SUFFIX(all)(y);
    int is_up = 1, is_down = 1;
    double way[4];
    while (is_up || is_down) {
        for (int side = 0; side < 2; side++) {
            if (!(side ? is_down : is_up)) continue;
            const int64_t from = side ? down - 4 : up;
            const Q bound = SUFFIX(all)(nearest->bound);
            const Q in_y = SUFFIX(size)(SUFFIX(less)(SUFFIX(at)(strips->y + from), y4));
            const Q in_x = SUFFIX(size)(SUFFIX(less)(SUFFIX(at)(strips->x + from), x4));
            const Q both = SUFFIX(higher)(in_x, in_y);
            int found = SUFFIX(below)(both, bound);
            if (found) {
                SUFFIX(put)(way, both);
                take_nearer(nearest, way, found);
            }
            const int is_near = SUFFIX(below)(in_y, bound) == 15;
            if (side) {
                is_down = is_near;
                down = from;
            } else {
                is_up = is_near;
                up = from + 4;
            }
        }
    }
}

/* Look at all strips that may hold points nearer than the k-th so far. */
TARGET static void SUFFIX(search)(const Strips *strips, int64_t s, double x, double y,
                                  Nearest *nearest) {
    const int64_t own = strips->next[s];
    int is_left = 1, is_right = 1; /* a strip without points ends either side */
    SUFFIX(search_strip)(strips, own - 1, own, x, y, nearest);
    for (int64_t step = 1; is_left || is_right; step++) {
        is_left = is_left && x - strips->highest[s - step] < nearest->bound;
        if (is_left) {
            const int64_t at = strips->next[s - step];
            SUFFIX(search_strip)(strips, at, at, x, y, nearest);
        }
        is_right = is_right && strips->lowest[s + step] - x < nearest->bound;
        if (is_right) {
            const int64_t at = strips->next[s + step];
            SUFFIX(search_strip)(strips, at, at, x, y, nearest);
        }
    }
}

/* Distance to the k-th neighbour, known to be at most `bound`. */
FAST double SUFFIX(searched)(const Strips *strips, int64_t s, double x, double y, double bound,
                             Nearest *nearest) {
    /* If it is not known, the last point of the strip tells about how far to look. */
    double guess = GUESSED * strips->last[s];
    for (int t = 0; t < TRIES && bound == INFINITY && guess < INFINITY; t++, guess *= 2) {
        start_search(nearest, guess);
        SUFFIX(search)(strips, s, x, y, nearest);
        if (nearest->n >= nearest->k) return kth_nearest(nearest);
    }
    start_search(nearest, bound);
    SUFFIX(search)(strips, s, x, y, nearest);
    return kth_nearest(nearest);
}

/* Some points, in the order of y, for a constant k.

   Four points up and four down in each of three strips hold the k nearest of most points, which
   is so if the farthest of each four and all other strips are no nearer than the k-th. */
FAST void SUFFIX(points)(const Strips *strips, const int64_t *place, int64_t start, int64_t stop,
                         const int k, Nearest *nearest, double *distance, Missed *missed) {
    for (int64_t i = start; i < stop; i++) {
        const int64_t s = strip_of(strips, place[i]), own = strips->next[s]++;
        const double x = strips->x[own], y = strips->y[own];
        const int64_t left = strips->next[s - 1], right = strips->next[s + 1];
        const int64_t from[6] = {own - 4, left - 4, right - 4, own + 1, left, right};
        const Q x4 = SUFFIX(all)(x), y4 = SUFFIX(all)(y);
        Q least[MOST_RANKS], edge[2];
        for (int r = 0; r < k; r++) least[r] = SUFFIX(all)(INFINITY);
        for (int v = 0; v < 6; v++) {
            const Q in_y = SUFFIX(size)(SUFFIX(less)(SUFFIX(at)(strips->y + from[v]), y4));
            const Q in_x = SUFFIX(size)(SUFFIX(less)(SUFFIX(at)(strips->x + from[v]), x4));
            edge[v / 3] = v % 3 ? SUFFIX(lower)(edge[v / 3], in_y) : in_y;
            INSERT(k, least, SUFFIX(higher)(in_x, in_y));
        }
        const double bound = SUFFIX(kth_of_lanes)(least, k);
        const int is_in_y = SUFFIX(first)(edge[0]) >= bound && SUFFIX(last)(edge[1]) >= bound;
        const int is_in_x =
            x - strips->highest[s - 2] >= bound && strips->lowest[s + 2] - x >= bound;
        if (is_in_y && is_in_x) {
            distance[i] = bound;
            continue;
        }
        missed->in_y += !is_in_y;
        missed->in_x += !is_in_x;
        distance[i] = SUFFIX(searched)(strips, s, x, y, bound, nearest);
        strips->last[s] = distance[i];
    }
}

TARGET static void SUFFIX(points_between)(const Strips *strips, const int64_t *place,
                                          int64_t start, int64_t stop, int64_t k,
                                          Nearest *nearest, double *distance, Missed *missed) {
    switch (k) {
#define CASE(k)                                                                       \
    case k:                                                                           \
        SUFFIX(points)(strips, place, start, stop, k, nearest, distance, missed);     \
        return;
        CASE(1) CASE(2) CASE(3) CASE(4) CASE(5)
#undef CASE
    }
}

#undef INSERT
