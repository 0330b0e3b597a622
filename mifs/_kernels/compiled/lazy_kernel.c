#include <math.h>
#include <stdlib.h>

#include "lazy_tables_kernel.h"

enum { AT_ONCE = 4 }; /* numbers of which the highest are found side by side */

/* Scores of candidates in groups, of each of which the highest is known; -INFINITY fills both up
   to multiples of AT_ONCE, and stands for those that are sure, of which there is a list. */
typedef struct {
    int64_t n_open, size, n_groups, n_sure, *sure;
    double *score, *highest;
} Standing;

static double higher(double a, double b) { return a > b ? a : b; }

static double highest_of(const double *score, int64_t n) {
    double most[AT_ONCE] = {-INFINITY, -INFINITY, -INFINITY, -INFINITY};
    for (int64_t i = 0; i < n; i += AT_ONCE)
        for (int j = 0; j < AT_ONCE; j++) most[j] = higher(score[i + j], most[j]);
    return higher(higher(most[0], most[1]), higher(most[2], most[3]));
}

static int64_t place_of(double wanted, const double *score) {
    int64_t i = 0;
    while (score[i] != wanted) i++;
    return i;
}

/* First candidate of the highest score. */
static int64_t highest(const Standing *standing) {
    const double high = highest_of(standing->highest, standing->n_groups);
    const int64_t first = place_of(high, standing->highest) * standing->size;
    return first + place_of(high, standing->score + first);
}

static void take_out(const Standing *standing, int64_t i) {
    const int64_t group = i / standing->size;
    standing->score[i] = -INFINITY;
    standing->highest[group] =
        highest_of(standing->score + group * standing->size, standing->size);
}

static void put_back(const Standing *standing, int64_t i, double score) {
    double *high = standing->highest + i / standing->size;
    standing->score[i] = score;
    *high = higher(score, *high);
}

static double at_most(double a, double b) { return b < a ? b : a; }

static double score_of(Least least, int64_t column) {
    return at_most(least.cap[column], least.term[column]);
}

static int is_near(double score, double best, double slack) {
    return score > -INFINITY && score >= best - slack;
}

/* Find the best, and all that come near. The highest is measured until it has all terms, or another
   one is higher. */
static int settle(const Terms *terms, Least least, const int64_t *columns, Standing *standing,
                  Room *room, double slack, int64_t *n_terms) {
    double best = -INFINITY;
    standing->n_sure = 0;
    for (int64_t i = highest(standing), other;; i = other) {
        const int64_t column = columns[i];
        double score = standing->score[i];
        if (!is_near(score, best, slack)) return 0;
        take_out(standing, i);
        other = highest(standing);
        const double next = standing->score[other];
        int64_t along = is_near(next, best, slack) ? other : -1;
        int is_first = 1;
        for (; is_first && least.age[column] != terms->given.n; along = -1) {
            double term;
            const int status = measure(terms, least, columns, i, along, room, &term);
            if (status) return status;
            least.term[column] = at_most(least.term[column], term);
            least.age[column]++;
            ++*n_terms;
            score = score_of(least, column);
            is_first = is_near(score, best, slack) &&
                       (score > next || (score == next && i < other));
        }
        if (is_first) {
            best = higher(score, best);
            standing->sure[standing->n_sure++] = i;
        } else {
            put_back(standing, i, score);
        }
    }
}

/* Place of the first candidate whose rounded score is the highest; -1 if all are equal. */
static int64_t best_of(Least least, const int64_t *columns, const Standing *standing,
                       double per_nat) {
    double best = -INFINITY;
    int64_t first = -1, n_equal = 0;
    for (int64_t k = 0; k < standing->n_sure; k++) {
        const int64_t i = standing->sure[k];
        const double score = rint(score_of(least, columns[i]) * per_nat) / per_nat;
        if (score > best) n_equal = 0;
        if (score > best || (score == best && i < first)) first = i;
        best = higher(score, best);
        n_equal += score == best;
    }
    return n_equal == standing->n_open ? -1 : first;
}

/* All that were sure, but for the one that is chosen, are candidates of the next choice. */
static void choose(Least least, const int64_t *columns, int64_t chosen, Standing *standing) {
    for (int64_t k = 0; k < standing->n_sure; k++) {
        const int64_t i = standing->sure[k];
        if (i != chosen) put_back(standing, i, score_of(least, columns[i]));
    }
    standing->n_open--;
}

static int64_t lower(Terms *terms, Least least, const int64_t *columns, Standing *standing,
                     Room *room, Limits limits, int64_t *n_terms) {
    for (int64_t n_chosen = 0;; n_chosen++) {
        const int status = settle(terms, least, columns, standing, room, limits.slack, n_terms);
        if (status) return status;
        if (n_chosen >= limits.n_choices || *n_terms > limits.most_terms) return n_chosen;
        const int64_t best = best_of(least, columns, standing, limits.per_nat);
        if (best < 0 || standing->n_open < 2) return n_chosen;
        choose(least, columns, best, standing);
        terms->given.column[terms->given.n++] = columns[best];
    }
}

static int64_t filled_up(int64_t n) { return (n + AT_ONCE - 1) / AT_ONCE * AT_ONCE; }

static int make_standing(const Terms *terms, Least least, const int64_t *columns,
                         int64_t n_columns, Standing *standing) {
    const int64_t size = filled_up((int64_t)sqrt((double)n_columns));
    const int64_t n_groups = filled_up((n_columns + size - 1) / size);
    double *score = standing->score = malloc(sizeof(double) * n_groups * size);
    standing->highest = malloc(sizeof(double) * n_groups);
    standing->sure = malloc(sizeof(int64_t) * n_columns);
    standing->n_open = n_columns;
    standing->size = size;
    standing->n_groups = n_groups;
    if (!score || !standing->highest || !standing->sure) return NO_MEMORY;
    int64_t last = -1;
    for (int64_t i = 0; i < n_columns; last = columns[i++]) {
        if (columns[i] <= last || columns[i] >= terms->n_features) return WRONG_COLUMNS;
        score[i] = score_of(least, columns[i]);
        if (isnan(score[i])) return WRONG_COLUMNS; /* no search would find it */
    }
    for (int64_t i = n_columns; i < n_groups * size; i++) score[i] = -INFINITY;
    for (int64_t group = 0; group < n_groups; group++)
        standing->highest[group] = highest_of(score + group * size, size);
    return 0;
}

int64_t lower_best_first_c(Terms *terms, Least least, const int64_t *columns, int64_t n_columns,
                           Limits limits, int64_t *n_terms) {
    Room room = {0};
    Standing standing = {0};
    int64_t found = make_room(terms, n_columns, limits.n_choices, &room);
    if (!found) found = make_standing(terms, least, columns, n_columns, &standing);
    if (!found) found = lower(terms, least, columns, &standing, &room, limits, n_terms);
    free_room(&room);
    free(standing.score);
    free(standing.highest);
    free(standing.sure);
    return found;
}
