/* Two tables counted at once that share a column: of the shared one and Y with one column and with
   another. */
#ifndef MIFS_PAIR_H
#define MIFS_PAIR_H

#include <stdint.h>

#include "simd.h"

/* Of fewer samples no two tables are counted at once. Levels of the columns; in tables there is
   room for `PAIR_STRIDE` shared ones. */
enum { FEWEST_PAIRED = 1024, PAIR_STRIDE = 16 };
typedef struct {
    int64_t n_y, n_one, n_other, n_shared;
} Levels;

/* Whether the joint table of all four is small enough to cost less than two tables. */
HIDDEN int is_worth_pairing(int64_t n, Levels levels);

/* Cells of the joint table for each class. */
HIDDEN int64_t cells_of_a_class(Levels levels);

/* Numbers of 16 bits that count_pair() works in, and of 32 that each of its tables has, at most. */
HIDDEN int64_t pair_room(int64_t n);
HIDDEN int64_t pair_table_room(int64_t n);

/* Counts of shape (n_y, n_one, PAIR_STRIDE) and (n_y, n_other, PAIR_STRIDE). Samples begin at their
   class times cells_of_a_class(). */
HIDDEN void count_pair(const uint8_t *shared, const uint8_t *one, const uint8_t *other,
                       const uint16_t *y_first, int64_t n, Levels levels, uint16_t *room,
                       int32_t *of_one, int32_t *of_other);

#endif
