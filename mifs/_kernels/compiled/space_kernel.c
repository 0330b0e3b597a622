#include "space_kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "simd.h"

enum {
    LEAF = 8,        /* points, which are searched for together */
    DEEPEST = 32,    /* a tree of 2^31 points */
    MOST_RANKS = 32, /* so many least distances are kept in order; of more there are lists */
    PARTS = 64,      /* by which a list is sorted */
    UNROLLED = 8,    /* of so few, without a look whether they change */
};

static const double SLACK = 1 + 1e-15; /* more than a sum of two distances is rounded by */

/* --- The tree -------------------------------------------------------------------------------- */

/* Points in leaves of LEAF, which are full but for the last. A node holds leaves that follow one
   another; after it come the nodes of their lower half, and then those of the upper one. */
typedef struct {
    int64_t n, n_dims, n_leaves;
    double *points; /* of each leaf the first coordinates, then the second ones ... */
    double *boxes;  /* of each node the lowest coordinates, then the highest */
    int32_t *row;   /* of each point */
    int64_t *node;  /* of each leaf */
    double *key;    /* room for one coordinate */
} Tree;

static inline const double *points_of(const Tree *tree, int64_t leaf) {
    return tree->points + leaf * LEAF * tree->n_dims;
}

static inline double *box_of(const Tree *tree, int64_t node) {
    return tree->boxes + node * 2 * tree->n_dims;
}

static inline int64_t leaf_size(const Tree *tree, int64_t leaf) {
    const int64_t rest = tree->n - leaf * LEAF;
    return rest < LEAF ? rest : LEAF;
}

static inline double median_of_three(double a, double b, double c) {
    const double low = a < b ? a : b, high = a < b ? b : a;
    return c < low ? low : c > high ? high : c;
}

/* Bring the keys below a pivot, or up to it, to the front, and their rows if there are any; returns
   how many. There is no branch to guess. */
static ALWAYS_INLINE int64_t divide(double *key, int32_t *row, int64_t n, double pivot,
                                    int with_equal) {
    int64_t passed = 0;
    for (int64_t i = 0; i < n; i++) {
        const double here = key[i];
        key[i] = key[passed];
        key[passed] = here;
        if (row) {
            const int32_t its_row = row[i];
            row[i] = row[passed];
            row[passed] = its_row;
        }
        passed += (here < pivot) | (with_equal & (here == pivot));
    }
    return passed;
}

/* Bring the m lowest keys to the front, and their rows if there are any. */
static ALWAYS_INLINE void bring_lowest(double *key, int32_t *row, int64_t n, int64_t m) {
    while (0 < m && m < n) {
        const double pivot = median_of_three(key[n / 4], key[n / 2], key[n - 1 - n / 4]);
        int64_t passed = divide(key, row, n, pivot, 0);
        if (passed >= m) {
            n = passed;
            continue;
        }
        if (!passed) passed = divide(key, row, n, pivot, 1); /* the pivot is the lowest */
        key += passed;
        row = row ? row + passed : NULL;
        n -= passed;
        m -= passed;
    }
}

static inline int64_t middle_of(int64_t first, int64_t end) { return (first + end) / 2; }

/* The nodes that hold some leaves: by halves in the direction in which they spread most. */
static void grow(const double *points, int64_t node, int64_t first, int64_t end, Tree *tree) {
    const int64_t n_dims = tree->n_dims, from = first * LEAF;
    const int64_t to = end < tree->n_leaves ? end * LEAF : tree->n;
    const int32_t *row = tree->row;
    double *low = box_of(tree, node), *high = low + n_dims;
    for (int64_t j = 0; j < n_dims; j++) low[j] = high[j] = points[row[from] * n_dims + j];
    for (int64_t i = from + 1; i < to; i++) {
        const double *point = points + row[i] * n_dims;
        for (int64_t j = 0; j < n_dims; j++) {
            low[j] = point[j] < low[j] ? point[j] : low[j];
            high[j] = point[j] > high[j] ? point[j] : high[j];
        }
    }
    if (end - first == 1) {
        double *leaf = tree->points + from * n_dims;
        tree->node[first] = node;
        for (int64_t i = 0; i < LEAF; i++) { /* what lacks is the first point once more */
            const double *point = points + row[from + i < to ? from + i : from] * n_dims;
            for (int64_t j = 0; j < n_dims; j++) leaf[j * LEAF + i] = point[j];
        }
        return;
    }
    int64_t widest = 0;
    for (int64_t j = 1; j < n_dims; j++)
        if (high[j] - low[j] > high[widest] - low[widest]) widest = j;
    for (int64_t i = from; i < to; i++) tree->key[i] = points[row[i] * n_dims + widest];
    const int64_t middle = middle_of(first, end);
    bring_lowest(tree->key + from, tree->row + from, to - from, middle * LEAF - from);
    grow(points, node + 1, first, middle, tree);
    grow(points, node + 2 * (middle - first), middle, end, tree);
}

/* Room for n points. */
static int make_tree(int64_t n, int64_t n_dims, Tree *tree) {
    const int64_t n_leaves = (n + LEAF - 1) / LEAF;
    tree->n_dims = n_dims;
    tree->points = malloc(n_leaves * LEAF * n_dims * sizeof(double));
    tree->boxes = malloc(2 * n_leaves * 2 * n_dims * sizeof(double));
    tree->row = malloc(n * sizeof(int32_t));
    tree->node = malloc(n_leaves * sizeof(int64_t));
    tree->key = malloc(n * sizeof(double));
    return tree->points && tree->boxes && tree->row && tree->node && tree->key ? 0 : -1;
}

static void fill_tree(const double *points, int64_t n, Tree *tree) {
    tree->n = n;
    tree->n_leaves = (n + LEAF - 1) / LEAF;
    for (int64_t i = 0; i < n; i++) tree->row[i] = (int32_t)i;
    grow(points, 0, 0, tree->n_leaves, tree);
}

static void free_tree(Tree *tree) {
    free(tree->points);
    free(tree->boxes);
    free(tree->row);
    free(tree->node);
    free(tree->key);
}

/* --- From leaf to leaf ----------------------------------------------------------------------- */

typedef struct {
    int64_t node, first, end; /* its leaves */
    double far;               /* no point in it is nearer */
} Step;

/* What is left to be seen from a leaf, the nearest first. */
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

/* Distance of a node to the leaf, not more than between any two of their points. */
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

/* The next leaf but the own that may hold points nearer than the bound; -1 where there is none. */
static inline int64_t next_leaf(const Tree *tree, Walk *walk, double bound) {
    while (walk->n_steps) {
        Step step = walk->steps[--walk->n_steps];
        while (step.far < bound && step.end - step.first > 1) {
            const int64_t middle = middle_of(step.first, step.end);
            const int64_t above = step.node + 2 * (middle - step.first);
            const Step low = step_to(tree, walk->leaf, step.node + 1, step.first, middle);
            const Step high = step_to(tree, walk->leaf, above, middle, step.end);
            const int is_low =
                low.far < high.far || (low.far == high.far && walk->leaf < middle);
            walk->steps[walk->n_steps] = is_low ? high : low;
            walk->n_steps += walk->steps[walk->n_steps].far < bound;
            step = is_low ? low : high;
        }
        if (step.far < bound && step.first != walk->leaf) return step.first;
    }
    return -1;
}

/* --- The nearest ----------------------------------------------------------------------------- */

/* For each point of a leaf, which is the first of its own ranks, the distances below its bound. */
typedef struct {
    int64_t ranks, room, stride; /* a list that outgrows its room is shortened */
    double *start, *end[LEAF];
    double *sorted; /* a list by PARTS of what its bound allows, in which part p begins at */
    int64_t part[PARTS + 1];
} Lists;

/* Where the distances to the neighbours go: a row of n for each k. */
typedef struct {
    const int64_t *ks;
    int64_t n_ks, n;
    double *distance, *found; /* and those of a leaf */
} Wanted;

static int make_lists(int64_t most_ranks, Lists *lists) {
    lists->room = 2 * most_ranks + LEAF;
    lists->stride = lists->room + LEAF + 1; /* those to another leaf, and one that is not taken */
    if (most_ranks <= MOST_RANKS) return 0;
    lists->start = malloc((LEAF + 1) * lists->stride * sizeof(double));
    lists->sorted = lists->start + LEAF * lists->stride;
    return lists->start ? 0 : -1;
}

static inline void empty(Lists *lists) {
    for (int64_t i = 0; i < LEAF; i++) lists->end[i] = lists->start + i * lists->stride;
}

/* The m least of a list come to the front; returns the largest of them. */
static double least_of(double *list, int64_t n, int64_t m) {
    bring_lowest(list, NULL, n, m);
    double most = list[0];
    for (int64_t i = 1; i < m; i++) most = list[i] > most ? list[i] : most;
    return most;
}

static inline void shorten(Lists *lists, double *bound) {
    for (int64_t i = 0; i < LEAF; i++) {
        double *list = lists->start + i * lists->stride;
        if (lists->end[i] - list <= lists->room) continue;
        bound[i] = least_of(list, lists->end[i] - list, lists->ranks);
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

/* Distances to the neighbours that are wanted. Where a list does not reach as far, what is not below
   the bound is at it. */
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
            *found = least_of(lists->sorted + start, lists->part[p + 1] - start, rank - start);
        }
    }
}

static inline double most_of(const double *bound) {
    double most = bound[0];
    for (int64_t i = 1; i < LEAF; i++) most = bound[i] > most ? bound[i] : most;
    return most;
}

/* --- For each set of instructions ------------------------------------------------------------ */

#define BODY "space_body.h"
#include "quad_widths.h"

/* --- Groups ---------------------------------------------------------------------------------- */

int kth_in_space(const double *points, int64_t n_dims, const int64_t *start, int64_t n_groups,
                 const int64_t *ks, int64_t n_ks, double *distance) {
    int64_t most = 0;
    for (int64_t g = 0; g < n_groups; g++) {
        const int64_t size = start[g + 1] - start[g];
        most = size > most ? size : most;
    }
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
