import tracemalloc

import numpy as np
import pytest
from conftest import variable
from hypothesis import given
from hypothesis import strategies as st

from mifs.counts import BLOCK_CELLS, CodeTable, DiscreteVariable, SparseCounts
from mifs.criteria import CRITERIA
from mifs.discrete import CountedInformation
from mifs.search import FixedLength, forward_search
from mifs.sparse_counts import SparseCodeTable, SparseVariable


def both(columns):
    """Tables of the same columns, dense and sparse: what is not zero is stored."""
    dense = [variable(column) for column in columns]
    sparse = [
        SparseVariable.of_dense(coded, np.flatnonzero(column))
        for coded, column in zip(dense, columns, strict=True)
    ]
    return CodeTable(dense), SparseCodeTable(sparse, len(columns[0]))


def words(rng, n_samples, n_features, largest=4):
    """Columns of counts, most of them zero, some of them never."""
    share = rng.random(n_features)[:, None] ** 2
    is_stored = rng.random((n_features, n_samples)) < share
    return is_stored * rng.integers(1, 1 + largest, (n_features, n_samples))


@st.composite
def problems(draw):
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    n_samples = draw(st.integers(2, 60))
    n_features = draw(st.integers(2, 12))
    columns = words(rng, n_samples, n_features, largest=draw(st.integers(1, 20)))
    return columns, rng.integers(0, draw(st.integers(1, 4)), n_samples)


@given(problems())
def test_every_term_is_that_of_the_dense_table_to_the_last_bit(problem):
    columns, y = problem
    terms = ["conditional_relevance", "redundancy", "conditional_redundancy", "joint_relevance"]
    terms += ["plug_in_redundancy", "entropy", "joint_entropy"]
    n = len(columns)
    for correction in (None, "miller_madow", "chance"):
        dense, sparse = (
            CountedInformation(table, variable(y), correction=correction) for table in both(columns)
        )
        np.testing.assert_array_equal(sparse.relevance(), dense.relevance())
        for selected in ((0,), (1, 0)):
            found = [np.full((len(terms) + 2, n), np.nan) for _ in range(2)]
            for source, table in zip((dense, sparse), found, strict=True):
                for block, pair in source.pair(selected, np.ones(n, dtype=bool)):
                    values = [getattr(pair, name) for name in terms]
                    tests = pair.independence
                    table[:, block] = [*values, tests.pvalue, tests.statistic]
            np.testing.assert_array_equal(found[1][:-2], found[0][:-2])
            # Sums of floats, here over more empty cells: a few hundred roundings of 1e-16.
            np.testing.assert_allclose(found[1][-2:], found[0][-2:], rtol=1e-12, atol=1e-13)


@given(problems())
def test_a_column_is_laid_out_in_full_where_it_is_a_condition(problem):
    columns, _ = problem
    dense, sparse = both(columns)
    for place in range(len(columns)):
        np.testing.assert_array_equal(sparse[place].codes, dense[place].codes)
    with pytest.raises(IndexError):
        sparse[len(columns)]


def test_a_column_without_zeros_needs_no_level_for_them():
    x = np.array([1, 2, 1, 2])
    dense, sparse = both([x])
    assert sparse[0].n_levels == 2
    np.testing.assert_array_equal(sparse[0].codes, dense[0].codes)


@pytest.mark.parametrize("name", ["cmim", "jmi", "mrmr", "cmi", "disr"])
def test_a_search_is_that_of_the_dense_table(name):
    rng = np.random.default_rng(0)
    columns = words(rng, 300, 80)
    y = variable((columns[:5].sum(axis=0) > 4) ^ (rng.random(300) < 0.1))
    paths = [
        forward_search(CRITERIA[name](), CountedInformation(table, y), door=FixedLength(12))
        for table in both(columns)
    ]
    np.testing.assert_array_equal(paths[1].order, paths[0].order)
    np.testing.assert_array_equal(paths[1].score, paths[0].score)
    np.testing.assert_array_equal(paths[1].last_score, paths[0].last_score)


def test_every_wanted_column_comes_once_in_blocks_of_bounded_size():
    """With many states a block has few columns."""
    rng = np.random.default_rng(1)
    _, table = both(words(rng, 400, 300))
    wanted = rng.random(300) < 0.5
    z, y = DiscreteVariable(np.arange(400), 400), DiscreteVariable(np.arange(400) % 20, 20)
    blocks = list(table.counted(wanted, z, y))
    np.testing.assert_array_equal(
        np.sort(np.concatenate([columns for columns, _ in blocks])), np.flatnonzero(wanted)
    )
    assert len(blocks) > 10
    assert max(counts.cells("zyx").size for _, counts in blocks) <= 2 * BLOCK_CELLS


def test_tables_with_far_more_cells_than_samples_are_counted_by_their_occupied_cells():
    """Two identifiers and a third: 1e6 states by 1000 levels."""
    codes = np.arange(1000)
    _, sparse = both([codes])
    z, y = DiscreteVariable(codes, 1000), DiscreteVariable(codes, 1000)
    ((columns, counts),) = sparse.counted(np.ones(1, dtype=bool), z, y)
    assert isinstance(counts, SparseCounts)
    assert columns.tolist() == [0]
    np.testing.assert_array_equal(counts.cells("zyx"), np.ones((1, 1000)))


def test_memory_is_that_of_the_stored_values():
    """A dense table of 1e5 rows and 1e4 columns has 1e9 values; here 1e5 are stored."""
    rng = np.random.default_rng(0)
    n_samples, n_features = 100_000, 10_000
    y = DiscreteVariable(rng.integers(0, 2, n_samples), 2)
    one = np.ones(10, dtype=np.int64)
    tracemalloc.start()
    columns = [
        SparseVariable(rng.choice(n_samples, 10, replace=False), one, 0, 2)
        for _ in range(n_features)
    ]
    source = CountedInformation(SparseCodeTable(columns, n_samples), y)
    forward_search(CRITERIA["cmim"](), source, door=FixedLength(3))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50e6


def test_a_table_too_large_for_memory_is_refused():
    """As of a dense table, with the column's name."""
    codes = np.arange(100_000)
    table = SparseCodeTable(
        [SparseVariable(codes, codes, 0, len(codes))], len(codes), names=["customer"]
    )
    with pytest.raises(ValueError, match=r"'customer' \(100000 levels\) .*1\.0e\+10 cells"):
        table.refuse_large(len(codes))
