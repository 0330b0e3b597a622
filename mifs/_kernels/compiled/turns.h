/* Turns of threads that share the columns of one table: each takes the next, until none is left. */
#ifndef MIFS_TURNS_H
#define MIFS_TURNS_H

#include <stdint.h>
#include <time.h>

#if defined(__unix__) || defined(__APPLE__)
#include <sched.h>
#define YIELD() sched_yield()
#elif defined(_WIN32)
#include <windows.h>
#define YIELD() SwitchToThread()
#else
#define YIELD() ((void)0)
#endif

#if defined(__GNUC__)
#define FETCH_AND_ADD(number, more) __atomic_fetch_add(number, more, __ATOMIC_ACQ_REL)
#define LATEST(number) __atomic_load_n(number, __ATOMIC_ACQUIRE)
#else
#include <intrin.h>
#define FETCH_AND_ADD(number, more) _InterlockedExchangeAdd(number, more)
#define LATEST(number) _InterlockedExchangeAdd(number, 0)
#endif

/* Leaves the core to its other thread for some cycles. */
#if defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__))
#define REST() __builtin_ia32_pause()
#elif defined(__GNUC__) && defined(__aarch64__)
#define REST() __asm__ volatile("isb")
#elif defined(_M_X64) || defined(_M_IX86)
#define REST() _mm_pause()
#else
#define REST() ((void)0)
#endif

enum {
    LOOKS = 1000, /* some 25 microseconds, or half of what it takes to be woken */
    YIELDS = 300, /* some 160, where nobody else wants it: two scans of a search are 100 apart */
    LONG_YIELD = 100000, /* nanoseconds: somebody else had the processor for a slice of time */
};

/* How many there are, each of so many columns; the next one, and how many threads failed. What
   threads change is no wider than a word: processors of 32 bits have no instruction for eight bytes,
   or need a library for it. */
typedef struct {
    int64_t n, n_columns;
    long next, n_failed;
} Turns;

static inline int64_t take_turn(Turns *turns) { return FETCH_AND_ADD(&turns->next, 1); }

static inline int64_t nanoseconds_between(struct timespec then, struct timespec now) {
    return (now.tv_sec - then.tv_sec) * (int64_t)1000000000 + now.tv_nsec - then.tv_nsec;
}

/* Wait a little for a number that others change to be another, and give the processor to whoever
   else wants it. Returns whether somebody did: the wait is over then, and may have been long. */
static inline int await_other(long *number, long seen) {
    struct timespec then, now;
    timespec_get(&now, TIME_UTC);
    for (int i = 0; i < YIELDS && LATEST(number) == seen; i++) {
        then = now;
        YIELD();
        timespec_get(&now, TIME_UTC);
        if (nanoseconds_between(then, now) > LONG_YIELD) return 1;
    }
    return 0;
}

/* Wait a little for a number that others change to be zero. */
static inline void await_zero(long *number) {
    for (int i = 0; i < LOOKS && LATEST(number) != 0; i++) REST();
}

#endif
