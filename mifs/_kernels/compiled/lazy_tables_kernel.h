/* The terms of candidates, from tables that are counted alone or in pairs. */
#ifndef MIFS_LAZY_TABLES_H
#define MIFS_LAZY_TABLES_H

#include "lazy_kernel.h"
#include "simd.h"

enum { SLOTS = 64 }; /* tables that are kept until they are asked for */

/* A table of X with Z and Y, of shape (n_y, n_z, n_x): that with Z is the sum of its planes. Samples
   begin to count by Y and by Z, or by both at once, in numbers of `bytes` bytes. */
typedef struct {
    int64_t n_x, n_zx, n_cells;
    int is_tallied, bytes;
} Shape;

/* Tables that were counted along with others: sums of F over them, and their counts with Z. */
typedef struct {
    uint8_t *slot;        /* of each candidate, from 1 on; 0 if it has none */
    int64_t place[SLOTS]; /* of the candidate whose it is, or was */
    int64_t total[SLOTS];
    int64_t n_kept, most_zx;
    int32_t *zx;
} Ahead;

/* Counts of all classes that are the digits of one number, where classes are few and small. */
typedef struct {
    int64_t *sum;    /* of each number: F of each count, less F of all; NULL if there are too many */
    uint16_t *total; /* of each number: all counts, by which the sums are filled in */
    uint16_t *unit;  /* of each sample: what it adds to the number of its cell */
} Packed;

/* Rows in an order of the levels of a selected column that occur, and of their classes: see strips.h. */
typedef struct {
    int64_t n_z, *start, *n_classes, *level;
    int32_t *rows;
} Ordered;

/* A candidate of a strip, its column, and its place in the strip. */
typedef struct {
    int32_t candidate, column, lane;
} Member;

/* Candidates of each strip, and rows in the orders that were asked for. */
typedef struct {
    int64_t n, *first_strip; /* of each block, among all strips: a block may have none */
    int64_t *n_members; /* of each strip: columns that are candidates */
    Member *members;
    int64_t most_ordered;
    Ordered *ordered; /* by each selected column */
    int32_t *state;
} Strips;

/* Room for one table, and where samples begin to count in it. */
typedef struct {
    Shape shape;
    void *y_first, *first;
    int32_t *cells, *zx;
    int64_t y_step; /* of y_begin, where samples begin in the table of a pair */
    uint16_t *y_begin, *pair;
    int32_t *of_one, *of_other;
    int64_t *level, *stratum, *mean; /* one more than levels: where the next may go */
    Packed packed;
    Ahead ahead;
    Strips strips;
} Room;

/* Room for all tables; every column may be chosen. It is to be freed whatever is returned. */
HIDDEN int make_room(const Terms *terms, int64_t n_columns, int64_t n_choices, Room *room);
HIDDEN void free_room(Room *room);

/* A column, and one that may not be there. */
HIDDEN Column column_at(const Terms *terms, const Block *block, int64_t place);
HIDDEN int find_column(const Terms *terms, int64_t column, Column *found);

/* Learn of the strata of Z, unless they are known. */
HIDDEN int know_strata(const Terms *terms, int64_t column, const Column *z, Room *room);

/* Sum of F over (X, Z, Y), less that over (X, Z) and means by chance, whose strata are known. */
HIDDEN int64_t sum_alone(const Terms *terms, const Column *x, int64_t selected, const Column *z,
                         Room *room);

/* The terms with a selected column that have these sums. */
HIDDEN void find_terms(const Terms *terms, int64_t selected, const int64_t *sums, int64_t n,
                       double *term);

/* The next term of candidate i of some columns. Along with its table that of another candidate is
   counted which has as many terms and is next, if any is; or else its own one after. */
HIDDEN int measure(const Terms *terms, Least least, const int64_t *columns, int64_t i,
                   int64_t next, Room *room, double *term);

#endif
