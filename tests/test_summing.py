"""Choices in a row, by scores that are sums of terms, are those of one choice at a time."""

import numpy as np
import pytest
from conftest import variable

from mifs._kernels.summing import first_best
from mifs.counts import CodeTable
from mifs.criteria import CRITERIA, DISR, JMI, MRMR
from mifs.discrete import CountedInformation
from mifs.scan import spread_columns
from mifs.search import FixedLength, forward_search
from mifs.terms import SumOf
from mifs.weights import RowWeights

CORRECTIONS = None, "miller_madow", "chance"


def table(seed=0, n=200, d=50):
    """Columns of a few numbers of levels, some of them twice, one constant, one without repeats."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n)
    X = rng.integers(0, rng.choice([2, 5, 10, 40], (d, 1)), (d, n))
    X[: d // 2] = np.where(rng.random((d // 2, n)) < 0.2, y, X[: d // 2])
    X[1], X[d - 2], X[3] = X[0], X[0], 0
    X[d - 1] = rng.permutation(n)
    return X, y


def source(X, y, correction=None, weights=None):
    rows = None if weights is None else RowWeights.of(weights)[0]
    return CountedInformation(
        CodeTable(map(variable, X), weights=rows), variable(y), correction=correction
    )


def one_by_one(criterion, information, k, **options):
    """The path of a search that asks for each choice, by the terms that anybody can ask for."""
    return forward_search(criterion, information, door=FixedLength(k), is_lazy=False, **options)


def assert_same(path, expected):
    for name in ("order", "score", "last_score", "relevance", "redundancy", "tied"):
        np.testing.assert_array_equal(getattr(path, name), getattr(expected, name))
    assert path.n_tables == expected.n_tables
    assert path.ended == expected.ended
    assert not path.is_bound.any()


@pytest.mark.parametrize("name", ["jmi", "mrmr"])
@pytest.mark.parametrize("correction", CORRECTIONS)
@pytest.mark.parametrize("n_jobs", [1, 3])
@pytest.mark.parametrize("seed", range(2))
def test_the_path_is_that_of_one_choice_at_a_time(monkeypatch, name, correction, n_jobs, seed):
    """To the last bit, by threads too, and whatever number of levels columns have."""
    monkeypatch.setattr("mifs._threads.LEAST_SECONDS_OF_A_PART", 1e-9)
    X, y = table(seed)
    for k in (1, 2, 3, 20, len(X) - 1, len(X)):
        information = source(X, y, correction)
        with spread_columns(information, n_jobs):
            path = forward_search(CRITERIA[name](), information, door=FixedLength(k))
        assert_same(path, one_by_one(CRITERIA[name](), source(X, y, correction), k))


@pytest.mark.parametrize("name", ["jmi", "mrmr"])
def test_choices_are_made_in_a_row(monkeypatch, name):
    """All but the first and the last, though a few at a time where scans take long."""
    X, y = table()
    information, n_rows, asked = source(X[:-1], y), [], []
    pair, add_up = information.pair, information.add_up
    monkeypatch.setattr(information, "pair", lambda *of: asked.append(of) or pair(*of))

    def noted(*of, **options):
        chosen = add_up(*of, **options)
        n_rows.append(len(chosen))
        return chosen

    monkeypatch.setattr(information, "add_up", noted)
    path = forward_search(CRITERIA[name](), information, door=FixedLength(12), describes=False)
    assert n_rows == [10]
    assert len(asked) == 2  # for the relevance, and given the first
    monkeypatch.setattr("mifs.discrete.summing.SECONDS_IN_A_ROW", 0.0)
    n_rows.clear()
    again = forward_search(CRITERIA[name](), information, door=FixedLength(12), describes=False)
    assert n_rows == [1] * 5
    np.testing.assert_array_equal(again.order, path.order)


def test_those_who_watch_hear_of_every_choice():
    seen = []
    X, y = table()
    forward_search(JMI(), source(X, y), door=FixedLength(9), on_step=lambda: seen.append(1))
    assert len(seen) == 9


def test_where_all_columns_tie_the_search_says_so():
    """Copies of one column: each is as good as the others, and the leftmost is taken."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 4, 100)
    X, y = np.tile(x, (5, 1)), x > 1
    path = forward_search(JMI(), source(X, y), door=FixedLength(4))
    assert_same(path, one_by_one(JMI(), source(X, y), 4))
    assert path.order.tolist() == [0, 1, 2, 3]
    assert path.tied.all()


@pytest.mark.parametrize("name", ["jmi", "mrmr"])
def test_some_columns_may_be_candidates_and_some_be_chosen_first(name):
    X, y = table()
    options = {"candidates": np.arange(len(X)) % 3 > 0, "include": (30, 4)}
    path = forward_search(CRITERIA[name](), source(X, y), door=FixedLength(15), **options)
    assert_same(path, one_by_one(CRITERIA[name](), source(X, y), 15, **options))
    assert path.order[:2].tolist() == [30, 4]


class _Halved(JMI):
    """Another score of the same sum."""

    def score(self, relevance, folded, n_selected):
        return folded / 2 - relevance


class _Named(MRMR):
    """The same score by another name."""


@pytest.mark.parametrize("criterion", [_Halved(), DISR(), CRITERIA["mrmr_quotient"]()])
def test_a_class_with_another_score_or_term_is_no_such_sum(criterion):
    assert criterion.sum_of is None
    X, y = table()
    path = forward_search(criterion, source(X, y), door=FixedLength(8))
    assert_same(path, one_by_one(criterion, source(X, y), 8))


class _OfOtherTerms(CRITERIA["cife"]):
    """A sum that is one, of a term that no source adds up by itself."""

    sum_of = SumOf("conditional_relevance")

    def term(self, pair):
        return pair.conditional_relevance

    def score(self, relevance, folded, n_selected):
        return folded


def test_sums_of_other_terms_are_searched_one_choice_at_a_time():
    X, y = table()
    assert _OfOtherTerms().sum_of is not None
    path = forward_search(_OfOtherTerms(), source(X, y), door=FixedLength(8))
    assert_same(path, one_by_one(_OfOtherTerms(), source(X, y), 8))


def test_a_class_that_changes_nothing_is():
    assert _Named().sum_of is MRMR.sum_of is not None


@pytest.mark.parametrize(
    ("patched", "value"),
    [("mifs.discrete.summing.MOST_KEPT", 10), ("mifs.counts.columns.BLOCK_CELLS", 300)],
)
def test_tables_that_are_not_for_it_are_searched_one_choice_at_a_time(monkeypatch, patched, value):
    """Of which no means by chance are kept, or with tables of too many cells."""
    monkeypatch.setattr("mifs.counts.columns.CELLS_PER_SAMPLE", 1)
    X, y = table()
    expected = one_by_one(JMI(), source(X, y, "chance"), 10)
    monkeypatch.setattr(patched, value)
    assert_same(forward_search(JMI(), source(X, y, "chance"), door=FixedLength(10)), expected)


@pytest.mark.parametrize("weights", [np.arange(200) % 3 + 1, np.linspace(0.5, 2.0, 200)])
def test_weighted_rows_are_counted_one_choice_at_a_time(weights):
    X, y = table(d=20)
    path = forward_search(JMI(), source(X, y, weights=weights), door=FixedLength(6))
    assert_same(path, one_by_one(JMI(), source(X, y, weights=weights), 6))


def test_the_best_of_none_or_one_is_left_to_others():
    """They know why a search ends."""
    score = np.array([1.0, 2.0])
    assert first_best(score, np.array([], dtype=np.int64), 12) == -1
    assert first_best(score, np.array([1]), 12) == -1
    assert first_best(score, np.array([0, 1]), 12) == 1


@pytest.mark.parametrize("chosen", [(1, 1), (0, 1, 2), (99,), (3, 3, 3)])
def test_a_source_that_chooses_what_it_may_not_is_told(monkeypatch, chosen):
    """One of one's own; the first column is chosen, and two are left to it."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 50)
    X = np.vstack([y, rng.integers(0, 2, (5, 50))])
    information = source(X, y)
    monkeypatch.setattr(information, "add_up", lambda *_, **__: chosen)
    with pytest.raises(ValueError, match=r"CountedInformation.add_up.* at most 2 of the columns"):
        forward_search(JMI(), information, door=FixedLength(4))
