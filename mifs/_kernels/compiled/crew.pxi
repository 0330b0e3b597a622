"""Threads that stand ready to help kernels, which share their work by turns."""

from cpython.pythread cimport (
    WAIT_LOCK,
    PyThread_acquire_lock as acquire,
    PyThread_allocate_lock as new_lock,
    PyThread_free_lock as free_lock,
    PyThread_release_lock as release,
    PyThread_type_lock as Lock,
)

cdef extern from "turns.h" nogil:
    ctypedef struct Turns:
        int64_t n, n_columns
        long next, n_failed

    long FETCH_AND_ADD(long *, long)
    int64_t take_turn(Turns *)
    void await_zero(long *)
    int await_other(long *, long)

cdef enum:
    CROWDED_SLEEPS = 16  # after which a look shows whether the processor is still wanted

ctypedef void (*Work)(void *job, bint is_helper) noexcept nogil

cdef struct Sleeper:
    Lock bell
    Sleeper *next


cdef Lock closed_lock() except NULL:
    """A lock that whoever acquires it next waits for."""
    cdef Lock lock = new_lock()
    if lock == NULL:
        raise MemoryError
    acquire(lock, WAIT_LOCK)
    return lock


cdef class Crew:
    """Threads that stand ready; see the NumPy twin.

    They help a kernel, look for the next one a little, and sleep, without Python's lock: who calls
    goes on with what only one can do as soon as the last turn has ended. Where others want the
    processor, they sleep at once: who looks gives it away for longer than a scan takes, and who is
    woken gets it back soon.

    All that changes is guarded by one lock, held briefly. Each sleeps at a bell of its own, a lock
    which another releases: under the guard, so that it is done with the bell before the sleeper,
    who needs the guard next, is up.
    """

    cdef Lock guard, farewell
    cdef Sleeper *sleepers
    cdef Work work
    cdef void *job
    cdef int64_t n_called, n_wanted
    cdef long n_inside, news
    cdef bint is_awaited, has_ended

    def __cinit__(self):
        self.farewell = closed_lock()
        self.guard = closed_lock()
        release(self.guard)

    def __dealloc__(self):
        if self.farewell != NULL:
            release(self.farewell)
            free_lock(self.farewell)
        if self.guard != NULL:
            free_lock(self.guard)

    def stand_ready(self):
        cdef Sleeper own
        cdef bint is_called
        own.bell = closed_lock()
        with nogil:
            is_called = self.help_until_called(&own)
        release(own.bell)
        free_lock(own.bell)
        return is_called

    def call(self, int64_t n_helpers):
        with nogil:
            acquire(self.guard, WAIT_LOCK)
            self.n_called += n_helpers
            self.wake(n_helpers)
            release(self.guard)

    def end(self):
        with nogil:
            acquire(self.guard, WAIT_LOCK)
            self.has_ended = True
            self.wake(INT64_MAX)
            release(self.guard)

    cdef void wake(self, int64_t n_helpers) noexcept nogil:
        """Have some look for something to do, of those who sleep; the others will anyway."""
        cdef Sleeper *sleeper
        FETCH_AND_ADD(&self.news, 1)
        while n_helpers > 0 and self.sleepers != NULL:
            sleeper = self.sleepers
            self.sleepers = sleeper.next
            n_helpers -= 1
            release(sleeper.bell)

    cdef bint help_until_called(self, Sleeper *own) noexcept nogil:
        """Whether it is called, not ended."""
        cdef bint is_tired = False
        cdef int n_sleeps = 0  # to come without a look
        acquire(self.guard, WAIT_LOCK)
        while not self.has_ended and self.n_called == 0:
            if self.n_wanted > 0:
                self.n_wanted -= 1
                self.help()
                is_tired = False
            elif is_tired or n_sleeps > 0:
                self.sleep(own)
                n_sleeps -= n_sleeps > 0
                is_tired = False
            else:
                n_sleeps = CROWDED_SLEEPS * self.look()
                is_tired = True
        cdef bint is_called = not self.has_ended
        if is_called:
            self.n_called -= 1
        release(self.guard)
        return is_called

    cdef bint look(self) noexcept nogil:
        """Leave the guard until there is news, or there was none for a little.

        Returns whether others want the processor.
        """
        cdef long seen = self.news
        release(self.guard)
        cdef bint is_crowded = await_other(&self.news, seen)
        acquire(self.guard, WAIT_LOCK)
        return is_crowded

    cdef void sleep(self, Sleeper *own) noexcept nogil:
        """Leave the guard until another rings."""
        own.next, self.sleepers = self.sleepers, own
        release(self.guard)
        acquire(own.bell, WAIT_LOCK)
        acquire(self.guard, WAIT_LOCK)

    cdef void help(self) noexcept nogil:
        """Leave the guard for some work, which is not taken back while anybody is at it."""
        cdef Work work = self.work
        cdef void *job = self.job
        FETCH_AND_ADD(&self.n_inside, 1)
        release(self.guard)
        work(job, True)
        acquire(self.guard, WAIT_LOCK)
        if FETCH_AND_ADD(&self.n_inside, -1) == 1 and self.is_awaited:
            self.is_awaited = False
            release(self.farewell)

    cdef void share(self, Work work, void *job, int64_t n_helpers) noexcept nogil:
        """Do some work by turns, and let others take some; alone, while they help somebody else."""
        acquire(self.guard, WAIT_LOCK)
        cdef bint is_first = self.work == NULL
        if is_first:
            self.work, self.job, self.n_wanted = work, job, n_helpers
            self.wake(n_helpers)
        release(self.guard)
        work(job, False)
        if is_first:
            self.take_leave()

    cdef void take_leave(self) noexcept nogil:
        """Let nobody begin the work any more, and wait for those who are at it."""
        acquire(self.guard, WAIT_LOCK)
        self.n_wanted = 0
        release(self.guard)
        await_zero(&self.n_inside)
        acquire(self.guard, WAIT_LOCK)
        if self.n_inside > 0:
            self.is_awaited = True
            release(self.guard)
            acquire(self.farewell, WAIT_LOCK)
            acquire(self.guard, WAIT_LOCK)
        self.work = NULL
        release(self.guard)
