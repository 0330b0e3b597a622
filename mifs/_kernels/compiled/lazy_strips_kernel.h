/* The terms of candidates that are measured together, in strips of a block. */
#ifndef MIFS_LAZY_STRIPS_H
#define MIFS_LAZY_STRIPS_H

#include "lazy_tables_kernel.h"

enum { STRIP = 32 }; /* columns, whatever the width of vectors: the terms that are known depend on it */

/* Candidates of a strip: none where a column is measured alone. */
typedef struct {
    int64_t n;
    const Member *members;
} Strip;

/* Strips of candidates. To be freed whatever is returned. */
HIDDEN int make_strips(const Terms *terms, const int64_t *columns, int64_t n_columns,
                       int64_t n_choices, Strips *strips);
HIDDEN void free_strips(Strips *strips);

/* The strip of a column. */
HIDDEN Strip find_strip(const Terms *terms, const Strips *strips, int64_t column);

/* The terms with selected column number `age` of all columns in the strip of one, by their place in
   it. */
HIDDEN int measure_strip(const Terms *terms, int64_t column, int64_t age, Room *room,
                         double *term);

/* Lower the candidates of a strip that have so many terms by the next one, and their scores, but for
   those that score -INFINITY; return how many. */
HIDDEN int64_t lower_members(Strip strip, const double *term, int64_t n_terms, Least least,
                             double *score);

#endif
