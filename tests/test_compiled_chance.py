"""The compiled kernels of the chance law against the NumPy ones, bit for bit."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy.stats import random_table

from mifs._kernels import elementary
from mifs._kernels.chance import K_LOG_K, cell_means, chance_sums, level_means
from mifs._kernels.cumulants import summed_cumulants
from mifs._kernels.drawing import chance_proposal, drawn_tables, joined, tilted_proposal
from mifs._kernels.moments import (
    _cell_moments,
    _split_moments,
    completed_rows,
    kinds_of,
    unknown_levels,
    windows,
)
from mifs._kernels.twins import TWINS
from mifs.discrete.chance import ChanceMean
from mifs.null_moments import ROUNDING, NullTables, moments_of_margins

KERNELS = [
    *(cell_means, level_means, chance_sums, unknown_levels),
    *(summed_cumulants, drawn_tables, _cell_moments, _split_moments, completed_rows),
]
BUILT = all(kernel.__name__ in TWINS for kernel in KERNELS)
needs_build = pytest.mark.skipif(not BUILT, reason="the extensions were not built")
pytestmark = [needs_build, pytest.mark.usefixtures("simd")]


# the fixture sets one variable for all examples
ANY_SIMD = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def agree(name, *arguments):
    """Both twins' results are equal, digit by digit; return one."""
    numpy, compiled = TWINS[name]
    expected, found = numpy(*arguments), compiled(*arguments)
    for e, f in zip(*(r if isinstance(r, tuple) else (r,) for r in (expected, found)), strict=True):
        assert_array_equal(f, e)
    return found


def cells(rng, n, largest):
    """Margins a, b <= m of some cells."""
    m = rng.integers(1, largest, n, endpoint=True)
    return rng.integers(1, m, endpoint=True), rng.integers(1, m, endpoint=True), m


SIZES = [0, 1, 2, 7, 300]
LARGEST = [1, 2, 30, 900, 5_000, 10**6, 2**31 - 1]


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("largest", LARGEST)
def test_means_of_cells(n, largest):
    """Sums, series, and cells that cannot vary, in any number."""
    a, b, m = (v.astype(float) for v in cells(np.random.default_rng(n), n, largest))
    means = agree("cell_means", a, b, m, K_LOG_K)
    assert (means[(a == m) | (b == m)] == 0).all()
    assert (means >= 0).all()


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("largest", LARGEST)
@pytest.mark.parametrize("name", ["_cell_moments", "_split_moments"])
@pytest.mark.parametrize("degrees", [0, 1, 4])
def test_moments_of_cells(n, largest, name, degrees):
    """Grids of every integer, and coarser ones."""
    a, b, m = cells(np.random.default_rng(n), n, largest)
    can_vary = (a < m) & (b < m)
    margins = a[can_vary], b[can_vary], m[can_vary]
    low, points, step = windows(*margins)
    order = np.lexsort((points, kinds_of(margins[0], step)))
    agree(name, margins, (low, points, step, order), degrees, K_LOG_K)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("largest", LARGEST)
@pytest.mark.parametrize("degrees", [0, 1, 4, 6])
def test_rows_of_two_classes(n, largest, degrees):
    """Levels that can vary and that cannot, with grids of any length and step."""
    rng = np.random.default_rng(n)
    a, b, m = cells(rng, n, largest)
    alike = rng.permutation(a), np.where(b % 7, b, 0), m.max(initial=0) + m * 0
    for levels, *strata in (alike, (a, b, m)):
        counts, first = levels[None, :, None], np.arange(n) - levels  # each in a stratum of its own
        known = rng.random((2, 8 + degrees))
        slots = np.where(np.arange(n) % 5 == 4, 1, np.zeros((2, n), dtype=np.int64))
        expected, rows = (
            twin(counts, (first, slot, known), strata, degrees, K_LOG_K)
            for twin, slot in zip(TWINS["completed_rows"], slots, strict=True)
        )
        assert_array_equal(rows, expected)
        assert_array_equal(rows[:2], known)
        assert_array_equal(slots[0], slots[1])
        assert len(rows) == 2 + n - n // 5


def widths(counts):
    """Counts of both widths, with gaps in memory and read-only."""
    for dtype in (np.int32, np.int64):
        wide = np.zeros((*counts.shape[:2], 2 * counts.shape[2]), dtype=dtype)
        wide[..., ::2] = counts
        strided = wide[..., ::2]
        strided.flags.writeable = False
        yield strided


@given(st.data())
@settings(ANY_SIMD)
def test_unknown_levels(data):
    """Some known, all or none; no slot is another afterwards."""
    shape = data.draw(st.tuples(st.integers(0, 5), st.integers(1, 4), st.integers(0, 6)))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    sizes = rng.integers(0, 9, shape[1])
    first = np.cumsum(sizes + 1) - sizes - 1
    slot = rng.integers(1, 100, (sizes + 1).sum())
    slot[rng.random(slot.size) < data.draw(st.sampled_from([0.0, 0.3, 1.0]))] = 0
    before = slot.copy()
    for counts in widths(rng.integers(0, sizes[:, None] + 1, shape)):
        places, a, stratum = agree("unknown_levels", counts, first, slot)
        assert_array_equal(places, first[stratum] + a)
        assert_array_equal(slot, before)
        met = np.unique(counts + first[:, None])
        assert_array_equal(np.sort(places), met[slot[met] == 0])


@given(st.data())
@settings(ANY_SIMD)
def test_sums_of_means(data):
    """Strata with classes that are empty, alike and alone; means that are known or not; full cells.

    Rows of counts are of any strata, and more candidates than are looked at together.
    """
    rng = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    n_strata, n_classes = data.draw(st.tuples(st.integers(1, 4), st.integers(1, 6)))
    most = data.draw(st.sampled_from([1, 40, 4000]))
    strata = agree("strata_of", rng.integers(0, most, (n_strata, n_classes), endpoint=True))
    sizes = strata[0]
    first = np.cumsum(sizes + 1) - sizes - 1
    stratum = rng.integers(0, n_strata, data.draw(st.integers(0, 7)))
    shape = data.draw(st.sampled_from([0, 1, 70])), len(stratum), data.draw(st.integers(0, 5))
    known = np.zeros((sizes + 1).sum(), dtype=np.int64)
    known[first] = ~0
    some = rng.permutation(np.flatnonzero(known == 0))[::3]
    known[some] = ~rng.integers(0, 2**40, len(some))
    for counts in widths(rng.integers(0, sizes[stratum][:, None] + 1, shape)):
        tables = known.copy(), known.copy()
        sums = [
            twin(counts, (stratum, first), table, strata, (2.0**40, K_LOG_K))
            for twin, table in zip(TWINS["chance_sums"], tables, strict=True)
        ]
        assert_array_equal(sums[1], sums[0])
        assert_array_equal(tables[1], tables[0])


@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 6), st.sampled_from([1, 40, 4000]))
@settings(ANY_SIMD)
def test_means_of_levels(seed, n_strata, n_classes, most):
    """Strata with classes that are empty, alike and alone."""
    rng = np.random.default_rng(seed)
    y_counts = rng.integers(0, most, (n_strata, n_classes), endpoint=True)
    strata = agree("strata_of", y_counts)
    stratum = np.repeat(np.flatnonzero(strata[0] > 0), 3)
    a = rng.integers(1, strata[0][stratum], endpoint=True)
    means = agree("level_means", a, stratum, strata, (2.0**40, K_LOG_K))
    cells = [
        cell_means(*np.array(np.broadcast_arrays(x, b[b > 0], b.sum()), dtype=float), K_LOG_K)
        for x, b in zip(a, y_counts[stratum], strict=True)
    ]
    assert_array_equal(means, [np.rint(c * 2.0**40).astype(np.int64).sum() for c in cells])


@pytest.mark.parametrize("degrees", [3, 4])  # four of two classes have a way of their own
@given(
    st.integers(0, 10**6), st.integers(1, 11), st.integers(2, 5), st.sampled_from([0, 1, 9, 800])
)
@settings(ANY_SIMD)
def test_cumulants(degrees, seed, n_strata, n_classes, m):
    """Two classes and more, strata of no rows, and more strata than lanes."""
    rng = np.random.default_rng(seed)
    b = rng.multinomial(m, np.ones(n_classes) / n_classes, n_strata)
    a = rng.multinomial(m, np.ones(4) / 4, (5, n_strata))
    tables = NullTables(b, degrees=degrees)
    tables.moments(a)
    for counts in (a, a.astype(np.int32), a[:0]):
        kept = tables._first, tables._slot, tables._rows
        agree("summed_cumulants", counts, kept, tables._classes, degrees, ROUNDING)


@given(st.integers(0, 10**6), st.integers(0, 3), st.sampled_from([0.0, 0.4, 1.3, 30.0]))
@settings(ANY_SIMD)
def test_draws_of_tables(seed, n_strata, theta):
    """Also of no table, of no stratum, and where the numbers run out of range."""
    rng = np.random.default_rng(seed)
    parts, given_counts = [], [np.zeros(0, dtype=np.int64)]
    for _ in range(n_strata):
        levels, classes = (np.sort(rng.integers(1, 30, rng.integers(2, 6))) for _ in "ab")
        levels[-1] += max(0, classes.sum() - levels.sum())
        classes[-1] += max(0, levels.sum() - classes.sum())
        parts.append(tilted_proposal(levels, classes, theta))
        if theta == 0.0:
            parts[-1] = chance_proposal(levels, classes)
        table = random_table(levels, classes).rvs(random_state=rng)
        given_counts.append(table[:-1, :-1].T.ravel())
    observed, of_count = np.concatenate(given_counts), rng.random((2, 400))
    for n_tables in (0, 1, 50):
        uniform = rng.random((n_tables, observed.size))
        for counts in (observed, observed[:0]) if n_tables else (observed[:0],):
            agree("drawn_tables", uniform, counts, joined(parts), of_count)


def test_a_mean_learns_in_any_order_of_candidates():
    """What is known from the first candidates changes no digit of the others."""
    rng = np.random.default_rng(0)
    y_counts = rng.multinomial(90, [0.3, 0.7], 4)
    counts = rng.multinomial(90, np.ones(6) / 6, (300, 4))
    stratum = np.arange(4)[:, None]
    together = ChanceMean(y_counts, 2.0**40)(counts, stratum)
    alone = [ChanceMean(y_counts, 2.0**40)(row[None], stratum)[0] for row in counts]
    assert_array_equal(together, alone)
    assert_array_equal(ChanceMean(y_counts, 2.0**40)(counts[::-1], stratum), together[::-1])
    one_by_one = ChanceMean(y_counts, 2.0**40)
    assert_array_equal([one_by_one(row[None], stratum)[0] for row in counts], together)
    cells = counts.reshape(len(counts), -1)
    of_cells = [one_by_one(row[None], np.repeat(np.arange(4), 6))[0] for row in cells]
    assert_array_equal(of_cells, together)


def test_threads_that_share_a_mean_have_a_table_each():
    rng = np.random.default_rng(2)
    y_counts = rng.multinomial(900, [0.4, 0.6], 3)
    blocks = [rng.multinomial(900, np.ones(5) / 5, (40, 3)) for _ in range(64)]
    stratum = np.arange(3)[:, None]
    mean = ChanceMean(y_counts, 2.0**40)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda block: mean(block, stratum), blocks))
    for block, means in zip(blocks, found, strict=True):
        assert_array_equal(means, ChanceMean(y_counts, 2.0**40)(block, stratum))


def test_two_threads_at_once_fill_two_tables(monkeypatch):
    """One would take what the other has half written for what is known."""
    meeting, tables = Barrier(2, timeout=60), []

    def met(counts, rows, table, strata, fixed):
        tables.append(table)
        meeting.wait()
        return chance_sums(counts, rows, table, strata, fixed)

    monkeypatch.setattr("mifs.discrete.chance.chance_sums", met)
    mean = ChanceMean(np.array([[4, 6]]), 2.0**40)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: mean(np.array([[[3, 7]]]), np.zeros((1, 1), dtype=int)), range(2)))
    assert not np.shares_memory(*tables)


def test_threads_share_the_tables_of_a_null_law():
    rng = np.random.default_rng(1)
    b = rng.multinomial(300, [0.4, 0.6], 3)
    blocks = [rng.multinomial(300, np.ones(5) / 5, (40, 3)) for _ in range(24)]
    tables = NullTables(b)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(tables.moments, blocks))
    for block, moments in zip(blocks, found, strict=True):
        assert_array_equal(moments.third, NullTables(b).moments(block).third)


@pytest.mark.parametrize(
    ("own", "numpy", "x"),
    [
        (elementary.log1p, np.log1p, np.random.default_rng(0).uniform(-1, 9, 20_000)),
        (elementary.log1p, np.log1p, np.random.default_rng(1).normal(0, 1e-9, 20_000)),
        (elementary.log, np.log, 10 ** np.random.default_rng(2).uniform(-250, 250, 20_000)),
        (elementary.exp, np.exp, np.random.default_rng(3).uniform(-690, 690, 20_000)),
    ],
    ids=["log1p", "log1p near 0", "log", "exp"],
)
def test_own_functions_are_those_of_the_library_to_the_last_place(own, numpy, x):
    """Each errs by less than one unit, so both by less than two."""
    expected = numpy(x)
    assert np.max(np.abs(own(x) - expected) / np.spacing(np.abs(expected))) <= 2


def test_an_empty_cell_has_no_information():
    """0 log 0: the logarithm is large, but a number."""
    assert 0.0 * elementary.log1p(np.array([-1.0]))[0] == 0.0


SCRIPT = """
import numpy as np
from mifs.null_moments import moments_of_margins
law = moments_of_margins([300, 200, 60, 40], [500, 100])
print(*(float(v).hex() for v in (law.mean, law.variance, law.third)))
"""


@pytest.mark.parametrize("setting", [{"MIFS_KERNELS": "numpy"}, {"MIFS_SIMD": "baseline"}, {}])
def test_every_setting_prints_the_same_digits(setting):
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, **setting},
        capture_output=True,
        text=True,
        check=True,
    )
    law = moments_of_margins([300, 200, 60, 40], [500, 100])
    expected = [float(v).hex() for v in (law.mean, law.variance, law.third)]
    assert run.stdout.split() == expected
