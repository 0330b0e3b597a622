/* What gains from wide vectors. Included by quad_widths.h. */

#include "range_body.h"

/* How many of some places are in a range; fewer than none where `from` is beyond `to`. */
FAST int64_t SUFFIX(among)(const int32_t *place, int64_t from, int64_t to, Range range) {
    const int32_t low = (int32_t)range.low, high = (int32_t)range.high;
    const int32_t *first = place + (from < to ? from : to);
    const int64_t n = from < to ? to - from : from - to;
    int32_t found = 0;
    for (int64_t i = 0; i < n; i++) found += (first[i] >= low) & (first[i] <= high);
    return from < to ? found : -found;
}

/* Points in a box of places. */
FAST int64_t SUFFIX(in_box)(const Plane *plane, Range x, Range y) {
    const int64_t wide = x.high - x.low + 1, high = y.high - y.low + 1;
    if (!plane->n_blocks || wide < plane->scanned || high < plane->scanned) {
        if (high <= wide) return SUFFIX(among)(plane->x_place, y.low, y.high + 1, x);
        return SUFFIX(among)(plane->y_place, x.low, x.high + 1, y);
    }
    /* Whole blocks by the table; what the box has beyond them, or they beyond it, is scanned. */
    const int64_t left = block_near(plane, x.low), right = block_near(plane, x.high + 1);
    const int64_t down = block_near(plane, y.low), up = block_near(plane, y.high + 1);
    const Range whole = {edge_of(plane, down), edge_of(plane, up) - 1};
    return before(plane, right, up) - before(plane, left, up) - before(plane, right, down) +
           before(plane, left, down) +
           SUFFIX(among)(plane->y_place, x.low, edge_of(plane, left), whole) +
           SUFFIX(among)(plane->y_place, edge_of(plane, right), x.high + 1, whole) +
           SUFFIX(among)(plane->x_place, y.low, whole.low, x) +
           SUFFIX(among)(plane->x_place, whole.high + 1, y.high + 1, x);
}

TARGET static void SUFFIX(count_in_boxes)(const Plane *plane, const double *radius, int is_strict,
                                          int64_t *counts) {
    const int64_t n = plane->n;
    for (int64_t i = 0; i < n; i++) {
        const double reach = reach_of(radius[i], is_strict);
        const int64_t at = plane->x_place[i];
        const Range x = SUFFIX(range)(plane->x_line, n, at, reach, &plane->x_buckets);
        const Range y = SUFFIX(range)(plane->y_line, n, i, reach, &plane->y_buckets);
        counts[i] = SUFFIX(in_box)(plane, x, y);
    }
}
