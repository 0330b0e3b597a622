/* Row sweep over tiles of bits, rows grouped by state: the ones of 8 * VECTOR columns at once.

   Rows are added up as the digits of a sum are, a carry at a time: digit b of each column's count
   of ones is a bit of vector b. Eight rows cost seven adders and a carry, whatever the states.
   Included once for each width of vectors, after sweep_body.h, with VECTOR, TARGET and SUFFIX
   defined. */

/* Add two rows to a digit; what is left of it stays, and the carry is returned. */
TARGET static ALWAYS_INLINE SUFFIX(words) SUFFIX(add_two)(SUFFIX(words) *digit, SUFFIX(words) a,
                                                          SUFFIX(words) b) {
    const SUFFIX(words) sum = *digit ^ a, carry = (*digit & a) | (sum & b);
    *digit = sum ^ b;
    return carry;
}

TARGET static ALWAYS_INLINE SUFFIX(words) SUFFIX(add_one)(SUFFIX(words) *digit, SUFFIX(words) a) {
    const SUFFIX(words) carry = *digit & a;
    *digit ^= a;
    return carry;
}

/* Counts of ones in at most 255 rows, by digits. Those that are no eight come first, while three
   digits hold them. */
TARGET static ALWAYS_INLINE void SUFFIX(add_rows)(const uint8_t *codes, int64_t stride,
                                                  const int32_t *rows, int n_rows,
                                                  const uint8_t *next_block,
                                                  SUFFIX(words) *digits) {
#define ROW(k) (*(const SUFFIX(words) *)(codes + rows[i + (k)] * stride))
    SUFFIX(words) digit[8] = {{0}};
    int i = 0;
    for (; i < n_rows % 8; i++) {
        SUFFIX(words) carry = ROW(0);
        for (int b = 0; b < 3; b++) carry = SUFFIX(add_one)(digit + b, carry);
    }
    for (; i < n_rows; i += 8) {
        SUFFIX(words) two, four, carry;
        for (int k = 0; k < 8; k++) PREFETCH(next_block + (i + k) * stride);
        two = SUFFIX(add_two)(digit, ROW(0), ROW(1));
        two = SUFFIX(add_two)(digit + 1, two, SUFFIX(add_two)(digit, ROW(2), ROW(3)));
        four = two;
        two = SUFFIX(add_two)(digit, ROW(4), ROW(5));
        two = SUFFIX(add_two)(digit + 1, two, SUFFIX(add_two)(digit, ROW(6), ROW(7)));
        carry = SUFFIX(add_two)(digit + 2, four, two);
        for (int b = 3; b < 8; b++) carry = SUFFIX(add_one)(digit + b, carry);
    }
    for (int b = 0; b < 8; b++) digits[b] = digit[b];
#undef ROW
}

/* Add the counts of ones in a group of rows, from place `first` in their order, to those of each
   column. They are in the order in which bits are turned into bytes, as are lanes from here on. */
TARGET static void SUFFIX(add_group)(const Tile *tile, const int32_t *rows, int64_t first,
                                     int64_t end, int32_t *ones) {
    for (; first < end; first += UINT8_MAX) {
        const int some = (int)(end - first < UINT8_MAX ? end - first : UINT8_MAX);
        const uint8_t *next = next_block(tile, first, some);
        for (int place = 0; place < ABREAST / 8; place += VECTOR) {
            SUFFIX(words) count[8];
            SUFFIX(add_rows)(tile->codes + place, tile->stride, rows + first, some, next, count);
            TRANSPOSE_BITS(SUFFIX(words), count);
            for (int b = 0; b < 8; b++) {
                const uint8_t *from = (const uint8_t *)(count + b);
                int32_t *into = ones + b * (ABREAST / 8) + place;
                for (int v = 0; v < VECTOR; v++) into[v] += from[v];
            }
        }
    }
}

/* Rows of one state, in all blocks. */
TARGET static int32_t SUFFIX(rows_of)(const Tile *tile, const int64_t *start, int64_t n_states) {
    int64_t n_rows = 0;
    for (int64_t block = 0; block < tile->n_blocks; block++, start += n_states)
        n_rows += start[1] - start[0];
    return (int32_t)n_rows;
}

/* Store how often candidates, which follow each other, have either level, `apart` pairs from one to
   the next. */
TARGET static void SUFFIX(store_levels)(const int32_t *ones, const Lanes *lanes, int32_t n_rows,
                                        int64_t apart, int32_t *into) {
    for (int i = 0; i < lanes->n; i++, into += 2 * apart) {
        const int32_t count = ones[lanes->lane[i]];
        into[0] = n_rows - count;
        into[1] = count;
    }
}

/* Add F of how often columns have either level to their sums; of few rows by pairs. */
TARGET static ALWAYS_INLINE void SUFFIX(add_cells)(const CellTable *f, const int32_t *ones,
                                                   int32_t n_rows, int64_t *sum,
                                                   const int is_whole) {
    for (int i = 0; i < ABREAST; i++)
        sum[i] += cell_value(f, ones[i], is_whole) + cell_value(f, n_rows - ones[i], is_whole);
}

TARGET static void SUFFIX(add_levels)(const CellTable *f, const int32_t *ones, int32_t n_rows,
                                      int64_t *sum) {
    if (n_rows < ABREAST && n_rows < f->n_values) {
        int64_t both[ABREAST];
        for (int c = 0; c <= n_rows; c++) both[c] = f->value[c] + f->value[n_rows - c];
        for (int i = 0; i < ABREAST; i++) sum[i] += both[n_rows == 1 ? 0 : ones[i]];
    } else if (n_rows < f->n_values) {
        SUFFIX(add_cells)(f, ones, n_rows, sum, 1);
    } else {
        SUFFIX(add_cells)(f, ones, n_rows, sum, 0);
    }
}

/* Take the counts of ones with the states of one z. */
TARGET static void SUFFIX(take_ones)(const Tile *tile, const Sweep *sweep, const Lanes *lanes,
                                     int64_t z, const int32_t *ones, const Task *task,
                                     int64_t (*sums)[ABREAST]) {
    const int64_t n_y = task->n_y, n_states = task->n_z * n_y;
    int32_t of_z[ABREAST] = {0}, n_rows_of_z = 0;
    for (int64_t y = 0; y < n_y; y++, ones += ABREAST) {
        const int64_t state = z * n_y + y;
        const int32_t n_rows = SUFFIX(rows_of)(tile, sweep->start + state, n_states);
        if (task->counts)
            SUFFIX(store_levels)(ones, lanes, n_rows, n_states,
                                 task->counts + 2 * (n_states * lanes->place[0] + state));
        if (!n_rows || task->counts) continue;
        if (n_y > 1) SUFFIX(add_levels)(&task->f, ones, n_rows, sums[0]);
        for (int i = 0; i < ABREAST; i++) of_z[i] += ones[i];
        n_rows_of_z += n_rows;
    }
    if (task->counts) return;
    SUFFIX(add_levels)(&task->f, of_z, n_rows_of_z, sums[1]);
    if (task->out.zx)
        SUFFIX(store_levels)(of_z, lanes, n_rows_of_z, task->n_z,
                             counts_with_z(task, lanes->place[0]) + 2 * z);
}

/* Sums, or whole tables, for columns of tiles abreast, however many rows there are. Several blocks
   leave all tables unfinished until the last one. */
TARGET static void SUFFIX(sweep_abreast)(const Tile *tile, const Sweep *sweep,
                                         const Lanes *lanes, int32_t *scratch,
                                         const Task *task) {
    const int64_t n_y = task->n_y, n_states = task->n_z * n_y;
    const int64_t some_z = tile->n_blocks > 1 ? task->n_z : 1;
    int64_t sums[2][ABREAST] = {{0}}; /* with (Z, Y), and with Z */
    for (int64_t z = 0; z < task->n_z; z += some_z) {
        memset(scratch, 0, sizeof(int32_t) * some_z * n_y * ABREAST);
        for (int64_t block = 0; block < tile->n_blocks; block++) {
            const int64_t *start = sweep->start + block * n_states + z * n_y;
            for (int64_t state = 0; state < some_z * n_y; state++)
                SUFFIX(add_group)(tile, sweep->rows, start[state], start[state + 1],
                                  scratch + state * ABREAST);
        }
        for (int64_t k = 0; k < some_z; k++)
            SUFFIX(take_ones)(tile, sweep, lanes, z + k, scratch + k * n_y * ABREAST, task, sums);
    }
    for (int i = 0; !task->counts && i < lanes->n; i++) {
        task->out.sum_zyx[lanes->place[i]] = sums[n_y == 1][lanes->lane[i]];
        task->out.sum_zx[lanes->place[i]] = sums[1][lanes->lane[i]];
    }
}

/* The columns of tiles abreast, if enough of them are wanted; else they stay in `lanes`. */
TARGET static void SUFFIX(sweep_bits)(const Tile *tile, const Sweep *sweep, Lanes *lanes,
                                      void *scratch, const Task *task) {
    if (lanes->n < FEW_BITS) return;
    for (int i = 0; i < lanes->n; i++) /* in the order in which bits are turned into bytes */
        lanes->lane[i] = (uint8_t)(lanes->lane[i] % 8 * (ABREAST / 8) + lanes->lane[i] / 8);
    SUFFIX(sweep_abreast)(tile, sweep, lanes, scratch, task);
    lanes->n = 0;
}

#undef VECTOR
#undef TARGET
#undef SUFFIX
