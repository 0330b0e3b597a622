/* Points in a tree whose leaves are full, for the search for all points of a leaf at once. */
#ifndef MIFS_TREE_H
#define MIFS_TREE_H

#include <stdint.h>
#include <stdlib.h>

#include "simd.h"

enum {
    LEAF = 8,     /* points */
    DEEPEST = 32, /* a tree of 2^31 points */
};

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

/* How many points are in the leaves up to one. */
static inline int64_t points_to(const Tree *tree, int64_t leaf) {
    return leaf < tree->n_leaves ? leaf * LEAF : tree->n;
}

static inline int64_t leaf_size(const Tree *tree, int64_t leaf) {
    return points_to(tree, leaf + 1) - leaf * LEAF;
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
        if (!passed) passed = divide(key, row, n, pivot, 1); /* the pivot is the lowest, */
        if (!passed) return;                                 /* or no number */
        key += passed;
        row = row ? row + passed : NULL;
        n -= passed;
        m -= passed;
    }
}

static inline int64_t middle_of(int64_t first, int64_t end) { return (first + end) / 2; }

/* The nodes that hold some leaves: by halves in the direction in which they spread most. */
static void grow(const double *points, int64_t node, int64_t first, int64_t end, Tree *tree) {
    const int64_t n_dims = tree->n_dims, from = first * LEAF, to = points_to(tree, end);
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

#endif
