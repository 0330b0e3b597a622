"""Gaussian-copula information against golden vectors, closed forms and invariances."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from mifs.datasets import make_absolute, make_normal_pair, make_normal_sum
from mifs.gaussian import explained, gaussian_copula


def golden():
    """Columns of the golden vectors: arithmetic, no random numbers."""
    i = np.arange(1, 201)
    u, v, w = (i * step % 1 for step in (0.6180339887498949, 0.7548776662466927, 0.569840290998053))
    x = ndtri(u)
    return [column[:, None] for column in (x, 0.6 * x + 0.8 * ndtri(v), 0.5 * x + ndtri(w))]


def test_the_golden_vectors_give_the_value_of_the_authors_program():
    x, y, _ = golden()
    # made with the gcmi program of the authors, whose unit is bits; printed to 12 digits
    assert gaussian_copula(x, y) == pytest.approx(0.209210247649, abs=1e-10)


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9])
def test_normal_variables_have_the_known_information(correlation):
    sample = make_normal_pair(5000, correlation=correlation, random_state=0)
    # the standard error is |rho| / sqrt(n), and 1 / n at 0: 0.013 at most
    assert gaussian_copula(sample.X, sample.y[:, None]) == pytest.approx(
        sample.information, abs=4 * 0.013
    )


def test_a_condition_that_is_a_feature_leaves_what_the_other_adds():
    sample = make_normal_sum(5000, random_state=0)
    x, z = sample.X[:, :1], sample.X[:, 1:]
    found = gaussian_copula(x, sample.y[:, None], z)
    # partial correlation 0.71, standard error 0.71 / sqrt(5000) = 0.01
    assert found == pytest.approx(sample.conditional_relevance[0], abs=0.04)


@pytest.mark.parametrize("n_columns", [1, 3, 5])
def test_the_bias_of_independent_columns_is_taken_off(n_columns):
    rng = np.random.default_rng(0)
    runs = [gaussian_copula(*rng.normal(size=(2, 30, n_columns))) for _ in range(500)]
    standard_error = np.std(runs) / np.sqrt(500)
    # Scores are not normal draws: what is left is below a tenth of the bias, d**2 / 2 n.
    assert np.mean(runs) == pytest.approx(0, abs=3 * standard_error + 0.1 * n_columns**2 / 60)


def test_it_is_blind_to_a_relation_that_goes_up_and_down():
    sample = make_absolute(2000, random_state=0)
    assert sample.information > 0.8
    assert abs(gaussian_copula(sample.X, sample.y[:, None])) < 0.01


@given(st.randoms(use_true_random=False))
def test_row_order_and_monotone_maps_change_no_digit(random):
    x, y, z = golden()
    rows = np.array(random.sample(range(200), 200))
    expected = gaussian_copula(x, y, z)
    assert gaussian_copula(x[rows], y[rows], z[rows]) == expected
    assert gaussian_copula(-np.exp(x), y**3, 1e10 + z) == expected


def test_it_is_symmetric():
    x, y, z = golden()
    assert gaussian_copula(x, y, z) == pytest.approx(gaussian_copula(y, x, z), abs=1e-14)


def test_a_constant_tells_exactly_nothing():
    x, y, _ = golden()
    assert gaussian_copula(np.full_like(x, 3.0), y) == 0.0
    assert gaussian_copula(np.hstack([x, np.zeros_like(x)]), y) == gaussian_copula(x, y)


def test_classes_are_refused_with_an_alternative():
    x, y, _ = golden()
    with pytest.raises(ValueError, match=r"Column 0 of y has one value in 1\d\d of 200.*knn"):
        gaussian_copula(x, (y > 0).astype(float))


def test_a_copy_of_a_column_is_refused():
    x, y, _ = golden()
    with pytest.raises(ValueError, match="infinite"):
        gaussian_copula(np.hstack([x, y]), y)


def test_too_few_samples_are_refused():
    x, y, z = (column[:4] for column in golden())
    with pytest.raises(ValueError, match="4 samples of 3 columns"):
        gaussian_copula(x, y, z)


def test_a_few_ties_take_average_ranks_whatever_the_order_of_rows():
    x, y, _ = golden()
    tied = np.round(x, 1)
    order = np.argsort(y[:, 0])
    assert gaussian_copula(tied, y) == gaussian_copula(tied[order], y[order])


@pytest.mark.parametrize("other", [np.zeros(1), np.zeros(1, dtype=int)])
def test_one_row_explains_nothing(other):
    """Nor is it divided by the nothing that varies."""
    assert explained(np.zeros(1), other)[0] == -np.inf
