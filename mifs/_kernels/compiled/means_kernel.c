#include "means_kernel.h"

#include <stdlib.h>
#include <string.h>

enum {
    LOOKED_AT = 256,     /* strata among which an equal one is sought, from the last on */
    FIRST_ROOM = 64,     /* for strata and for classes */
    FIRST_COLUMNS = 16,  /* whose means have a place at once */
};

int begin_means(int64_t n_features, int is_kept, Means *means) {
    means->n_features = n_features;
    means->is_kept = is_kept;
    means->first_class = calloc(1, sizeof(int64_t));
    means->stratum = calloc(n_features + 1, sizeof(int64_t *));
    return means->first_class && means->stratum ? 0 : -1;
}

void free_means(Means *means) {
    if (means->stratum)
        for (int64_t i = 0; i < means->n_features; i++) free(means->stratum[i]);
    free(means->stratum);
    free(means->size);
    free(means->first_class);
    free(means->first);
    free(means->b);
    free(means->repeats);
    free(means->table);
}

static int widen(int64_t **numbers, int64_t n) {
    int64_t *wider = realloc(*numbers, sizeof(int64_t) * n);
    if (!wider) return -1;
    *numbers = wider;
    return 0;
}

static int64_t twice(int64_t most, int64_t needed, int64_t least) {
    if (2 * most > least) least = 2 * most;
    return needed > least ? needed : least;
}

/* Have places for one column more. Zeros that are not looked at take no memory: they are not
   written. */
static int widen_table(int64_t n_more, Means *means) {
    const int64_t needed = means->n_places + n_more;
    if (!means->is_kept || needed <= means->most_places) return 0;
    const int64_t most = twice(means->most_places, needed, FIRST_COLUMNS * n_more);
    int64_t *table = calloc(most, sizeof *table);
    if (!table) return -1;
    if (means->n_places) memcpy(table, means->table, sizeof *table * means->n_places);
    free(means->table);
    means->table = table;
    means->most_places = most;
    return 0;
}

static int make_room(int64_t n_classes, Means *means) {
    if (means->n_strata == means->most_strata) {
        const int64_t most = twice(means->most_strata, 0, FIRST_ROOM);
        if (widen(&means->size, most) || widen(&means->first, most) ||
            widen(&means->first_class, most + 1))
            return -1;
        means->most_strata = most;
    }
    if (!means->b || means->n_classes + n_classes > means->most_classes) {
        const int64_t most =
            twice(means->most_classes, means->n_classes + n_classes, FIRST_ROOM);
        if (widen(&means->b, most) || widen(&means->repeats, most)) return -1;
        means->most_classes = most;
    }
    return 0;
}

/* The last stratum of these classes, of those that are looked at; -1 if there is none. */
static int64_t find_equal(int64_t n_classes, const int64_t *b, const int64_t *repeats,
                          const Means *means) {
    const int64_t end = means->n_strata > LOOKED_AT ? means->n_strata - LOOKED_AT : 0;
    for (int64_t s = means->n_strata - 1; s >= end; s--) {
        const int64_t first = means->first_class[s];
        if (means->first_class[s + 1] - first == n_classes &&
            !memcmp(means->b + first, b, sizeof *b * n_classes) &&
            !memcmp(means->repeats + first, repeats, sizeof *b * n_classes))
            return s;
    }
    return -1;
}

static int64_t add_stratum(int64_t size, int64_t n_classes, const int64_t *b,
                           const int64_t *repeats, Means *means) {
    if (make_room(n_classes, means)) return -1;
    const int64_t s = means->n_strata++;
    memcpy(means->b + means->n_classes, b, sizeof *b * n_classes);
    memcpy(means->repeats + means->n_classes, repeats, sizeof *b * n_classes);
    means->n_classes += n_classes;
    means->first_class[s + 1] = means->n_classes;
    means->size[s] = size;
    means->first[s] = means->n_places;
    if (means->is_kept) means->table[means->n_places] = ~(int64_t)0; /* what does not occur */
    means->n_places += size + 1;
    return s;
}

static int number_strata(int64_t n_z, const int64_t *size, const int64_t *first_class,
                         const int64_t *b, const int64_t *repeats, int64_t *stratum,
                         Means *means) {
    int64_t n_places = n_z;
    for (int64_t z = 0; z < n_z; z++) n_places += size[z];
    if (widen_table(n_places, means)) return -1;
    for (int64_t z = 0; z < n_z; z++) {
        const int64_t first = first_class[z], n_classes = first_class[z + 1] - first;
        stratum[z] = find_equal(n_classes, b + first, repeats + first, means);
        if (stratum[z] < 0)
            stratum[z] = add_stratum(size[z], n_classes, b + first, repeats + first, means);
        if (stratum[z] < 0) return -1;
    }
    return 0;
}

int learn_strata(int64_t column, int64_t n_z, int64_t n_y, int64_t *counts, Means *means) {
    int64_t *const room = malloc(sizeof *room * (2 * n_z + 1 + n_z * n_y));
    int64_t *const stratum = malloc(sizeof *stratum * n_z);
    int status = -1;
    if (room && stratum) {
        int64_t *const size = room, *const first_class = size + n_z;
        int64_t *const repeats = first_class + n_z + 1;
        find_strata(n_z, n_y, counts, size, first_class, repeats);
        status = number_strata(n_z, size, first_class, counts, repeats, stratum, means);
    }
    free(room);
    if (status)
        free(stratum);
    else
        means->stratum[column] = stratum;
    return status;
}
