"""The lazy search of the kernels: the compiled one against the NumPy one, and both by hand."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from conftest import counted
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from mifs._kernels.chance import K_LOG_K
from mifs._kernels.counting import tiled
from mifs._kernels.lazy import Candidates, Given, Nats, lower_best_first
from mifs._kernels.twins import TWINS
from mifs.counts import CodeTable, DiscreteVariable
from mifs.criteria import CRITERIA
from mifs.discrete import CountedInformation
from mifs.discrete.cells import ROUNDING, CellSums, plug_in
from mifs.discrete.lowering import BestFirst
from mifs.search import FixedLength, forward_search
from mifs.terms import Least, Limits

pytestmark = pytest.mark.usefixtures("_calls_cost_nothing")
needs_build = pytest.mark.skipif("lower_best_first" not in TWINS, reason="not built")
WIDTHS = np.uint8, np.uint16, np.uint32
ONE_CHOICE = Limits(slack=1e-12, digits=12, n_choices=0, most_terms=0)


@pytest.fixture
def _calls_cost_nothing(monkeypatch):
    """So small a table would be measured at once, for no time that it takes."""
    monkeypatch.setattr("mifs.standing.SECONDS_OF_A_CALL", 0.0)
    monkeypatch.setattr("mifs.counts.blocks.SECONDS_OF_A_CODE", 1e-8)


def task(
    rng, *, n, d, widths, least=1, most=5, y_widths=WIDTHS, y=None, together=(1,), is_whole=False
):
    """Candidates in blocks of several widths, selected variables, and what is known at the start.

    Some columns are ahead of others. They are in any order, and some are no candidates, but where
    all are wanted as they lie in their blocks.
    """
    levels = [int(high) for high in rng.integers(least, most, len(widths), endpoint=True)]
    codes = [
        np.asarray(rng.integers(0, high, (d, n)), dtype=width)
        for high, width in zip(levels, widths, strict=True)
    ]
    n_columns = d * len(widths)
    block, place = np.divmod(np.arange(n_columns) if is_whole else rng.permutation(n_columns), d)
    cells, n_y = CellSums(plug_in, n), int(rng.integers(1, 4))
    y = rng.integers(0, n_y, n).astype(rng.choice(y_widths)) if y is None else y
    n_y = max(n_y, int(y.max()) + 1)
    selected = rng.integers(0, len(block), rng.integers(1, 5))
    tables = []
    for own, where in zip(block, place, strict=True):
        zy = codes[own][where] * np.intp(n_y) + y
        tables.append(np.bincount(zy, minlength=levels[own] * n_y).reshape(-1, n_y))
    constant = [cells(zy, axis=(0, 1)) - cells(zy.sum(axis=1), axis=0) for zy in tables]
    age = rng.integers(0, len(selected) + 1, len(block))
    if is_whole and rng.random() < 0.5:
        age[:] = age[0]
    cap = np.where(rng.random(len(block)) < 0.3, np.inf, rng.integers(0, 4, len(block)) / 10)
    term = np.where(age > 0, rng.integers(0, 4, len(block)) / 10, np.inf)
    columns = np.flatnonzero(rng.random(len(block)) < (1.0 if is_whole else 0.8))
    nats = Nats(cells.table, K_LOG_K, cells.scale * n, ROUNDING)
    n_together = [int(rng.choice(together)) for _ in codes]
    tiles = [tiled(own, high) for own, high in zip(codes, levels, strict=True)]
    known = Candidates(codes, levels, block, place, n_together, tiles)
    offset = rng.choice([0.0, 0.3], len(block))
    given = Given(y, n_y, selected, np.array(constant), offset, None)
    n_choices, most_terms = int(rng.integers(0, 6)), int(rng.integers(0, 30))
    limits = Limits(4e-12, 12, n_choices, most_terms)
    return known, given, Least(cap, term, age), columns, nats, limits


def copied(least, *rest):
    """What the kernel changes, anew."""
    return Least(*(part.copy() for part in least)), *rest


@needs_build
@pytest.mark.usefixtures("simd")
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.one_of(st.integers(1, 200), st.integers(1000, 1100), st.sampled_from([9000, 70_000])),
    d=st.integers(1, 12),
    most=st.sampled_from([5, 11, 80]),
    is_kept=st.sampled_from([True, False, None]),
    widths=st.lists(st.sampled_from(WIDTHS), min_size=1, max_size=3),
)
@settings(
    deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_twins_agree_bit_for_bit(*, seed, n, d, most, is_kept, widths):
    """Terms, ages, their number, choices, and which means by chance are known afterwards.

    These are taken off or not, and kept for another search or not.
    """
    d = min(d, 3) if n > 10_000 else d
    rng = np.random.default_rng(seed)
    assert_twins_agree(task(rng, n=n, d=d, widths=widths, most=most), is_kept)


@needs_build
@pytest.mark.usefixtures("simd")
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.sampled_from([5000, 9000, 66_000]),
    d=st.sampled_from([4, 15, 150]),  # of many more than 64 tables wait to be asked for
    is_kept=st.sampled_from([True, False, None]),
    n_blocks=st.integers(1, 2),
)
@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_tables_that_are_counted_in_pairs(*, seed, n, d, is_kept, n_blocks):
    """Of bytes, with so many levels that no table is compared, and so few that pairs pay."""
    d = min(d, 15) if n > 10_000 else d
    rng, widths = np.random.default_rng(seed), [np.uint8] * n_blocks
    *made, limits = task(rng, n=n, d=d, widths=widths, least=7, most=11, y_widths=[np.uint8])
    limits = limits._replace(n_choices=int(rng.integers(0, 20)), most_terms=400)
    assert_twins_agree((*made, limits), is_kept)


@needs_build
@pytest.mark.usefixtures("simd")
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.one_of(st.integers(2, 40), st.integers(20, 255), st.sampled_from([255, 256, 400])),
    d=st.sampled_from([1, 8, 9, 31, 33, 70, 72, 73, 100]),  # of 1, 8 and 72 some are in no tile
    levels=st.sampled_from([(3, 10), (10, 16), (17, 40)]),
    is_kept=st.sampled_from([True, False, None]),
    n_classes=st.integers(1, 5),
    is_whole=st.booleans(),
    widths=st.lists(st.sampled_from([np.uint8, np.uint8, np.uint16]), min_size=1, max_size=3),
)
@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_columns_that_are_measured_together(
    *, seed, n, d, levels, is_kept, n_classes, is_whole, widths
):
    """In strips of a sweep or one by one: the same terms, and as many.

    Classes are of all sizes, so that levels of Z have few rows of some, or none.
    """
    rng, (least, most) = np.random.default_rng(seed), levels
    y = np.minimum(rng.geometric(rng.uniform(0.1, 0.9), n) - 1, n_classes - 1).astype(np.uint8)
    how = {"y": y, "together": (1, 32), "is_whole": is_whole}
    made = task(rng, n=n, d=d, widths=widths, least=least, most=most, **how)
    assert_twins_agree(made, is_kept, knows_more=True)


@needs_build
@pytest.mark.usefixtures("simd")
@pytest.mark.parametrize(
    "classes",
    [[4094, 1], [4095, 1], [4096, 1], [90, 89], [90, 90], [1] * 12, [1] * 14, [20, 20, 17]],
)
def test_counts_of_all_classes_are_the_digits_of_one_number(classes):
    """Where these are no more than 8192, such as 4095 times two; beyond, each class has its own."""
    y = np.repeat(np.arange(len(classes)), classes).astype(np.uint8)
    for seed in range(5):
        rng = np.random.default_rng(seed)
        made = task(rng, n=len(y), d=12, widths=[np.uint8], least=10, most=60, y=rng.permutation(y))
        assert_twins_agree(made, None)


def assert_twins_agree(made, is_kept, *, knows_more=False):
    """Digit by digit, in two searches one after another that share their means by chance.

    A sweep may know more of these afterwards: of all columns that are beside a candidate.
    """
    candidates, given, *made, limits = made
    found, tables = [], []
    for search, means in zip(TWINS["lower_best_first"], TWINS["Means"], strict=True):
        own = None if is_kept is None else means(len(candidates.block), is_kept=is_kept)
        for _ in range(2):
            least, *rest = copied(*made)
            chosen = search(candidates, given._replace(means=own), least, *rest, limits=limits)
            table, *parts = flat(own.parts()) if own else [np.zeros(0)]
            found.append([*flat(chosen), *least, *parts])
            tables.append(table)
    for expected, other in zip(found[:2], found[2:], strict=True):
        for one, another in zip(expected, other, strict=True):
            assert_array_equal(another, one)
    for expected, other in zip(tables[:2], tables[2:], strict=True):
        assert_array_equal(np.where(expected == 0, 0, other) if knows_more else other, expected)


def flat(parts):
    """Arrays of tuples in tuples, in a row."""
    return [a for part in parts for a in (flat(part) if isinstance(part, tuple) else [part])]


def test_no_table_is_measured_that_could_be_spared():
    """By hand: the best is 0.5; a cap of 0.4 needs no table, one of 0.6 needs the first.

    A constant column is selected, twice.
    """
    y = np.repeat([0, 1], 8).astype(np.uint8)
    codes = np.stack([y, np.tile([0, 1], 8), y, np.zeros(16)]).astype(np.uint8)
    cells = CellSums(plug_in, 16)
    nats = Nats(cells.table, K_LOG_K, cells.scale * 16, ROUNDING)
    zy = np.array([[8, 8]])
    constant = np.repeat(cells(zy, axis=(0, 1)) - cells(zy.sum(axis=1), axis=0), 4)
    nothing = Given(y, 2, np.array([3, 3]), constant, np.zeros(4), None)
    places = np.zeros(4, dtype=np.int64), np.arange(4)
    least = Least(np.array([0.5, 0.6, 0.4, 1]), np.full(4, np.inf), np.zeros(4, dtype=np.int64))
    candidates = Candidates([codes], [2], *places, [1], [None])
    found = lower_best_first(candidates, nothing, least, np.arange(3), nats, limits=ONE_CHOICE)
    assert found == (3, [])
    assert_array_equal(least.age, [2, 1, 0, 0])
    np.testing.assert_allclose(least.term, [np.log(2), 0.0, np.inf, np.inf], rtol=1e-15)


@pytest.mark.parametrize(
    ("caps", "n_choices", "most_terms", "chosen"),
    [
        ([0.5, 0.3, 0.4, 0.2], 2, 99, [0, 2]),
        ([0.5, 0.3, 0.4, 0.2], 9, 99, [0, 2, 1]),  # one is left
        ([0.5, 0.3, 0.4, 0.2], 9, 2, [0]),  # one term, and two more, which are too many
        ([0.4, 0.4 + 2e-13, 0.5, 0.3], 2, 99, [2, 0]),  # equal, once they are rounded
        ([0.4, 0.4 + 2e-13, 0.5, 0.4], 2, 99, [2]),  # all of them: not for a kernel to choose
        ([0.4, 0.4 + 2e-12, 0.5, 0.4], 3, 99, [2, 1]),  # near, not equal
    ],
)
def test_choices_in_a_row(caps, n_choices, most_terms, chosen):
    """By hand: of copies of the target, whose caps are their scores, given a constant column."""
    y = np.repeat([0, 1], 8).astype(np.uint8)
    codes = np.stack([y, y, y, y, np.zeros(16)]).astype(np.uint8)
    cells = CellSums(plug_in, 16)
    nats = Nats(cells.table, K_LOG_K, cells.scale * 16, ROUNDING)
    constant = np.full(5, cells(np.array([8, 8]), axis=0) - cells(np.array([16]), axis=0))
    constant[:4] -= 1 << 40  # whatever they are given, more is left than their caps
    given = Given(y, 2, np.array([4]), constant, np.ones(5), None)
    candidates = Candidates([codes], [2], np.zeros(5, dtype=np.int64), np.arange(5), [1], [None])
    least = Least(np.array([*caps, 9]), np.full(5, np.inf), np.zeros(5, dtype=np.int64))
    limits = Limits(4e-12, 12, n_choices, most_terms)
    _, found = lower_best_first(candidates, given, least, np.arange(4), nats, limits=limits)
    assert found == chosen


@needs_build
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: t[0].codes.__setitem__(0, t[0].codes[0].astype(np.int64)), "unsigned"),
        (lambda t: t[0].codes.__setitem__(0, t[0].codes[0][:, ::2]), "unsigned|samples"),
        (lambda t: t[0].block.__iadd__(1), "block"),
        (lambda t: t[0].place.__iadd__(5), "block"),
        (lambda t: t[1].columns.__isub__(9), "block"),
        (lambda t: t[2].age.__iadd__(9), "terms"),
        (lambda t: t[2].cap.fill(np.nan), "number"),
        (lambda t: t[3].__iadd__(100), "ascend"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(change, says):
    """Where a pointer would leave them."""
    *made, limits = task(np.random.default_rng(0), n=10, d=5, widths=[np.uint8])
    change(made)
    with pytest.raises(ValueError, match=says):
        TWINS["lower_best_first"].compiled(*made, limits=limits)


@needs_build
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda c: c._replace(n_together=[7]), "alone or 32 together; got 7"),
        (lambda c: c._replace(tiles=[c.tiles[0][:-1]]), "tiles of [0-9]+ bytes"),
        (lambda c: c._replace(place=np.full(40, 3)), "place"),
        (lambda c: c._replace(place=c.place + 1), "block"),
    ],
)
def test_strips_that_do_not_fit_are_refused(change, says):
    """More columns than a strip has, too, where each has a place of its own."""
    how = {"widths": [np.uint8], "least": 3, "together": (32,), "is_whole": True}
    candidates, *made, limits = task(np.random.default_rng(0), n=20, d=40, **how)
    made[1].age[:] = 0
    made[1].term[:] = made[1].cap[:] = np.inf
    with pytest.raises(ValueError, match=says):
        TWINS["lower_best_first"].compiled(change(candidates), *made, limits=limits)


def test_a_source_that_cannot_says_so_and_is_searched_all_the_same():
    """Tables of a million levels, or a term that the kernel does not know."""
    rng = np.random.default_rng(0)
    y = DiscreteVariable(rng.integers(0, 2, 50).astype(np.uint8), 2)
    source = counted(rng.integers(0, 3, (4, 50)), y.codes)
    least = Least(np.ones(4), np.full(4, np.inf), np.zeros(4, dtype=np.int64))
    every = np.arange(4)
    assert source.lower("redundancy", [0], every, least, limits=ONE_CHOICE) is None
    wide = CodeTable([DiscreteVariable(rng.integers(0, 9, 50), 5000) for _ in range(4)])
    best_first = BestFirst.of(wide, y, source.estimate)
    assert best_first.lower(source, "joint_relevance", [0], every, least, limits=ONE_CHOICE) is None
    assert (least.age == 0).all()
    information = CountedInformation(wide, y)
    lazy, plain = (
        forward_search(CRITERIA["jmim"](), information, door=FixedLength(3), is_lazy=is_lazy)
        for is_lazy in (True, False)
    )
    assert_array_equal(lazy.order, plain.order)
    assert_array_equal(lazy.score, plain.score)


@pytest.mark.parametrize("name", ["cmim", "jmim"])
@pytest.mark.parametrize("correction", [None, "chance"])
def test_a_source_that_chooses_is_asked_less_often(name, correction):
    """The path is the same as of choices one by one, and every one of them is told."""
    rng = np.random.default_rng(4)
    X, y = rng.integers(0, 4, (60, 300)), rng.integers(0, 3, 300)
    X[:20] = np.where(rng.random((20, 300)) < 0.4, y, X[:20])
    X[30:50] = X[10]
    source, told, paths, asked = counted(X, y, correction), [], [], []
    lower = source.lower

    def search(n_choices):
        def limited(*args, limits):
            asked.append(n_choices)
            return lower(*args, limits=limits._replace(n_choices=min(limits.n_choices, n_choices)))

        source.lower = limited
        door, step = FixedLength(59), lambda: told.append(n_choices)
        return forward_search(CRITERIA[name](), source, door=door, on_step=step)

    paths = [search(n_choices) for n_choices in (0, 3, 99)]
    for path in paths[1:]:
        for field in ("order", "score", "last_score", "is_bound", "tied", "n_tables"):
            assert_array_equal(getattr(path, field), getattr(paths[0], field))
    assert [told.count(n) for n in (0, 3, 99)] == [59] * 3
    assert asked.count(0) == 58 > asked.count(3) > asked.count(99)


@pytest.mark.parametrize("n_classes", [256, 65_536])
def test_classes_that_fill_the_numbers_of_their_states(n_classes):
    """With a constant column selected, states are the classes, as many as bytes tell apart."""
    y = DiscreteVariable(np.arange(n_classes), n_classes)
    x = np.stack([np.zeros(n_classes, dtype=int), y.codes % 3, y.codes % 2])
    table = CodeTable([DiscreteVariable(column, 3) for column in x])
    source = CountedInformation(table, y, correction=None)
    least = Least(np.ones(3), np.full(3, np.inf), np.zeros(3, dtype=np.int64))
    limits = ONE_CHOICE._replace(slack=9.0)
    found = source.lower("conditional_relevance", [0], np.arange(1, 3), least, limits=limits)
    assert found == (2, [])
    np.testing.assert_allclose(least.term[1:], source.relevance()[1:], rtol=1e-14)


def test_searches_of_one_source_may_run_at_once():
    """They share what is known of the selected columns, means by chance among it."""
    rng = np.random.default_rng(5)
    X, y = rng.integers(0, 6, (60, 900)), rng.integers(0, 3, 900)
    X[:20] = np.where(rng.random((20, 900)) < 0.3, y, X[:20])

    def search(source):
        return forward_search(CRITERIA["cmim"](), source, door=FixedLength(10))

    expected = search(counted(X, y, "chance"))
    for _ in range(10):
        source = counted(X, y, "chance")
        source.relevance()
        with ThreadPoolExecutor(3) as pool:
            for found in pool.map(search, [source] * 3):
                assert_array_equal(found.order, expected.order)
                assert_array_equal(found.last_score, expected.last_score)
                assert found.n_tables == expected.n_tables


@pytest.mark.parametrize("name", ["cmim", "jmim"])
@pytest.mark.parametrize("correction", [None, "miller_madow", "chance"])
def test_a_search_takes_the_tables_of_the_best_candidates_alone(name, correction):
    """No more than a search that knew all terms beforehand would look at."""
    rng = np.random.default_rng(3)
    X, y = rng.integers(0, 4, (40, 300)), rng.integers(0, 3, 300)
    X[:10] = np.where(rng.random((10, 300)) < 0.4, y, X[:10])
    source, criterion = counted(X, y, correction), CRITERIA[name]()
    lazy, plain = (
        forward_search(criterion, source, door=FixedLength(12), is_lazy=is_lazy)
        for is_lazy in (True, False)
    )
    assert_array_equal(lazy.order, plain.order)
    assert_array_equal(lazy.score, plain.score)
    assert lazy.n_tables == fewest_tables(criterion, source, plain.order)


def fewest_tables(criterion, source, order):
    """Of each choice: the terms of those whose bound reaches the best score, until it falls."""
    relevance = source.relevance()
    cap = criterion.score(relevance, np.full(len(relevance), np.inf), 1)
    terms, low, age, n = [], np.full(len(cap), np.inf), np.zeros(len(cap), dtype=int), 0
    is_open = np.ones(len(cap), dtype=bool)
    for step, column in enumerate(order[:-1], start=1):
        is_open[column] = False
        term = np.full(len(cap), np.nan)
        for columns, pair in source.pair((column,), is_open):
            term[columns] = criterion.term(pair)
        terms.append(term)
        best = np.minimum(cap, np.min(terms, axis=0))[is_open].max()
        for candidate in np.flatnonzero(is_open):
            while age[candidate] < step and min(cap[candidate], low[candidate]) >= best - 4e-12:
                low[candidate] = min(low[candidate], terms[age[candidate]][candidate])
                age[candidate] += 1
                n += 1
    return n
