"""A lazy search chooses what the plain one does, with the same scores, from fewer tables."""

from functools import cache

import numpy as np
import pytest
from conftest import counted, variable
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.naive_bayes import GaussianNB

import mifs
from mifs.averaged import MeanInformation
from mifs.counts import CodeTable
from mifs.criteria import CMIM, CRITERIA, JMIM, MIFS, MRMR, NJMIM, Criterion
from mifs.discrete import CountedInformation
from mifs.gate import Gate, GatedDoor
from mifs.gaussian import CopulaTable, CopulaVariable, GaussianInformation
from mifs.neighbors import MixedVariable, NeighborInformation, NumberTable
from mifs.search import FixedLength, forward_search
from mifs.sparse_counts import SparseCodeTable, SparseVariable
from mifs.standing import Standing
from mifs.weights import RowWeights

LAZY = ("cmim", "jmim", "njmim", "icap", "mifs", "mrmr")
MINIMA = ("cmim", "jmim", "njmim")


@pytest.fixture(scope="module", autouse=True)
def _calls_cost_nothing():
    """So small a table would be asked for at once, for no time that it takes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mifs.standing.SECONDS_OF_A_CALL", 0.0)
        patch.setattr("mifs.counts.blocks.SECONDS_OF_A_CODE", 1e-8)
        yield


def weak(seed=0, n=200, d=60):
    """Columns in groups that say much the same, and noise; five levels each."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n)
    X = rng.integers(0, 5, (d, n))
    for first in range(0, d // 2, 5):
        group = np.where(rng.random(n) < 0.3, y, X[first])
        for column in range(first, first + 5):
            X[column] = np.where(rng.random(n) < 0.7, group, X[column])
    X[7] = X[3]
    return X, y


def assert_same_choices(lazy, plain):
    """Order, scores and ties to the last bit; what was left behind is bounded."""
    np.testing.assert_array_equal(lazy.order, plain.order)
    np.testing.assert_array_equal(lazy.score, plain.score)
    np.testing.assert_array_equal(lazy.tied, plain.tied)
    np.testing.assert_array_equal(lazy.redundancy, plain.redundancy)
    assert lazy.ended == plain.ended
    is_known = ~lazy.is_bound
    np.testing.assert_array_equal(lazy.last_score[is_known], plain.last_score[is_known])
    assert (lazy.last_score[lazy.is_bound] >= plain.last_score[lazy.is_bound]).all()
    assert not lazy.is_bound[lazy.order].any()
    assert not plain.is_bound.any()


def both(name, source, n_features, **options):
    """Search lazily and plainly."""
    criterion = name if isinstance(name, Criterion) else CRITERIA[name]()
    return (
        forward_search(criterion, source, door=FixedLength(n_features), is_lazy=is_lazy, **options)
        for is_lazy in (True, False)
    )


@pytest.mark.parametrize("name", CRITERIA)
@pytest.mark.parametrize("correction", [None, "miller_madow", "chance"])
@pytest.mark.parametrize("most_together", [0, 255])  # samples
def test_a_lazy_search_chooses_what_the_plain_one_does(
    monkeypatch, name, correction, most_together
):
    """From fewer tables, if the criterion can tell; from more where whole strips are measured."""
    monkeypatch.setattr("mifs.counts.blocks.SOON_TOGETHER", most_together)
    X, y = weak()
    lazy, plain = both(name, counted(X, y, correction), 12)
    assert_same_choices(lazy, plain)
    if name in MINIMA:
        assert lazy.n_tables < (plain.n_tables if most_together else 0.7 * plain.n_tables)
    assert lazy.n_tables <= plain.n_tables


@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(4, 30),
    d=st.integers(2, 40),
    levels=st.integers(1, 3),
    name=st.sampled_from(LAZY),
    correction=st.sampled_from([None, "miller_madow", "chance"]),
    share=st.floats(0.1, 1),
)
@settings(max_examples=150)
def test_among_many_ties_too(*, seed, n, d, levels, name, correction, share):
    """Few rows of few levels: many columns say the same, and the leftmost is taken."""
    rng = np.random.default_rng(seed)
    X, y = rng.integers(0, levels, (d, n)), rng.integers(0, 2, n)
    source = counted(X, y, correction)
    candidates = rng.random(d) < share
    include = tuple(rng.permutation(d)[: rng.integers(0, 3)].tolist())
    n_features = max(len(include), int(rng.integers(1, d + 1)))
    lazy, plain = both(name, source, n_features, candidates=candidates, include=include)
    assert_same_choices(lazy, plain)


@pytest.mark.parametrize("name", LAZY)
def test_when_all_columns_tie(name):
    """Copies of one column: each is looked at, for the path says that nothing told them apart."""
    X, y = weak()
    lazy, plain = both(name, counted(X[[0] * 6], y), 6)
    assert_same_choices(lazy, plain)
    np.testing.assert_array_equal(lazy.tied, [True] * 5 + [False])


def knn(X, y):
    """By nearest neighbours: the columns with noise, which are numbers."""
    rng = np.random.default_rng(0)
    columns = list(X[:14, :80] + rng.normal(size=(14, 80)))
    target = MixedVariable.discrete(variable(y[:80]))
    return NeighborInformation(NumberTable(columns, [False] * len(columns)), target)


def gaussian(X, y):
    """By the copula of the same."""
    rng = np.random.default_rng(0)
    columns = list(X[:20] + rng.normal(size=(20, X.shape[1])))
    names = [f"x{j}" for j in range(len(columns))]
    target = CopulaVariable.of_numbers(y + rng.normal(size=len(y)), "y")
    return GaussianInformation(CopulaTable(columns, names), target)


def sparse(X, y):
    """Stored columns, of which most rows are zero."""
    X = np.where(np.random.default_rng(0).random(X.shape) < 0.5, 0, X)
    stored = [SparseVariable.of_dense(variable(x), np.flatnonzero(x)) for x in X]
    return CountedInformation(SparseCodeTable(stored, X.shape[1]), variable(y))


def averaged(X, y):
    """The mean over two outputs."""
    other = np.random.default_rng(1).permutation(y)
    sources = [counted(X, y, "chance"), counted(X, np.where(y > 0, y, other), "chance")]
    return MeanInformation(sources, tests=lambda: sources[0])


def averaged_of_columns_cut_twice(X, y):
    """Where each output has its own codes of the columns."""
    sources = [counted(X, y, "chance"), counted(X // 2, y > 1, "chance")]
    return MeanInformation(sources, tests=lambda: sources[0], same_columns=False)


def weighted(X, y):
    """Rows that count half, once, or three times."""
    weights, _ = RowWeights.of(np.random.default_rng(2).choice([0.5, 1, 3], len(y)))
    return CountedInformation(CodeTable([variable(x) for x in X], weights=weights), variable(y))


SOURCES = (knn, gaussian, sparse, averaged, averaged_of_columns_cut_twice, weighted)


@pytest.mark.parametrize("source_of", SOURCES)
@pytest.mark.parametrize("name", ["cmim", "jmim", "mifs", "mrmr", "icap"])
@pytest.mark.parametrize("include", [(), (5, 2)])
def test_of_every_source(source_of, name, include):
    """Bounds are the criterion's, or the source's own."""
    lazy, plain = both(name, source_of(*weak()), 6, include=include)
    assert_same_choices(lazy, plain)
    assert lazy.n_tables <= plain.n_tables
    if name == "cmim":
        assert lazy.n_tables < plain.n_tables


@pytest.mark.parametrize("source_of", [counted, sparse, averaged, weighted, gaussian])
@pytest.mark.parametrize("correction", [None, "miller_madow", "chance"])
def test_no_redundancy_is_below_its_least(source_of, correction):
    """By the margins alone; of noise some lie near it."""
    X, y = weak()
    source = counted(X, y, correction) if source_of is counted else source_of(X, y)
    everything = np.ones(source.n_features, dtype=bool)
    for selected in (0, source.n_features - 1):
        least = source.least_redundancy(selected)
        everything[:] = True
        everything[selected] = False
        for columns, pair in source.pair((selected,), everything):
            assert (pair.redundancy >= least[columns] - 1e-13).all()


def test_a_plug_in_redundancy_is_never_negative():
    """Nor bounded by anything but zero."""
    X, y = weak()
    assert (counted(X, y).least_redundancy(3) == 0).all()


def test_a_mean_over_sources_is_bounded_only_if_all_are():
    """Nearest neighbours can fall below any bound that is known."""
    X, y = weak()
    assert not hasattr(knn(X, y), "least_redundancy")
    mean = MeanInformation([knn(X, y), counted(X[:14, :80], y[:80])], tests=lambda: None)
    assert mean.least_redundancy(0) is None


def test_a_choice_takes_few_tables_or_few_calls(monkeypatch):
    """A source that says how long it takes is asked for what hardly takes longer than asking."""
    X, y = weak()
    alone, _ = both("njmim", counted(X, y), 10)
    monkeypatch.setattr("mifs.standing.SECONDS_OF_A_CALL", 1e-4)
    calls = []
    source = counted(X, y)
    pair = source.pair
    source.pair = lambda *which: calls.append(which) or pair(*which)
    path = forward_search(NJMIM(), source, door=FixedLength(10), describes=False)
    assert_same_choices(*both("njmim", source, 10))
    assert len(calls) < path.n_tables / 10
    assert path.n_tables > alone.n_tables


@pytest.mark.usefixtures("_calls_cost_what_they_do")
def test_a_choice_that_needs_nearly_all_terms_takes_them_by_scans(monkeypatch):
    """Once the columns that tell something are chosen, nothing tells the others apart."""
    monkeypatch.setattr("mifs.standing.CALLS_OF_A_CHOICE", 1)  # or none would be sought lazily
    rng = np.random.default_rng(0)
    y, X = rng.integers(0, 2, 4000), rng.integers(0, 4, (1200, 4000))
    for column in range(6):
        X[column] = np.where(rng.random(4000) < 0.9 - 0.1 * column, y, X[column])
    n_calls = []
    for most_seconds in (Standing._most_seconds, lambda *_: np.inf):
        monkeypatch.setattr(Standing, "_most_seconds", most_seconds)
        source = counted(X, y)
        pair, calls = source.pair, []
        source.pair = lambda *which, pair=pair, calls=calls: calls.append(which) or pair(*which)
        forward_search(CRITERIA["mrmr"](), source, door=FixedLength(8), describes=False)
        n_calls.append(len(calls))
        assert_same_choices(*both("mrmr", counted(X, y), 8))
    # 17 of 32: a choice makes the few calls that a scan is worth, then one for each selected
    assert n_calls[0] < 2 / 3 * n_calls[1]


@pytest.mark.parametrize(
    ("name", "share", "ends_after"),
    [("cmim", 0.9, None), ("cmim", 2.1, 3), ("mrmr", 0.9, None), ("mrmr", 1.1, 1)],
)
def test_a_lazy_search_ends_when_it_costs_too_much(name, share, ends_after):
    """Of minima once three scans are lost, of sums with a floor after one dear choice."""
    source = counted(*weak())
    standing = Standing(CRITERIA[name](), source)
    seconds = share * 100 * source.seconds_in_a_scan
    paid = [standing._has_paid(seconds, 100) for _ in range(10)]
    assert (paid.index(False) + 1 if False in paid else None) == ends_after


def test_a_class_that_changes_a_score_is_searched_plainly():
    """What held of its parent need not hold of it."""

    class Turned(CMIM):
        def score(self, relevance, folded, n_selected):
            return -np.minimum(relevance, folded)

    class Raised(MRMR):
        def term(self, pair):
            return -pair.redundancy

    class Named(JMIM):
        """The same by another name."""

    X, y = weak()
    for criterion in (Turned(), Raised()):
        assert criterion.best_rest(np.zeros(3)) is None
        lazy, plain = both(criterion, counted(X, y), 8)
        assert_same_choices(lazy, plain)
        assert lazy.n_tables == plain.n_tables
    assert Named().best_rest(None) == np.inf


class _Halved:
    """A score that comes from beside the criteria."""

    def score(self, relevance, folded, n_selected):
        return relevance / 2 + folded


class _HalvedCMIM(_Halved, CMIM):
    """The least term is no longer the score."""


class _GivenAll(CMIM):
    conditions_on = "all"


@pytest.mark.parametrize("criterion", [_HalvedCMIM(), _GivenAll()])
def test_what_a_class_inherits_beside_a_criterion_counts_too(criterion):
    """Neither a kernel nor a bound goes by a formula that is another's."""
    assert criterion.least_of is None
    assert criterion.best_rest(None) is None
    assert_same_choices(*both(criterion, counted(*weak()), 8))


@pytest.mark.usefixtures("_calls_cost_what_they_do")
def test_where_a_scan_takes_no_time_every_score_is_known():
    """To leave a column of a small table behind would save nothing, and cost its rank."""
    lazy, plain = both("cmim", counted(*weak()), 12)
    assert not lazy.is_bound.any()
    np.testing.assert_array_equal(lazy.last_score, plain.last_score)


@pytest.mark.usefixtures("_calls_cost_what_they_do")
@pytest.mark.parametrize("name", ["mifs", "mrmr", "icap"])
def test_calls_from_python_are_made_only_where_scans_take_longer(name, monkeypatch):
    """A dozen of them choose a column: a table of a millisecond is scanned in less."""
    source = counted(*weak())
    lazy, _ = both(name, source, 2)
    assert not lazy.is_bound.any()
    scan_takes = source.n_features * source.seconds_in_a_scan
    monkeypatch.setattr("mifs.standing.SECONDS_OF_A_CALL", scan_takes / 100)
    lazy, _ = both(name, source, 2)
    assert lazy.is_bound.any()


@pytest.mark.usefixtures("_calls_cost_what_they_do")
def test_of_the_last_columns_every_score_is_known(monkeypatch):
    """Choices in a row end where a scan of what is left takes no time."""
    monkeypatch.setattr("mifs.standing.SCANS_TO_LOSE", 100)  # or choices would end before
    source = counted(*weak())
    monkeypatch.setattr("mifs.standing.SECONDS_OF_A_CALL", 20 * source.seconds_in_a_scan)
    shorter, _ = both("cmim", source, 20)
    lazy, plain = both("cmim", source, 45)
    assert shorter.is_bound.any()
    assert not lazy.is_bound.any()
    np.testing.assert_array_equal(lazy.last_score, plain.last_score)


@pytest.fixture
def _calls_cost_what_they_do(monkeypatch):
    monkeypatch.setattr("mifs.standing.SECONDS_OF_A_CALL", 1e-4)
    monkeypatch.setattr("mifs.counts.blocks.SECONDS_OF_A_CODE", 1.3e-10)


def test_a_minimum_that_is_no_number_is_refused():
    """By a kernel too, which would look for it for ever."""

    class Broken(CRITERIA["cmim"]):
        least_of = "conditional_relevance"

        def score(self, relevance, folded, n_selected):
            return np.where(np.arange(len(relevance)) == 3, np.nan, folded)

    with pytest.raises(ValueError, match="scored a candidate nan"):
        forward_search(Broken(), counted(*weak()), door=FixedLength(5))


@pytest.mark.parametrize("chosen", [[1, 1], [99], list(range(9))])
def test_a_source_that_chooses_what_it_was_not_asked_about_is_told_so(chosen):
    """Too many, one twice, or another: a path would be wrong and say nothing."""
    source = counted(*weak())
    source.lower = lambda *_, **__: (1, chosen)
    with pytest.raises(ValueError, match=r"lower\(\) chose .* columns that it was asked about"):
        forward_search(CRITERIA["cmim"](), source, door=FixedLength(5))


def test_a_reward_for_redundancy_is_searched_plainly():
    """With a negative weight, no redundancy bounds the score from above."""
    X, y = weak()
    lazy, plain = both(MIFS(beta=-1), counted(X, y), 8)
    assert_same_choices(lazy, plain)
    assert lazy.n_tables == plain.n_tables


def test_a_criterion_of_ones_own_can_say_how_high_it_may_rise():
    """The least interaction, as a fold of its own."""

    class LeastSynergy(Criterion):
        fold = np.minimum

        def best_rest(self, least_redundancy):
            return np.inf

        def term(self, pair):
            return pair.conditional_relevance - pair.redundancy

        def score(self, relevance, folded, n_selected):
            return folded

    X, y = weak()
    lazy, plain = both(LeastSynergy(), counted(X, y, "chance"), 10)
    assert_same_choices(lazy, plain)
    assert lazy.n_tables < plain.n_tables


@cache
def gated(is_lazy):
    """Search through the gate."""
    X, y = weak()
    source = counted(X, y, "chance")
    door = GatedDoor(Gate(alpha=0.5), source, np.ones(len(X), bool), np.random.default_rng(0))
    path = forward_search(CMIM(), source, door=door, is_lazy=is_lazy)
    return path, door.record(path.order.tolist())


def test_the_gate_learns_of_every_candidate():
    """It is the same search: a candidate is tested until one test stands in its way."""
    (lazy, found), (plain, expected) = gated(True), gated(False)
    assert_same_choices(lazy, plain)
    assert lazy.n_tables == plain.n_tables
    np.testing.assert_array_equal(lazy.last_score, plain.last_score)
    np.testing.assert_array_equal(found.pvalue_given, expected.pvalue_given)


def test_a_path_need_not_be_described():
    """Its choices are the same; its redundancies are nan, and cost nothing."""
    X, y = weak()
    asked = []
    source = counted(X, y)
    pair = source.pair
    source.pair = lambda *which: asked.append(which) or pair(*which)
    path = forward_search(CMIM(), source, door=FixedLength(6), describes=False)
    n_asked = len(asked)
    described = forward_search(CMIM(), source, door=FixedLength(6))
    np.testing.assert_array_equal(path.order, described.order)
    assert np.isnan(path.redundancy).all()
    assert np.isnan(path.conditional_redundancy).all()
    assert len(asked) > 2 * n_asked  # five more, for each column but the last


def test_folds_and_halves_describe_no_path(monkeypatch):
    """Their choices alone are looked at; the fit to all rows is described."""
    X, y = weak(d=12)
    described = []
    search = forward_search

    def noted(*args, describes, **options):
        described.append(describes)
        return search(*args, describes=describes, **options)

    monkeypatch.setattr("mifs.selectors.selector.forward_search", noted)
    selector = mifs.MutualInfoSelector("jmi", 3)
    cv = mifs.MutualInfoSelectorCV(GaussianNB(), selector=selector, cv=3).fit(X.T, y)
    assert described == [True, False, False, False]
    assert np.isfinite(cv.selector_.path_.redundancy[1:]).all()
    described.clear()
    mifs.StabilitySelector(selector, n_resamples=4).fit(X.T, y)
    assert described == [True, False, False, False, False]


def test_tables_are_counted():
    """A plain search of k of d columns: d - 1 for the second, d - 2 for the third, and so on."""
    X, y = weak(d=20)
    _, plain = both("jmi", counted(X, y), 4)
    assert plain.n_tables == 19 + 18 + 17
    none, _ = both("mim", counted(X, y), 4)
    assert none.n_tables == 0


def test_bounds_near_the_largest_float_are_compared_without_overflow():
    """Of a weight of redundancy that leaves nothing of the relevance."""
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, 8, (40, 500)), rng.integers(0, 2, 500)
    lazy, plain = (
        forward_search(MIFS(beta=1e300), counted(X, y), door=FixedLength(5), is_lazy=is_lazy)
        for is_lazy in (True, False)
    )
    np.testing.assert_array_equal(lazy.order, plain.order)
    np.testing.assert_array_equal(lazy.score, plain.score)
    assert lazy.n_tables <= plain.n_tables
