"""Greedy selections from ready codes: what each job of this kind takes, as rows."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import plain
from made import MODES, N_BINS, Mode, codes, shrunk, size
from measuring import ChildError, Timed, Timing, in_turn
from row import Row

from mifs._kernels import joint_counts
from mifs._kernels.twins import TWINS, is_numpy_wanted
from mifs.counts import CodeTable, DiscreteVariable
from mifs.criteria import CRITERIA
from mifs.discrete import CountedInformation
from mifs.gate import Gate, GatedDoor
from mifs.scan import spread_columns
from mifs.search import FixedLength, SelectionPath, forward_search

REFERENCE = 10_000  # rows of the np.bincount that measures the machine
CHOSEN = 20
STEEPEST = 1.1  # slope of log time against log size that still counts as growing in proportion


class Case(NamedTuple):
    """A selection, its bar, and what praznik took elsewhere."""

    criterion: str
    n: int
    d: int
    k: int
    unit: str  # of the bar: "ns" per sample, candidate and step, or "ms" in all
    bar: float | None
    there: float | None  # praznik, ns, on another machine; not measured here
    short: str = ""
    n_levels: int = N_BINS


WIDE, LONG, LARGE = (10_000, 1_000), (100, 10_000), (1_000_000, 100)
CASES = [
    Case("jmi", *WIDE, 50, "ns", 0.34, 4.1, "JMI, 50 chosen"),
    Case("jmi", 2_000, 500, CHOSEN, "ns", 0.45, 5.0),
    Case("jmi", *LONG, CHOSEN, "ns", 2.2, 37.0, "JMI, 20 chosen"),
    Case("jmi", 100_000, 200, CHOSEN, "ns", 0.35, 3.5),
    Case("jmi", *LARGE, CHOSEN, "ns", 0.40, 4.0, "JMI, 20 chosen"),
    Case("jmi", *WIDE, 50, "ns", None, None, n_levels=2),
    Case("mrmr", *WIDE, CHOSEN, "ns", 0.28, 2.7, "mRMR, 20 chosen"),
    Case("mrmr", *LONG, CHOSEN, "ns", 1.9, 28.0),
    Case("mrmr", *LARGE, CHOSEN, "ns", 0.36, 2.2),
    Case("cmim", *WIDE, CHOSEN, "ms", 7.0, 0.305, "CMIM, 20 chosen"),
    Case("cmim", *LONG, CHOSEN, "ms", 2.2, 1.0),
    Case("cmim", *LARGE, CHOSEN, "ms", 200.0, 0.83),
    Case("jmim", *WIDE, CHOSEN, "ms", 7.0, None),
    Case("jmim", *LONG, CHOSEN, "ms", 2.2, None),
    Case("jmim", *LARGE, CHOSEN, "ms", 200.0, None),
]


class Codes:
    """Ready codes, of which a new table is made for every run: what it lays out counts."""

    def __init__(self, n: int, d: int, n_levels: int = N_BINS) -> None:
        columns, y = codes(n, d)
        self.columns, self.n_levels = columns * n_levels // N_BINS, n_levels
        self.target = DiscreteVariable(y, 2)

    def table(self) -> CodeTable:
        """Wrap the codes."""
        return CodeTable(DiscreteVariable(column, self.n_levels) for column in self.columns)

    def select(
        self,
        table: CodeTable,
        criterion: str,
        k: int,
        correction: str | None,
        *,
        n_jobs: int = 1,
        is_lazy: bool = True,
    ) -> SelectionPath:
        """Choose k columns, without the redundancies that describe a path afterwards."""
        information = CountedInformation(table, self.target, correction=correction)
        with spread_columns(information, n_jobs):
            return forward_search(
                CRITERIA[criterion](),
                information,
                door=FixedLength(k),
                describes=False,
                is_lazy=is_lazy,
            )

    def selection(
        self,
        criterion: str,
        k: int,
        correction: str | None = None,
        *,
        n_jobs: int = 1,
        is_lazy: bool = True,
    ) -> Timed:
        """The same, to be timed."""
        return Timed(
            lambda t: self.select(t, criterion, k, correction, n_jobs=n_jobs, is_lazy=is_lazy),
            self.table,
        )


def bincount(n: int, n_levels: int) -> Timed:
    """One np.bincount of a table of a candidate with a chosen column and the target, n rows."""
    cells = np.random.default_rng(0).integers(0, 2 * n_levels * n_levels, n)
    calls = max(1, 10**6 // n)
    return Timed(lambda _: [np.bincount(cells) for _ in range(calls)])


def histograms(columns: np.ndarray, n_levels: int) -> list[Timed]:
    """Histograms of the same table for some columns: the compiled one, without a sweep, and C's."""
    n_columns, n = columns.shape
    state = np.random.default_rng(0).integers(0, 2 * n_levels, n).astype(np.int32)
    places, shape = np.arange(n_columns), (2 * n_levels, n_levels)
    calls = range(max(1, 10**6 // columns.size))
    counted = [Timed(lambda _: [joint_counts(columns, places, state, shape) for _ in calls])]
    if plain.library() is not None:
        counted.append(Timed(lambda _: [plain.histograms(columns, state, shape) for _ in calls]))
    return counted


def beside(made: Codes, mode: Mode) -> dict[str, float | None]:
    """np.bincount and histograms at the same number of rows, and np.bincount at 10,000."""
    some = np.ascontiguousarray(made.columns[:64])
    n = some.shape[1]
    calls = max(1, 10**6 // n)
    mine, reference, kernel, *scalar = in_turn(
        bincount(n, made.n_levels),
        bincount(REFERENCE, N_BINS),
        *histograms(some, made.n_levels),
        budget=mode.seconds / 4,
    )
    is_compiled = "joint_counts" in TWINS and not is_numpy_wanted()
    per_column = max(1, 10**6 // some.size) * some.size
    return {
        "bincount": 1e9 * mine.median / (calls * n),
        "reference": 1e9 * reference.median / (10**6 // REFERENCE * REFERENCE),
        "histogram": 1e9 * kernel.median / per_column if is_compiled else None,
        "plain": 1e9 * scalar[0].median / per_column if scalar else None,
    }


def ns_of(seconds: float, n: int, d: int, k: int) -> float:
    """Per sample, candidate and step."""
    return 1e9 * seconds / (n * d * k)


def plain_tables(d: int, k: int) -> int:
    """Tables of a search that measures every candidate with every chosen column but the last."""
    return sum(d - step for step in range(1, k))


def selections(criterion: str, mode_name: str) -> Iterator[Row]:
    """Cost of one criterion at its sizes."""
    mode = MODES[mode_name]
    for case in CASES:
        if case.criterion != criterion:
            continue
        n, d = shrunk(case.n, case.d, mode)
        k = min(case.k, d)
        made = Codes(n, d, case.n_levels)
        path = made.select(made.table(), criterion, k, None)
        calls = [made.selection(criterion, k)]
        if path.n_tables < plain_tables(d, k):
            calls.append(made.selection(criterion, k, is_lazy=False))
        timing, *plain = in_turn(*calls, budget=mode.seconds)
        ns = ns_of(timing.median, n, d, k)
        yield Row(
            job=criterion if case.n_levels == N_BINS else f"{criterion}, {case.n_levels} levels",
            size=size(n, d),
            k=k,
            seconds=timing.median,
            least=timing.least,
            ns=ns,
            there=case.there,
            figure=ns if case.unit == "ns" else 1e3 * timing.median,
            unit=case.unit,
            bar=case.bar if (n, d, k) == (case.n, case.d, case.k) else None,
            tables=int(path.n_tables),
            plain_tables=plain_tables(d, k),
            peer="plain search" if plain else "",
            peer_seconds=plain[0].median if plain else None,
            short=case.short,
            **beside(made, mode),
        )


def chance(mode_name: str) -> Iterator[Row]:
    """What the correction for chance costs, beside plug-in in the same run."""
    mode = MODES[mode_name]
    for criterion, shape in (("jmi", WIDE), ("mrmr", WIDE), ("cmim", WIDE), ("jmi", LONG)):
        n, d = shrunk(*shape, mode)
        made, k = Codes(n, d), min(CHOSEN, d)
        path = made.select(made.table(), criterion, k, "chance")
        plain, corrected = in_turn(
            made.selection(criterion, k),
            made.selection(criterion, k, "chance"),
            budget=2 * mode.seconds,
        )
        yield compared(
            Row(
                job=f"chance, {criterion}",
                size=size(n, d),
                k=k,
                ns=ns_of(corrected.median, n, d, k),
                unit="× plug-in",
                bar=1.5 if (n, d) == shape else None,
                tables=int(path.n_tables),
                plain_tables=plain_tables(d, k),
                short=f"{criterion.upper()}, 20 chosen, corrected"
                if (criterion, shape) == ("jmi", WIDE)
                else "",
            ),
            corrected,
            plain,
        )


def gate(mode_name: str) -> Iterator[Row]:
    """What the tests of "auto" cost, beside plug-in of the length at which they stop."""
    mode = MODES[mode_name]
    for criterion, shape in (("jmi", WIDE), ("cmim", WIDE), ("jmi", (2_000, 500))):
        n, d = shrunk(*shape, mode)
        made = Codes(n, d)
        gated = Timed(lambda table, c=criterion, m=made: _gated(m, table, c), made.table)
        k = len(gated.run(gated.prepare()).order)
        plain, tested = in_turn(made.selection(criterion, k), gated, budget=2 * mode.seconds)
        row = Row(
            job=f"gate, {criterion}",
            size=size(n, d),
            k=k,
            unit="× plug-in",
            bar=2.5 if (n, d) == shape else None,
        )
        yield compared(row, tested, plain)


def _gated(made: Codes, table: CodeTable, criterion: str) -> SelectionPath:
    information = CountedInformation(table, made.target)
    everything = np.ones(table.n_features, dtype=bool)
    door = GatedDoor(Gate(), information, everything, np.random.default_rng(0))
    return forward_search(CRITERIA[criterion](), information, door=door, describes=False)


def compared(row: Row, ours: Timing, other: Timing, *, is_gain: bool = False) -> Row:
    """The row with its times, and one over the other as its figure."""
    quotient = other.median / ours.median if is_gain else ours.median / other.median
    return replace(row, seconds=ours.median, least=ours.least, figure=quotient)


def scaling(mode_name: str) -> Iterator[Row]:
    """How the cost of JMI grows in n, d and k: each size, and the slope over all of them."""
    mode = MODES[mode_name]
    most = mode.of_scaling
    ns = [n for n in (10**3, 10**4, 10**5, 10**6) if n <= most]
    ds = [d for d in (100, 316, 1_000, 3_162, 10_000) if 1_000 * d <= 10 * most]
    ks = [5, 10, 20, 40]
    yield from _grown("n", [(n, 100, 10) for n in ns], mode)
    yield from _grown("d", [(1_000, d, 10) for d in ds], mode)
    yield from _grown("k", [(most // 100, 100, k) for k in ks], mode)


def _grown(of: str, shapes: list[tuple[int, int, int]], mode: Mode) -> Iterator[Row]:
    times = []
    for n, d, k in shapes:
        made = Codes(n, d)
        (timing,) = in_turn(made.selection("jmi", k), budget=mode.seconds / 2)
        times.append(timing)
        # the candidates of later steps are fewer, which shows where k is a good part of d
        steps = k * (d - (k - 1) / 2) / d
        ns = ns_of(timing.median, n, d, steps)
        yield Row(f"scaling, {of}", size(n, d), k, 1, *timing, ns=ns)
    if len(shapes) < 2:
        return
    sizes = np.log([n * d * k * (1 - (k - 1) / 2 / d) for n, d, k in shapes])
    slopes = np.diff(np.log([timing.median for timing in times])) / np.diff(sizes)
    yield Row(
        f"scaling, {of}",
        "steepest",
        figure=float(slopes.max()),
        unit="slope of log time",
        bar=STEEPEST if mode is MODES["full"] else None,
        note="Scaling is that of JMI; cost in proportion has slope 1 from one size to the next, a "
        "fixed cost at small sizes makes it less.",
    )


def threads(mode_name: str) -> Iterator[Row]:
    """Two threads beside one, by wall time, on a machine as it is and on one kept busy."""
    mode = MODES[mode_name]
    for criterion, shape in (
        ("jmi", WIDE),
        ("mrmr", WIDE),
        ("jmi", (100_000, 200)),
        ("jmi", LARGE),
    ):
        n, d = shrunk(*shape, mode)
        made, is_whole = Codes(n, d), (n, d) == shape
        quiet = _threaded(made, criterion, mode)
        row = Row(
            job=f"threads, {criterion}",
            size=size(n, d),
            k=min(CHOSEN, d),
            threads=2,
            unit="× one thread",
            bar=1.6 if is_whole else None,
            is_most=False,
            short="JMI, 20 chosen, 2 threads" if (criterion, shape) == ("jmi", WIDE) else "",
        )
        yield compared(row, *quiet, is_gain=True)
        note = "two processes, one thread each: what the machine lets two threads gain"
        yield replace(
            row,
            job=f"ceiling, {criterion}",
            figure=_ceiling(made, criterion, mode),
            bar=None,
            note=note,
            short="",
        )
        bar = 0.9 if is_whole else None
        busy = replace(row, job=f"busy, {criterion}", bar=bar, short="")
        with _Beside("while True: pass", 2):
            yield compared(busy, *_threaded(made, criterion, mode), is_gain=True)


def _threaded(made: Codes, criterion: str, mode: Mode) -> tuple[Timing, Timing]:
    """Wall times of two threads and of one."""
    k = min(CHOSEN, len(made.columns))
    both = (made.selection(criterion, k, n_jobs=n_jobs) for n_jobs in (2, 1))
    two, one = in_turn(*both, budget=mode.seconds, clock=time.perf_counter)
    return two, one


def repeat(n: int, d: int, criterion: str) -> None:
    """Run a selection over and over, in a process beside another, which reads when it begins."""
    made = Codes(n, d)
    print(flush=True)
    while True:
        made.select(made.table(), criterion, min(CHOSEN, d), None)


def _ceiling(made: Codes, criterion: str, mode: Mode) -> float:
    """How much more two processes do at once than one, each by one thread."""
    d, n = made.columns.shape
    job = made.selection(criterion, min(CHOSEN, d))
    again = f"import sys; sys.path[:] = {sys.path!r}; import greedy; "
    again += f"greedy.repeat({n}, {d}, {criterion!r})"
    (alone,) = in_turn(job, budget=mode.seconds, clock=time.perf_counter)
    with _Beside(again, 1, is_told=True):
        (beside,) = in_turn(job, budget=mode.seconds, clock=time.perf_counter)
    return 2 * alone.median / beside.median


class _Beside:
    """Processes that run some code all the time; the first line of each may say that it begins."""

    def __init__(self, code: str, n_processes: int, *, is_told: bool = False) -> None:
        self.command = [sys.executable, "-c", code]
        self.n_processes, self.is_told = n_processes, is_told

    def __enter__(self) -> None:
        self.processes = [
            subprocess.Popen(self.command, stdout=subprocess.PIPE) for _ in range(self.n_processes)
        ]
        for process in self.processes if self.is_told else ():
            if not process.stdout.readline():
                raise ChildError(f"a process beside ended: {self.command[-1]}")

    def __exit__(self, *error: object) -> None:
        for process in self.processes:
            process.kill()
            process.communicate()
