"""The compiled kernels that add terms up are their NumPy twins, bit for bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mifs._kernels.summing import Scores, Term
from mifs._kernels.twins import TWINS

if "add_terms" not in TWINS:
    pytest.skip("the compiled kernels were not built", allow_module_level=True)

add_terms = TWINS["add_terms"]
first_best = TWINS["first_best"]


@given(
    n=st.integers(0, 60),
    constant=st.integers(-(2**60), 2**60),
    total=st.sampled_from([1.0, 1e3, 2.0**50, 3e17]),
    rounding=st.sampled_from([0.0, 1e-14, 0.5]),
    factor=st.sampled_from([1.0, -1.0, -0.3]),
    n_terms=st.sampled_from([1.0, 3.0, 7.0]),
    seed=st.integers(0, 2**32 - 1),
)
def test_terms_are_added_as_numpy_does(*, n, constant, total, rounding, factor, n_terms, seed):
    rng = np.random.default_rng(seed)
    columns = np.flatnonzero(rng.random(n) < 0.7)
    counted = rng.integers(-(2**60), 2**60, len(columns)) >> rng.integers(0, 60, len(columns))
    term = Term(counted + constant * (seed % 2), constant, total, rounding, rng.normal())
    arrays = rng.normal(size=(3, n))
    found = []
    for kernel in add_terms:
        scores = Scores(*arrays[:2].copy(), arrays[2], factor, n_terms)
        kernel(columns, term, scores)
        found.append((scores.score.tobytes(), scores.folded.tobytes()))
    assert found[0] == found[1]


@given(
    n=st.integers(0, 40),
    values=st.sampled_from([[0.0], [1.0, 1.0 + 1e-13], [0.0, -0.0, 1.0], [np.nan, 1.0], [-np.inf]]),
    is_random=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_best_is_the_first_of_the_highest_as_numpy_says(*, n, values, is_random, seed):
    """Equal once rounded, all equal, one or none at all, and what is no number."""
    rng = np.random.default_rng(seed)
    score = rng.normal(size=n).round(1) if is_random else rng.choice(values, n)
    columns = np.flatnonzero(rng.random(n) < 0.7)
    assert first_best.numpy(score, columns, 12) == first_best.compiled(score, columns, 12)


def test_columns_that_are_none_are_refused():
    score = np.zeros(3)
    for columns in (np.array([3]), np.array([-1])):
        with pytest.raises(ValueError, match="columns must lie from 0 to 2"):
            first_best.compiled(score, columns, 12)
        term = Term(np.zeros(1, dtype=np.int64), 0, 1.0, 0.0, 0.0)
        with pytest.raises(ValueError, match="columns must lie from 0 to 2"):
            add_terms.compiled(columns, term, Scores(score, score.copy(), score, 1.0, 1.0))


def test_terms_of_other_columns_are_refused():
    score, term = np.zeros(3), Term(np.zeros(2, dtype=np.int64), 0, 1.0, 0.0, 0.0)
    with pytest.raises(ValueError, match="2 terms of 1 columns"):
        add_terms.compiled(np.array([0]), term, Scores(score, score.copy(), score, 1.0, 1.0))
