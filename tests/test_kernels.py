import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom
from sklearn.metrics.cluster import expected_mutual_information

from mifs._kernels import expected_information, joint_counts
from mifs._kernels.chance import SERIES_FROM, WIDE_FROM


@pytest.mark.parametrize(
    ("n_candidates", "n_samples", "n_states", "n_levels"),
    [(1, 1, 1, 1), (3, 50, 4, 5), (700, 300, 2, 3), (2, 70_000, 6, 10)],
)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int64])
def test_counts_are_those_of_one_increment_a_sample(
    n_candidates, n_samples, n_states, n_levels, dtype
):
    """The definition of a contingency table, in blocks smaller and larger than the cache."""
    rng = np.random.default_rng(0)
    codes = rng.integers(0, n_levels, (n_candidates, n_samples)).astype(dtype)
    state = rng.integers(0, n_states, n_samples)
    expected = np.zeros((n_candidates, n_states, n_levels), dtype=int)
    rows = np.arange(n_candidates)[:, None]
    np.add.at(expected, (rows, state[None, :], codes), 1)
    counts = joint_counts(codes, np.arange(n_candidates), state, (n_states, n_levels))
    np.testing.assert_array_equal(counts, expected)


def test_counts_accept_read_only_and_strided_codes():
    """Memory-mapped input cannot be written to, and a slice has gaps."""
    codes = np.arange(24, dtype=np.uint8).reshape(4, 6) % 3
    codes.flags.writeable = False
    counts = joint_counts(codes[:, ::2], np.arange(4), np.array([0, 1, 0]), (2, 3))
    assert counts.sum() == 12


def _mean_by_definition(a, b, m):
    """E h(K), summed over the whole support with SciPy's probabilities."""
    k = np.arange(max(0, a + b - m), min(a, b) + 1)
    mu = a * b / m
    h = np.where(k > 0, k * np.log(np.maximum(k, 1) / mu), 0.0) - k + mu
    return float((hypergeom(m, a, b).pmf(k) * h).sum())


@given(
    st.integers(1, 400).flatmap(
        lambda m: st.tuples(st.integers(1, m), st.integers(1, m), st.just(m))
    )
)
def test_the_mean_of_a_cell_is_its_definition(cell):
    """Below the series, to the accuracy of SciPy's probabilities."""
    a, b, m = cell
    result = expected_information(*(np.array([v]) for v in cell))[0]
    # SciPy's pmf carries the rounding of log-factorials of m, about 1e-12 at these sizes.
    assert result == pytest.approx(_mean_by_definition(a, b, m), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("least", [WIDE_FROM - 1, WIDE_FROM, WIDE_FROM + 1, 60])
@pytest.mark.parametrize(("share", "m"), [(0.5, 200), (0.5, 2_000), (0.2, 5_000), (0.01, 20_000)])
def test_every_other_count_has_the_same_mean(least, share, m):
    """Where neither the class nor the rest leaves a level out, the one or the other the smaller."""
    b = int(share * m)
    a = int(least * m / b)
    for cell in ((a, b, m), (b, a, m), (a, m - b, m)):
        result = expected_information(*(np.array([v]) for v in cell))[0]
        assert result == pytest.approx(_mean_by_definition(*cell), abs=2e-11)


@pytest.mark.parametrize(
    ("a", "m"), [(450, 900), (600, 2_000), (1_900, 2_000), (1_000, 20_000), (10_000, 20_000)]
)
def test_the_series_is_good_to_its_bound(a, m):
    """Eight moments err by at most 9 / mu**4 in a cell (measured over 16,000 cells)."""
    b = m // 2
    mu = a * b / m
    assert mu > SERIES_FROM
    result = expected_information(np.array([a]), np.array([b]), np.array([m]))[0]
    # SciPy's probabilities carry 1e-12 of the log-factorials, times a mean of 1/2.
    assert abs(result - _mean_by_definition(a, b, m)) <= 9 / mu**4 + 1e-10


@pytest.mark.parametrize("levels", [10, 11, 15, 20])
@pytest.mark.parametrize("mu", [SERIES_FROM - 1, SERIES_FROM, SERIES_FROM + 1])
def test_filled_tables_on_either_side_of_the_series_have_scikit_learns_mean(levels, mu):
    """Equal margins, every expected count at the switch: the series' worst case."""
    table = np.full((levels, levels), int(mu))
    n = int(table.sum())
    margin = np.full(levels**2, int(mu) * levels)
    cells = expected_information(margin, margin, np.full(levels**2, n))
    assert cells.sum() / n == pytest.approx(expected_mutual_information(table, n), abs=1e-10)


@pytest.mark.parametrize("shape", [(2, 2), (5, 2), (30, 5), (10, 10), (2, 60)])
@pytest.mark.parametrize("n", [20, 100, 2_000, 50_000])
def test_the_mean_of_a_table_is_scikit_learns(shape, n):
    """Sum over cells = n E[I], to 1e-10 nats per sample."""
    rng = np.random.default_rng(n)
    table = np.zeros(shape, dtype=int)
    rows = rng.integers(0, shape[0], n) * rng.integers(0, 2, n)
    np.add.at(table, (rows, rng.integers(0, shape[1], n)), 1)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    a, b = np.meshgrid(table.sum(axis=1), table.sum(axis=0), indexing="ij")
    cells = expected_information(a.ravel(), b.ravel(), np.full(a.size, n))
    assert cells.sum() / n == pytest.approx(expected_mutual_information(table, n), abs=1e-10)


def test_a_filled_table_has_the_mean_of_williams_to_its_known_error():
    """5 x 5, every expected count 100: Williams errs by -5.4e-8 nats (SIGNIFICANCE table)."""
    n = 2_500
    cells = expected_information(np.full(25, 500), np.full(25, 500), np.full(25, n))
    reciprocals = 5 * n / 500  # A = B = the sum of n / a
    williams = ((5 - 1) ** 2 / 2 + (reciprocals - 1) ** 2 / (12 * n)) / n
    assert williams - cells.sum() / n == pytest.approx(-5.4e-8, abs=5e-10)


def test_a_certain_cell_has_a_mean_of_exactly_zero():
    """If the level or the class fills the stratum, the count cannot vary."""
    m = np.array([1, 7, 50, 5_000])
    zero = np.zeros(4)
    np.testing.assert_array_equal(expected_information(m, np.array([1, 3, 50, 17]), m), zero)
    np.testing.assert_array_equal(expected_information(np.array([1, 3, 50, 17]), m, m), zero)
    np.testing.assert_array_equal(expected_information(0 * m, 0 * m, 0 * m), zero)


def test_a_batch_changes_no_digit_of_its_elements():
    """Each cell alone gives the bits that it has among a thousand others."""
    rng = np.random.default_rng(3)
    m = rng.integers(10, 3_000, 1_000)
    a, b = rng.integers(1, m + 1), rng.integers(1, m + 1)
    together = expected_information(a, b, m)
    alone = [expected_information(a[i : i + 1], b[i : i + 1], m[i : i + 1])[0] for i in range(1000)]
    np.testing.assert_array_equal(together, alone)
