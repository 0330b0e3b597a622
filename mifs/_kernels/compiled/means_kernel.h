/* Means by chance given columns that are asked for one after another. */
#ifndef MIFS_MEANS_H
#define MIFS_MEANS_H

#include <stdint.h>

#include "chance_kernel.h"
#include "simd.h"

/* Strata that differ, a table of their means if one is kept, and of each column the strata of its
   levels, or NULL: levels of the same class counts, whatever their column, are one stratum. Behind
   are the places that there are; begin with zeros. */
typedef struct {
    int64_t n_strata, n_classes, n_places, n_features;
    int64_t *size, *first_class, *first; /* of strata */
    int64_t *b, *repeats;                /* of classes */
    int64_t *table, **stratum;
    int is_kept;
    int64_t most_strata, most_classes, most_places;
} Means;

HIDDEN int begin_means(int64_t n_features, int is_kept, Means *means);
HIDDEN void free_means(Means *means);

/* Learn of a column by its class counts, of shape (n_z, n_y), which are lost. Anything but 0 says
   that memory does not suffice. */
HIDDEN int learn_strata(int64_t column, int64_t n_z, int64_t n_y, int64_t *counts, Means *means);

#endif
