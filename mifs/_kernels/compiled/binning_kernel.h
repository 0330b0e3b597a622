#ifndef MIFS_BINNING_H
#define MIFS_BINNING_H

#include <stdint.h>

/* What one pass over a column finds. */
typedef struct {
    int64_t n_nan, n_infinite;
    int32_t is_whole; /* whether all that is finite is a whole number */
    double low, high; /* of what is not NaN; infinity and minus infinity if nothing is */
    uint64_t look;    /* equal for equal columns, NaN taken as 0 */
} column_fact;

void facts_of_column(const double *values, const uint64_t *keys, int64_t n_keys, int64_t n,
                     column_fact *fact);

/* The same of each column of a table of n_rows rows, `row_step` items apart; -1 if there is no
   memory. */
int facts_of_columns(const double *table, int64_t row_step, int64_t n_rows, int64_t n_columns,
                     const uint64_t *keys, int64_t n_keys, column_fact *facts);

/* Columns of a table of n_rows rows, `row_step` items apart, as contiguous rows. */
void transpose_64(const uint64_t *table, int64_t row_step, int64_t n_rows, int64_t n_columns,
                  uint64_t *out);

/* The same of floats of 32 bits, which become doubles. */
void widen_32(const float *table, int64_t row_step, int64_t n_rows, int64_t n_columns, double *out);

/* How many of at most 255 increasing edges are not above each value; none of NaN. */
void codes_by_edges(const double *values, int64_t n, const double *edges, int64_t n_edges,
                    uint8_t *codes);

/* Mark in `occurs` which of the `size` whole numbers from `low` on are met, and code the values by
   a table of them. Returns 0, or -1 where a value is none of these: NaN, or out of range. */
int mark_whole(const double *values, int64_t n, double low, int64_t size, uint8_t *occurs);
int code_whole_u8(const double *values, int64_t n, double low, const int64_t *table, int64_t size,
                  uint8_t *codes);
int code_whole_i64(const double *values, int64_t n, double low, const int64_t *table, int64_t size,
                   int64_t *codes);

#endif
