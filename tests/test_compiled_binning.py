"""The compiled kernels that cut columns, held to the NumPy ones bit for bit."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mifs._kernels import binning, columns
from mifs._kernels.binning import look_keys
from mifs._kernels.twins import TWINS
from mifs.discretization import cuts

NAMES = [
    "columns_as_rows",
    "columns_as_doubles",
    "column_facts",
    "equal_frequency_edges",
    "equal_frequency_codes",
    "codes_between",
    "whole_numbers_met",
    "codes_of_whole",
]
pytestmark = [
    pytest.mark.usefixtures("simd"),
    pytest.mark.skipif("equal_frequency_edges" not in TWINS, reason="the extension was not built"),
]


def _same(name, *arguments):
    """Call both twins, hold one to the other in type and bits, and return the result."""
    numpy, compiled = (twin(*arguments) for twin in TWINS[name])
    if isinstance(numpy, np.ndarray):
        assert numpy.dtype == compiled.dtype
        assert numpy.shape == compiled.shape
        assert numpy.tobytes() == compiled.tobytes()
    elif name == "equal_frequency_codes":
        assert numpy[0].dtype == compiled[0].dtype
        assert numpy[0].tobytes() == compiled[0].tobytes()
        assert numpy[1] == compiled[1]
    elif isinstance(numpy, tuple):
        for one, other in zip(numpy, compiled, strict=True):
            assert one.tobytes() == other.tobytes()
    else:
        assert numpy == compiled
    return numpy


def test_every_kernel_has_a_twin():
    """A misspelt name would leave the NumPy kernel in use, and no one would notice."""
    assert set(NAMES) <= set(TWINS)
    assert all(TWINS[name].numpy.__module__ == binning.__name__ for name in NAMES)


FLOATS = st.floats(allow_nan=False, allow_infinity=False)
FEW = st.sampled_from([0.0, -0.0, 1.0, 2.0, 2.5, -1e300, 1e300, 5e-324])


@given(
    st.one_of(
        hnp.arrays(np.float64, st.integers(1, 300), elements=FLOATS),
        hnp.arrays(np.float64, st.integers(1, 300), elements=FEW),
        hnp.arrays(np.float64, st.integers(1, 300), elements=st.integers(-9, 9).map(float)),
    ),
    st.integers(1, 40),
)
@example(np.ones(500), 10)
@example(np.array([1.7e308, -1.7e308] * 100), 3)
@example(np.array([0.0, 5e-324] * 100), 4)
def test_edges_and_codes_are_those_of_a_sort(values, n_bins):
    """The definition is a sort; ties, extremes, constants and zeros of both signs."""
    _, above = _same("equal_frequency_edges", values, n_bins)
    _same("codes_between", values, above)
    _same("equal_frequency_codes", [values, -values, values[::-1]], n_bins)


def _columns(n):
    """Columns of every shape that a histogram of buckets finds hard."""
    rng = np.random.default_rng(n)
    normal = rng.normal(size=n)
    yield "normal", normal
    yield "lognormal, many scales", np.exp(20 * normal)
    yield "Cauchy", rng.standard_cauchy(n)
    yield "one outlier", np.where(np.arange(n) == n // 2, 1e300, normal)
    yield "outliers on both sides", np.where(np.arange(n) % 10 == 0, normal * 1e200, normal)
    yield "mostly zero", np.where(normal > 1, normal, 0.0)
    yield "nearly all zero", np.where(np.arange(n) == 3, 1.0, 0.0)
    yield "two values", (normal > 0) * 1.0
    yield "rounded", np.round(normal, 1)
    yield "whole numbers", rng.integers(0, 1000, n).astype(float)
    yield "sorted", np.sort(normal)
    yield "falling", np.sort(normal)[::-1]
    yield "neighbouring floats", 1.0 + rng.integers(0, 50, n) * 2.0**-52
    yield "denormal", rng.integers(0, 50, n) * 5e-324
    yield "periodic as the sample", np.arange(n, dtype=float) % max(1, n // 64)
    yield "nested scales", 10.0 ** rng.integers(-300, 300, n)
    yield "constant", np.full(n, -3.5)


@pytest.mark.parametrize("n", [1, 2, 63, 64, 65, 127, 1000, 2047, 2048, 5000, 70_000])
def test_hard_columns_have_the_edges_of_a_sort(n):
    """Where buckets do not part the values, more rounds or a sort do."""
    for _, values in _columns(n):
        for n_bins in (2, 5, 10, 255, 300):
            _, above = _same("equal_frequency_edges", values, n_bins)
            if len(above) <= binning.MOST_EDGES:
                _same("codes_between", values, above)
    columns = [values for _, values in _columns(n)]
    for n_bins in (1, 2, 5, 10, 24, 25, 26, 255, 256):
        _same("equal_frequency_codes", columns, n_bins)


@given(
    st.lists(
        st.tuples(
            st.one_of(FLOATS, FEW, st.integers(-9, 9).map(float)),
            st.one_of(st.integers(1, 3), st.integers(1, 2**53), st.just(2**60)),
        ),
        min_size=1,
        max_size=300,
    ),
    st.integers(1, 400),
)
def test_edges_and_codes_of_weighted_values_are_those_of_a_sort(pairs, n_bins):
    """Up to a weight that outweighs all others, and a sum near to what is taken at most."""
    values, weights = map(np.array, zip(*pairs, strict=True))
    weights = np.minimum(weights, (2**62 - 1) // len(weights))
    _, above = _same("equal_frequency_edges", values, n_bins, weights)
    assert len(above) < n_bins
    if n_bins <= binning.MOST_LEVELS:
        _same("equal_frequency_codes", [values, -values, values[::-1]], n_bins, weights)


def _weights(n):
    """Weights of every shape that places of cuts find hard."""
    rng = np.random.default_rng(n)
    yield "few", rng.integers(1, 4, n)
    yield "fractions", rng.integers(1, 2**53 // n, n)
    yield "one outweighs all", np.where(np.arange(n) == n // 2, 2**60, 1)
    yield "many scales", 2 ** rng.integers(0, 48, n)
    yield "as large as can be", np.full(n, (2**62 - 1) // n)


@pytest.mark.parametrize("n", [1, 2, 63, 64, 65, 1000, 2048, 5000])
def test_hard_columns_of_weighted_rows_have_the_edges_of_a_sort(n):
    """In buckets, in buckets of buckets, and sorted with their values."""
    columns = [values for _, values in _columns(n)]
    for _, weights in _weights(n):
        for n_bins in (2, 10, 300):
            for values in columns:
                _same("equal_frequency_edges", values, n_bins, weights)
        for n_bins in (1, 2, 10, 25, 256):
            _same("equal_frequency_codes", columns, n_bins, weights)


@pytest.mark.parametrize("n", [1, 64, 100, 2500])
def test_a_weight_is_as_many_copies_of_the_value(n):
    """Of the compiled kernels alone."""
    edges, codes = (TWINS[f"equal_frequency_{name}"].compiled for name in ("edges", "codes"))
    weights = np.random.default_rng(n).integers(1, 5, n)
    for _, values in _columns(n):
        for n_bins in (2, 10, 100):
            repeated = values.repeat(weights)
            np.testing.assert_array_equal(edges(values, n_bins, weights), edges(repeated, n_bins))
            found, n_levels = codes([values], n_bins, weights)
            expected, n_expected = codes([repeated], n_bins)
            np.testing.assert_array_equal(found[0].repeat(weights), expected[0])
            assert n_levels == n_expected


@pytest.mark.parametrize("name", ["equal_frequency_edges", "equal_frequency_codes"])
def test_weights_that_places_cannot_be_counted_in_are_refused(name):
    """Cuts lie within the sum of the weights, and twice it fits 64 bits."""
    compiled, values = TWINS[name].compiled, np.arange(100.0)
    values = values if name == "equal_frequency_edges" else [values]
    for weight in (0, -1, -(2**63), 2**62, 2**63 - 1):
        weights = np.full(100, 2**40)
        weights[50] = weight
        with pytest.raises(OverflowError, match="above 0, and their sum below"):
            compiled(values, 5, weights)
    with pytest.raises(OverflowError, match="above 0, and their sum below"):
        compiled(values, 5, np.full(100, 2**62 // 100 + 1))
    with pytest.raises(ValueError, match="a weight a row"):
        compiled(values, 5, np.ones(99, dtype=np.int64))


@pytest.mark.parametrize("n", [1, 63, 65, 71, 2048, 5003])
def test_columns_of_a_table_are_coded_where_they_stand(n):
    """Wherever a line of the cache begins: 51 columns, parts of them, and rows of whole lines."""
    table = np.column_stack([values for _, values in 3 * list(_columns(n))])
    of_lines = np.empty((n, 56))
    of_lines[:, :51], of_lines[:, 51:] = table, table[:, :5]
    views = [
        table,
        table[::-1],
        table[:, ::2],
        table[:, 5:],
        table[:, :3],
        np.asfortranarray(table),
    ]
    weights = np.random.default_rng(n).integers(1, 9, n)
    for view in (*views, of_lines, of_lines[:, 3:], of_lines[:, 9:20]):
        for n_bins in (1, 2, 10, 25, 256):
            _same("equal_frequency_codes", list(view.T), n_bins)
        _same("equal_frequency_codes", list(view.T), 10, weights)
    apart = [*table.T[:9], table[:, 20].copy(), *table.T[30:]]
    _same("equal_frequency_codes", apart, 10)


def test_bins_beyond_a_byte_and_columns_of_other_lengths_are_refused():
    """What writes the codes relies on both."""
    compiled = TWINS["equal_frequency_codes"].compiled
    with pytest.raises(OverflowError, match="1 to 256 bins"):
        compiled([np.arange(999.0)], 257)
    with pytest.raises(ValueError, match="of one length"):
        compiled([np.arange(9.0), np.arange(8.0)], 2)


@given(
    hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=70)),
    st.booleans(),
)
def test_facts_of_columns_are_those_of_numpy(rows, whole):
    """NaN, infinities, zeros of both signs and large whole numbers among the values."""
    rows = np.trunc(rows) if whole else rows
    _same("column_facts", rows, look_keys())


@pytest.mark.parametrize("n", [1, 1023, 1024, 1025, 5000])
def test_facts_do_not_depend_on_where_a_column_is_cut_into_pieces(n):
    """Keys are used again after 1024 rows; what is odd may stand in any piece."""
    rng = np.random.default_rng(n)
    for value in (np.nan, np.inf, -np.inf, 0.5, -0.0, 2.0**52 + 1, 2.0**60):
        rows = rng.integers(0, 5, (3, n)).astype(float)
        rows[1, -1] = rows[2, 0] = value
        _same("column_facts", rows, look_keys())


@pytest.mark.parametrize("shape", [(1, 9), (8, 8), (1023, 17), (1025, 24), (2050, 31)])
def test_facts_of_a_table_are_those_of_its_columns(shape):
    """By rows, by columns, and of views, with all that is odd in some columns."""
    rng = np.random.default_rng(shape[0])
    table = rng.integers(-9, 9, shape) * rng.choice([1.0, 0.3], shape[1])
    table[rng.random(shape) < 0.01] = np.nan
    table[-1, 0], table[0, -1], table[:, shape[1] // 2] = -np.inf, np.inf, np.nan
    views = (table, table[:, 1:], table[::-1], table[:, ::2], np.asfortranarray(table))
    for view in views:
        facts = _same("column_facts", view.T, look_keys())
        assert facts == TWINS["column_facts"].compiled(view.T.copy(), look_keys())


def test_equal_columns_alone_have_equal_looks():
    """Columns of two values and a few ones, of which whole tables consist."""
    n = 2500
    rows = np.zeros((n, n))
    np.fill_diagonal(rows, 1.0)
    looks = [fact[-1] for fact in _same("column_facts", rows, look_keys())]
    assert len(set(looks)) == n
    negative = TWINS["column_facts"].compiled(-rows[:5] * 0.0, look_keys())
    assert len({fact[-1] for fact in negative}) == 1


@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", "i4", "u1", "?", "U3", "O", "M8[s]", ">f8"])
@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (1, 1), (7, 3), (8, 5), (33, 70)])
def test_columns_become_rows_of_any_type_and_stride(dtype, shape):
    """Steps between rows, read-only memory, and both orders."""
    table = np.arange(2 * shape[0] * shape[1]).reshape(shape[0], 2 * shape[1]).astype(dtype)
    table.flags.writeable = False
    for view in (table, table[:, ::2], table[::2], table[:, 1:], table[::-1], table.T):
        rows = [twin(view).tolist() for twin in TWINS["columns_as_rows"]]
        assert rows[0] == rows[1] == view.T.tolist()
        assert TWINS["columns_as_rows"].compiled(view).flags.c_contiguous


@pytest.mark.parametrize("shape", [(0, 3), (1, 1), (7, 3), (8, 5), (33, 70)])
def test_floats_of_32_bits_become_rows_of_64(shape):
    """Both zeros, infinity and NaN among them."""
    table = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    table[:1], table[-1:, 1:] = -0.0, np.nan
    table[3:4] = np.inf
    for view in (table, table[:, ::2], table[::2], table[:, 1:], table[::-1], table.T):
        assert _same("columns_as_doubles", view).flags.c_contiguous


@given(st.lists(st.integers(-40, 400), min_size=1), st.integers(-(2**52), 2**52))
def test_whole_numbers_are_looked_up(numbers, offset):
    """From any lowest number; more than 256 levels need more than a byte."""
    values = np.array(numbers, dtype=float) + offset
    low, high = values.min(), values.max()
    met = _same("whole_numbers_met", values, low, high)
    codes = _same("codes_of_whole", values, low, np.cumsum(met) - 1)
    np.testing.assert_array_equal(codes, np.unique(values, return_inverse=True)[1])


@pytest.mark.parametrize("n_edges", [0, 1, 9, 24, 25, 255])
@pytest.mark.parametrize("n", [0, 1, 15, 16, 31, 32, 33, 100])
def test_codes_of_nan_are_zero_and_of_an_edge_above_it(n, n_edges):
    """Few edges are compared with every value, many are searched."""
    rng = np.random.default_rng(n)
    edges = np.unique(rng.integers(-300, 300, 4000))[:n_edges].astype(float)
    values = rng.choice(np.append(edges, [np.nan, np.inf, -np.inf, 0.5]), n)
    _same("codes_between", values, edges)


def test_read_only_and_strided_columns_are_taken():
    """Memory-mapped input cannot be written to, and a column of a table has gaps."""
    table = np.random.default_rng(0).normal(size=(500, 3))
    table.flags.writeable = False
    _, above = _same("equal_frequency_edges", table[:, 1], 10)
    _same("codes_between", table[:, 1], above)
    _same("column_facts", table.T, look_keys())


WITH_NAN = np.array([1.0, 2.0, np.nan, 3.0] * 2)


@pytest.mark.parametrize("which", ["numpy", "compiled"])
def test_levels_of_a_column_with_nan_are_those_of_a_sort(which, monkeypatch):
    """NaN is no whole number: no table has a place for it."""
    for name in NAMES:
        twin = getattr(TWINS[name], which)
        for module in (cuts, columns):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, twin)
    assert not columns.facts_of(WITH_NAN).has_table(len(WITH_NAN))
    coded = cuts.level_codes(WITH_NAN)
    assert coded.codes.tolist() == [0, 1, 3, 2] * 2
    assert coded.n_levels == 4


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0.0, 4.0, 1e300])
@pytest.mark.parametrize("last", [2, 300])
def test_a_value_outside_the_table_is_refused_not_written(value, last):
    """The kernels check each place, whatever they were told of the column."""
    values = np.array([1.0, value, 3.0])
    with pytest.raises(ValueError, match="not among the whole numbers"):
        TWINS["whole_numbers_met"].compiled(values, 1.0, 3.0)
    with pytest.raises(ValueError, match="not among the whole numbers"):
        TWINS["codes_of_whole"].compiled(values, 1.0, np.array([0, 1, last]))
