from dataclasses import dataclass

import naive
import numpy as np
import pytest
from conftest import counted
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

import mifs
from mifs.criteria import CRITERIA, MIFS, Criterion, MRMRQuotient, criterion_of
from mifs.search import FixedLength, forward_search

ESTIMATES = {None: naive.plug_in, "chance": naive.less_chance}

tables = st.tuples(st.integers(8, 40), st.integers(0, 10**6)).flatmap(
    lambda size: st.tuples(
        arrays(np.int64, (5, size[0]), elements=st.integers(0, 3)),
        arrays(np.int64, size[0], elements=st.integers(0, 2)),
    )
)


@pytest.mark.parametrize("name", naive.CRITERIA)
@pytest.mark.parametrize("correction", ESTIMATES)
@settings(max_examples=15)
@given(table=tables)
def test_scores_are_those_of_the_formula(name, correction, table):
    """A naive program written from the formula, beside one, two and three selected columns."""
    X, y = table
    term = ESTIMATES[correction]
    source = counted(X, y, correction)
    path = forward_search(CRITERIA[name](), source, door=FixedLength(4))
    for step in (1, 2, 3):
        selected = [X[column] for column in path.order[:step]]
        x = X[path.order[step]]
        expected = naive.CRITERIA[name](naive.Terms(term, x, y, selected))
        # scikit-learn's mean is good to about 1e-13, of which a score sums up to a dozen.
        assert path.score[step] == pytest.approx(expected, abs=5e-12)


@pytest.mark.parametrize("correction", ESTIMATES)
def test_the_quotient_divides_by_the_plug_in_redundancy_and_a_guard(correction):
    """A / (mean plug-in redundancy + guard), and A / guard where A is not above zero."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 90)
    X = [np.where(rng.random(90) < 0.3, y, rng.integers(0, 4, 90)) for _ in range(3)]
    X += list(rng.integers(0, 12, (4, 90)))
    term = ESTIMATES[correction]
    path = forward_search(MRMRQuotient(), counted(X, y, correction), door=FixedLength(7))
    relevance = [term(x, y) for x in X]
    guard = 1e-4 * np.log(2) if correction is None else 0.05 * max(relevance)
    for step in range(1, 7):
        column, before = path.order[step], path.order[:step]
        mean = np.mean([naive.plug_in(X[column], X[w]) for w in before])
        divisor = guard + (mean if relevance[column] > 0 else 0)
        assert path.score[step] == pytest.approx(relevance[column] / divisor, rel=1e-9)


def test_an_explicit_guard_of_the_quotient_is_kept():
    """It is in nats, whatever the correction."""
    source = counted([[0, 1, 0, 1], [0, 0, 1, 1]], [0, 1, 0, 1], "chance")
    assert MRMRQuotient(guard=0.25).bind(source) == MRMRQuotient(guard=0.25)


@dataclass(frozen=True)
class Agreement(Criterion):
    """A criterion of one's own: relevance less the largest redundancy."""

    fold = np.maximum

    def term(self, pair):
        return pair.redundancy

    def score(self, relevance, folded, n_selected):
        return relevance - folded


def test_a_criterion_of_your_own_works_wherever_a_name_does(wdbc5):
    """In the selector, and in a grid search beside names."""
    X, y = wdbc5
    selector = mifs.MutualInfoSelector(Agreement(), 5).fit(X, y)
    path = forward_search(Agreement(), counted(X.T, y, "chance"), door=FixedLength(5))
    np.testing.assert_array_equal(selector.selected_, path.order)
    pipeline = make_pipeline(mifs.MutualInfoSelector(), LogisticRegression())
    grid = {"mutualinfoselector__criterion": ["jmi", Agreement(), MIFS(beta=0.2)]}
    search = GridSearchCV(pipeline, grid, scoring=mifs.cross_entropy_scorer, cv=2).fit(X, y)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_names_stand_for_criteria_in_any_case():
    """The registry holds a class under every name."""
    assert criterion_of("JMI") == CRITERIA["jmi"]()
    assert all(criterion_of(name) == kind() for name, kind in CRITERIA.items())


@pytest.mark.parametrize(
    ("criterion", "error", "message"),
    [
        ("jmin", ValueError, "No criterion is called 'jmin'. Did you mean jmi or"),
        ("zzz", ValueError, "Known: mim, mifs, mrmr"),
        (7, TypeError, "a name or a Criterion object; got 7"),
        (CRITERIA["jmi"], TypeError, r"Call it: JMI\(\)"),
    ],
)
def test_an_unknown_criterion_is_refused_with_the_nearest_names(criterion, error, message):
    with pytest.raises(error, match=message):
        criterion_of(criterion)


def test_every_criterion_says_its_formula_and_its_source():
    """Formula and reference stand in the docstring."""
    for kind in CRITERIA.values():
        assert ":math:`" in kind.__doc__
        assert any(year in kind.__doc__ for year in map(str, range(1990, 2027)))
