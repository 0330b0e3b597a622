#include "space_kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"
#include "simd.h"
#include "tree.h"

enum {
    MOST_RANKS = 32, /* so many least distances are kept in order; of more there are lists */
    PARTS = 64,      /* by which a list is sorted */
    UNROLLED = 8,    /* of so few, without a look whether they change */
};

static const double SLACK = 1 + 1e-15; /* more than two distances and their sum are rounded by */

/* --- From leaf to leaf ----------------------------------------------------------------------- */

typedef struct {
    int64_t node, first, end; /* its leaves */
    double far;               /* no point in it is nearer to any of the leaf */
} Step;

static inline Step step_to(const Tree *tree, int64_t leaf, int64_t node, int64_t first,
                           int64_t end) {
    const int64_t n_dims = tree->n_dims;
    const double *own = box_of(tree, tree->node[leaf]), *box = box_of(tree, node);
    Step step = {node, first, end, 0.0};
    for (int64_t j = 0; j < n_dims; j++) {
        const double up = box[j] - own[n_dims + j], down = own[j] - box[n_dims + j];
        step.far = up > step.far ? up : step.far;
        step.far = down > step.far ? down : step.far;
    }
    return step;
}

/* Steps to both halves of a node, the farther one first. */
static inline void halves_of(const Tree *tree, int64_t leaf, Step step, Step halves[2]) {
    const int64_t middle = middle_of(step.first, step.end);
    const int64_t upper = step.node + 2 * (middle - step.first);
    const Step low = step_to(tree, leaf, step.node + 1, step.first, middle);
    const Step high = step_to(tree, leaf, upper, middle, step.end);
    const int is_low = low.far < high.far || (low.far == high.far && leaf < middle);
    halves[0] = is_low ? high : low;
    halves[1] = is_low ? low : high;
}

/* Distance to the farthest point that a node may have of any of a leaf. */
static inline double farthest_in(const Tree *tree, int64_t leaf, int64_t node) {
    const int64_t n_dims = tree->n_dims;
    const double *own = box_of(tree, tree->node[leaf]), *box = box_of(tree, node);
    double far = 0.0;
    for (int64_t j = 0; j < n_dims; j++) {
        const double up = box[n_dims + j] - own[j], down = own[n_dims + j] - box[j];
        far = up > far ? up : far;
        far = down > far ? down : far;
    }
    return far;
}

/* What is left to be seen from a leaf, the nearest last. */
typedef struct {
    int64_t leaf, n_steps;
    Step steps[DEEPEST];
} Walk;

static inline Walk walk_from_root(const Tree *tree, int64_t leaf) {
    Walk walk;
    walk.leaf = leaf;
    walk.n_steps = 1;
    walk.steps[0] = (Step){0, 0, tree->n_leaves, 0.0};
    return walk;
}

/* The next leaf but the own that may hold points nearer than the bound; -1 where there is none. */
static inline int64_t next_leaf(const Tree *tree, Walk *walk, double bound) {
    while (walk->n_steps) {
        Step step = walk->steps[--walk->n_steps];
        while (step.far < bound && step.end - step.first > 1) {
            Step halves[2];
            halves_of(tree, walk->leaf, step, halves);
            walk->steps[walk->n_steps] = halves[0];
            walk->n_steps += halves[0].far < bound;
            step = halves[1];
        }
        if (step.far < bound && step.first != walk->leaf) return step.first;
    }
    return -1;
}

static inline double most_of(const double *way) {
    double most = way[0];
    for (int64_t i = 1; i < LEAF; i++) most = way[i] > most ? way[i] : most;
    return most;
}

static inline double least_of(const double *way) {
    double least = way[0];
    for (int64_t i = 1; i < LEAF; i++) least = way[i] < least ? way[i] : least;
    return least;
}

/* --- The nearest ----------------------------------------------------------------------------- */

/* For each point of a leaf, which is the first of its own ranks, the distances below its bound. */
typedef struct {
    int64_t ranks, room, stride; /* a list that outgrows its room is shortened */
    double *start, *end[LEAF];
    double *sorted;          /* a list by PARTS of what its bound allows, */
    int64_t part[PARTS + 1]; /* and where they begin */
} Lists;

/* Where the distances to the neighbours go: a row of n for each k. */
typedef struct {
    const int64_t *ks;
    int64_t n_ks, n;
    double *distance;
    double *found; /* those of one leaf */
} Wanted;

static int make_lists(int64_t most_ranks, Lists *lists) {
    lists->room = 2 * most_ranks + LEAF;
    lists->stride = lists->room + LEAF + 1; /* those to another leaf, and one that is not taken */
    if (most_ranks <= MOST_RANKS) return 0;
    lists->start = malloc((LEAF + 1) * lists->stride * sizeof(double));
    if (!lists->start) return -1;
    lists->sorted = lists->start + LEAF * lists->stride;
    return 0;
}

static inline void empty(Lists *lists) {
    for (int64_t i = 0; i < LEAF; i++) lists->end[i] = lists->start + i * lists->stride;
}

/* The m-th least of a list; it and what is below come to the front. */
static double mth_least(double *list, int64_t n, int64_t m) {
    bring_lowest(list, NULL, n, m);
    double most = list[0];
    for (int64_t i = 1; i < m; i++) most = list[i] > most ? list[i] : most;
    return most;
}

static inline void shorten(Lists *lists, double *bound) {
    for (int64_t i = 0; i < LEAF; i++) {
        double *list = lists->start + i * lists->stride;
        if (lists->end[i] - list <= lists->room) continue;
        bound[i] = mth_least(list, lists->end[i] - list, lists->ranks);
        lists->end[i] = list + lists->ranks;
    }
}

/* Monotone in the distance, by rounding too. */
static inline int64_t part_of(double way, double scale) {
    const int64_t part = (int64_t)(way * scale);
    return part < PARTS ? part : PARTS - 1;
}

static void sort_by_parts(Lists *lists, const double *list, int64_t n, double bound) {
    const double scale = PARTS / bound < INFINITY ? PARTS / bound : 0.0;
    int64_t next[PARTS + 1] = {0};
    for (int64_t i = 0; i < n; i++) next[part_of(list[i], scale) + 1]++;
    for (int64_t p = 0; p < PARTS; p++) next[p + 1] += next[p];
    memcpy(lists->part, next, sizeof next);
    for (int64_t i = 0; i < n; i++) lists->sorted[next[part_of(list[i], scale)]++] = list[i];
}

/* Distances to the neighbours that are wanted. One that a list does not reach is not below the
   bound, and so at it. */
static void find_in_lists(Lists *lists, const double *bound, Wanted wanted) {
    for (int64_t i = 0; i < LEAF; i++) {
        const double *list = lists->start + i * lists->stride;
        const int64_t n = lists->end[i] - list;
        sort_by_parts(lists, list, n, bound[i]);
        for (int64_t j = 0, p = 0; j < wanted.n_ks; j++) {
            const int64_t rank = wanted.ks[j] + 1;
            double *found = wanted.found + j * LEAF + i;
            *found = bound[i];
            if (n < rank) continue;
            while (lists->part[p + 1] < rank) p++;
            const int64_t start = lists->part[p];
            *found = mth_least(lists->sorted + start, lists->part[p + 1] - start, rank - start);
        }
    }
}

/* --- For each set of instructions ------------------------------------------------------------ */

#define BODY "space_body.h"
#include "quad_widths.h"

/* --- Groups ---------------------------------------------------------------------------------- */

static int64_t largest(const int64_t *start, int64_t n_groups) {
    int64_t most = 0;
    for (int64_t g = 0; g < n_groups; g++) {
        const int64_t size = start[g + 1] - start[g];
        most = size > most ? size : most;
    }
    return most;
}

int kth_in_space(const double *points, int64_t n_dims, const int64_t *start, int64_t n_groups,
                 const int64_t *ks, int64_t n_ks, double *distance) {
    const int64_t most = largest(start, n_groups);
    Tree tree = {0};
    Lists lists = {0};
    int64_t *own_ks = malloc(n_ks * sizeof(int64_t));
    double *found = malloc(n_ks * LEAF * sizeof(double));
    int status = own_ks && found ? make_tree(most, n_dims, &tree) : -1;
    if (!status) status = make_lists(most <= ks[n_ks - 1] ? most : ks[n_ks - 1] + 1, &lists);
    for (int64_t g = 0; !status && g < n_groups; g++) {
        const int64_t n = start[g + 1] - start[g];
        const Wanted wanted = {own_ks, n_ks, start[n_groups], distance + start[g], found};
        for (int64_t j = 0; j < n_ks; j++) {
            own_ks[j] = ks[j] < n ? ks[j] : n - 1;
            if (n == 1) wanted.distance[j * wanted.n] = 0.0;
        }
        if (n <= 1) continue;
        lists.ranks = own_ks[n_ks - 1] + 1;
        fill_tree(points + start[g] * n_dims, n, &tree);
        WIDEST(search)(&tree, &lists, wanted);
    }
    free(own_ks);
    free(found);
    free(lists.start);
    free_tree(&tree);
    return status;
}

int within_in_space(const double *points, int64_t n_dims, const int64_t *start, int64_t n_groups,
                    const double *radius, int is_strict, int64_t *counts) {
    Tree tree = {0};
    const int status = make_tree(largest(start, n_groups), n_dims, &tree);
    for (int64_t g = 0; !status && g < n_groups; g++) {
        const int64_t from = start[g], n = start[g + 1] - from;
        if (!n) continue;
        fill_tree(points + from * n_dims, n, &tree);
        WIDEST(count)(&tree, radius + from, is_strict, counts + from);
    }
    free_tree(&tree);
    return status;
}
