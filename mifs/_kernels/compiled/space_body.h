/* What gains from wide vectors. Included by quad_widths.h. */

/* Distances of four points to a box, none farther than to any point in it. */
FAST Q SUFFIX(to_box)(const double *four, const double *box, int64_t n_dims) {
    Q far = SUFFIX(all)(0.0);
    for (int64_t j = 0; j < n_dims; j++) {
        const Q at = SUFFIX(at)(four + j * LEAF);
        far = SUFFIX(higher)(SUFFIX(less)(SUFFIX(all)(box[j]), at), far);
        far = SUFFIX(higher)(SUFFIX(less)(at, SUFFIX(all)(box[n_dims + j])), far);
    }
    return far;
}

/* Distances of four points to another. */
FAST Q SUFFIX(ways)(const double *four, const double *other, int64_t n_dims) {
    Q far = SUFFIX(size)(SUFFIX(less)(SUFFIX(at)(four), SUFFIX(all)(other[0])));
    for (int64_t j = 1; j < n_dims; j++) {
        const Q at = SUFFIX(at)(four + j * LEAF);
        const Q way = SUFFIX(size)(SUFFIX(less)(at, SUFFIX(all)(other[j * LEAF])));
        far = SUFFIX(higher)(far, way);
    }
    return far;
}

/* Bounds of the points of a leaf from the distances that those of the last leaf have: the k-th
   neighbour is no farther than by way of another point, but for rounding. */
FAST void SUFFIX(bound_by_last)(const Tree *tree, int64_t leaf, double *bound) {
    const double *points = points_of(tree, leaf);
    Q most[2] = {SUFFIX(all)(INFINITY), SUFFIX(all)(INFINITY)};
    for (int64_t i = 0; leaf && i < LEAF; i++) {
        const double *last = points_of(tree, leaf - 1) + i;
        for (int q = 0; q < 2; q++) {
            const Q way = SUFFIX(ways)(points + 4 * q, last, tree->n_dims);
            most[q] = SUFFIX(lower)(most[q], SUFFIX(plus)(way, SUFFIX(all)(bound[i])));
        }
    }
    for (int q = 0; q < 2; q++) SUFFIX(put)(bound + 4 * q, most[q]);
    for (int64_t i = 0; i < LEAF; i++) bound[i] *= SLACK;
}

/* Insert the distances of four points to others into the least so far, lane by lane. */
FAST void SUFFIX(insert)(const double *four, const double *others, int64_t n_others,
                         int64_t n_dims, const int ranks, Q *least) {
    for (int64_t i = 0; i < n_others; i++) {
        Q moving = SUFFIX(ways)(four, others + i, n_dims);
        if (ranks > UNROLLED && !SUFFIX(below)(moving, least[ranks - 1])) continue;
        for (int r = 0; r < ranks; r++) {
            const Q smaller = SUFFIX(lower)(least[r], moving);
            moving = SUFFIX(higher)(least[r], moving);
            least[r] = smaller;
        }
    }
}

/* Append to four lists the distances below the bounds. There is no branch to guess. */
FAST void SUFFIX(append)(const double *four, const double *others, int64_t n_others,
                         int64_t n_dims, Q bound, double **end) {
    double *a = end[0], *b = end[1], *c = end[2], *d = end[3], way[4];
    for (int64_t i = 0; i < n_others; i++) {
        const Q far = SUFFIX(ways)(four, others + i, n_dims);
        const int found = SUFFIX(below)(far, bound);
        SUFFIX(put)(way, far);
        *a = way[0], *b = way[1], *c = way[2], *d = way[3];
        a += found & 1, b += found >> 1 & 1, c += found >> 2 & 1, d += found >> 3;
    }
    end[0] = a, end[1] = b, end[2] = c, end[3] = d;
}

/* Let the points of a leaf see those of another: of `ranks` least distances all are kept in order,
   or if ranks is 0 a list of those below the bound. */
FAST void SUFFIX(meet)(const Tree *tree, int64_t leaf, int64_t other, const int ranks,
                       Q least[2][MOST_RANKS], Lists *lists, double *bound) {
    const int64_t n_dims = tree->n_dims, n_others = leaf_size(tree, other);
    const double *others = points_of(tree, other), *box = box_of(tree, tree->node[other]);
    for (int q = 0; q < 2; q++) {
        const double *four = points_of(tree, leaf) + 4 * q;
        const Q so_far = SUFFIX(at)(bound + 4 * q);
        if (!SUFFIX(below)(SUFFIX(to_box)(four, box, n_dims), so_far)) continue;
        if (ranks) {
            SUFFIX(insert)(four, others, n_others, n_dims, ranks, least[q]);
            SUFFIX(put)(bound + 4 * q, SUFFIX(lower)(least[q][ranks - 1], so_far));
        } else {
            SUFFIX(append)(four, others, n_others, n_dims, so_far, lists->end + 4 * q);
        }
    }
    if (!ranks) shorten(lists, bound);
}

/* Search the neighbours of the points of one leaf; `bound` has the distances to the last ones
   that those of the leaf before have, and then those of this one. */
FAST void SUFFIX(search_leaf)(const Tree *tree, int64_t leaf, const int ranks, Lists *lists,
                              double *bound, Wanted wanted) {
    Q least[2][MOST_RANKS];
    for (int q = 0; q < 2; q++)
        for (int r = 0; r < ranks; r++) least[q][r] = SUFFIX(all)(INFINITY);
    SUFFIX(bound_by_last)(tree, leaf, bound);
    if (!ranks) empty(lists);
    SUFFIX(meet)(tree, leaf, leaf, ranks, least, lists, bound);
    Walk walk = walk_from_root(tree, leaf);
    for (;;) {
        const int64_t other = next_leaf(tree, &walk, most_of(bound));
        if (other < 0) break;
        SUFFIX(meet)(tree, leaf, other, ranks, least, lists, bound);
    }
    for (int64_t j = 0; j < wanted.n_ks && ranks; j++) {
        for (int q = 0; q < 2; q++) {
            const Q at_most = SUFFIX(at)(bound + 4 * q);
            const Q found = SUFFIX(lower)(least[q][wanted.ks[j]], at_most);
            SUFFIX(put)(wanted.found + j * LEAF + 4 * q, found);
        }
    }
    if (!ranks) find_in_lists(lists, bound, wanted);
    for (int64_t j = 0; j < wanted.n_ks; j++)
        for (int64_t i = 0; i < leaf_size(tree, leaf); i++)
            wanted.distance[j * wanted.n + tree->row[leaf * LEAF + i]] = wanted.found[j * LEAF + i];
    memcpy(bound, wanted.found + (wanted.n_ks - 1) * LEAF, LEAF * sizeof(double));
}

FAST void SUFFIX(search_leaves)(const Tree *tree, const int ranks, Lists *lists, Wanted wanted) {
    double bound[LEAF];
    for (int64_t leaf = 0; leaf < tree->n_leaves; leaf++)
        SUFFIX(search_leaf)(tree, leaf, ranks, lists, bound, wanted);
}

TARGET static void SUFFIX(search)(const Tree *tree, Lists *lists, Wanted wanted) {
    switch (lists->ranks) {
#define CASE(ranks)                                          \
    case ranks:                                              \
        SUFFIX(search_leaves)(tree, ranks, lists, wanted);   \
        return;
        CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8)
#undef CASE
    }
    if (lists->ranks <= MOST_RANKS)
        SUFFIX(search_leaves)(tree, (int)lists->ranks, lists, wanted);
    else
        SUFFIX(search_leaves)(tree, 0, lists, wanted);
}

/* Counts of the points within reach of those of one leaf. */
FAST void SUFFIX(count_about)(const Tree *tree, int64_t leaf, const double *reach,
                              int64_t *counts) {
    const int64_t n_dims = tree->n_dims;
    const double *points = points_of(tree, leaf);
    Q found[2] = {SUFFIX(all)(0.0), SUFFIX(all)(0.0)};
    const double most = most_of(reach), least = least_of(reach);
    Step steps[DEEPEST] = {{0, 0, tree->n_leaves, 0.0}};
    int64_t n_steps = 1, of_all = 0;
    while (n_steps) {
        const Step step = steps[--n_steps];
        if (step.far > most) continue;
        if (farthest_in(tree, leaf, step.node) <= least) {
            of_all += points_to(tree, step.end) - step.first * LEAF;
            continue;
        }
        if (step.end - step.first > 1) {
            halves_of(tree, leaf, step, steps + n_steps);
            n_steps += 2;
            continue;
        }
        const double *others = points_of(tree, step.first), *box = box_of(tree, step.node);
        const int64_t n_others = leaf_size(tree, step.first);
        for (int q = 0; q < 2; q++) {
            const double *four = points + 4 * q;
            const Q far = SUFFIX(at)(reach + 4 * q);
            if (!SUFFIX(within)(SUFFIX(to_box)(four, box, n_dims), far)) continue;
            for (int64_t i = 0; i < n_others; i++)
                found[q] = SUFFIX(tally)(found[q], SUFFIX(ways)(four, others + i, n_dims), far);
        }
    }
    for (int q = 0; q < 2; q++) SUFFIX(put_tally)(counts + 4 * q, found[q]);
    for (int64_t i = 0; i < LEAF; i++) counts[i] += of_all;
}

TARGET static void SUFFIX(count)(const Tree *tree, const double *radius, int is_strict,
                                 int64_t *counts) {
    for (int64_t leaf = 0; leaf < tree->n_leaves; leaf++) {
        const int32_t *row = tree->row + leaf * LEAF;
        const int64_t n = leaf_size(tree, leaf);
        double reach[LEAF];
        int64_t found[LEAF];
        for (int64_t i = 0; i < LEAF; i++)
            reach[i] = reach_of(radius[row[i < n ? i : 0]], is_strict);
        SUFFIX(count_about)(tree, leaf, reach, found);
        for (int64_t i = 0; i < n; i++) counts[row[i]] = found[i];
    }
}
