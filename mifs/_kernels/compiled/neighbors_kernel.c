#include "neighbors_kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"
#include "simd.h"
#include "space_kernel.h"

enum {
    MARGIN = 8,      /* of points at infinity about a strip: nothing has to look for its end */
    NARROW = 2,      /* quads on either side of a number that has up to FEW within reach, */
    MIDDLE = 5,      /* up to SOME, */
    WIDE = 9,        /* or up to SCANNED: so many that few numbers need a search beyond them */
    LINE_MARGIN = 4 * WIDE + 8, /* of no numbers about a line */
    FEW = 10,
    SOME = 20,
    SCANNED = 48,    /* a larger count is found faster by an index */
    SAMPLED = 32,    /* numbers whose counts decide how the others are found */
    TRIES = 3,       /* of a guess how far the k-th neighbour is */
    MOST_RANKS = 5,  /* for a larger k a tree is faster */
    BLOCKS = 16,     /* of points, after each of which strips are laid out anew if they are bad */
    LEAST_BLOCK = 256,
    LEAST_WIDTH = 8, /* of strips */
};

static const double WIDTH = 0.55, STEP = 0.7, MANY_MISSED = 0.25, GUESSED = 1.15; /* measured */

/* --- In the plane ---------------------------------------------------------------------------- */

/* Points in strips of x, each in the order of y, with MARGIN points at infinity between them.
   There are two strips without points before the first and after the last. */
typedef struct {
    uint64_t factor; /* a strip is the place in x times this, in 2^-32 */
    int64_t *next;   /* the first point of each strip that y has not reached */
    double *x, *y;
    double *lowest, *highest; /* x of each strip; infinite where there is none */
    double *last;             /* distance that was found last in each; infinite if none was */
    double *points, *edges; /* what is allocated */
    int64_t *starts;
} Strips;

/* Points whose k nearest were not all among those looked at first: these did not go far enough in
   y, for which narrower strips are the cure, or in x, for which wider ones are. */
typedef struct {
    int64_t in_y, in_x;
} Missed;

static inline int64_t strip_of(const Strips *strips, int64_t place) {
    return (int64_t)((uint64_t)place * strips->factor >> 32);
}

/* The k least of some distances, in order: all are below `bound`, which is the k-th as soon as
   there are so many. */
typedef struct {
    int64_t k, n;
    double bound, way[MOST_RANKS];
} Nearest;

static inline void start_search(Nearest *nearest, double bound) {
    nearest->n = 0;
    /* Of the k that gave this bound, the last is at it. */
    nearest->bound = bound < INFINITY ? nextafter(bound, INFINITY) : bound;
}

/* Take those of four distances that are below the bound, a bit for each. */
static inline void take_nearer(Nearest *nearest, const double *way, int are_below) {
    const int64_t k = nearest->k;
    double *list = nearest->way;
    for (int l = 0; l < 4; l++) {
        if (!(are_below >> l & 1 && way[l] < nearest->bound)) continue;
        int64_t i = nearest->n < k ? nearest->n++ : k - 1;
        for (; i && list[i - 1] > way[l]; i--) list[i] = list[i - 1];
        list[i] = way[l];
        if (nearest->n == k) nearest->bound = list[k - 1];
    }
}

static inline double kth_nearest(const Nearest *nearest) {
    /* Some are so far that no double holds it. */
    return nearest->n < nearest->k ? INFINITY : nearest->way[nearest->k - 1];
}

/* --- For each set of instructions ------------------------------------------------------------ */

#define BODY "neighbors_body.h"
#include "quad_widths.h"

/* --- Groups ---------------------------------------------------------------------------------- */

/* Members of each group, group after group, in the order of the line. */
typedef struct {
    int64_t n;
    int64_t *start; /* n + 1 */
    int32_t *place; /* on the line */
    double *line;
} Groups;

static void free_groups(Groups *groups) {
    free(groups->start);
    free(groups->place);
    free(groups->line);
}

static int split(const double *line, const int32_t *group, int64_t n, Groups *groups) {
    int32_t most = 0;
    for (int64_t i = 0; i < n; i++) most = group[i] > most ? group[i] : most;
    groups->n = (int64_t)most + 1;
    groups->start = calloc(groups->n + 2, sizeof(int64_t));
    groups->place = malloc(n * sizeof(int32_t));
    groups->line = malloc(n * sizeof(double));
    if (!groups->start || !groups->place || !groups->line) return -1;
    int64_t *next = groups->start + 1; /* one place late, so that it ends as the starts */
    for (int64_t i = 0; i < n; i++) next[group[i] + 1]++;
    for (int64_t g = 0; g < groups->n; g++) next[g + 1] += next[g];
    for (int64_t i = 0; i < n; i++) {
        const int64_t at = next[group[i]]++;
        groups->place[at] = (int32_t)i;
        groups->line[at] = line[i];
    }
    return 0;
}

int kth_on_line(const double *line, const int32_t *group, int64_t n, int64_t k, double *distance) {
    Groups groups = {0};
    double *way = malloc(n * sizeof(double));
    int status = way ? split(line, group, n, &groups) : -1;
    for (int64_t g = 0; !status && g < groups.n; g++) {
        const int64_t start = groups.start[g], size = groups.start[g + 1] - start;
        if (!size) continue;
        const double *own = groups.line + start;
        if (size > k) {
            WIDEST(kth_in_group)(own, size, k, way + start);
            continue;
        }
        for (int64_t i = 0; i < size; i++) {
            const double up = own[size - 1] - own[i], down = own[i] - own[0];
            way[start + i] = up > down ? up : down;
        }
    }
    for (int64_t i = 0; !status && i < n; i++) distance[groups.place[i]] = way[i];
    free(way);
    free_groups(&groups);
    return status;
}

/* --- Counts ---------------------------------------------------------------------------------- */

/* `padded` has room for the line and two margins. */
static int counted(const double *line, const double *radius, int64_t n, int is_strict,
                   double *padded, int64_t *counts) {
    double *inner = padded + LINE_MARGIN;
    for (int m = 0; m < LINE_MARGIN; m++) padded[m] = inner[n + m] = NAN;
    memcpy(inner, line, n * sizeof(double));
    int64_t sampled = 0;
    if (n > SAMPLED) {
        for (int64_t s = 0; s < SAMPLED; s++) {
            const int64_t i = n * s / SAMPLED + n / (2 * SAMPLED);
            sampled += 2 * (highest_from(line, n, i, i, reach_of(radius[i], is_strict)) - i);
        }
    }
    if (sampled <= SCANNED * SAMPLED) {
        const int wide = sampled <= FEW * SAMPLED    ? NARROW
                         : sampled <= SOME * SAMPLED ? MIDDLE
                                                     : WIDE;
        WIDEST(count_by_scan)(inner, radius, n, is_strict, wide, counts);
        return 0;
    }
    Buckets buckets;
    if (index_line(line, n, &buckets)) return -1;
    WIDEST(count_by_index)(inner, radius, n, is_strict, &buckets, counts);
    free(buckets.start);
    return 0;
}

int within_on_line(const double *line, const double *radius, int64_t n, int is_strict,
                   int64_t *counts) {
    double *padded = malloc((n + 2 * LINE_MARGIN) * sizeof(double));
    const int status = padded ? counted(line, radius, n, is_strict, padded, counts) : -1;
    free(padded);
    return status;
}

int within_in_groups(const double *line, const int32_t *group, const double *radius, int64_t n,
                     int is_strict, int64_t *counts) {
    Groups groups = {0};
    double *padded = malloc((n + 2 * LINE_MARGIN) * sizeof(double));
    double *reach = malloc(n * sizeof(double));
    int64_t *found = malloc(n * sizeof(int64_t));
    int status = padded && reach && found ? split(line, group, n, &groups) : -1;
    for (int64_t i = 0; !status && i < n; i++) reach[i] = radius[groups.place[i]];
    for (int64_t g = 0; !status && g < groups.n; g++) {
        const int64_t start = groups.start[g], size = groups.start[g + 1] - start;
        if (size)
            status = counted(groups.line + start, reach + start, size, is_strict, padded,
                             found + start);
    }
    for (int64_t i = 0; !status && i < n; i++) counts[groups.place[i]] = found[i];
    free(padded);
    free(reach);
    free(found);
    free_groups(&groups);
    return status;
}

/* --- In the plane ---------------------------------------------------------------------------- */

/* Fill strips of some places in x each, and let them wait for point `reached` in the order of y. */
static int lay_out(const double *x_line, const double *y_line, const int64_t *place, int64_t n,
                   double width, int64_t reached, Strips *strips) {
    strips->factor = (uint64_t)(4294967296.0 / width) + 1;
    const int64_t n_strips = strip_of(strips, n - 1) + 1, n_all = n_strips + 4;
    const int64_t size = n + (n_all + 1) * MARGIN;
    strips->points = malloc(2 * size * sizeof(double));
    strips->edges = malloc(3 * n_all * sizeof(double));
    strips->starts = malloc(n_all * sizeof(int64_t));
    int64_t *fill = malloc(n_all * sizeof(int64_t));
    if (!strips->points || !strips->edges || !strips->starts || !fill) {
        free(fill);
        return -1;
    }
    strips->x = strips->points;
    strips->y = strips->points + size;
    strips->lowest = strips->edges + 2;
    strips->highest = strips->lowest + n_all;
    strips->last = strips->highest + n_all;
    strips->next = strips->starts + 2;
    for (int64_t i = 0; i < 2 * size; i++) strips->points[i] = INFINITY;
    int64_t first = 0, at = MARGIN; /* place in x, and in the strips */
    for (int64_t s = -2; s < n_strips + 2; s++) {
        int64_t end = first;
        if (s >= 0 && s < n_strips) {
            const uint64_t edge = (uint64_t)(s + 1) << 32;
            end = (int64_t)((edge + strips->factor - 1) / strips->factor);
            end = end < n ? end : n;
        }
        strips->lowest[s] = end > first ? x_line[first] : INFINITY;
        strips->highest[s] = end > first ? x_line[end - 1] : -INFINITY;
        strips->last[s] = INFINITY;
        fill[s + 2] = strips->next[s] = at;
        at += end - first + MARGIN;
        first = end;
    }
    for (int64_t i = 0; i < n; i++) {
        const int64_t s = strip_of(strips, place[i]), into = fill[s + 2]++;
        strips->x[into] = x_line[place[i]];
        strips->y[into] = y_line[i];
        strips->next[s] += i < reached;
    }
    free(fill);
    return 0;
}

static void free_strips(Strips *strips) {
    free(strips->points);
    free(strips->edges);
    free(strips->starts);
}

static int kth_by_strips(const double *x_line, const double *y_line, const int64_t *place,
                         int64_t n, int64_t k, double *distance) {
    /* In a square of this width lie about k neighbours, if x and y are independent. */
    double width = WIDTH * sqrt((double)n * (double)(k + 1));
    const int64_t block = n / BLOCKS > LEAST_BLOCK ? n / BLOCKS : LEAST_BLOCK;
    Strips strips = {0};
    Nearest nearest = {.k = k};
    int status = 0, is_laid_out = 0;
    for (int64_t start = 0; start < n; start += block) {
        const int64_t stop = n - start > block ? start + block : n;
        if (!is_laid_out) {
            free_strips(&strips);
            width = width < LEAST_WIDTH ? LEAST_WIDTH : width;
            status = lay_out(x_line, y_line, place, n, width, start, &strips);
            if (status) break;
        }
        Missed missed = {0, 0};
        WIDEST(points_between)(&strips, place, start, stop, k, &nearest, distance, &missed);
        const double step = missed.in_y > MANY_MISSED * block   ? STEP
                            : missed.in_x > MANY_MISSED * block ? 1 / STEP
                                                                : 1.0;
        is_laid_out = step == 1.0 || width * step < LEAST_WIDTH;
        width *= is_laid_out ? 1.0 : step;
    }
    free_strips(&strips);
    return status;
}

int kth_in_plane(const double *x_line, const double *y_line, const int64_t *place, int64_t n,
                 int64_t k, double *distance) {
    if (k <= MOST_RANKS) return kth_by_strips(x_line, y_line, place, n, k, distance);
    const int64_t all[2] = {0, n};
    double *points = malloc(2 * n * sizeof(double));
    if (!points) return -1;
    for (int64_t i = 0; i < n; i++) {
        points[2 * i] = x_line[place[i]];
        points[2 * i + 1] = y_line[i];
    }
    const int status = kth_in_space(points, 2, all, 1, &k, 1, distance);
    free(points);
    return status;
}
