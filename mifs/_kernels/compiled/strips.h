/* What strips of columns are counted with. */
#ifndef MIFS_STRIPS_H
#define MIFS_STRIPS_H

#include <stdint.h>

#include "chance_kernel.h"

enum { BINS_AT_ONCE = 11 }; /* registers for sums; one more holds the row, three the rest */

/* Rows in the order of their z and y, F of all their counts, and means by chance, or NULL; and how
   many rows of a z are few, so that each is compared with all. */
typedef struct {
    const int32_t *rows;
    int64_t n_y, n_levels, few_rows, n_values;
    const int64_t *value;
    const Chance *chance;
} Counted;

/* Levels of Z that occur, in an order in which those alike follow each other: where the rows of each
   and of its classes begin, the larger classes first; how many it has; which it is; and the stratum of
   means by chance of each level, or NULL. */
typedef struct {
    int64_t n_z;
    const int64_t *start, *n_classes, *level, *stratum;
} Groups;

enum { MOST_LATER = 6 }; /* rows of a second class that are compared in registers */

#endif
