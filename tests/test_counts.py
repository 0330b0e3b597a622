import numpy as np
import pytest
from conftest import counts_of, variable

from mifs.counts import MAX_CELLS, CodeTable, Counts, DiscreteVariable
from mifs.counts.tiles import Tiles
from mifs.discrete.cells import CellSums, plug_in


def _three(n_samples, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 4, (3, n_samples)).astype(np.uint8)
    z = DiscreteVariable(rng.integers(0, 3, n_samples), 3)
    y = DiscreteVariable(rng.integers(0, 2, n_samples), 2)
    return x, z, y


def test_counts_of_parts_add_up_to_the_counts_of_the_whole():
    """Counts are additive over samples."""
    x, z, y = _three(100)
    whole = counts_of(x, 4, z, y)
    parts = [
        counts_of(
            x[:, rows],
            4,
            DiscreteVariable(z.codes[rows], 3),
            DiscreteVariable(y.codes[rows], 2),
        )
        for rows in (slice(0, 30), slice(30, 30), slice(30, 100))
    ]
    np.testing.assert_array_equal((parts[0] + parts[1] + parts[2]).xzy, whole.xzy)


def test_counts_add_up_beyond_thirty_two_bits():
    """Those of one table fit them, those of several parts need not."""
    xzy = np.full((1, 1, 1, 1), 2**31 - 1, dtype=np.int32)
    assert (Counts(xzy) + Counts(xzy)).xzy.item() == 2**32 - 2


@pytest.mark.parametrize("kept", ["zyx", "zx", "yx", "x", "zy", "yz", "z", "xy", "xz"])
def test_a_projection_is_the_table_of_the_variables_it_keeps(kept):
    """Margins by name, axes in the order of the name."""
    x, z, y = _three(80)
    counts = counts_of(x, 4, z, y).project(kept)
    codes = {"z": z.codes, "y": y.codes}
    sizes = {"x": 4, "z": 3, "y": 2}
    for candidate in range(3):
        expected = np.zeros([sizes[name] for name in kept], dtype=int)
        np.add.at(expected, tuple({**codes, "x": x[candidate]}[name] for name in kept), 1)
        found = counts[candidate] if "x" in kept else counts
        np.testing.assert_array_equal(found, expected)


def test_a_joint_variable_has_a_level_for_every_pair_that_occurs():
    """Four pairs are possible, three occur."""
    joint = variable([0, 0, 1, 1]).joint(variable(["a", "b", "a", "a"]))
    assert joint.n_levels == 3
    np.testing.assert_array_equal(joint.codes, [0, 1, 2, 2])


def test_a_table_gives_back_its_columns_whatever_their_levels():
    """Columns are stored in groups; their order is that of the table."""
    rng = np.random.default_rng(1)
    columns = [rng.integers(0, levels, 500) for levels in (2, 300, 5, 2, 17, 18, 5)]
    table = CodeTable([variable(column) for column in columns])
    for place, column in enumerate(columns):
        np.testing.assert_array_equal(table[place].codes, variable(column).codes)
    with pytest.raises(IndexError):
        table[7]


def test_blocks_hold_every_wanted_column_once():
    """Whatever the block sizes are."""
    rng = np.random.default_rng(1)
    table = CodeTable([variable(rng.integers(0, 2 + j % 40, 2_000)) for j in range(200)])
    wanted = rng.random(200) < 0.5
    parts = table.blocks(wanted, n_states=2_000)
    found = np.concatenate([block.columns[places] for block, places in parts])
    np.testing.assert_array_equal(np.sort(found), np.flatnonzero(wanted))


def test_columns_that_are_swept_together_are_not_parted():
    """Many samples are no reason: of columns in a vector, each part would read all."""
    codes = np.zeros(1 << 19, dtype=np.uint8)
    table = CodeTable([DiscreteVariable(codes, 2)] * 20)
    assert len(list(table.blocks(np.arange(20) != 3, n_states=4))) == 1


def test_codes_take_one_byte_a_value():
    """Up to 256 levels; two bytes beyond."""
    table = CodeTable([DiscreteVariable(np.arange(300) % levels, levels) for levels in (256, 257)])
    parts = table.blocks(np.ones(2, dtype=bool), n_states=1)
    blocks = {block.n_levels: block.codes.dtype for block, _ in parts}
    assert [dtype.itemsize for _, dtype in sorted(blocks.items())] == [1, 2]


def test_a_table_too_large_for_memory_is_refused_before_it_is_asked_for():
    """1e5 levels on both sides would be 80 GB; the message names the column and the way out."""
    n = 100_000
    table = CodeTable([DiscreteVariable(np.arange(n), n)], names=["customer"])
    with pytest.raises(ValueError, match=r"'customer' \(100000 levels\) .*1\.0e\+10 cells"):
        table.refuse_large(n)
    assert n * n > MAX_CELLS


@pytest.mark.parametrize("codes", [[0, 3, 1], [0, -1, 1], np.array([0, 3, 1], dtype=np.uint8)])
@pytest.mark.parametrize("n_expected", [0, 2])
def test_a_code_that_is_no_level_is_refused_before_it_is_counted(codes, n_expected):
    """A compiled count would write beyond its table; bytes are checked together."""
    good, bad = (DiscreteVariable(np.asarray(some), 3) for some in ([0, 2, 1], codes))
    with pytest.raises(ValueError, match="from 0 to 2"):
        CodeTable([good, bad], n_expected=n_expected)


@pytest.mark.parametrize("n_levels", [[4] * 9, [4, *[3] * 8], [3, 4, 5] * 3, [3, 300, 3]])
def test_columns_that_were_expected_are_those_that_were_not(n_levels):
    """Stored as they come, or put together in the end, whatever blocks they make."""
    rng = np.random.default_rng(0)
    variables = [DiscreteVariable(rng.integers(0, n, 50), n) for n in n_levels]
    for n_expected in (0, 1, len(variables), 20):
        table = CodeTable(variables, n_expected=n_expected)
        for place, expected in enumerate(variables):
            np.testing.assert_array_equal(table[place].codes, expected.codes)


@pytest.mark.parametrize("n_z", [1, 3])
def test_levels_are_those_of_the_columns_that_were_counted(n_z, monkeypatch):
    """With whatever condition; nobody counts the samples again for them."""
    rng = np.random.default_rng(2)
    columns = rng.integers(0, 4, (30, 500))
    table = CodeTable([variable(column) for column in columns])
    z, y = (DiscreteVariable(rng.integers(0, n, 500), n) for n in (n_z, 2))
    wanted = rng.random(30) < 0.6
    f = CellSums(plug_in, 500)
    ((some, counts),) = table.counted(wanted, z, y)
    counts.sums("zyx", f)
    monkeypatch.setattr("mifs.counts.blocks.joint_counts", None)
    expected = np.array([np.bincount(columns[place], minlength=4) for place in some])
    np.testing.assert_array_equal(counts.sums("x", f), f(expected, axis=-1))
    np.testing.assert_array_equal(counts.levels_within("")[0][:, 0], expected)
    ((again, others),) = table.counted(~wanted, z, y)
    others.sums("zx", f)
    np.testing.assert_array_equal(
        others.sums("x", f), [f(np.bincount(columns[place]), axis=0) for place in again]
    )


@pytest.mark.parametrize(("n", "n_after_one"), [(1001, 0), (1000, 1)])
def test_tiles_are_laid_out_for_the_second_scan(monkeypatch, n, n_after_one):
    """Not for the one of the relevance, unless samples are few, nor for columns here and there."""
    n_laid_out, of_codes = 0, Tiles.of_codes

    def noted(codes, n_levels):
        nonlocal n_laid_out
        n_laid_out += 1
        return of_codes(codes, n_levels)

    monkeypatch.setattr(Tiles, "of_codes", noted)
    rng = np.random.default_rng(3)
    table = CodeTable([variable(column) for column in rng.integers(0, 4, (90, n))])
    y, f = DiscreteVariable(rng.integers(0, 2, n), 2), CellSums(plug_in, n)

    def ask(wanted):
        for _, counts in table.counted(wanted, DiscreteVariable.constant(n), y):
            counts.sums("zyx", f)

    everything, first_half = np.ones(90, dtype=bool), np.arange(90) < 45
    ask(np.arange(90) % 3 == 0)
    assert n_laid_out == 0
    ask(first_half)
    ask(~first_half)
    ask(np.arange(90) % 3 == 0)
    assert n_laid_out == n_after_one
    ask(everything)
    assert n_laid_out == 1
