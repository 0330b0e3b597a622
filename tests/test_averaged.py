"""Several outputs: the mean of what each tells, and what all tell as one."""

import dataclasses

import naive
import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.utils import get_tags

import mifs
from mifs._threads import Threads
from mifs.averaged import MeanInformation, mean_of
from mifs.criteria import CRITERIA
from mifs.encoding import TypedColumn, TypedTable
from mifs.gate import Gate, GatedDoor
from mifs.search import FixedLength, forward_search

TERMS = [
    "relevance",
    "conditional_relevance",
    "joint_relevance",
    "redundancy",
    "conditional_redundancy",
    "plug_in_redundancy",
    "entropy",
    "joint_entropy",
    "selected_relevance",
    "selected_entropy",
]
WITHOUT_COUNTS = [term for term in TERMS if "entropy" not in term and "plug_in" not in term]


def table_of(X, *, discrete=False):
    return TypedTable(X, discrete_features=discrete, names=None)


def outputs_of(Y, *, discrete):
    return [TypedColumn(y, discrete) for y in Y.T]


def numbers(seed, n=200, d=6):
    """Columns of which two outputs are functions, with noise, and a third of classes."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    X[:, 1] += X[:, 0]
    Y = np.column_stack([X[:, 0] + X[:, 2], X[:, 1] * 2 - X[:, 3], X[:, 4]])
    return X, Y + 0.7 * rng.normal(size=Y.shape)


def unequal_outputs(X, Y):
    """Classes of two, forty and five levels: blocks of columns are cut at other places."""
    return [
        TypedColumn((Y[:, 0] > 0).astype(int), True),
        TypedColumn(np.argsort(np.argsort(Y[:, 1])) * 40 // len(Y), True),
        TypedColumn(np.digitize(Y[:, 2], [-1, -0.3, 0.3, 1]), True),
    ]


def both(mi_estimator, X, outputs):
    """Return the source of the mean, and the sources of which it is the mean, made one by one."""
    estimator = mifs.mi_estimators.mi_estimator_of(mi_estimator)
    mean = estimator.source_of_targets(table_of(X), outputs, multi_target="mean")
    return mean, [estimator.source(table_of(X), output) for output in outputs]


def term_of(source, term, selected, candidates):
    """Values of a term in the order of the columns, nan for those that are no candidates."""
    values = np.full(source.n_features, np.nan)
    for columns, pair in source.pair(selected, candidates):
        values[columns] = getattr(pair, term)
    return values


BINNED = [
    mifs.BinnedMI(),
    mifs.BinnedMI(3, "uniform", None),
    mifs.BinnedMI(correction="miller_madow"),
    mifs.BinnedMI(strategy="mdlp"),
]


@pytest.mark.parametrize("selected", [(), (0,), (3, 1)])
@pytest.mark.parametrize("mi_estimator", [*BINNED, "knn", "gaussian"], ids=str)
def test_every_term_is_the_mean_of_the_terms_with_one_output(mi_estimator, selected):
    """Entropies too, where there are any."""
    X, Y = numbers(0)
    is_binned = isinstance(mi_estimator, mifs.BinnedMI)
    outputs = unequal_outputs(X, Y) if is_binned else outputs_of(Y, discrete=False)
    mean, sources = both(mi_estimator, X, outputs)
    candidates = np.array([False, False, True, False, True, True])
    terms = TERMS if is_binned else WITHOUT_COUNTS
    for term in terms if selected or is_binned else ["relevance"]:
        expected = np.mean([term_of(s, term, selected, candidates) for s in sources], axis=0)
        found = term_of(mean, term, selected, candidates)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13, err_msg=term)


@pytest.mark.parametrize("block_cells", [1, 50, 1 << 19])
def test_blocks_that_are_cut_at_other_places_change_nothing(monkeypatch, block_cells):
    """Outputs of two and of forty classes; columns of three to seven levels."""
    X, Y = numbers(1, d=8)
    X = np.column_stack([np.digitize(x, np.linspace(-1, 1, 2 + j % 5)) for j, x in enumerate(X.T)])
    estimator, outputs = mifs.BinnedMI(), unequal_outputs(X, Y)
    every = np.arange(8) != 2

    def terms():
        table = table_of(X, discrete=True)
        source = estimator.source_of_targets(table, outputs, multi_target="mean")
        return [term_of(source, term, (2,), every) for term in TERMS]

    expected = terms()
    monkeypatch.setattr("mifs.counts.BLOCK_CELLS", block_cells)
    np.testing.assert_array_equal(terms(), expected)


class NaiveMean:
    """The terms of one candidate, averaged over those of `naive.Terms` with each output."""

    def __init__(self, terms):
        self.every, self.x, self.selected = terms, terms[0].x, terms[0].selected

    def __getattr__(self, name):
        values = [getattr(terms, name) for terms in self.every]
        if callable(values[0]):
            return lambda w: float(np.mean([value(w) for value in values]))
        return float(np.mean(values))

    def sum(self, of):
        return sum(of(w) for w in self.selected)

    def least(self, of):
        return min(of(w) for w in self.selected)

    def normalised(self, w):
        entropy = np.mean([naive.entropy(self.x, w, terms.y) for terms in self.every])
        return naive.ratio(self.joint_relevance(w), entropy)


def naive_cmi(term, x, outputs, selected):
    joint = naive.joint(selected)
    return np.mean([naive.conditional(term, x, y, joint) for y in outputs])


@pytest.mark.parametrize("name", naive.CRITERIA)
@pytest.mark.parametrize("correction", [None, "chance"])
def test_criteria_score_the_means_as_their_definitions_do(name, correction):
    """Three columns are chosen by hand; the scores of the others are compared."""
    X, Y = numbers(2, n=80)
    X = np.column_stack([np.digitize(x, [-0.7, 0.7]) for x in X.T])
    outputs = [np.digitize(Y[:, 0], [0]), np.digitize(Y[:, 1], [-1, 0, 1])]
    source = mifs.BinnedMI(correction=correction).source_of_targets(
        table_of(X, discrete=True), [TypedColumn(y, True) for y in outputs], multi_target="mean"
    )
    door, include = FixedLength(4), (4, 0, 2)
    path = forward_search(CRITERIA[name](), source, door=door, include=include)
    term = naive.plug_in if correction is None else naive.less_chance
    chosen = [X[:, c] for c in include]
    for column in (1, 3, 5):
        x = X[:, column]
        if name == "cmi":
            expected = naive_cmi(term, x, outputs, chosen)
        else:
            terms = NaiveMean([naive.Terms(term, x, y, chosen) for y in outputs])
            expected = naive.CRITERIA[name](terms)
        assert path.last_score[column] == pytest.approx(expected, abs=1e-10)


class Averaged:
    """The mean written naively: all terms of all sources at once."""

    is_corrected = True

    def __init__(self, sources):
        self.sources = sources
        self.n_features, self.n_samples = sources[0].n_features, sources[0].n_samples

    def relevance(self):
        return np.mean([source.relevance() for source in self.sources], axis=0)

    def detection(self):
        detects = [getattr(source, "detection", source.relevance) for source in self.sources]
        return np.mean([score() for score in detects], axis=0)

    def pair(self, selected, candidates):
        yield np.flatnonzero(candidates), _AveragedTerms(self, selected, candidates)


class _AveragedTerms:
    def __init__(self, mean, selected, candidates):
        self.mean, self.selected, self.candidates = mean, selected, candidates

    def __getattr__(self, term):
        sources = self.mean.sources
        values = [term_of(s, term, self.selected, self.candidates) for s in sources]
        return np.mean(values, axis=0)[self.candidates]


NEEDS_COUNTS = {"mrmr_quotient", "njmim", "disr", "iwfs"}


@pytest.mark.parametrize(
    ("mi_estimator", "name"),
    [
        *((mi_estimator, name) for mi_estimator in (BINNED[0], BINNED[3]) for name in CRITERIA),
        *(
            (mi_estimator, name)
            for mi_estimator in ("knn", "gaussian")
            for name in CRITERIA
            if name not in NEEDS_COUNTS
        ),
    ],
    ids=str,
)
def test_paths_are_those_of_the_naive_mean(mi_estimator, name):
    """The same columns and scores, for every criterion that the source can answer."""
    X, Y = numbers(3, n=120)
    mean, sources = both(mi_estimator, X, outputs_of(Y, discrete=False))
    found, expected = (
        forward_search(CRITERIA[name](), source, door=FixedLength(4))
        for source in (mean, Averaged(sources))
    )
    np.testing.assert_array_equal(found.order, expected.order)
    for field in ("score", "relevance", "redundancy", "conditional_redundancy"):
        np.testing.assert_allclose(
            getattr(found, field), getattr(expected, field), rtol=0, atol=1e-11
        )


def test_the_exclusive_or_is_seen_together_and_not_in_the_mean():
    """Of Y = (A, A xor B), B tells nothing of either output and log 2 of both, as does A.

    Given A, B tells log 2 of both as one, and half of it on average.
    """
    a, b = np.repeat([0, 1], 50), np.tile([0, 1], 50)
    X = np.column_stack([a, b])
    outputs = [TypedColumn(a, True), TypedColumn(a ^ b, True)]
    estimator = mifs.BinnedMI(correction=None)
    joint, mean = (
        estimator.source_of_targets(table_of(X, discrete=True), outputs, multi_target=how)
        for how in ("joint", "mean")
    )
    bit = np.log(2)
    np.testing.assert_allclose(joint.relevance(), [bit, bit], atol=1e-12)
    np.testing.assert_allclose(mean.relevance(), [bit / 2, 0], atol=1e-12)
    given = np.array([False, True])
    for source, share in ((joint, 1.0), (mean, 0.5)):
        assert term_of(source, "conditional_relevance", (0,), given)[1] == pytest.approx(
            share * bit, abs=1e-12
        )
    assert term_of(joint, "joint_relevance", (0,), given)[1] == pytest.approx(2 * bit, abs=1e-12)


def test_joint_normal_outputs_have_the_known_information():
    """Of X with Y = (X + E, X + F), standard normal all: log(3) / 2 jointly, log(2) / 2 each."""
    rng = np.random.default_rng(0)
    x, e, f = rng.normal(size=(3, 2000))
    outputs = outputs_of(np.column_stack([x + e, x + f]), discrete=False)
    # Of 2000 samples the mean of log density ratios, whose spread is below .9 nats, has a standard
    # error of .02; three of them, and .02 for the bias of neighbours in three dimensions.
    for mi_estimator, tolerance in (("gaussian", 0.06), ("knn", 0.08)):
        estimator = mifs.mi_estimators.mi_estimator_of(mi_estimator)
        joint, mean = (
            estimator.source_of_targets(table_of(x[:, None]), outputs, multi_target=how)
            for how in ("joint", "mean")
        )
        assert joint.relevance()[0] == pytest.approx(np.log(3) / 2, abs=tolerance)
        assert mean.relevance()[0] == pytest.approx(np.log(2) / 2, abs=tolerance)


@pytest.mark.parametrize("mi_estimator", [BINNED[0], BINNED[3], "knn", "gaussian"], ids=str)
def test_tests_are_those_of_the_joint_target(mi_estimator):
    """With and without a condition, and when one is made sure of."""
    X, Y = numbers(4)
    outputs = outputs_of(Y[:, :2], discrete=False)
    mean, _ = both(mi_estimator, X, outputs)
    blind = mifs.BinnedMI().source_of_targets(table_of(X), outputs)
    candidates = np.arange(6) > 1
    _same_tests(mean.independence(), blind.independence())
    ((_, found),) = mean.pair((0,), candidates)
    (expected,) = [pair for _, pair in blind.pair((0,), candidates)]
    _same_tests(found.independence, expected.independence)
    rng, other = np.random.default_rng(0), np.random.default_rng(0)
    ((_, first),) = blind.pair((0,), np.arange(6) == 2)
    assert found.settled(0.05, rng, always=True) == first.settled(0.05, other, always=True)


def _same_tests(found, expected):
    for field in dataclasses.fields(found):
        np.testing.assert_array_equal(getattr(found, field.name), getattr(expected, field.name))


def test_a_gate_lets_in_what_tells_of_any_output():
    X, Y = numbers(5, n=600, d=9)
    mean, _ = both("binned", X, outputs_of(Y, discrete=False))
    door = GatedDoor(Gate(), mean, np.ones(9, dtype=bool), np.random.default_rng(0))
    path = forward_search(CRITERIA["cmim"](), mean, door=door)
    assert set(path.order.tolist()) <= {0, 1, 2, 3, 4}
    assert {0, 4} & set(path.order.tolist())


def test_the_order_of_outputs_changes_no_digit():
    X, Y = numbers(6)
    for mi_estimator in ("binned", "knn"):
        one, other = (
            both(mi_estimator, X, outputs_of(Y[:, order], discrete=False))[0]
            for order in ([0, 1, 2], [2, 0, 1])
        )
        np.testing.assert_array_equal(one.relevance(), other.relevance())
    terms = [np.array([0.1]), np.array([0.2]), np.array([0.3])]
    assert mean_of(terms) == mean_of(terms[::-1])


def test_one_table_of_codes_serves_all_outputs():
    X, Y = numbers(7)
    mean, _ = both("binned", X, outputs_of(Y, discrete=False))
    tables = {id(source.table) for source in [*mean.sources, mean.tests]}
    assert len(tables) == 1


@pytest.mark.parametrize("multi_target", ["joint", "mean"])
def test_one_output_is_a_target(multi_target):
    X, Y = numbers(8)
    (output,) = outputs_of(Y[:, :1], discrete=False)
    source = mifs.BinnedMI().source_of_targets(table_of(X), [output], multi_target=multi_target)
    assert not isinstance(source, MeanInformation)
    expected = mifs.mutual_info_regression(X, Y[:, 0])
    np.testing.assert_array_equal(source.relevance(), expected)


def test_a_joint_target_too_large_to_count_hinders_no_mean(monkeypatch):
    """Only a gate asks for it."""
    X, Y = numbers(9)
    monkeypatch.setattr("mifs.counts.columns.MAX_CELLS", 5 * 5)
    mean, _ = both("binned", X, outputs_of(Y, discrete=False))
    assert mean.relevance().shape == (6,)
    with pytest.raises(ValueError, match="Cut numbers into bins"):
        mean.independence()


def test_remarks_of_all_outputs_are_said_once():
    """Copied rows are copied for each output."""
    X, Y = numbers(10)
    rows = np.random.default_rng(0).integers(200, size=200)
    mean, sources = both("knn", X[rows], outputs_of(Y[rows], discrete=False))
    remarks = mean.remarks([0, 1])
    every = [sentence for source in sources for sentence in source.remarks([0])[0]]
    assert set(remarks[0]) == set(every)
    assert len(set(remarks[0])) == len(remarks[0]) > 0


@pytest.mark.parametrize(
    ("mi_estimator", "multi_target", "discrete", "message"),
    [
        ("binned", "sum", False, 'multi_target must be "joint" or "mean"; got \'sum\''),
        ("gaussian", "joint", True, "Column 0 of y is discrete"),
    ],
)
def test_what_cannot_be_is_refused(mi_estimator, multi_target, discrete, message):
    X, Y = numbers(11)
    outputs = outputs_of(Y.round(), discrete=discrete)
    estimator = mifs.mi_estimators.mi_estimator_of(mi_estimator)
    with pytest.raises(ValueError, match=message):
        estimator.source_of_targets(table_of(X), outputs, multi_target=multi_target)


# ---------------------------------------------------------------- the selector


def parity_table():
    """Y = (A xor B, C) of balanced coins, as an indicator of two labels, beside a fourth coin."""
    coins = np.array([[a, b, c, d] for a in (0, 1) for b in (0, 1) for c in (0, 1) for d in (0, 1)])
    X = np.repeat(coins, 20, axis=0)
    return X, np.column_stack([X[:, 0] ^ X[:, 1], X[:, 2]])


@pytest.mark.parametrize("frame", [np.asarray, list, pd.DataFrame, pl.DataFrame])
@pytest.mark.parametrize(("multi_target", "share"), [("joint", 1.0), ("mean", 0.5)])
def test_a_selector_takes_several_outputs(frame, multi_target, share):
    """C tells its own output, one of two; the outputs may be a frame."""
    X, Y = parity_table()
    plug_in = mifs.BinnedMI(correction=None)
    selector = mifs.MutualInfoSelector(mi_estimator=plug_in, multi_target=multi_target)
    selector.fit(X, frame(Y))
    np.testing.assert_allclose(selector.relevance_, [0, 0, share * np.log(2), 0], atol=1e-12)
    np.testing.assert_array_equal(selector.selected_, [2])
    assert selector.promise_.startswith("1 of 4 columns selected.")


def test_labels_of_several_outputs_are_those_of_their_codes():
    """Each column of a frame by itself, beside one that never changes."""
    X, Y = parity_table()
    labels = pd.DataFrame({"a": np.where(Y[:, 0], "odd", "even"), "b": Y[:, 1], "c": 0})
    selector = mifs.MutualInfoSelector("jmi", 3).fit(X, labels)
    plain = mifs.MutualInfoSelector("jmi", 3).fit(X, Y)
    np.testing.assert_array_equal(selector.relevance_, plain.relevance_)
    np.testing.assert_array_equal(selector.selected_, plain.selected_)


@pytest.mark.parametrize("multi_target", ["joint", "mean"])
@pytest.mark.parametrize("mi_estimator", ["knn", "gaussian"])
def test_a_selector_takes_several_numbers(mi_estimator, multi_target):
    """Outputs that are functions of columns 0 and 3, with noise."""
    X = np.random.default_rng(0).normal(size=(300, 5))
    Y = X[:, [0, 3]] + 0.3 * np.random.default_rng(1).normal(size=(300, 2))
    selector = mifs.MutualInfoSelector(mi_estimator=mi_estimator, multi_target=multi_target)
    assert set(selector.fit(X, Y).selected_) == {0, 3}


@pytest.mark.parametrize(
    ("Y", "message"),
    [
        ([[0, 1]] * 4, "All 2 outputs of y are constant"),
        ([[0, 1.5], [1, np.nan], [0, 0], [1, 1]], "output 1 of y contains NaN or None in 1 of 4"),
        ([[0, 1], [1, 1]], "inconsistent numbers of samples"),
    ],
)
def test_outputs_that_tell_nothing_are_refused(Y, message):
    with pytest.raises(ValueError, match=message):
        mifs.MutualInfoSelector().fit(np.eye(4), Y)


def test_the_selector_says_that_it_takes_several_outputs():
    assert get_tags(mifs.MutualInfoSelector()).target_tags.multi_output


def test_column_functions_take_several_outputs_as_one_or_by_their_mean():
    # Of two coins, the first and whether they differ: either coin is settled by both outputs, the
    # first alone tells of one, the second alone of none.
    first, second = np.tile([0, 0, 1, 1], 500), np.tile([0, 1, 0, 1], 500)
    X, outputs = np.column_stack([first, second]), np.column_stack([first, first ^ second])
    plug_in = mifs.BinnedMI(correction=None)
    joint = mifs.mutual_info_classif(X, outputs, mi_estimator=plug_in)
    np.testing.assert_allclose(joint, [np.log(2), np.log(2)], atol=1e-12)
    mean = mifs.mutual_info_classif(X, outputs, mi_estimator=plug_in, multi_target="mean")
    np.testing.assert_allclose(mean, [np.log(2) / 2, 0], atol=1e-12)
    _, pvalues = mifs.mutual_info_test(X, outputs)
    assert (pvalues < 1e-12).all()


def test_relevance_alone_is_ranked_by_the_mean_of_many_scales():
    """As one output is: `relevance_` stays the mean of the estimates."""
    X, Y = numbers(0)
    options = {"criterion": "mim", "n_features_to_select": "all", "mi_estimator": "knn"}
    mean = mifs.MutualInfoSelector(multi_target="mean", **options).fit(X, Y)
    each = [mifs.MutualInfoSelector(**options).fit(X, y) for y in Y.T]
    scores = [selector.scores_[np.argsort(selector.selected_)] for selector in each]
    np.testing.assert_array_equal(mean.scores_, mean_of(scores)[mean.selected_])
    np.testing.assert_array_equal(mean.relevance_, mean_of([one.relevance_ for one in each]))
    assert (mean.scores_ != mean.relevance_[mean.selected_]).all()


def test_threads_serve_every_output(monkeypatch):
    """They change no digit, and are asked for each column of each output."""
    X, Y = numbers(0)
    options = {"mi_estimator": "knn", "multi_target": "mean"}
    alone = mifs.mutual_info_regression(X, Y, **options)
    asked = []
    monkeypatch.setattr("mifs._threads.LEAST_SECONDS_OF_A_PART", 1e-9)  # however little work it is
    monkeypatch.setattr(Threads, "__call__", lambda _, f, over: asked.append(f) or map(f, over))
    np.testing.assert_array_equal(mifs.mutual_info_regression(X, Y, n_jobs=2, **options), alone)
    assert len(asked) == 3
