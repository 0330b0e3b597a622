"""The compiled kernels that count rows by weights are their NumPy twins, bit for bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mifs._kernels.twins import TWINS

if "weighted_counts" not in TWINS:
    pytest.skip("the compiled kernels were not built", allow_module_level=True)

weighted_counts = TWINS["weighted_counts"]
weighted_parts = TWINS["weighted_parts"]
evaluated = TWINS["evaluated"]
WEIGHTS = {
    "one": lambda n, rng: np.full(n, 3),
    "few": lambda n, rng: rng.choice([1, 2, 2**40], n),
    "all distinct": lambda n, rng: 1 + rng.permutation(n),
    "multiples": lambda n, rng: rng.integers(1, 2**12, n) * 2**28,
}


@given(
    size=st.tuples(st.integers(0, 9), st.integers(0, 400)),
    n_levels=st.one_of(st.integers(1, 12), st.integers(1, 300)),
    n_states=st.one_of(st.integers(1, 12), st.integers(1, 600)),
    dtype=st.sampled_from([np.uint8, np.uint16, np.uint32, np.int64]),
    weights=st.sampled_from(sorted(WEIGHTS)),
    seed=st.integers(0, 2**32 - 1),
)
def test_weighted_counts_are_those_of_numpy(*, size, n_levels, n_states, dtype, weights, seed):
    """Of four columns at once, of two and of one; of states that no row has."""
    rng, (n_columns, n_samples) = np.random.default_rng(seed), size
    n_levels = min(n_levels, np.iinfo(dtype).max + 1)
    codes = rng.integers(0, n_levels, size).astype(dtype)
    state = rng.integers(0, rng.integers(1, n_states + 1), n_samples).astype(np.int32)
    places = np.flatnonzero(rng.random(n_columns) < rng.choice([0.5, 1.0]))
    asked = codes, places, state, (n_states, n_levels), WEIGHTS[weights](n_samples, rng)
    expected = weighted_counts.numpy(*asked)
    np.testing.assert_array_equal(weighted_counts.compiled(*asked), expected, strict=True)


def test_sums_of_weights_are_exact():
    """A sum one below 2**53, and others that float64 would round half of."""
    weights = np.array([2**52, 2**52 - 1, 1, 2**40 + 1])
    codes, state = np.array([[0, 0, 1, 1]], dtype=np.uint8), np.zeros(4, dtype=np.int32)
    asked = codes, np.arange(1), state, (1, 2)
    for kernel in weighted_counts:
        found = kernel(*asked, weights)
        np.testing.assert_array_equal(found, [[[2**53 - 1, 2**40 + 2]]], strict=True)


def test_what_is_read_only_or_has_gaps_is_weighted():
    """Memory-mapped codes cannot be written to; a slice of a table is not contiguous."""
    codes = np.arange(2_400, dtype=np.uint8).reshape(12, 200) % 5
    codes.flags.writeable = False
    state, weights = (np.arange(200) % 3)[::2], np.arange(1, 201)[::2]
    asked = codes[:, ::2], np.arange(12), state, (3, 5), weights
    found, expected = weighted_counts.compiled(*asked), weighted_counts.numpy(*asked)
    np.testing.assert_array_equal(found, expected, strict=True)


@given(
    tables=st.lists(st.integers(0, 5), min_size=1, max_size=2),
    n_parts=st.integers(0, 7),
    n_groups=st.integers(1, 5),
    n_levels=st.integers(0, 20),
    seed=st.integers(0, 2**32 - 1),
)
def test_counts_of_parts_add_up_as_those_of_numpy(tables, n_parts, n_groups, n_levels, seed):
    """Of groups without a part too; no product fits 32 bits."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 2**31, (*tables, n_parts, n_levels)).astype(np.int32)
    group, weights = rng.integers(0, n_groups, n_parts), rng.integers(1, 2**28, n_parts)
    asked = counts, group, weights, n_groups
    found, expected = weighted_parts.compiled(*asked), weighted_parts.numpy(*asked)
    np.testing.assert_array_equal(found, expected, strict=True)


@given(
    shape=st.lists(st.integers(0, 6), min_size=0, max_size=3),
    unit=st.sampled_from([1.0, 2.0**-20, 2.0**-40]),
    off=st.sampled_from([0.0, 0.5]),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_cell_function_of_fractions_has_the_bits_of_numpy(*, shape, unit, off, seed):
    """Of zeros, and of arrays with gaps, too."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 2, shape) * rng.integers(0, 2 ** rng.integers(1, 44), shape)
    for asked in (counts * unit, np.repeat(counts * unit, 2, axis=-1)[..., ::2] if shape else 0.3):
        found = evaluated.compiled(asked, off, 2.0**15)
        expected = evaluated.numpy(np.asarray(asked), off, 2.0**15)
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(("n_states", "n_weights"), [(9, 10), (10, 9), (11, 10), (10, 11)])
def test_rows_have_a_state_and_a_weight_each(n_states, n_weights):
    """No row is read that is none."""
    codes = np.zeros((2, 10), dtype=np.uint8)
    state, weights = np.zeros(n_states, dtype=np.int32), np.ones(n_weights, dtype=np.int64)
    with pytest.raises(ValueError, match="10 samples need as many"):
        weighted_counts.compiled(codes, np.arange(2), state, (1, 1), weights)


@pytest.mark.parametrize("places", [[0, 0], [1, 0], [-1], [2]])
def test_places_that_are_no_columns_are_refused(places):
    """Before any is read."""
    codes, state = np.zeros((2, 10), dtype=np.uint8), np.zeros(10, dtype=np.int32)
    with pytest.raises(ValueError, match="places must ascend"):
        weighted_counts.compiled(codes, np.array(places), state, (1, 1), np.ones(10, dtype=int))


@pytest.mark.parametrize(
    ("group", "weights", "said"),
    [
        ([0, 1], [1, 1, 1], "3 parts need as many groups"),
        ([0, 1, 1], [1, 1], "3 parts need as many groups"),
        ([0, 1, 2], [1, 1, 1], "groups must lie from 0 to 1"),
        ([-1, 0, 1], [1, 1, 1], "groups must lie from 0 to 1"),
    ],
)
def test_parts_of_no_group_are_refused(group, weights, said):
    """A mistake of a caller is an error, not a write beyond an array."""
    counts = np.ones((2, 3, 4), dtype=np.int32)
    with pytest.raises(ValueError, match=said):
        weighted_parts.compiled(counts, np.array(group), np.array(weights), 2)
