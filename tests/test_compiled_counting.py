"""The compiled kernels that count are their NumPy twins, bit for bit."""

import itertools
import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, nullcontext
from functools import partial
from queue import SimpleQueue

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mifs._kernels import CellTable
from mifs._kernels.counting import Turns
from mifs._kernels.twins import TWINS
from mifs.discrete.chance import ChanceMean

if "scanned_sums" not in TWINS:
    pytest.skip("the compiled kernels were not built", allow_module_level=True)

joint_counts = TWINS["joint_counts"]
scanned_sums = TWINS["scanned_sums"]
tabled_sums = TWINS["tabled_sums"]
tiled = TWINS["tiled"].compiled
grouped = TWINS["grouped"]
pytestmark = pytest.mark.usefixtures("simd")


def _cells(n_samples, most=1 << 16, off=0.5):
    """F of all counts, or of the first `most`."""
    return CellTable.of(n_samples, most, off, 2.0**40)


def _mean_by_chance(state, n_z, n_y):
    """Of the levels of a column in each level of Z."""
    counts = np.bincount(state, minlength=n_z * n_y).reshape(n_z, n_y)
    return ChanceMean(counts, 2.0**40)


def _case(size, n_levels, n_states, dtype, rng):
    n_columns, n_samples = size
    codes = rng.integers(0, n_levels, (n_columns, n_samples)).astype(dtype)
    state = rng.integers(0, n_states, n_samples).astype(np.int32)
    places = np.flatnonzero(rng.random(n_columns) < rng.choice([0.1, 0.9, 1.0]))
    return codes, places, state


def _sweep(codes, state, n_states, n_levels):
    tiles = tiled(codes, n_levels)
    return None if tiles is None else (tiles, *grouped.compiled(state, n_states))


@given(
    size=st.tuples(
        st.integers(0, 150),
        st.one_of(st.integers(0, 3), st.integers(250, 260), st.integers(0, 1_500)),
    ),
    n_levels=st.one_of(st.integers(1, 34), st.integers(1, 300)),
    states=st.tuples(st.integers(1, 12), st.integers(1, 4)),
    dtype=st.sampled_from([np.uint8, np.uint16, np.uint32, np.int64]),
    most=st.one_of(st.just(1 << 16), st.integers(1, 300)),
    seed=st.integers(0, 2**32 - 1),
)
def test_counts_and_sums_are_those_of_numpy(*, size, n_levels, states, dtype, most, seed):
    """Whatever the path that is taken: sweep, histogram, or sample by sample; F kept or not."""
    (n_z, n_y), n_samples = states, size[1]
    n_levels = min(n_levels, np.iinfo(dtype).max + 1)
    codes, places, state = _case(size, n_levels, n_z * n_y, dtype, np.random.default_rng(seed))
    sweep = _sweep(codes, state, n_z * n_y, n_levels)
    expected = joint_counts.numpy(codes, places, state, (n_z * n_y, n_levels))
    shape, cells = (n_z, n_y, n_levels), _cells(n_samples, most)
    for way in {None, "sweep"} if sweep else {None}:
        by = sweep if way else None
        found = joint_counts.compiled(codes, places, state, (n_z * n_y, n_levels), sweep=by)
        np.testing.assert_array_equal(found, expected, strict=True)
        sums, xz = scanned_sums.compiled(codes, places, state, shape, cells, sweep=by)
        expected_sums, expected_xz = scanned_sums.numpy(codes, places, state, shape, cells)
        np.testing.assert_array_equal(sums, expected_sums, strict=True)
        np.testing.assert_array_equal(xz, expected_xz, strict=True)
        sums, no_xz = scanned_sums.compiled(
            codes, places, state, shape, cells, sweep=by, with_counts=False
        )
        np.testing.assert_array_equal(sums, expected_sums, strict=True)
        assert no_xz is None
        mean = _mean_by_chance(state, n_z, n_y)
        sums_and_means = np.vstack([expected_sums, mean(expected_xz, np.arange(n_z)[:, None])])
        for with_counts in (False, True):
            with _mean_by_chance(state, n_z, n_y).lent() as chance:
                sums, xz = scanned_sums.compiled(
                    *(codes, places, state, shape, cells),
                    sweep=by,
                    with_counts=with_counts,
                    chance=chance,
                )
            np.testing.assert_array_equal(sums, sums_and_means, strict=True)
            if with_counts:
                np.testing.assert_array_equal(xz, expected_xz, strict=True)


@contextmanager
def crew_of(n_helpers, called=int):
    """A crew with so many threads that stand ready, and do something each time they are called."""
    crew = TWINS["Crew"].compiled()

    def stand_ready():
        while crew.stand_ready():
            called()

    helpers = [threading.Thread(target=stand_ready) for _ in range(n_helpers)]
    for helper in helpers:
        helper.start()
    try:
        yield crew
    finally:
        crew.end()
    for helper in helpers:
        helper.join(30)
        assert not helper.is_alive()


@given(
    size=st.tuples(st.integers(1, 400), st.integers(1, 600)),
    n_levels=st.one_of(st.integers(1, 34), st.just(2)),
    n_columns=st.sampled_from([1, 8, 32, 64]),
    n_threads=st.integers(-1, 4),
    seed=st.integers(0, 2**32 - 1),
)
def test_turns_of_threads_give_what_one_finds(*, size, n_levels, n_columns, n_threads, seed):
    """Each column once, by whoever takes its turn; of a crew that is smaller than was thought."""
    codes, places, state = _case(size, n_levels, 6, np.uint8, np.random.default_rng(seed))
    asked, sweep = (codes, places, state), _sweep(codes, state, 6, n_levels)
    cells, mean = _cells(size[1]), _mean_by_chance(state, 2, 3)
    with crew_of(2) as crew:
        options = {"sweep": sweep, "turns": Turns(crew, n_threads, n_columns)}
        counts = joint_counts.compiled(*asked, (6, n_levels), **options)
        np.testing.assert_array_equal(counts, joint_counts.numpy(*asked, (6, n_levels)))
        for with_counts, has_means in itertools.product((True, False), repeat=2):
            options["with_counts"] = with_counts
            with mean.lent() if has_means else nullcontext() as chance:
                sums, xz = scanned_sums.compiled(
                    *(*asked, (2, 3, n_levels), cells), chance=chance, **options
                )
                expected = scanned_sums.numpy(*asked, (2, 3, n_levels), cells, chance=chance)
            np.testing.assert_array_equal(sums, expected[0])
            assert (xz is None) != with_counts
            np.testing.assert_array_equal(xz if with_counts else expected[1], expected[1])


def test_kernels_that_ask_one_crew_at_once_each_find_their_own():
    """It helps the first; the others work alone."""
    cases = [_case((300, 400), 10, 6, np.uint8, np.random.default_rng(seed)) for seed in range(8)]
    expected = [joint_counts.numpy(*case, (6, 10)) for case in cases]
    with crew_of(2) as crew, ThreadPoolExecutor(4) as pool:
        for _ in range(20):
            kernel = partial(joint_counts.compiled, shape=(6, 10), turns=Turns(crew, 3, 32))
            found = list(pool.map(lambda case, kernel=kernel: kernel(*case), cases))
            for counts, own in zip(found, expected, strict=True):
                np.testing.assert_array_equal(counts, own)


def test_who_helps_kernels_answers_every_call():
    """Those too that come while all are at work, and more of them than there are threads."""
    answers = SimpleQueue()
    codes, places, state = _case((300, 400), 10, 6, np.uint8, np.random.default_rng(0))
    with crew_of(3, lambda: answers.put(None)) as crew, ThreadPoolExecutor(2) as pool:

        def call(number):
            crew.call(number % 5)
            joint_counts.compiled(codes, places, state, (6, 10), turns=Turns(crew, 3, 32))
            for _ in range(number % 5):
                answers.get(timeout=30)

        list(pool.map(call, range(300)))
    assert answers.empty()


@pytest.mark.parametrize("twin", ["numpy", "compiled"])
def test_who_stands_ready_is_called_or_ended(twin):
    """Those called before they stood ready too."""
    crew = getattr(TWINS["Crew"], twin)()
    crew.call(1)
    assert crew.stand_ready() is True
    with ThreadPoolExecutor(2) as pool, ExitStack() as stack:
        stack.callback(crew.end)
        ready = [pool.submit(crew.stand_ready) for _ in range(2)]
        crew.call(1)
        done, waiting = wait(ready, 30, FIRST_COMPLETED)
        assert [call.result() for call in done] == [True]
        assert not wait(waiting, 0.05).done
        crew.end()
        assert [call.result(30) for call in waiting] == [False]
    crew.call(1)
    assert crew.stand_ready() is False


@pytest.mark.parametrize("n_columns", [-1, 0, 7, 128])
def test_turns_that_are_not_of_these_columns_are_refused(n_columns):
    """Each is of some in one tile."""
    codes, state = np.zeros((100, 100), dtype=np.uint8), np.zeros(100, dtype=np.int32)
    turns = Turns(TWINS["Crew"].compiled(), 2, n_columns)
    with pytest.raises(ValueError, match=f"turns of {n_columns} columns"):
        joint_counts.compiled(codes, np.arange(100), state, (1, 10), turns=turns)


def test_turns_at_nothing_end_at_once():
    turns, places, state = (
        Turns(TWINS["Crew"].compiled(), 2, 64),
        np.arange(3),
        np.zeros(0, dtype=np.int32),
    )
    codes = np.zeros((3, 0), dtype=np.uint8)
    assert not joint_counts.compiled(codes, places, state, (2, 2), turns=turns).any()
    sums, xz = scanned_sums.compiled(codes, places, state, (1, 2, 2), _cells(1), turns=turns)
    assert not sums.any()
    assert not xz.any()


@given(
    size=st.tuples(st.integers(9, 70), st.integers(200, 310)),
    n_levels=st.integers(1, 32),
    states=st.tuples(st.integers(1, 300), st.integers(1, 5)),
    skew=st.sampled_from([0.0, 0.9, 1.0]),
    seed=st.integers(0, 2**32 - 1),
)
def test_sums_are_those_of_numpy_where_counts_stay_bytes(size, n_levels, states, skew, seed):
    """About the 255 rows of a z that bytes hold; groups of one row, of none, and of one level."""
    rng = np.random.default_rng(seed)
    (n_columns, n_rows), (n_z, n_y) = size, states
    n_samples = n_rows * min(n_z, 5)
    z = np.arange(n_samples) % n_z
    state = rng.permutation(z * n_y + rng.integers(0, n_y, n_samples) * (rng.random() < 0.8))
    codes = rng.integers(0, n_levels, (n_columns, n_samples), dtype=np.uint8)
    codes[rng.random(codes.shape) < skew] = n_levels - 1
    places, shape = np.arange(n_columns), (n_z, n_y, n_levels)
    function, sweep = _cells(n_samples, n_samples + 1), _sweep(codes, state, n_z * n_y, n_levels)
    mean = _mean_by_chance(state, n_z, n_y)
    for chance in (None, mean):  # means that are known at once, the second time
        for _ in range(1 if chance is None else 2):
            with nullcontext() if chance is None else mean.lent() as lent:
                found, expected = (
                    kernel(codes, places, state, shape, function, sweep=sweep, chance=lent)
                    for kernel in scanned_sums[::-1]
                )
            for one, other in zip(found, expected, strict=True):
                np.testing.assert_array_equal(one, other, strict=True)


@given(
    size=st.tuples(
        st.integers(20, 600),
        st.one_of(st.integers(3, 600), st.sampled_from([2_040, 2_041, 16_384, 20_001])),
    ),
    states=st.tuples(
        st.one_of(st.integers(1, 12), st.integers(1, 300)),
        st.one_of(st.integers(1, 5), st.just(1_025)),
    ),
    share=st.sampled_from([0.0, 0.1, 0.5, 1.0]),
    most=st.one_of(st.just(1 << 16), st.integers(1, 300)),
    seed=st.integers(0, 2**32 - 1),
)
def test_columns_of_two_levels_are_counted_as_numpy_does(*, size, states, share, most, seed):
    """Few of them or many abreast, groups of no row to thousands, one block of rows or several."""
    (n_z, n_y), n_samples, rng = states, size[1], np.random.default_rng(seed)
    if n_z * n_y > 20_000:
        n_z = 1
    _, places, state = _case(size, 2, n_z * n_y, np.uint8, rng)
    state[rng.random(n_samples) < rng.choice([0.0, 0.8])] = n_z * n_y - 1
    codes = (rng.random(size) < share).astype(np.uint8)
    sweep, shape, cells = _sweep(codes, state, n_z * n_y, 2), (n_z, n_y, 2), _cells(n_samples, most)
    expected = joint_counts.numpy(codes, places, state, (n_z * n_y, 2))
    found = joint_counts.compiled(codes, places, state, (n_z * n_y, 2), sweep=sweep)
    np.testing.assert_array_equal(found, expected, strict=True)
    of_tables = tabled_sums.numpy(expected.reshape(-1, n_z, n_y, 2), cells)
    for with_counts in (True, False):
        sums, xz = scanned_sums.compiled(
            codes, places, state, shape, cells, sweep=sweep, with_counts=with_counts
        )
        np.testing.assert_array_equal(sums, of_tables[0], strict=True)
        if with_counts:
            np.testing.assert_array_equal(xz, of_tables[1], strict=True)


@pytest.mark.parametrize("n_samples", [2, 3, 5, 9])
def test_a_sweep_asks_no_more_of_the_function_than_there_are_samples(n_samples):
    """Counts are compared by fours; the sanitizers see what is read beyond the table."""
    codes = np.zeros((20, n_samples), dtype=np.uint8)
    state, cells = np.zeros(n_samples, dtype=np.int32), _cells(n_samples)
    sweep = _sweep(codes, state, 1, 1)
    sums, _ = scanned_sums.compiled(codes, np.arange(20), state, (1, 1, 1), cells, sweep=sweep)
    assert (sums == cells.values[n_samples]).all()


@pytest.mark.parametrize("n_samples", [2, 3, 5, 15, 16, 20, 21])
def test_equal_rows_ask_no_more_of_the_function_than_there_are_samples(n_samples):
    """Rows of two classes are compared, two counts at a time; about where there are too many."""
    codes = np.zeros((20, n_samples), dtype=np.uint8)
    state, cells = np.arange(n_samples, dtype=np.int32) % 2, _cells(n_samples)
    sweep = _sweep(codes, state, 2, 1)
    shape, every = (1, 2, 1), np.arange(20)
    sums, _ = scanned_sums.compiled(
        codes, every, state, shape, cells, sweep=sweep, with_counts=False
    )
    halves = cells.values[n_samples // 2] + cells.values[n_samples - n_samples // 2]
    assert (sums == [[halves], [cells.values[n_samples]]]).all()


@pytest.mark.parametrize("n_long", [1, *range(15, 41)])
def test_groups_of_every_length_are_tallied_beside_each_other(n_long):
    """All codes are equal, so that counts are the lengths; numbers of cells are kept by fours."""
    for n_short in range(1, 22):
        z = np.repeat([0, 1, 2], [n_short, n_long, n_short])
        state = (2 * z + np.arange(len(z)) % 2).astype(np.int32)
        codes, cells = np.zeros((20, len(z)), dtype=np.uint8), _cells(len(z))
        table = codes, np.arange(20), state, (3, 2, 3), cells
        sweep = _sweep(codes, state, 6, 3)
        sums, _ = scanned_sums.compiled(*table, sweep=sweep, with_counts=False)
        by_state, by_z = (cells.values[np.bincount(of)].sum() for of in (state, z))
        assert (sums == [[by_state], [by_z]]).all()


@given(
    size=st.tuples(st.integers(9, 70), st.integers(3, 260)),
    n_levels=st.integers(3, 32),
    states=st.tuples(st.integers(1, 40), st.integers(2, 5)),
    share=st.floats(0.02, 0.9),
    most=st.integers(1, 32),
    seed=st.integers(0, 2**32 - 1),
)
def test_short_groups_beside_long_ones_have_the_sums_of_numpy(
    *, size, n_levels, states, share, most, seed
):
    """Rows of a short group are compared with each other; those of a long one are counted."""
    (n_columns, n_samples), (n_z, n_y) = size, states
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, min(most, n_levels), size, dtype=np.uint8)
    z = np.minimum(rng.geometric(share, n_samples) - 1, n_z - 1)
    state = (z * n_y + rng.integers(0, n_y, n_samples)).astype(np.int32)
    table = codes, np.arange(n_columns), state, (n_z, n_y, n_levels), _cells(n_samples)
    sweep = _sweep(codes, state, n_z * n_y, n_levels)
    found, _ = scanned_sums.compiled(*table, sweep=sweep, with_counts=False)
    np.testing.assert_array_equal(found, scanned_sums.numpy(*table)[0], strict=True)
    mean = _mean_by_chance(state, n_z, n_y)
    for _ in range(2):  # the second time means are known at once
        with mean.lent() as lent:
            found, expected = (
                kernel(*table, sweep=sweep, with_counts=False, chance=lent)[0]
                for kernel in scanned_sums[::-1]
            )
        np.testing.assert_array_equal(found, expected, strict=True)


@given(
    shape=st.tuples(*(st.integers(0, 6) for _ in range(4))),
    most=st.integers(1, 60),
    seed=st.integers(0, 2**32 - 1),
)
def test_sums_of_tables_are_those_of_numpy(shape, most, seed):
    """Tables that were counted for a test give the sums as well."""
    xzy = np.random.default_rng(seed).integers(0, 9, shape).astype(np.int32)
    cells = _cells(9 * 6, most)
    for found, expected in zip(
        tabled_sums.compiled(xzy, cells), tabled_sums.numpy(xzy, cells), strict=True
    ):
        np.testing.assert_array_equal(found, expected, strict=True)


@pytest.mark.parametrize(
    ("n_columns", "n_tiled"),
    [(9, 64), (32, 64), (64, 64), (72, 64), (73, 128), (130, 128), (1_000, 1_024)],
)
@pytest.mark.parametrize("n_levels", [1, 10, 16, 17, 32])
def test_a_tile_has_the_columns_of_a_sample_side_by_side(n_columns, n_tiled, n_levels):
    """In bytes, or two of few levels in one; missing ones are zero, cache lines are whole."""
    codes = np.random.default_rng(0).integers(0, n_levels, (n_columns, 203), dtype=np.uint8)
    tiles = tiled(codes, n_levels)
    assert tiles.ctypes.data % 64 == 0
    rows = tiles.reshape(n_tiled // 64, 203, -1)
    if n_levels <= 16:
        rows = np.concatenate([rows & 15, rows >> 4], axis=2)
    found = rows.transpose(0, 2, 1).reshape(n_tiled, 203)
    np.testing.assert_array_equal(found[:n_columns], codes[:n_tiled])
    assert not found[n_columns:].any()


def _bits(tiles, n_samples, n_tiles):
    """Codes of the columns of tiles of bits, and what should be missing ones."""
    found = []
    for first in range(0, n_tiles, 4):
        n_beside = min(4, n_tiles - first)
        rows = tiles[8 * n_samples * first :][: 8 * n_samples * n_beside].reshape(n_samples, -1)
        found.append(np.unpackbits(rows, axis=1, bitorder="little").T)
    return np.concatenate(found)


@pytest.mark.parametrize("n_columns", [1, 9, 64, 65, 129, 200, 256, 257, 600])
@pytest.mark.parametrize("n_samples", [3, 63, 203, 2_049])
def test_eight_columns_of_two_levels_share_a_byte(n_columns, n_samples):
    """The rows of four tiles lie side by side, those of the last tiles in as many bytes."""
    codes = np.random.default_rng(0).integers(0, 2, (n_columns, n_samples), dtype=np.uint8)
    tiles, n_tiles = tiled(codes, 2), -(-n_columns // 64)
    assert tiles.size == 8 * n_tiles * n_samples + 24  # a vector may reach beyond the last row
    found = _bits(tiles, n_samples, n_tiles)
    np.testing.assert_array_equal(found[:n_columns], codes)
    assert not found[n_columns:].any()


@pytest.mark.parametrize("n_levels", [2, 10, 20])
def test_tiles_are_laid_out_some_at_a_time(n_levels):
    """Into the memory of an earlier call; columns beyond the tiles are none of them."""
    codes = np.random.default_rng(0).integers(0, n_levels, (200, 300), dtype=np.uint8)
    tiles = tiled(codes, n_levels, which=np.array([], dtype=np.int64))
    tiles[:] = 0
    for which in ([2], [0, 1], [3]):
        assert tiled(codes, n_levels, which=np.array(which), into=tiles) is tiles
    behind = -24 if n_levels == 2 else None  # of which nothing is laid out
    np.testing.assert_array_equal(tiles[:behind], tiled(codes, n_levels)[:behind])
    with pytest.raises(ValueError, match="tiles"):
        tiled(codes, n_levels, into=tiles[1:])


@pytest.mark.parametrize(
    ("n_samples", "n_states", "n_blocks"),
    [
        (0, 1, 1),
        (1, 1, 1),
        (1_000, 7, 1),
        (1_000, 3_000, 1),
        (16_383, 7, 1),
        (16_385, 7, 3),
        (16_385, 129, 1),
        (131_072, 1_024, 2),
        (131_072, 1_025, 1),
    ],
)
def test_rows_of_a_group_have_its_state(n_samples, n_states, n_blocks):
    """Ascending in each group, as by a stable sort, in each block; empty groups are there too."""
    state = np.random.default_rng(0).integers(0, n_states, n_samples).astype(np.int32)
    start, rows = grouped.compiled(state, n_states)
    expected_start, expected_rows = grouped.numpy(state, n_states)
    assert len(expected_start) == n_blocks * n_states + 1
    np.testing.assert_array_equal(rows[:n_samples], expected_rows)
    np.testing.assert_array_equal(start[: len(expected_start)], expected_start)


@pytest.mark.parametrize("states", [(1, 1), (1, 2), (10, 2), (60, 4)])
@pytest.mark.parametrize("n_columns", [20, 130, 150])
@pytest.mark.parametrize("n_levels", [2, 9])
def test_blocks_of_rows_add_up(n_columns, states, n_levels):
    """Several blocks, the last of them short, in whole tiles and half ones."""
    (n_z, n_y), n_samples = states, 33_000
    codes, _, state = _case(
        (n_columns, n_samples), n_levels, n_z * n_y, np.uint8, np.random.default_rng(0)
    )
    places, sweep = np.arange(1, n_columns), _sweep(codes, state, n_z * n_y, n_levels)
    expected = joint_counts.numpy(codes, places, state, (n_z * n_y, n_levels))
    found = joint_counts.compiled(codes, places, state, (n_z * n_y, n_levels), sweep=sweep)
    np.testing.assert_array_equal(found, expected, strict=True)
    cells, shape = _cells(n_samples), (n_z, n_y, n_levels)
    sums = scanned_sums.compiled(codes, places, state, shape, cells, sweep=sweep)
    for one, of_tables in zip(
        sums, tabled_sums.numpy(expected.reshape(-1, n_z, n_y, n_levels), cells), strict=True
    ):
        np.testing.assert_array_equal(one, of_tables, strict=True)


def test_what_is_read_only_or_has_gaps_is_counted():
    """Memory-mapped codes cannot be written to; a slice of a table is not contiguous."""
    codes = np.arange(2_400, dtype=np.uint8).reshape(12, 200) % 5
    codes.flags.writeable = False
    state = (np.arange(200, dtype=np.int64) % 3)[::2]
    found = joint_counts.compiled(codes[:, ::2], np.arange(12), state, (3, 5))
    expected = joint_counts.numpy(codes[:, ::2], np.arange(12), state, (3, 5))
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("n_levels", [2, 3])
def test_many_rows_of_a_group_are_counted_in_bytes(n_levels):
    """More rows in a bin than a byte holds: the sweep adds up every 255 rows."""
    codes = np.ones((30, 100_000), dtype=np.uint8)
    state = np.zeros(100_000, dtype=np.int32)
    sweep = _sweep(codes, state, 1, n_levels)
    counts = joint_counts.compiled(codes, np.arange(30), state, (1, n_levels), sweep=sweep)
    expected = np.broadcast_to([0, 100_000, 0][:n_levels], (30, 1, n_levels))
    np.testing.assert_array_equal(counts, expected)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32])
@pytest.mark.parametrize("n_states", [12, 13, 3_276, 3_277])  # cells in 1, 2, 2 and 4 bytes
@pytest.mark.parametrize("n_samples", [63, 1_000, 200_000])
def test_a_histogram_holds_whatever_the_bytes_of_its_cells(dtype, n_states, n_samples):
    """In one table where samples are fewer than cells, else in four that are added up."""
    codes, _, state = _case((2, n_samples), 20, n_states, dtype, np.random.default_rng(0))
    codes[0], state[::2] = 19, n_states - 1
    found = joint_counts.compiled(codes, np.arange(2), state, (n_states, 20))
    expected = joint_counts.numpy(codes, np.arange(2), state, (n_states, 20))
    np.testing.assert_array_equal(found, expected, strict=True)


@pytest.mark.parametrize("n_levels", [1, 2, 9, 13, 19, 28, 29])
@pytest.mark.parametrize("n_samples", [31, 33, 959, 255 * 32, 255 * 32 + 1, 20_000])
def test_few_cells_are_counted_by_comparison(n_levels, n_samples):
    """In bytes, up to 255 vectors at a time, of 32 samples or of 16; what is left one by one."""
    codes, _, state = _case((2, n_samples), n_levels, 2, np.uint8, np.random.default_rng(0))
    codes[1] = n_levels // 2
    found = joint_counts.compiled(codes, np.arange(2), state, (2, n_levels))
    expected = joint_counts.numpy(codes, np.arange(2), state, (2, n_levels))
    np.testing.assert_array_equal(found, expected, strict=True)


CODES = np.zeros((70, 100), dtype=np.uint8)
STATE = np.zeros(100, dtype=np.int32)


@pytest.mark.parametrize(
    ("places", "state", "said"),
    [
        ([0, 0], STATE, "must ascend"),
        ([0] * 65, STATE, "must ascend"),  # more than a tile has room for
        ([1, 0], STATE, "must ascend"),
        ([-1], STATE, "must ascend"),
        ([70], STATE, "from 0 to 69; got 70"),
    ],
)
def test_what_does_not_fit_together_is_refused_before_it_is_counted(places, state, said):
    """A mistake of a caller is an error, not a write beyond an array."""
    with pytest.raises(ValueError, match=said):
        joint_counts.compiled(CODES, np.array(places), state, (1, 1))
    with pytest.raises(ValueError, match=said):
        scanned_sums.compiled(CODES, np.array(places), state, (1, 1, 1), _cells(100))


def test_a_cell_function_reaches_all_samples():
    """A level may be that of every sample."""
    places, short = np.arange(70), _cells(99)
    with pytest.raises(ValueError, match="steps of F must reach 100"):
        scanned_sums.compiled(CODES, places, STATE, (1, 1, 1), short)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"table": np.zeros(9, dtype=np.int64)}, "a mean for each count"),
        ({"rows": (np.arange(2), np.zeros(2, dtype=np.int64))}, "a stratum for each level of Z"),
        ({"first_class": np.zeros(3, dtype=np.int64)}, "a first class for each level of Z"),
    ],
)
def test_means_by_chance_are_of_the_levels_of_z(part, said):
    """A table that is too short would be written beyond its end."""
    with _mean_by_chance(STATE, 1, 1).lent() as (chance, fixed):
        if "first_class" in part:
            size, _, *others = chance.strata
            part = {"strata": (size, part["first_class"], *others)}
        with pytest.raises(ValueError, match=said):
            scanned_sums.compiled(
                *(CODES, np.arange(70), STATE, (1, 1, 1), _cells(100)),
                chance=(chance._replace(**part), fixed),
            )


def test_values_of_a_cell_function_have_their_steps():
    cells = _cells(100)._replace(steps=np.zeros(99, dtype=np.int64))
    with pytest.raises(ValueError, match="101 values of F have 99 steps"):
        scanned_sums.compiled(CODES, np.arange(70), STATE, (1, 1, 1), cells)


@given(
    counts=st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=20),
    off=st.sampled_from([0.0, 0.5]),
    scale=st.integers(0, 25),
)
def test_large_counts_have_the_bits_of_numpy(counts, off, scale):
    """Up to all rows that are counted, halves and digits beyond 53 bits among them."""
    xzy = np.array(counts, dtype=np.int32).reshape(-1, 1, 1, 1)
    cells = CellTable.of(2**31 - 1, 50, off, 2.0**scale)
    found, expected = tabled_sums.compiled(xzy, cells), tabled_sums.numpy(xzy, cells)
    np.testing.assert_array_equal(found[0], expected[0], strict=True)


def test_a_sweep_belongs_to_its_codes_and_states():
    for n_levels in (2, 5):
        tiles, start, rows = _sweep(CODES, STATE, 1, n_levels)
        for wrong in [
            (tiles[:64], start, rows),
            (tiles[:-1], start, rows),
            (tiles, start[:1], rows),
            (tiles, start, rows[:-1]),
            (tiles, *grouped.compiled(STATE[:99], 1)),
        ]:
            with pytest.raises(ValueError, match="are not of these"):
                joint_counts.compiled(CODES, np.arange(70), STATE, (1, n_levels), sweep=wrong)


@pytest.mark.parametrize("state", [[0, 3], [-1, 0]])
def test_states_beyond_the_groups_are_refused(state):
    with pytest.raises(ValueError, match="from 0 to 2"):
        grouped.compiled(np.array(state), 3)


def test_more_rows_than_a_count_holds_are_refused():
    """A view of one row stands in for them."""
    codes = np.broadcast_to(np.uint8(0), (1, 2**31))
    state = np.broadcast_to(np.int32(0), 2**31)
    with pytest.raises(OverflowError, match="2147483648 rows"):
        joint_counts.compiled(codes, np.arange(1), state, (1, 1))
    with pytest.raises(OverflowError, match="2147483648 rows"):
        grouped.compiled(state, 1)


@pytest.mark.parametrize(
    ("n_states", "first_row"), [(101, 0), (100, 1), (1, 100), (1, -1), (1, 2**62)]
)
def test_rows_that_are_none_are_not_counted(n_states, first_row):
    """States of more rows than there are from the first one on."""
    state = np.zeros(n_states, dtype=np.int32)
    with pytest.raises(ValueError, match=f"{n_states} states from row {first_row} on of 100"):
        joint_counts.compiled(CODES, np.arange(3), state, (1, 1), first_row=first_row)
    with pytest.raises(ValueError, match="100 samples need as many states; got 99"):
        scanned_sums.compiled(CODES, np.arange(3), STATE[:99], (1, 1, 1), _cells(100))


@pytest.mark.parametrize(("first_row", "n_rows"), [(0, 0), (0, 70), (1, 999), (501, 2), (900, 100)])
@pytest.mark.parametrize("n_levels", [2, 10, 30, 300])
@pytest.mark.parametrize("n_columns", [5, 130, 300])
def test_some_rows_are_counted_in_the_tiles_of_all(n_columns, n_levels, first_row, n_rows):
    """By a sweep over bits, halves of bytes, or bytes; and by histograms."""
    dtype, rng = np.min_scalar_type(n_levels - 1), np.random.default_rng(0)
    codes = rng.integers(0, n_levels, (n_columns, 1000)).astype(dtype)
    places, state = np.arange(n_columns), rng.integers(0, 6, n_rows).astype(np.int32)
    some = codes[:, first_row : first_row + n_rows]
    expected = joint_counts.numpy(np.ascontiguousarray(some), places, state, (6, n_levels))
    tiles = tiled(codes, n_levels)
    for sweep in (None, None if tiles is None else (tiles, *grouped.compiled(state, 6))):
        for kernel in (joint_counts.compiled, joint_counts.numpy):
            found = kernel(codes, places, state, (6, n_levels), first_row=first_row, sweep=sweep)
            np.testing.assert_array_equal(found, expected, strict=True)


def test_many_rows_are_counted_by_blocks_of_them():
    """From a row on that is in the middle of where a block would begin."""
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 10, (70, 40_000)).astype(np.uint8)
    state = rng.integers(0, 20, 30_000).astype(np.int32)
    sweep = tiled(codes, 10), *grouped.compiled(state, 20)
    asked = codes, np.arange(70), state, (20, 10)
    found = joint_counts.compiled(*asked, first_row=7_001, sweep=sweep)
    expected = joint_counts.numpy(*asked, first_row=7_001)
    np.testing.assert_array_equal(found, expected, strict=True)
