#include "ranks_kernel.h"

#include <stdlib.h>
#include <string.h>

enum {
    SHORT = 4096,      /* below, narrower digits: clearing and adding up their counts is the cost */
    MOST_DIGITS = 4,   /* 8 bits each, or 11 of longer arrays */
    MOVES_A_ROW = 8,   /* more, on average, to repair equal prefixes: sort all bits instead */
};

/* A number as an integer of the same order: -0.0 is 0.0, and all NaN are the largest. */
static inline uint64_t key_of(double value) {
    uint64_t bits;
    if (value != value) return UINT64_MAX;
    value += 0.0;
    memcpy(&bits, &value, sizeof bits);
    return bits ^ ((0 - (bits >> 63)) | (UINT64_C(1) << 63));
}

/* Entries hold 32 bits to sort by above the number of a row. Sort them, stably, by the lowest
   n_bits of those; the result is in one of the two arrays. */
static uint64_t *sorted_entries(uint64_t *entries, uint64_t *other, int64_t n, int n_bits) {
    const int width = n < SHORT ? 8 : 11;
    const int n_digits = (n_bits + width - 1) / width;
    const uint64_t mask = (UINT64_C(1) << width) - 1;
    uint32_t counts[MOST_DIGITS][1 << 11];
    for (int d = 0; d < n_digits; d++) memset(counts[d], 0, sizeof(uint32_t) << width);
    for (int64_t i = 0; i < n; i++) {
        uint64_t prefix = entries[i] >> 32;
        for (int d = 0; d < n_digits; d++, prefix >>= width) counts[d][prefix & mask]++;
    }
    for (int d = 0; d < n_digits; d++) {
        const int shift = 32 + d * width;
        uint32_t *next = counts[d], sum = 0;
        if (next[entries[0] >> shift & mask] == (uint32_t)n) continue; /* all digits equal */
        for (uint64_t digit = 0; digit <= mask; digit++) {
            const uint32_t count = next[digit];
            next[digit] = sum;
            sum += count;
        }
        for (int64_t i = 0; i < n; i++) other[next[entries[i] >> shift & mask]++] = entries[i];
        uint64_t *swap = entries;
        entries = other;
        other = swap;
    }
    return entries;
}

/* Sort what equal prefixes left in the order of rows; 0 if that took too long. */
static int repaired(const double *values, uint64_t *entries, int64_t n) {
    int64_t moves_left = MOVES_A_ROW * n;
    for (int64_t i = 1; i < n; i++) {
        if (entries[i] >> 32 != entries[i - 1] >> 32) continue;
        const uint64_t entry = entries[i], key = key_of(values[(uint32_t)entry]);
        int64_t j = i;
        while (j && entries[j - 1] >> 32 == entry >> 32 &&
               key_of(values[(uint32_t)entries[j - 1]]) > key) {
            entries[j] = entries[j - 1];
            j--;
        }
        entries[j] = entry;
        moves_left -= i - j;
        if (moves_left < 0) return 0;
    }
    return 1;
}

static int is_ascending(const double *values, int64_t n) {
    for (int64_t i = 1; i < n; i++)
        if (!(values[i] >= values[i - 1])) return 0;
    return 1;
}

int order_of(const double *values, int64_t n, int64_t *order) {
    if (is_ascending(values, n)) {
        for (int64_t i = 0; i < n; i++) order[i] = i;
        return 0;
    }
    uint64_t *entries = malloc(2 * n * sizeof(uint64_t)), least = UINT64_MAX, most = 0, lost = 0;
    if (!entries) return -1;
    for (int64_t i = 0; i < n; i++) {
        const uint64_t key = key_of(values[i]);
        least = key < least ? key : least;
        most = key > most ? key : most;
    }
    int n_bits = 0;
    while (n_bits < 64 && (most - least) >> n_bits) n_bits++;
    const int shift = n_bits > 32 ? n_bits - 32 : 0;
    for (int64_t i = 0; i < n; i++) {
        const uint64_t key = key_of(values[i]) - least;
        lost |= key;
        entries[i] = (key >> shift) << 32 | (uint64_t)i;
    }
    uint64_t *sorted = sorted_entries(entries, entries + n, n, n_bits - shift);
    const int is_whole = !(lost & ((UINT64_C(1) << shift) - 1));
    if (!is_whole && !repaired(values, sorted, n)) {
        for (int64_t i = 0; i < n; i++)
            entries[i] = (key_of(values[i]) - least) << 32 | (uint64_t)i;
        sorted = sorted_entries(entries, entries + n, n, 32);
        for (int64_t i = 0; i < n; i++)
            sorted[i] = (key_of(values[(uint32_t)sorted[i]]) - least) >> 32 << 32 |
                        (uint32_t)sorted[i];
        sorted = sorted_entries(sorted, sorted == entries ? entries + n : entries, n, 32);
    }
    for (int64_t i = 0; i < n; i++) order[i] = (uint32_t)sorted[i];
    free(entries);
    return 0;
}

void ranks_of(const double *values, const int64_t *order, int64_t n, int64_t *ranks) {
    for (int64_t start = 0, end; start < n; start = end) {
        const double value = values[order[start]];
        for (end = start + 1; end < n && values[order[end]] == value; end++) continue;
        for (int64_t i = start; i < end; i++) ranks[order[i]] = start + end - n;
    }
}
