#include <math.h>
#include <stdlib.h>

#include "lazy_strips_kernel.h"
#include "pair_kernel.h"

enum {
    BELOW = 8,  /* to look through so few takes less than three levels of a tree */
    SPREAD = 4, /* so far apart, candidates are looked at one by one */
};

/* Scores of candidates, of which -INFINITY stands for those that are sure, and a list of these.

   Nodes of a tree have the place of the first of the highest scores below them. Node 1 is the root,
   c is above 2 c and 2 c + 1, and leaves, from `n_leaves` on, are above BELOW candidates each; those
   that are too many score -INFINITY. */
typedef struct {
    int64_t n_open, n_leaves, *place, n_sure, *sure;
    double *score;
} Standing;

typedef struct {
    int64_t place;
    double score;
} Highest;

static double higher(double a, double b) { return a > b ? a : b; }

static int64_t leaf_of(const Standing *standing, int64_t i) {
    return standing->n_leaves + i / BELOW;
}

/* Find the first of the highest below a leaf. Which it is cannot be guessed, here and above, so that
   nothing branches on it. */
static Highest highest_below(const Standing *standing, int64_t leaf) {
    const int64_t first = (leaf - standing->n_leaves) * BELOW;
    const double *score = standing->score + first;
    double high = score[0];
    int64_t k = 0;
    for (int64_t i = 1; i < BELOW; i++) {
        k ^= (k ^ i) & -(int64_t)(score[i] > high);
        high = higher(score[i], high);
    }
    return (Highest){first + k, high};
}

/* The higher of one, from below a node, and of that below the node beside it; of equal ones the
   left one. */
static Highest higher_beside(const Standing *standing, int64_t node, Highest one) {
    const int64_t place = standing->place[node ^ 1];
    const double score = standing->score[place];
    const int64_t is_other = (score > one.score) | (node & (score >= one.score));
    return (Highest){one.place ^ ((one.place ^ place) & -is_other), higher(score, one.score)};
}

static int64_t first_of(const Standing *standing) { return standing->place[1]; }

/* The candidate that would be the first if that one were not. */
static Highest second_of(const Standing *standing) {
    const int64_t first = first_of(standing);
    int64_t c = leaf_of(standing, first);
    const double score = standing->score[first];
    standing->score[first] = -INFINITY;
    Highest second = highest_below(standing, c);
    standing->score[first] = score;
    for (; c > 1; c /= 2) second = higher_beside(standing, c, second);
    return second;
}

/* Find the highest above all candidates from one to another, whose scores are there. Where one node
   is above all of them, what is found need not be read again. */
static void compare_all(const Standing *standing, int64_t first, int64_t last) {
    const Standing own = *standing; /* of which no store below changes anything */
    Highest high;
    first = leaf_of(&own, first);
    last = leaf_of(&own, last);
    for (int64_t leaf = first; leaf <= last; leaf++) {
        high = highest_below(&own, leaf);
        own.place[leaf] = high.place;
    }
    while (first < last) {
        first /= 2;
        last /= 2;
        for (int64_t c = first; c <= last; c++) {
            const int64_t left = own.place[2 * c];
            high = higher_beside(&own, 2 * c, (Highest){left, own.score[left]});
            own.place[c] = high.place;
        }
    }
    for (int64_t c = first; c > 1; c /= 2) {
        high = higher_beside(&own, c, high);
        own.place[c / 2] = high.place;
    }
}

static void put(const Standing *standing, int64_t i, double score) {
    standing->score[i] = score;
    compare_all(standing, i, i);
}

/* The same above some that ascend: most often they are in a row, and share what is above them. */
static void compare_some(const Standing *standing, Strip strip) {
    const int64_t first = strip.members[0].candidate;
    const int64_t last = strip.members[strip.n - 1].candidate;
    if (last - first <= SPREAD * strip.n) {
        compare_all(standing, first, last);
        return;
    }
    for (const Member *own = strip.members; own < strip.members + strip.n; own++)
        compare_all(standing, own->candidate, own->candidate);
}

static double at_most(double a, double b) { return b < a ? b : a; }

static double score_of(Least least, int64_t column) {
    return at_most(least.cap[column], least.term[column]);
}

static int is_near(double score, double least) { return score > -INFINITY && score >= least; }

/* The candidate that will likely be measured after the first, if two are counted at once; none
   where the first was the last one too. */
static int64_t next_to(const Terms *terms, const Standing *standing, double least) {
    if (terms->n_samples < FEWEST_PAIRED) return -1;
    const Highest second = second_of(standing);
    return is_near(second.score, least) ? second.place : -1;
}

/* Measure the candidates of a strip that have as many terms as one of them, and are not sure. */
static int lower_strip(const Terms *terms, Least least, const int64_t *columns, int64_t i,
                       Strip strip, const Standing *standing, Room *room, int64_t *n_terms) {
    const int64_t age = least.age[columns[i]];
    double term[STRIP];
    const int status = measure_strip(terms, columns[i], age, room, term);
    if (status) return status;
    *n_terms += lower_members(strip, term, age, least, standing->score);
    compare_some(standing, strip);
    return 0;
}

/* Measure one candidate. */
static int lower_alone(const Terms *terms, Least least, const int64_t *columns, int64_t i,
                       int64_t next, const Standing *standing, Room *room, int64_t *n_terms) {
    double term;
    const int status = measure(terms, least, columns, i, next, room, &term);
    if (status) return status;
    least.term[columns[i]] = at_most(least.term[columns[i]], term);
    least.age[columns[i]]++;
    put(standing, i, score_of(least, columns[i]));
    ++*n_terms;
    return 0;
}

/* Find the best, and all that come near: the highest is measured, until it has all terms. */
static int settle(const Terms *terms, Least least, const int64_t *columns, Standing *standing,
                  Room *room, double slack, int64_t *n_terms) {
    double best = -INFINITY;
    standing->n_sure = 0;
    for (int64_t last = -1;;) {
        const int64_t i = first_of(standing), column = columns[i];
        const double score = standing->score[i];
        if (!is_near(score, best - slack)) return 0;
        if (least.age[column] == terms->given.n) {
            best = higher(score, best);
            standing->sure[standing->n_sure++] = i;
            put(standing, i, -INFINITY);
            continue;
        }
        const Strip strip = find_strip(terms, &room->strips, column);
        const int64_t next = strip.n || i == last ? -1 : next_to(terms, standing, best - slack);
        const int status =
            strip.n ? lower_strip(terms, least, columns, i, strip, standing, room, n_terms)
                    : lower_alone(terms, least, columns, i, next, standing, room, n_terms);
        if (status) return status;
        last = i;
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
        if (i != chosen) put(standing, i, score_of(least, columns[i]));
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

static int make_standing(const Terms *terms, Least least, const int64_t *columns, int64_t n,
                         Standing *standing) {
    int64_t n_leaves = 1, last = -1;
    while (BELOW * n_leaves < n) n_leaves *= 2;
    double *score = standing->score = malloc(sizeof(double) * BELOW * n_leaves);
    standing->place = malloc(sizeof(int64_t) * 2 * n_leaves);
    standing->sure = malloc(sizeof(int64_t) * n);
    standing->n_open = n;
    standing->n_leaves = n_leaves;
    if (!score || !standing->place || !standing->sure) return NO_MEMORY;
    for (int64_t i = 0; i < n; last = columns[i++]) {
        if (columns[i] <= last || columns[i] >= terms->n_features) return WRONG_COLUMNS;
        score[i] = score_of(least, columns[i]);
        if (isnan(score[i])) return WRONG_COLUMNS; /* no search would find it */
    }
    for (int64_t i = n; i < BELOW * n_leaves; i++) score[i] = -INFINITY;
    compare_all(standing, 0, BELOW * n_leaves - 1);
    return 0;
}

int64_t lower_best_first_c(Terms *terms, Least least, const int64_t *columns, int64_t n_columns,
                           Limits limits, int64_t *n_terms) {
    Room room = {0};
    Standing standing = {0};
    int64_t found = make_room(terms, n_columns, limits.n_choices, &room);
    if (!found) found = make_standing(terms, least, columns, n_columns, &standing);
    if (!found) found = make_strips(terms, columns, n_columns, limits.n_choices, &room.strips);
    if (!found) found = lower(terms, least, columns, &standing, &room, limits, n_terms);
    free_strips(&room.strips);
    free_room(&room);
    free(standing.score);
    free(standing.place);
    free(standing.sure);
    return found;
}
