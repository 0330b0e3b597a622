/* Turns of threads that share the columns of one table: each takes the next, until none is left. */
#ifndef MIFS_TURNS_H
#define MIFS_TURNS_H

#include <stdint.h>

#if defined(__GNUC__)
#define FETCH_AND_ADD(number, more) __atomic_fetch_add(number, more, __ATOMIC_ACQ_REL)
#define LATEST(number) __atomic_load_n(number, __ATOMIC_ACQUIRE)
#else
#include <intrin.h>
#define FETCH_AND_ADD(number, more) _InterlockedExchangeAdd(number, more)
#define LATEST(number) _InterlockedExchangeAdd(number, 0)
#endif

enum { LOOKS = 100000 }; /* some 50 microseconds: to be woken takes as long */

/* How many there are, each of so many columns; the next one, and how many have ended. What threads
   change is no wider than a word: processors of 32 bits have no instruction for eight bytes, or need
   a library for it. */
typedef struct {
    int64_t n, n_columns;
    long next, n_ended;
} Turns;

static inline int64_t take_turn(Turns *turns) { return FETCH_AND_ADD(&turns->next, 1); }

static inline void end_turn(Turns *turns) { FETCH_AND_ADD(&turns->n_ended, 1); }

/* Whether all have ended; those that others are at are waited for a little. */
static inline int have_ended(Turns *turns) {
    for (int i = 0; i < LOOKS; i++)
        if (LATEST(&turns->n_ended) >= turns->n) return 1;
    return 0;
}

#endif
