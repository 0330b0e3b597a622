"""Threads: as many as asked, none inside another parallel loop, and no digit changed."""

import dataclasses
import gc
import itertools
import multiprocessing
import operator
import signal
import subprocess
import sys
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial

import joblib
import numpy as np
import pytest
from conftest import counted, variable
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

import mifs
from mifs._cached import cached_property
from mifs._kernels.counting import Turns
from mifs._kernels.twins import TWINS
from mifs._threads import Threads, end_idle, n_threads_of, parts_of, spread_over
from mifs.averaged import MeanInformation
from mifs.counts import CodeTable, DiscreteVariable
from mifs.criteria import CRITERIA
from mifs.discrete import CountedInformation
from mifs.gate import Gate, GatedDoor
from mifs.gaussian import CopulaTable, CopulaVariable, GaussianInformation
from mifs.neighbors import MixedVariable, NeighborInformation, NumberTable
from mifs.pairwise import PairwiseInformation
from mifs.scan import scan, spread_columns
from mifs.search import FixedLength, forward_search
from mifs.weights import RowWeights

RELEVANCE = operator.attrgetter("conditional_relevance")
CALL_OF_A_SMALL_TABLE = 1e-6  # so that few are asked for at once even of so few samples

needs_fork = pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="no fork here"
)
needs_clocks = pytest.mark.skipif(
    not hasattr(time, "pthread_getcpuclockid"), reason="no clock of a thread"
)


@pytest.fixture(autouse=True)
def alone():
    """Start with no threads of an earlier test; none is left that is not idle."""
    end_idle()
    yield
    end_idle()
    assert not threads_of_ours()


@pytest.fixture
def eager(monkeypatch):
    """Let threads take every column, however little work it is."""
    monkeypatch.setattr("mifs._threads.LEAST_SECONDS_OF_A_PART", 1e-9)
    monkeypatch.setattr("mifs._threads.SECONDS_OF_A_PART", 1e-9)
    monkeypatch.setattr("mifs.counts.blocks.swept_together", lambda _: 1)
    monkeypatch.setattr("mifs.counts.blocks.COLUMNS_OF_A_TURN", 1)


@pytest.fixture(params=["columns", "rows"])
def parted(request, monkeypatch, eager):
    """Let threads part the columns, or the rows, however few."""
    if request.param == "rows":
        monkeypatch.setattr("mifs.counts.blocks.TURNS_OF_A_THREAD", 1000)
        monkeypatch.setattr("mifs.counts.blocks.ROWS_OF_A_CELL", 0)
        monkeypatch.setattr("mifs.counts.blocks.ROWS_OF_A_BLOCK", 1)


def table(n=150, d=40, seed=0):
    """Columns of two to seven levels, a third of them relevant."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n)
    X = np.array([rng.integers(0, rng.integers(2, 8), n) for _ in range(d)])
    X[::3] = np.where(rng.random(X[::3].shape) < 0.4, y, X[::3])
    return X, y


def counted_by_chance():
    """The table by counting."""
    return counted(*table(), "chance")


def numbers():
    """The table with noise, as numbers, and the target as a number too."""
    X, y = table()
    rng = np.random.default_rng(1)
    return list(X + rng.normal(size=X.shape)), y + rng.normal(size=len(y))


def gaussian():
    """The numbers by their copula."""
    columns, y = numbers()
    names = [f"x{j}" for j in range(len(columns))]
    return GaussianInformation(CopulaTable(columns, names), CopulaVariable.of_numbers(y, "y"))


def knn():
    """The numbers by nearest neighbours, of some of them."""
    columns, y = numbers()
    target = MixedVariable.of_numbers(y, n_neighbors=3, transform="normal_scores")
    return NeighborInformation(NumberTable(columns[:16], [False] * 16), target)


def threads_of_ours():
    """Threads that are left; those of joblib stay as long as they like."""
    return [thread for thread in threading.enumerate() if thread.name.startswith("mifs")]


def path_bits(path):
    """Every number of a path."""
    arrays = (path.order, path.score, path.redundancy, path.conditional_redundancy, path.last_score)
    return [array.tobytes() for array in arrays] + [path.n_tables]


@pytest.mark.parametrize("name", CRITERIA)
@pytest.mark.parametrize("correction", [None, "chance"])
@pytest.mark.usefixtures("parted")
def test_threads_change_no_digit_of_a_search(name, correction):
    """Of one thread and of five, with conditions and means by chance that all of them fill."""
    X, y = table()
    paths = []
    for n_jobs in (1, 5):
        source = counted(X, y, correction)
        # Without the price, so that the same candidates are asked for together.
        with pytest.MonkeyPatch.context() as patch, spread_columns(source, n_jobs):
            patch.setattr("mifs.standing.n_together", lambda _: 4)
            paths.append(forward_search(CRITERIA[name](), source, door=FixedLength(8)))
            if n_jobs > 1:
                assert isinstance(source.spread, Threads)
        assert source.spread is map
    assert path_bits(paths[0]) == path_bits(paths[1])


@pytest.mark.parametrize("source_of", [counted_by_chance, gaussian, knn])
@pytest.mark.parametrize("name", ["cmim", "jmim", "mrmr"])
@pytest.mark.usefixtures("eager")
def test_threads_leave_the_same_columns_behind(source_of, name, monkeypatch):
    """Nor does their number decide how many are asked for at once, at the price of the source."""
    monkeypatch.setattr("mifs.standing.SECONDS_OF_A_CALL", CALL_OF_A_SMALL_TABLE)
    paths = []
    for n_jobs in (1, 2, 4, 8):
        source = source_of()
        with spread_columns(source, n_jobs):
            paths.append(forward_search(CRITERIA[name](), source, door=FixedLength(6)))
    if name != "mrmr":
        assert paths[0].is_bound.any()
    for path in paths[1:]:
        assert path_bits(path) == path_bits(paths[0])
        np.testing.assert_array_equal(path.is_bound, paths[0].is_bound)


@pytest.mark.usefixtures("eager")
def test_threads_change_nothing_that_the_gate_finds():
    """Nor its p-values."""
    X, y = table()
    found = []
    for n_jobs in (1, 4):
        source = counted(X, y, "chance")
        with spread_columns(source, n_jobs):
            rng = np.random.default_rng(0)
            door = GatedDoor(Gate(alpha=0.5), source, np.ones(len(X), dtype=bool), rng)
            path = forward_search(CRITERIA["cmim"](), source, door=door)
        record = door.record(path.order.tolist())
        found.append([*path_bits(path), record.pvalue_alone.tobytes(), record.given.tobytes()])
        assert len(path.order) > 3
    assert found[0] == found[1]


@pytest.fixture
def hasty():
    """Let threads take turns as often as can be, so that one comes between the steps of another."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hasty")
def test_threads_that_fill_the_same_tables_find_what_one_finds():
    """Threads of one's own, that ask one source for means by chance and moments at once."""
    X, y = table(n=60)

    def measure(pair):
        tests = pair.independence
        return np.stack([pair.conditional_relevance, pair.redundancy, tests.pvalue])

    def found(n_threads):
        source, values = counted(X, y, "chance"), np.empty((4, 3, len(X)))

        def of_part(asked):
            w, first = asked
            part = np.arange(len(X)) % 4 == first
            for columns, terms in scan(source, (w,), part, measure):
                values[w][:, columns] = terms

        with ThreadPoolExecutor(n_threads) as pool:
            list(pool.map(of_part, itertools.product(range(4), range(4))))
        return values

    one = found(1)
    for _ in range(5):
        np.testing.assert_array_equal(found(8), one)


@pytest.mark.usefixtures("hasty")
def test_fits_in_threads_of_their_own_leave_each_other_alone():
    """They share what is kept from fit to fit, such as the tables of c log c."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 40))
    y = (X[:, 0] + X[:, 1] > rng.normal(size=60)).astype(int)
    asked = [*itertools.product(CRITERIA, (3, "auto"), (20, 60), (None, 2))] * 2

    def path_of(wanted):
        criterion, n_features, n_rows, n_jobs = wanted
        selector = mifs.MutualInfoSelector(criterion, n_features, n_jobs=n_jobs, random_state=0)
        return path_bits(selector.fit(X[:n_rows], y[:n_rows]).path_)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(path_of, asked)) == [path_of(wanted) for wanted in asked]


@pytest.mark.parametrize("mi_estimator", ["binned", "knn", "gaussian"])
@pytest.mark.parametrize("multi_target", ["joint", "mean"])
@pytest.mark.usefixtures("eager")
def test_threads_change_no_digit_of_a_selector(mi_estimator, multi_target):
    """Of any MI estimator, with several outputs, whose sources know no threads of their own."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 12))
    Y = X[:, :2] + rng.normal(size=(80, 2))
    y = Y if multi_target == "mean" or mi_estimator != "binned" else (Y > 0).astype(int)
    one, many = (
        mifs.MutualInfoSelector(
            "jmi", 5, mi_estimator=mi_estimator, multi_target=multi_target, n_jobs=n_jobs
        ).fit(X, y)
        for n_jobs in (None, 4)
    )
    assert path_bits(one.path_)[:5] == path_bits(many.path_)[:5]
    assert one.relevance_.tobytes() == many.relevance_.tobytes()


@pytest.mark.parametrize("mi_estimator", ["binned", "knn"])
@pytest.mark.usefixtures("eager")
def test_a_report_scans_by_threads_and_they_change_no_digit(monkeypatch, mi_estimator):
    """Of one call: the fit, the redundancy map, and what is left of the columns left out."""
    n_threads = []

    def watched(information, *asked):
        n_threads.append(getattr(information.spread, "n_threads", 1))
        return scan(information, *asked)

    monkeypatch.setattr("mifs.report.reasons.scan", watched)
    X, y = table()
    options = {"criterion": "jmi", "n_features_to_select": 5, "mi_estimator": mi_estimator}
    one = mifs.rank_features(X.T, y, **options)
    assert n_threads == [1] * len(n_threads) != []
    n_threads.clear()
    many = mifs.rank_features(X.T, y, n_jobs=3, **options)
    assert n_threads == [3] * len(n_threads) != []
    same = dataclasses.replace(many, parameters=one.parameters)
    assert same.to_json() == one.to_json()


@pytest.mark.usefixtures("eager")
def test_the_joint_variable_is_made_once_for_all_threads(monkeypatch):
    """And from the last one, by one column more; of any source, of which others keep the last."""
    X, y = table()
    made = []
    joint = DiscreteVariable.joint
    monkeypatch.setattr(
        DiscreteVariable, "joint", lambda self, other: made.append(other) or joint(self, other)
    )
    with spread_columns(source := counted(X, y), 2):
        path = forward_search(CRITERIA["cmi"](), source, door=FixedLength(6), describes=False)
    assert len(path.order) == 6
    assert len(made) == 4  # of two, three, four and five columns


@pytest.mark.parametrize("name", ["jmi", "cmi"])
@pytest.mark.parametrize("source_of", [gaussian, knn])
@pytest.mark.usefixtures("eager")
def test_a_selected_variable_is_prepared_once_for_all_threads(source_of, name):
    """Once a scan, however many parts it has."""
    source = source_of()
    made = []
    joint = source.joint
    source.joint = lambda variables: made.append(len(variables)) or joint(variables)
    with spread_columns(source, 2):
        forward_search(CRITERIA[name](), source, door=FixedLength(5), describes=False)
    assert made == ([1] * 4 if name == "jmi" else [1, 2, 3, 4])


def test_columns_go_to_threads_in_parts_of_some_work():
    """Each may go to another if it takes long; all are measured here if they take no time."""
    source = knn()
    asked = []
    source.spread = lambda f, parts: asked.extend(parts) or map(f, parts)
    source.seconds_of_a_value = 1.0
    everything = np.ones(source.n_features, dtype=bool)
    relevance = source.relevance()
    for _ in scan(source, (0,), everything, lambda pair: pair.redundancy):
        pass
    assert [len(part) for part in asked] == [1] * 32
    asked.clear()
    source = knn()
    source.spread = lambda f, parts: asked.extend(parts) or map(f, parts)
    source.seconds_of_a_value = 1e-9
    np.testing.assert_array_equal(source.relevance(), relevance)
    assert not asked


@pytest.mark.usefixtures("eager")
def test_who_calls_works_too():
    """With one other, and each block is done once."""
    source = knn()
    everything = np.ones(source.n_features, dtype=bool)
    barrier = threading.Barrier(2, timeout=30)  # only two threads at once pass it
    seen = []

    def measure(pair):
        if len(seen) < 2:
            seen.append(threading.current_thread().name)
            barrier.wait()
        return pair.relevance

    with spread_columns(source, 2):
        columns, _ = zip(*scan(source, (0,), everything, measure), strict=True)
    assert set(seen) == {"MainThread", "mifs_0"}
    np.testing.assert_array_equal(np.concatenate(columns), np.arange(source.n_features))


@pytest.mark.parametrize("tells", ["sums", "tables"])
@pytest.mark.usefixtures("eager")
def test_one_thread_does_all_but_count_where_kernels_do(monkeypatch, tells):
    """The others help within a kernel, and wake for nothing else."""
    source = counted(*table(d=200))  # so many of a kind are swept
    everything = np.ones(source.n_features, dtype=bool)
    asking, turns, calls = [], [], []

    def noted(kernel):
        def count(*asked, **options):
            asking.append(threading.current_thread().name)
            turns.append(options["turns"])
            return kernel(*asked, **options)

        return count

    for name in ("scanned_sums", "joint_counts"):
        monkeypatch.setattr(f"mifs.counts.blocks.{name}", noted(getattr(mifs._kernels, name)))

    def measure(pair):
        asking.append(threading.current_thread().name)
        return pair.conditional_redundancy if tells == "tables" else pair.conditional_relevance

    with spread_columns(source, 2):
        source.relevance()  # for which the codes are laid out, by both
        monkeypatch.setattr(Threads, "__call__", lambda _, *call: calls.append(call) or map(*call))
        columns, _ = zip(*scan(source, (0,), everything, measure), strict=True)
        assert not calls
        assert {each.n_threads for each in turns} == {2}
        assert {each.crew for each in turns} == {source.spread.crew(2)}
    assert set(asking) == {"MainThread"}
    np.testing.assert_array_equal(np.sort(np.concatenate(columns)), np.arange(source.n_features))


@pytest.mark.skipif("Crew" not in TWINS, reason="the NumPy kernels take no help")
@needs_clocks
def test_others_help_a_kernel():
    """Told by the time that their processor spends on it: more than they look for it."""
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 10, (300, 60_000), dtype=np.uint8)
    source = counted(codes, rng.integers(0, 2, 60_000))
    everything, until = np.ones(300, dtype=bool), time.monotonic() + 30
    with spread_columns(source, 2):
        source.relevance()
        (helper,) = threads_of_ours()
        clock = time.pthread_getcpuclockid(helper.ident)
        seconds = 0.0
        while seconds < 5e-4:
            before = time.clock_gettime(clock)
            list(scan(source, (0,), everything, RELEVANCE))
            seconds = time.clock_gettime(clock) - before
            assert time.monotonic() < until


def weighted():
    """The table with rows that count once, twice or three times."""
    X, y = table()
    weights, _ = RowWeights.of(1.0 + y)
    return CountedInformation(CodeTable(map(variable, X), weights=weights), variable(y))


def weighted_by_fractions():
    """The table with rows of which hardly two have one weight."""
    X, y = table()
    weights, _ = RowWeights.of(np.random.default_rng(2).random(len(y)) + 0.1)
    return CountedInformation(CodeTable(map(variable, X), weights=weights), variable(y))


@pytest.mark.parametrize(
    ("source_of", "most_cells", "is_for_kernels"),
    [
        (counted_by_chance, 10**9, True),
        (counted_by_chance, 20, False),
        (weighted, 10**9, False),
        (weighted_by_fractions, 10**9, False),
    ],
)
@pytest.mark.usefixtures("eager")
def test_what_kernels_do_not_sum_is_asked_for_part_by_part(
    monkeypatch, source_of, most_cells, is_for_kernels
):
    """Tables of many cells, of which only those that occur are counted, and weighted rows.

    Kernels count these too, but not all of their terms.
    """
    monkeypatch.setattr("mifs.counts.columns.CELLS_PER_SAMPLE", 0)
    monkeypatch.setattr("mifs.counts.columns.BLOCK_CELLS", most_cells)
    source = source_of()
    everything, asked, pair = np.ones(source.n_features, dtype=bool), [], source.pair
    monkeypatch.setattr(source, "pair", lambda *of: asked.append(1) or pair(*of))

    def measured(n_jobs):
        values = np.empty(source.n_features)
        with spread_columns(source, n_jobs):
            for columns, terms in scan(source, (1,), everything, RELEVANCE):
                values[columns] = terms
        return values

    alone = measured(1)
    assert len(asked) == 1
    np.testing.assert_array_equal(alone, measured(2))
    assert len(asked) == 1 + (1 if is_for_kernels else 16)


def test_who_calls_waits_only_for_what_has_begun():
    """A helper that is busy elsewhere, or wakes late, is not waited for."""
    barrier, ended = threading.Barrier(2, timeout=30), threading.Event()

    def work(_):
        barrier.wait()
        if threading.current_thread() is not threading.main_thread():
            return ended.wait(30)
        names = set(spread(lambda _: threading.current_thread().name, range(100)))
        ended.set()
        return names == {"MainThread"}

    with spread_over(2) as spread:
        assert list(spread(work, range(2))) == [True, True]


@pytest.mark.parametrize(
    ("seconds_of_each", "n_parts"),
    [(9e-7, 1), (1.1e-6, 2), (3e-6, 2), (7e-6, 2), (9e-6, 4), (1.3e-5, 6), (10.0, 16)],
)
def test_little_work_stays_on_one_thread(seconds_of_each, n_parts):
    """A part of half a millisecond is worth handing over; all threads have as many of them."""
    with spread_over(2) as spread:
        columns = np.arange(0, 2000, 2)
        parts = parts_of(columns, seconds_of_each, spread)
    assert len(parts) == n_parts
    np.testing.assert_array_equal(np.concatenate(parts), columns)


def test_there_are_fewer_parts_than_threads_if_they_would_be_short():
    """Three of half a millisecond, for eight threads."""
    with spread_over(8) as spread:
        assert len(parts_of(np.arange(1000), 1.6e-6, spread)) == 3


def test_one_thread_has_one_part():
    """However long it takes."""
    assert [len(part) for part in parts_of(np.arange(1000), 10.0, map)] == [1000]


@pytest.mark.parametrize(("n_levels", "n_columns"), [(2, 256), (10, 32), (48, 8)])
def test_turns_are_of_whole_strips(monkeypatch, n_levels, n_columns):
    """Threads that shared one would each count all of it."""
    made = []
    monkeypatch.setattr("mifs.counts.blocks.Turns", lambda *of: made.append(of) or Turns(*of))
    monkeypatch.setattr("mifs._threads.LEAST_SECONDS_OF_A_PART", 1e-9)
    rng, levels = np.random.default_rng(0), np.arange(96) % n_levels
    source = counted([rng.permutation(levels) for _ in range(4000)], rng.integers(0, 2, 96))
    with spread_columns(source, 2):
        source.relevance()
    assert [of[1:] for of in made] == [(2, n_columns)]


def test_an_interrupt_while_threads_start_is_not_hidden(monkeypatch):
    """By another error, that a thread which never began cannot be waited for."""

    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("threading.Thread.start", interrupted)
    with pytest.raises(KeyboardInterrupt), spread_over(2) as spread:
        spread(int, range(2))


def test_an_interrupt_while_threads_end_leaves_none_behind(monkeypatch):
    """That would wait for ever, and with it the interpreter when it is to exit."""
    threads, barrier = Threads(3), threading.Barrier(3, timeout=30)
    threads(lambda _: barrier.wait(), range(3))
    helpers = threads_of_ours()
    assert len(helpers) == 2
    with monkeypatch.context() as patch:
        patch.setattr("threading.Thread.is_alive", lambda _: signal.raise_signal(signal.SIGINT))
        with pytest.raises(KeyboardInterrupt):
            threads.end()
    for helper in helpers:
        helper.join(30)
    assert not threads_of_ours()


def test_threads_that_an_interrupt_kept_from_their_end_do_not_keep_the_interpreter():
    """It can come as the first thing in `end`."""
    program = "from mifs._threads import Threads; threads = Threads(3); threads(abs, range(3))"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_an_interrupt_while_a_call_is_made_leaves_it_to_nobody(monkeypatch):
    """What others were not called for yet does not keep them from the end, nor from the next."""
    with spread_over(2) as spread:
        assert list(spread(abs, range(3))) == [0, 1, 2]
        with monkeypatch.context() as patch:
            patch.setattr("mifs._threads._Call.answered", lambda _: signal.raise_signal(2))
            with pytest.raises(KeyboardInterrupt):
                spread(abs, range(3))
        assert list(spread(abs, range(3))) == [0, 1, 2]


def test_what_asks_within_a_thread_is_answered_in_it():
    """Two threads that waited for two others would wait for ever."""
    with spread_over(2) as spread:
        found = spread(lambda i: sum(spread(lambda j: i * j, range(3))), range(8))
        assert list(found) == [3 * i for i in range(8)]


def test_the_first_error_is_raised_and_the_threads_end():
    """As without threads."""
    with pytest.raises(ZeroDivisionError), spread_over(2) as spread:
        list(spread(lambda i: 1 // i, range(4)))
    assert not threads_of_ours()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, StopIteration])
def test_threads_do_not_stand_after_an_error(error):
    """It may have come while they were started or called, or are still busy."""

    def fail():
        with spread_over(2) as spread:
            spread(abs, range(2))
            raise error

    with pytest.raises(error):
        fail()
    assert not threads_of_ours()


def helpers_of(n_threads):
    """All that help, once, and the names of those that did."""
    with spread_over(n_threads) as spread:
        barrier = threading.Barrier(n_threads, timeout=30)

        def name(_):
            barrier.wait()
            return threading.current_thread().name

        names = set(spread(name, range(n_threads))) - {threading.current_thread().name}
        assert spread.n_threads == n_threads
        assert len(names) == n_threads - 1
    return set(threads_of_ours()), names


def test_threads_stand_between_fits():
    """Those that a fit has too few of start, and those that it has too many of sleep on."""
    two, _ = helpers_of(2)
    assert len(two) == 1
    assert helpers_of(2)[0] == two
    four, _ = helpers_of(4)
    assert len(four) == 3
    assert two < four
    again, names = helpers_of(3)
    assert again == four
    assert len(names) == 2
    end_idle()
    assert not threads_of_ours()
    assert not any(thread.is_alive() for thread in four)


def test_who_needs_no_threads_starts_none():
    with spread_over(2):
        assert not threads_of_ours()
    with spread_over(1) as spread:
        assert spread is map
    assert not threads_of_ours()


def test_contexts_at_once_have_threads_of_their_own():
    """One within another, and of several threads; there are no more of them than that."""
    helpers_of(2)
    with spread_over(2) as outer, spread_over(2) as inner:
        assert outer is not inner
        outer(abs, range(2))
        inner(abs, range(2))
        assert len(threads_of_ours()) == 2
    barrier = threading.Barrier(3, timeout=30)

    def fit(_):
        with spread_over(2) as spread:
            spread(abs, range(2))
            barrier.wait()
            return spread

    for _ in range(3):
        with ThreadPoolExecutor(3) as pool:
            assert len(set(pool.map(fit, range(3)))) == 3
        assert len(threads_of_ours()) == 3


@pytest.mark.usefixtures("hasty")
def test_no_threads_are_in_two_contexts_however_these_come_and_go():
    used, n_most = set(), 8

    def fit(i):
        with spread_over(2 + i % 2) as spread:
            assert spread not in used
            used.add(spread)
            found = list(spread(lambda j: i * j, range(8)))
            assert spread.n_threads == 2 + i % 2
            used.remove(spread)
        if not i % 50:
            end_idle()
        return found

    with ThreadPoolExecutor(n_most) as pool:
        found = list(pool.map(fit, range(400)))
    assert found == [[i * j for j in range(8)] for i in range(400)]
    assert len(threads_of_ours()) <= 2 * n_most


@needs_clocks
@pytest.mark.usefixtures("eager")
def test_idle_threads_take_no_time():
    """After the last kernel they look for another a little, and then sleep."""
    mifs.rank_features(*noise(), n_features_to_select=3, n_jobs=3)
    clocks = [time.pthread_getcpuclockid(helper.ident) for helper in threads_of_ours()]
    assert clocks
    seconds, until = None, time.monotonic() + 30
    while seconds != (seconds := [time.clock_gettime(clock) for clock in clocks]):
        assert time.monotonic() < until
        time.sleep(0.1)


def noise():
    """A small table with samples in rows, and classes."""
    X, y = table()
    return X.T.copy(), y


@pytest.mark.usefixtures("eager")
def test_idle_threads_keep_nothing_alive():
    """Neither what they were called for, once the last has seen that nothing is left, nor a source.

    Nor anything that these hold.
    """

    class Thing:
        """An item, or what came of one."""

    def call():
        things = [Thing() for _ in range(8)]
        with spread_over(3) as spread:
            found = list(spread(lambda thing: (thing, Thing()), things))
        return [weakref.ref(thing) for pair in found for thing in pair]

    def scanned(source):
        codes = source.table
        with spread_columns(source, 3):
            forward_search(CRITERIA["jmi"](), source, door=FixedLength(3))
        return [weakref.ref(source), weakref.ref(codes)]

    kept, until = [*call(), *scanned(counted_by_chance()), *scanned(knn())], time.monotonic() + 30
    assert len(threads_of_ours()) == 2
    while any(reference() is not None for reference in kept):
        assert time.monotonic() < until
        gc.collect()
        time.sleep(0.01)
    assert len(threads_of_ours()) == 2


def in_a_fork(check):
    """Run something in a fork of this process, and return its exit code."""
    process = multiprocessing.get_context("fork").Process(target=check)
    process.start()
    process.join(60)
    found = process.exitcode  # None, if it waits for ever
    process.kill()
    return found


@needs_fork
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # of other people's threads
def test_a_worker_of_a_pool_is_not_warned_of_jobs_that_are_threads():
    """Joblib warns of its own processes there."""
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.map(n_threads_of, [2, 1, -1]) == [2, 1, joblib.cpu_count()]


@needs_fork
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.usefixtures("eager")
def test_idle_threads_end_before_a_fork():
    """And parent and child start their own."""
    expected = mifs.rank_features(*noise(), n_jobs=2).to_json()

    def check():
        assert not threads_of_ours()
        assert mifs.rank_features(*noise(), n_jobs=2).to_json() == expected
        assert len(threads_of_ours()) == 1

    assert len(threads_of_ours()) == 1
    assert in_a_fork(int) == 0
    assert not threads_of_ours()
    check()
    assert in_a_fork(check) == 0


@needs_fork
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_threads_that_are_in_use_at_a_fork_stay_with_the_parent():
    """The child, which has none of them, neither waits for them nor takes them for idle."""
    stack = ExitStack()
    used = stack.enter_context(spread_over(2))
    used(abs, range(2))
    (helper,) = threads_of_ours()

    def check():
        stack.close()
        assert not threads_of_ours()
        assert helpers_of(2)[1] == {"mifs_0"}

    assert in_a_fork(check) == 0
    assert threads_of_ours() == [helper]
    assert list(used(abs, range(2))) == [0, 1]
    stack.close()
    assert helpers_of(2)[0] == {helper}


def lines_of(program):
    """Lines that a program prints, which is to end soon and in order."""
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, timeout=60, capture_output=True, text=True
    )
    assert done.stderr == ""
    return done.stdout.split()


@needs_fork
def test_threads_that_come_back_just_before_a_fork_are_not_taken_in_the_child():
    """Hooks run in the reverse of their order: that of the program after those of the library."""
    program = """
import os, threading, warnings
warnings.simplefilter("ignore")
def work():
    with spread_over(2) as spread:
        spread(abs, range(2))
        print(len(spread.crew(2) and threading.enumerate()), flush=True)
os.register_at_fork(before=lambda: work())
from mifs._threads import spread_over
work()
if os.fork():
    raise SystemExit(os.waitstatus_to_exitcode(os.wait()[1]))
work()
"""
    assert lines_of(program) == ["2"] * 3


@pytest.mark.skipif(sys.platform != "linux", reason="threads of the system are counted too")
def test_nobody_is_warned_of_a_fork_because_of_idle_threads():
    """As Python does from 3.12 on where others run; made an error, it would be lost."""
    program = """
import os, warnings
warnings.simplefilter("always")
from mifs._threads import spread_over
for _ in range(20):
    with spread_over(3) as spread:
        spread(abs, range(3))
    if not os.fork():
        os._exit(0)
    os.wait()
"""
    assert lines_of(program) == []


def test_idle_threads_end_when_the_interpreter_exits():
    """Before anything that it takes down; what was to be done at exit before is done after."""
    program = """
import atexit, threading
atexit.register(lambda: print(threading.active_count()))
import numpy as np
import mifs, mifs._threads
mifs._threads.LEAST_SECONDS_OF_A_PART = mifs._threads.SECONDS_OF_A_PART = 1e-9
X = np.random.default_rng(0).normal(size=(200, 60))
mifs.mutual_info_regression(X, X[:, 0], n_jobs=3)
print(threading.active_count())
"""
    assert lines_of(program) == ["3", "1"]


@pytest.mark.usefixtures("eager")
def test_jobs_of_joblib_leave_no_threads_behind():
    """They had none."""
    jobs = (joblib.delayed(mifs.rank_features)(*noise(), n_jobs=2) for _ in range(4))
    joblib.Parallel(n_jobs=2, backend="threading")(jobs)
    assert not threads_of_ours()


def test_the_first_error_is_that_of_the_first_item():
    """Though another is quicker; what has not begun by then is left."""
    failed, done = threading.Event(), []

    def fail(i):
        if i > 1:
            return done.append(i)
        if i:
            failed.set()
        failed.wait(30)
        raise ValueError(i)

    with pytest.raises(ValueError, match="0"), spread_over(2) as spread:
        spread(fail, range(100))
    assert not done


def test_jobs_are_counted_as_scikit_learn_counts_them():
    """None is one unless joblib was told otherwise, -1 is all."""
    assert n_threads_of(None) == n_threads_of(1) == 1
    assert n_threads_of(3) == 3
    assert n_threads_of(-1) == joblib.effective_n_jobs(-1)
    with joblib.parallel_config(n_jobs=2):
        assert n_threads_of(None) == 2
        assert n_threads_of(1) == 1


@pytest.mark.parametrize("n_jobs", [0, True, 2.5, "2", np.float64(2)])
def test_what_is_no_number_of_jobs_is_refused_at_every_door(n_jobs):
    X, y = np.arange(40.0).reshape(20, 2), np.tile([0, 1], 10)
    tree = DecisionTreeClassifier()
    for call in (
        mifs.MutualInfoSelector(n_jobs=n_jobs).fit,
        mifs.StabilitySelector(n_jobs=n_jobs).fit,
        mifs.MutualInfoSelectorCV(tree, n_jobs=n_jobs).fit,
        partial(mifs.rank_features, n_jobs=n_jobs),
        partial(mifs.mutual_info_classif, n_jobs=n_jobs),
        partial(mifs.mutual_info_regression, n_jobs=n_jobs),
        partial(mifs.cross_val_information, tree, n_jobs=n_jobs),
        partial(mifs.information_budget, tree, n_jobs=n_jobs),
    ):
        with pytest.raises(ValueError, match="n_jobs"):
            call(X, y)


def test_numbers_of_numpy_are_numbers_of_jobs():
    X, y = np.arange(40.0).reshape(20, 2), np.tile([0, 1], 10)
    mifs.mutual_info_classif(X, y, n_jobs=np.int64(2))
    mifs.cross_val_information(DecisionTreeClassifier(), X, y, cv=2, n_jobs=np.int64(1))


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_within_a_job_of_joblib_there_is_one_thread(backend):
    """A grid search that fills the processors is not made to fill them twice."""
    with joblib.parallel_config(backend=backend):
        jobs = (joblib.delayed(n_threads_of)(n_jobs) for n_jobs in (None, -1, 4))
        assert joblib.Parallel(n_jobs=2)(jobs) == [1, 1, 1]


def test_a_grid_search_finds_the_same_with_threads_inside():
    """And starts none of its own in the folds."""
    X, y = table()
    pipeline = make_pipeline(mifs.MutualInfoSelector("cmim", n_jobs=-1), GaussianNB())
    grid = {"mutualinfoselector__n_features_to_select": [2, 5]}
    one, two = (
        GridSearchCV(pipeline, grid, cv=2, n_jobs=n_jobs).fit(X.T, y).cv_results_["mean_test_score"]
        for n_jobs in (1, 2)
    )
    np.testing.assert_array_equal(one, two)


def test_a_source_that_cannot_spread_its_columns_is_left_as_it_is():
    """One of your own need not know of threads."""

    class Own:
        pass

    own = Own()
    with spread_columns(own, 2):
        assert vars(own) == {}


def test_a_mean_over_outputs_hands_threads_to_its_sources():
    """Where relevance is measured."""
    X, y = table()
    sources = [counted(X, y), counted(X, y > 1)]
    mean = MeanInformation(sources, tests=lambda: sources[0])
    with spread_columns(mean, 2):
        assert sources[0].spread is sources[1].spread is mean.spread
        assert isinstance(mean.spread, Threads)
    assert sources[0].spread is map


def test_properties_are_computed_by_two_threads_at_once():
    """With the lock of Python 3.11's they would wait for each other, for all objects of a class."""
    barrier = threading.Barrier(2, timeout=30)

    class Thing:
        """Meets another."""

        @cached_property
        def met(self):
            """Whether another came."""
            barrier.wait()
            return True

    with spread_over(2) as spread:
        assert list(spread(lambda thing: thing.met, [Thing(), Thing()])) == [True, True]
    assert Thing.met.__doc__ == "Whether another came."
    thing = Thing()
    thing.__dict__["met"] = "kept"
    assert thing.met == "kept"
    assert not hasattr(PairwiseInformation._relevance, "lock")


@pytest.mark.skipif("grouped" not in TWINS, reason="the kernels were not built")
def test_what_parts_share_is_made_before_they_start(monkeypatch):
    """Rows grouped by their states: no thread waits for another."""
    monkeypatch.setattr("mifs._threads.LEAST_SECONDS_OF_A_PART", 1e-9)
    rng = np.random.default_rng(0)
    source = counted(rng.integers(0, 4, (200, 300)), rng.integers(0, 2, 300))
    seen = []
    grouped = mifs.counts.states.grouped

    def noted(*state):
        seen.append(threading.current_thread().name)
        return grouped(*state)

    monkeypatch.setattr("mifs.counts.states.grouped", noted)
    with spread_columns(source, 2):
        forward_search(CRITERIA["jmi"](), source, door=FixedLength(6), describes=False)
    assert set(seen) == {threading.main_thread().name}


@pytest.mark.parametrize(("n_columns", "firsts"), [(200, [0, 20_000, 40_000]), (600, []), (30, [])])
def test_many_rows_are_parted_rather_than_columns(monkeypatch, n_columns, firsts):
    """If these are few strips, and as many parts as the work is worth; each groups its own rows."""
    rng, seen = np.random.default_rng(0), []
    X, y = rng.integers(0, 5, (n_columns, 60_000)), rng.integers(0, 2, 60_000)

    def noted(*asked, first_row=0, **options):
        seen.append(first_row)
        return mifs._kernels.joint_counts(*asked, first_row=first_row, **options)

    monkeypatch.setattr("mifs.counts.blocks.joint_counts", noted)
    found = []
    for n_jobs in (1, 8):
        source = counted(X, y, "chance")
        with spread_columns(source, n_jobs):
            everything = np.ones(source.n_features, dtype=bool)
            blocks = scan(source, (0,), everything, RELEVANCE)
            found.append(np.concatenate([values for _, values in blocks]).tobytes())
    assert found[0] == found[1]
    assert sorted(seen) == firsts
