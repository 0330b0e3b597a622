#include "box_kernel.h"

#include "line.h"
#include "simd.h"

enum {
    MARGIN = 9,         /* of no numbers about a line */
    LEAST_SHIFT = 6,    /* blocks have 2^6 places, */
    TABLE_SHARE = 4,    /* or so many more that the table has at most four numbers a point */
    SCANNED_BLOCKS = 2, /* a box that is narrower is scanned */
};

/* Points of one group, and the counts of those before both edges of blocks of places. */
typedef struct {
    int64_t n;
    double *x_line, *y_line; /* with margins */
    Buckets x_buckets, y_buckets;
    int32_t *x_place, *y_place; /* in x of each in the order of y, and in y of each in that of x */
    int64_t n_blocks, shift, scanned; /* n_blocks is 0 without a table */
    int32_t *table;
    double *lines; /* what is allocated */
    int32_t *places;
} Plane;

static inline int64_t block_near(const Plane *plane, int64_t place) {
    return (place + ((int64_t)1 << plane->shift) / 2) >> plane->shift;
}

static inline int64_t edge_of(const Plane *plane, int64_t block) {
    const int64_t edge = block << plane->shift;
    return edge < plane->n ? edge : plane->n;
}

static inline int64_t before(const Plane *plane, int64_t x_block, int64_t y_block) {
    return plane->table[y_block * plane->n_blocks + x_block];
}

/* --- For each set of instructions ------------------------------------------------------------ */

#define BODY "box_body.h"
#include "quad_widths.h"

/* --- Groups ---------------------------------------------------------------------------------- */

static void free_plane(Plane *plane) {
    free(plane->lines);
    free(plane->places);
    free(plane->table);
}

/* Room for n points. */
static int make_plane(int64_t n, Plane *plane) {
    plane->lines = malloc((2 * n + 3 * MARGIN) * sizeof(double));
    plane->places = malloc(2 * n * sizeof(int32_t));
    plane->table = malloc((TABLE_SHARE * n + 1) * sizeof(int32_t));
    return plane->lines && plane->places && plane->table ? 0 : -1;
}

/* Count the points before each pair of edges. */
static void fill_table(Plane *plane) {
    const int64_t n = plane->n;
    plane->shift = LEAST_SHIFT - 1;
    do {
        plane->shift++;
        plane->n_blocks = ((n - 1) >> plane->shift) + 2;
    } while (plane->n_blocks * plane->n_blocks > TABLE_SHARE * n);
    plane->scanned = (int64_t)SCANNED_BLOCKS << plane->shift;
    if (n <= plane->scanned) {
        plane->n_blocks = 0;
        return;
    }
    int32_t *row = plane->table;
    memset(row, 0, plane->n_blocks * sizeof(int32_t));
    for (int64_t block = 0; block < plane->n_blocks - 1; block++) {
        int32_t *next = row + plane->n_blocks, found = 0;
        memset(next, 0, plane->n_blocks * sizeof(int32_t));
        for (int64_t i = edge_of(plane, block); i < edge_of(plane, block + 1); i++)
            next[(plane->x_place[i] >> plane->shift) + 1]++;
        for (int64_t b = 0; b < plane->n_blocks; b++) {
            found += next[b];
            next[b] = row[b] + found;
        }
        row = next;
    }
}

/* Put a group in the plane: n of the points, whose places begin at `start`. */
static int fill_plane(const double *x_line, const double *y_line, const int64_t *place,
                      int64_t start, int64_t n, Plane *plane) {
    plane->n = n;
    plane->x_line = plane->lines + MARGIN;
    plane->y_line = plane->x_line + n + MARGIN;
    plane->x_place = plane->places;
    plane->y_place = plane->places + n;
    for (int m = 0; m < MARGIN; m++)
        plane->x_line[m - MARGIN] = plane->x_line[n + m] = plane->y_line[n + m] = NAN;
    memcpy(plane->x_line, x_line, n * sizeof(double));
    memcpy(plane->y_line, y_line, n * sizeof(double));
    for (int64_t i = 0; i < n; i++) {
        plane->x_place[i] = (int32_t)(place[i] - start);
        plane->y_place[plane->x_place[i]] = (int32_t)i;
    }
    fill_table(plane);
    if (index_line(x_line, n, &plane->x_buckets)) return -1;
    if (!index_line(y_line, n, &plane->y_buckets)) return 0;
    free(plane->x_buckets.start);
    return -1;
}

int within_in_plane(const double *x_line, const double *y_line, const int64_t *place,
                    const int64_t *start, int64_t n_groups, const double *radius, int is_strict,
                    int64_t *counts) {
    int64_t most = 0;
    for (int64_t g = 0; g < n_groups; g++) {
        const int64_t size = start[g + 1] - start[g];
        most = size > most ? size : most;
    }
    Plane plane = {0};
    int status = make_plane(most, &plane);
    for (int64_t g = 0; !status && g < n_groups; g++) {
        const int64_t from = start[g], n = start[g + 1] - from;
        if (!n) continue;
        status = fill_plane(x_line + from, y_line + from, place + from, from, n, &plane);
        if (status) break;
        WIDEST(count_in_boxes)(&plane, radius + from, is_strict, counts + from);
        free(plane.x_buckets.start);
        free(plane.y_buckets.start);
    }
    free_plane(&plane);
    return status;
}
