from dataclasses import dataclass

import numpy as np
import pytest
from conftest import counted

from mifs.criteria import CRITERIA, JMI, MIM, MRMR
from mifs.search import FixedLength, best_of, forward_search
from mifs.standing import rounded


def _mixed(seed=0, n=300, d=25):
    """Columns of several level counts, some relevant, some copies."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n)
    X = rng.integers(0, 6, (d, n))
    for column in range(0, d, 4):
        X[column] = np.where(rng.random(n) < 0.6, y, X[column])
    X[5] = X[0]
    return X, y


@pytest.mark.parametrize("name", CRITERIA)
def test_a_path_is_nested(name):
    """The first k columns of a path are the path of length k."""
    X, y = _mixed()
    source = counted(X, y, "chance")
    longer = forward_search(CRITERIA[name](), source, door=FixedLength(12))
    shorter = forward_search(CRITERIA[name](), source, door=FixedLength(5))
    np.testing.assert_array_equal(longer.order[:5], shorter.order)
    np.testing.assert_array_equal(longer.score[:5], shorter.score)
    np.testing.assert_array_equal(longer.redundancy[:5], shorter.redundancy)


@pytest.mark.parametrize("name", CRITERIA)
@pytest.mark.parametrize("correction", [None, "chance"])
def test_selection_ignores_the_order_of_rows_and_columns(name, correction):
    """Same columns, same scores to the last bit, wherever no two columns tie."""
    X, y = _mixed()
    X = np.delete(X, 5, axis=0)  # the copy ties with its original
    rng = np.random.default_rng(1)
    rows, columns = rng.permutation(X.shape[1]), rng.permutation(len(X))
    plain = forward_search(CRITERIA[name](), counted(X, y, correction), door=FixedLength(8))
    moved = forward_search(
        CRITERIA[name](), counted(X[columns][:, rows], y[rows], correction), door=FixedLength(8)
    )
    n_told_apart = 8 if name != "cmi" else 4  # then the joint states leave it nothing
    assert not plain.tied[:n_told_apart].any()
    order, score = columns[moved.order], moved.score
    np.testing.assert_array_equal(order[:n_told_apart], plain.order[:n_told_apart])
    np.testing.assert_array_equal(score[:n_told_apart], plain.score[:n_told_apart])


@pytest.mark.parametrize("name", CRITERIA)
def test_relabelled_twins_tie_and_the_first_is_chosen(name):
    """A column and the same with other labels score the same bits."""
    X, y = _mixed()
    twin = np.random.default_rng(2).permutation(6)[X[0]]
    X = np.vstack([X[1:4], twin, X[0]])
    source = counted(X, y, "chance")
    assert source.relevance()[3] == source.relevance()[4]
    path = forward_search(CRITERIA[name](), source, door=FixedLength(5))
    position = list(path.order)
    assert position.index(3) < position.index(4)


@pytest.mark.parametrize("name", CRITERIA)
@pytest.mark.parametrize("correction", [None, "miller_madow", "chance"])
def test_constant_columns_give_the_order_of_columns_and_a_reason(name, correction):
    """Nothing to choose by: never a duplicate, never an empty selection."""
    path = forward_search(
        CRITERIA[name](), counted(np.ones((4, 30)), [0, 1] * 15, correction), door=FixedLength(4)
    )
    np.testing.assert_array_equal(path.order, [0, 1, 2, 3])
    np.testing.assert_array_equal(path.tied, [True, True, True, False])
    assert path.ended.startswith("4 columns chosen: none is left. At steps 1, 2, 3 all candidates")


def test_included_columns_come_first_in_their_order_and_count():
    """The search goes on from them as if it had chosen them."""
    X, y = _mixed()
    path = forward_search(JMI(), counted(X, y), door=FixedLength(6), include=(7, 3))
    assert list(path.order[:2]) == [7, 3]
    assert len(set(path.order)) == 6
    assert not path.tied.any()


def test_columns_outside_the_mask_are_never_chosen():
    """Nor do they get a score."""
    X, y = _mixed()
    mask = np.arange(25) % 2 == 1
    path = forward_search(MRMR(), counted(X, y), door=FixedLength(12), candidates=mask)
    assert (path.order % 2 == 1).all()
    assert np.isnan(path.last_score[~mask]).all()
    assert path.ended == "12 columns chosen: none is left."


def test_the_redundancies_of_a_path_are_means_over_the_columns_before():
    """By definition, of the estimate that scores."""
    X, y = _mixed()
    source = counted(X, y, "chance")
    path = forward_search(JMI(), source, door=FixedLength(5))
    for step in range(1, 5):
        mask = np.arange(25) == path.order[step]
        terms = [pair for w in path.order[:step] for _, pair in source.pair((int(w),), mask)]
        expected = np.mean([pair.redundancy for pair in terms])
        given_y = np.mean([pair.conditional_redundancy for pair in terms])
        assert path.redundancy[step] == pytest.approx(expected, abs=1e-15)
        assert path.conditional_redundancy[step] == pytest.approx(given_y, abs=1e-15)
    assert np.isnan(path.redundancy[0])
    assert np.isnan(forward_search(MIM(), source, door=FixedLength(3)).redundancy).all()


def test_every_step_is_told():
    """For progress bars."""
    told = []
    X, y = _mixed()
    forward_search(MIM(), counted(X, y), door=FixedLength(3), on_step=lambda: told.append(1))
    assert len(told) == 3


@dataclass
class GaussianInformation:
    """A source of one's own: normal variables, whose information is in their correlations."""

    correlation: np.ndarray  # of all columns and, last, the target
    is_corrected = False

    @property
    def n_features(self):
        return len(self.correlation) - 1

    def relevance(self):
        return self._information(self.correlation[:-1, -1])

    def pair(self, selected, candidates):
        (w,) = selected
        columns = np.flatnonzero(candidates)
        yield columns, GaussianTerms(self, columns, w)

    @staticmethod
    def _information(correlation):
        return -0.5 * np.log(1 - correlation**2)


@dataclass
class GaussianTerms:
    """Terms of some candidates with one selected column."""

    source: GaussianInformation
    columns: np.ndarray
    w: int

    @property
    def redundancy(self):
        return self.source._information(self.source.correlation[self.columns, self.w])

    @property
    def conditional_redundancy(self):
        r = self.source.correlation
        xy, wy = r[self.columns, -1], r[self.w, -1]
        partial = (r[self.columns, self.w] - xy * wy) / np.sqrt((1 - xy**2) * (1 - wy**2))
        return self.source._information(partial)


def test_a_source_of_your_own_is_searched_like_any_other():
    """Forty lines; mRMR prefers the weaker but new column to the near copy."""
    r = np.array([[1, 0.95, 0, 0.7], [0.95, 1, 0, 0.65], [0, 0, 1, 0.4], [0.7, 0.65, 0.4, 1]])
    path = forward_search(MRMR(), GaussianInformation(r), door=FixedLength(3))
    np.testing.assert_array_equal(path.order, [0, 2, 1])
    assert path.score[0] == pytest.approx(-0.5 * np.log(1 - 0.49))
    assert path.score[1] == pytest.approx(-0.5 * np.log(1 - 0.16))


class HugeJMI(JMI):
    """JMI with scores near the largest float, which cannot be rounded to 1e-12."""

    def score(self, relevance, folded, n_selected):
        return 2.0**990 * folded


@pytest.mark.filterwarnings("error")
def test_scores_near_the_largest_float_are_compared_without_overflow():
    X, y = _mixed()
    huge = forward_search(HugeJMI(), counted(X, y), door=FixedLength(8))
    plain = forward_search(JMI(), counted(X, y), door=FixedLength(8))
    np.testing.assert_array_equal(huge.order, plain.order)
    np.testing.assert_array_equal(huge.tied, plain.tied)
    assert huge.score[-1] > 1e297
    assert best_of(np.array([1e300, 2e300, -np.inf]), np.ones(3, dtype=bool)) == 1
    scores = np.array([1e300, -1e300, np.inf, np.nan, 0.1 + 4e-13])
    np.testing.assert_array_equal(rounded(scores), [1e300, -1e300, np.inf, np.nan, 0.1])
