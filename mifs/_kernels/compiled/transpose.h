/* Bytes, and bits, of words that are turned. */
#ifndef MIFS_TRANSPOSE_H
#define MIFS_TRANSPOSE_H

#include <stdint.h>

/* Turn eight words of eight bytes, each a row, into their columns, by halves; or vectors of words,
   each word by itself. The same for bits, of eight bytes that are one above another. */
#define TRANSPOSE_BYTES(words, row) \
    TRANSPOSE(words, row, 8, 0x00000000FFFFFFFFu, 0x0000FFFF0000FFFFu, 0x00FF00FF00FF00FFu)
#define TRANSPOSE_BITS(words, row) \
    TRANSPOSE(words, row, 1, 0x0F0F0F0F0F0F0F0Fu, 0x3333333333333333u, 0x5555555555555555u)
#define TRANSPOSE(words, row, size, ...)                                                         \
    do {                                                                                         \
        static const uint64_t mask[3] = {__VA_ARGS__};                                           \
        for (int step = 0, apart = 4; apart; step++, apart /= 2)                                 \
            for (int i = 0; i < 8; i++) {                                                        \
                if (i & apart) continue;                                                         \
                const int bits = (size) * apart;                                                 \
                const words low = (row)[i], high = (row)[i + apart];                             \
                (row)[i] = (low & mask[step]) | ((high & mask[step]) << bits);                   \
                (row)[i + apart] = ((low >> bits) & mask[step]) | (high & ~mask[step]);          \
            }                                                                                    \
    } while (0)

#endif
