#include "direct_kernel.h"

#include <stdlib.h>

#include "neighbors_kernel.h"
#include "ranks_kernel.h"

/* The order of the values, and the values in it; 1 if they do not all differ. */
static int sorted_by_value(const double *values, int64_t n, int64_t *order, double *line) {
    if (order_of(values, n, order)) return -1;
    for (int64_t i = 0; i < n; i++) line[i] = values[order[i]];
    int is_ascending = 1;
    for (int64_t i = 1; i < n; i++) is_ascending &= line[i] > line[i - 1]; /* false of NaN */
    return is_ascending && line[0] == line[0] ? 0 : 1;
}

/* Add the values of the counts of a line within some radii. */
static int add_within(const double *line, const double *radius, int64_t n, Table table,
                      int64_t *counts, int64_t *sum) {
    if (within_on_line(line, radius, n, 1, counts)) return -1;
    int64_t most = 0;
    for (int64_t i = 0; i < n; i++) most = counts[i] > most ? counts[i] : most;
    if (most >= table.n) return 1;
    for (int64_t i = 0; i < n; i++) *sum += table.values[counts[i]];
    return 0;
}

int ross_sum(const double *values, const double *line, const int32_t *group, int64_t n, int64_t k,
             Table table, int64_t *sum) {
    int64_t *order = malloc(n * sizeof(int64_t)); /* and then counts */
    double *own = malloc(n * sizeof(double)), *distance = malloc(n * sizeof(double));
    int32_t *of_group = malloc(n * sizeof(int32_t));
    int status = order && own && distance && of_group ? 0 : -1;
    *sum = 0;
    if (!status) status = sorted_by_value(values, n, order, own);
    if (!line) line = own;
    for (int64_t i = 0; !status && i < n; i++) of_group[i] = group[order[i]];
    if (!status) status = kth_on_line(line, of_group, n, k, distance);
    if (!status) status = add_within(line, distance, n, table, order, sum);
    free(order);
    free(own);
    free(distance);
    free(of_group);
    return status;
}

int ksg_sum(const double *values, const double *line, const int64_t *y_order, const double *y_line,
            int64_t n, int64_t k, Table table, int64_t *sum) {
    int64_t *order = malloc(n * sizeof(int64_t)), *place = malloc(n * sizeof(int64_t));
    int32_t *place_of = malloc(n * sizeof(int32_t)); /* of each row */
    double *own = malloc(n * sizeof(double)), *distance = malloc(2 * n * sizeof(double));
    int status = order && place && place_of && own && distance ? 0 : -1;
    *sum = 0;
    if (!status) status = sorted_by_value(values, n, order, own);
    if (!status) {
        double *of_x = distance + n;
        if (!line) line = own;
        for (int64_t i = 0; i < n; i++) place_of[order[i]] = (int32_t)i;
        for (int64_t i = 0; i < n; i++) place[i] = place_of[y_order[i]];
        status = kth_in_plane(line, y_line, place, n, k, distance);
        if (!status) status = add_within(y_line, distance, n, table, order, sum);
        for (int64_t i = 0; !status && i < n; i++) of_x[place[i]] = distance[i];
        if (!status) status = add_within(line, of_x, n, table, order, sum);
    }
    free(order);
    free(place);
    free(place_of);
    free(own);
    free(distance);
    return status;
}
