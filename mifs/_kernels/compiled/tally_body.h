/* Cells of each column, tallied by their counts, while these are bytes.

   Included by sweep_body.h, for each width of vectors, whose types these are. */

/* How many cells of each column have each count, from 1 to `top`, a byte a column; and sums of F
   over the cells that are not among them. */
typedef struct {
    SUFFIX(bytes) n_cells[VECTOR + 1];
    int top, n_ready; /* those up to n_ready are counts, by fours; F may not reach so far */
    int64_t sum[VECTOR];
} SUFFIX(Tally);

/* Begin with no cell at all. */
TARGET static ALWAYS_INLINE void SUFFIX(begin)(SUFFIX(Tally) *tally) {
    tally->top = tally->n_ready = 0;
    memset(tally->sum, 0, sizeof tally->sum);
}

/* Add F of the cells in the tally to the sums, and forget them. */
TARGET static void SUFFIX(add_up)(SUFFIX(Tally) *tally, const int64_t *value) {
    for (int c = 1; c <= tally->top; c++) {
        const uint8_t *n_cells = (const uint8_t *)(tally->n_cells + c);
        for (int v = 0; v < VECTOR; v++) tally->sum[v] += n_cells[v] * value[c];
    }
    tally->top = tally->n_ready = 0;
}

/* The largest count of any column; at most as many as there are rows. */
TARGET static ALWAYS_INLINE int SUFFIX(highest)(const SUFFIX(bytes) *counts, int n_levels) {
    const uint8_t *count = (const uint8_t *)counts;
    uint8_t most[VECTOR] = {0}, top = 0;
    for (int b = 0; b < n_levels; b++, count += VECTOR)
        for (int v = 0; v < VECTOR; v++) most[v] = count[v] > most[v] ? count[v] : most[v];
    for (int v = 0; v < VECTOR; v++) top = most[v] > top ? most[v] : top;
    return top;
}

/* Have room for numbers of cells with counts up to `room`, by fours, of which some up to `top` may
   be more than none. */
TARGET static ALWAYS_INLINE void SUFFIX(reach)(SUFFIX(Tally) *tally, int room, int top) {
    for (; tally->n_ready < room; tally->n_ready += 4)
        for (int i = 1; i <= 4; i++) tally->n_cells[tally->n_ready + i] = (SUFFIX(bytes)){0};
    if (top > tally->top) tally->top = top;
}

/* Take the counts of one group of rows, where comparing them with each number costs less than
   looking F up for each: up to about VECTOR, by measurement. Four numbers are compared at once.
   Returns the largest count, and numbers of cells of this group alone in `own`, if it is not NULL;
   or 0 where F was looked up. */
TARGET static int SUFFIX(tally_cells)(SUFFIX(Tally) *tally, const SUFFIX(bytes) *counts,
                                      int n_rows, int n_levels, const int64_t *value,
                                      SUFFIX(bytes) *own) {
    const int top = n_rows <= 4 ? n_rows : SUFFIX(highest)(counts, n_levels);
    if (top > VECTOR) {
        const uint8_t *count = (const uint8_t *)counts;
        for (int v = 0; v < VECTOR; v++)
            for (int b = 0; b < n_levels; b++) tally->sum[v] += value[count[b * VECTOR + v]];
        return 0;
    }
    SUFFIX(reach)(tally, top, top);
    for (int c = 1; c <= top; c += 4) {
        SUFFIX(bytes) *into = tally->n_cells + c, n[4] = {into[0], into[1], into[2], into[3]};
        for (int b = 0; b < n_levels; b++)
            for (int i = 0; i < 4; i++)
                n[i] -= (SUFFIX(bytes))(counts[b] == (SUFFIX(bytes)){0} + (uint8_t)(c + i));
        for (int i = 0; own && i < 4; i++) own[c + i] = n[i] - into[i];
        for (int i = 0; i < 4; i++) into[i] = n[i];
    }
    return top;
}

/* Whether any byte is not zero. */
TARGET static ALWAYS_INLINE int SUFFIX(any)(SUFFIX(bytes) bytes) {
    const SUFFIX(words) words = (SUFFIX(words))bytes;
    uint64_t all = 0;
    for (int word = 0; word < VECTOR / 8; word++) all |= words[word];
    return all != 0;
}

/* Take the cells of a few rows, of which `n_before` says how many are equal to each and before it:
   a cell of k samples has one with none before, one with one, and so on to k - 1. Two numbers are
   sought at once. There are fewer rows than bytes in a vector. Returns what no count exceeds, and
   numbers of cells of these rows alone in `own`, if it is not NULL. */
TARGET static ALWAYS_INLINE int SUFFIX(tally_equal)(SUFFIX(Tally) *tally,
                                                    const SUFFIX(bytes) *n_before, int n_rows,
                                                    SUFFIX(bytes) *own) {
    SUFFIX(bytes) last = (SUFFIX(bytes)){0} + (uint8_t)n_rows, sum = {0};
    int top = 0, is_more = 1;
    for (int k = 1; is_more; k += 2) {
        const SUFFIX(bytes) one = (SUFFIX(bytes)){0} + (uint8_t)k, two = one + 1;
        SUFFIX(bytes) with_one = {0}, with_two = {0};
        for (int i = k; i < n_rows; i++) {
            with_one -= (SUFFIX(bytes))(n_before[i] == one);
            with_two -= (SUFFIX(bytes))(n_before[i] == two);
        }
        top = k < n_rows ? k + 1 : n_rows; /* F and means may be known no further */
        SUFFIX(reach)(tally, k + 1, top);
        tally->n_cells[k] += last - with_one;
        tally->n_cells[k + 1] += with_one - with_two;
        if (own) own[k] = last - with_one;
        if (own) own[k + 1] = with_one - with_two;
        sum += with_one + with_two;
        last = with_two;
        is_more = k + 2 <= n_rows && SUFFIX(any)(with_two);
    }
    tally->n_cells[1] -= sum; /* all rows but these have none before */
    if (own) own[1] -= sum;
    return top;
}
