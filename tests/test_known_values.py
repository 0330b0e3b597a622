"""Selections and scores that others printed, reproduced to their digits."""

import math

import numpy as np
import pytest
from conftest import counted
from sklearn.datasets import load_breast_cancer, load_iris

import mifs
from mifs.criteria import CRITERIA, MIFS, MRMRQuotient
from mifs.search import FixedLength, forward_search

# Breast cancer in five equal-width bins, plug-in, nats, columns from 1. FEAST (C), praznik 13 (R)
# and a naive script agree; FEAST's README prints three of the lists.
WDBC5 = {
    "mim": (
        "28 8 23 21 3 24 1 7 4 27",
        ".407034 .396539 .371480 .369600 .338058 .328351 .321749 .317797 .302759 .283302",
    ),
    "mifs": (
        "28 24 20 22 15 17 29 14 12 5",
        ".407034 .032903 -.016205 -.038368 -.095681 -.125944 -.144999 -.198414 -.245883 -.301438",
    ),
    "mrmr": (
        "28 24 22 8 27 21 29 4 7 25",
        ".407034 .032903 .037273 .078750 .023015 .042703 .014193 .021969 .019512 -.000936",
    ),
    "jmi": (
        "28 21 8 27 23 24 7 3 1 22",
        ".407034 .500212 .922431 1.356540 1.795970 2.201073 2.580813 2.987559 3.326473 3.673304",
    ),
    "jmim": (
        "28 21 8 27 23 24 3 4 2 7",
        ".407034 .500212 .447135 .433137 .397372 .387358 .372710 .359370 .352076 .350972",
    ),
    "njmim": (
        "28 24 17 21 8 23 4 7 3 27",
        ".407034 .228648 .226553 .198368 .196374 .195952 .194305 .191437 .185239 .181624",
    ),
    "disr": (
        "28 24 14 8 23 7 21 4 17 27",
        ".407034 .228648 .486605 .708362 .882152 1.088144 1.292400 1.455766 1.646597 1.820971",
    ),
    "cmim": (
        "28 21 2 8 22 23 7 27 29 24",
        ".407034 .093178 .044103 .040101 .032968 .027772 .027414 .026103 .019438 .017758",
    ),
    "cmi": (
        "28 21 22 8 29 12 10 25 9 4",
        ".407034 .093178 .053886 .025989 .020601 .022709 .013577 .008724 .008826 .003356",
    ),
    "cife": (
        "28 21 10 30 20 15 25 19 12 16",
        ".407034 .093178 .073547 .071137 .059337 .052442 .062521 .056279 .063044 .071687",
    ),
    "icap": (
        "28 21 30 19 15 10 20 12 17 16",
        ".407034 .093178 .015675 .009943 .009571 .004555 .002805 .002490 .001945 -.001013",
    ),
    "condred": (
        "28 8 7 6 27 26 16 18 30 10",
        ".407034 .598533 .742622 .893035 1.010466 1.115787 .901105 1.020476 1.067172 1.264905",
    ),
}
LAST_DIGIT = 5.1e-7  # of numbers printed to six decimals


def _numbers(text):
    return np.array([float(word) for word in text.split()])


@pytest.mark.parametrize("name", WDBC5)
def test_breast_cancer_in_five_bins_gives_the_published_selection(name, wdbc5):
    """Selections and scores to the six decimals that are printed."""
    X, y = wdbc5
    columns, scores = WDBC5[name]
    path = forward_search(CRITERIA[name](), counted(X.T, y), door=FixedLength(10))
    np.testing.assert_array_equal(path.order + 1, _numbers(columns))
    np.testing.assert_allclose(path.score, _numbers(scores), rtol=0, atol=LAST_DIGIT)


@pytest.mark.parametrize("name", WDBC5)
def test_the_public_selector_gives_the_same_selection_from_the_raw_table(name):
    """Binning, counting and search together, through the public face."""
    columns, scores = WDBC5[name]
    plug_in = mifs.BinnedMI(n_bins=5, strategy="uniform", correction=None)
    selector = mifs.MutualInfoSelector(name, 10, mi_estimator=plug_in)
    selector.fit(*load_breast_cancer(return_X_y=True))
    np.testing.assert_array_equal(selector.selected_ + 1, _numbers(columns))
    np.testing.assert_allclose(selector.scores_, _numbers(scores), rtol=0, atol=LAST_DIGIT)


def test_a_smaller_beta_gives_the_published_selection(wdbc5):
    """MIFS with beta 0.7, as FEAST's README runs it."""
    X, y = wdbc5
    path = forward_search(MIFS(beta=0.7), counted(X.T, y), door=FixedLength(10))
    np.testing.assert_array_equal(path.order + 1, _numbers("28 24 22 20 29 15 17 14 12 5"))
    scores = ".407034 .121538 .010518 -.016629 -.059661 -.071572 -.094873 -.122522 -.171371"
    np.testing.assert_allclose(path.score[:9], _numbers(scores), rtol=0, atol=LAST_DIGIT)


def test_the_form_of_brown_is_the_same_up_to_a_constant(wdbc5):
    """sum_W I(X, W; Y) = sum_W I(W; Y) + |S| J_Brown(X): the printed row of that form."""
    X, y = wdbc5
    path = forward_search(CRITERIA["jmi"](), counted(X.T, y), door=FixedLength(10))
    before = np.cumsum(path.relevance)[:-1]
    brown = (path.score[1:] - before) / np.arange(1, 10)
    printed = ".093178 .072899 .061122 .084874 .074624 .070751 .073351 .064289 .059933"
    np.testing.assert_allclose(brown, _numbers(printed), rtol=0, atol=LAST_DIGIT)


def test_the_quotient_gives_the_selection_with_a_guard_of_a_ten_thousandth_bit(wdbc5):
    """I(X; Y) / (mean redundancy + 0.0001 bit); a ratio is the same in nats and in bits."""
    X, y = wdbc5
    path = forward_search(MRMRQuotient(), counted(X.T, y), door=FixedLength(10))
    np.testing.assert_array_equal(path.order + 1, _numbers("28 2 24 29 8 23 27 1 7 25"))
    printed = _numbers("1.384984 1.845213 1.403893 1.538950")
    np.testing.assert_allclose(path.score[1:5], printed, rtol=0, atol=LAST_DIGIT)


# Five rows, S = {1, 2}, candidates 0, 3, 4, nats (the doctests of ITMO_FS).
FIVE_ROWS = [(1, 2, 3, 3, 1), (2, 2, 3, 3, 2), (1, 3, 3, 1, 3), (3, 1, 3, 1, 4), (4, 4, 3, 1, 5)]
FIVE_ROWS_SCORES = {
    "mim": "1.332179 .673012 1.609438",
    "mrmr": ".804719 .336506 .943348",
    "jmim": "1.332179 .673012 1.609438",
    "njmim": ".827729 .418166 1",
    "cife": ".277259 0 .277259",
    "cmim": ".277259 0 .277259",
    "icap": ".277259 0 .277259",
    "dcsf": ".831777 .659167 .554518",
    "cfr": ".554518 0 .554518",
    "mri": ".628899 .224337 .721319",
    "iwfs": "1.082404 1.110333 1.042685",
}


@pytest.mark.parametrize("name", FIVE_ROWS_SCORES)
def test_five_rows_give_the_scores_of_an_independent_program(name):
    """Scores of three candidates beside two selected columns, to six decimals."""
    source = counted(np.array(FIVE_ROWS).T, range(5))
    scores = _scores_beside(source, CRITERIA[name](), selected=(1, 2), candidates=[0, 3, 4])
    np.testing.assert_allclose(scores, _numbers(FIVE_ROWS_SCORES[name]), rtol=0, atol=LAST_DIGIT)


def test_five_rows_with_a_smaller_beta():
    """MIFS with beta 0.4 on the same rows."""
    source = counted(np.array(FIVE_ROWS).T, range(5))
    scores = _scores_beside(source, MIFS(beta=0.4), selected=(1, 2), candidates=[0, 3, 4])
    printed = _numbers(".910211 .403807 1.076566")
    np.testing.assert_allclose(scores, printed, rtol=0, atol=LAST_DIGIT)


def _scores_beside(source, criterion, *, selected, candidates):
    """Fold the terms of some selected columns and score some candidates."""
    mask = np.zeros(source.n_features, dtype=bool)
    mask[candidates] = True
    folded = None
    for column in selected:
        term = np.full(source.n_features, np.nan)
        for columns, pair in source.pair((column,), mask):
            term[columns] = criterion.term(pair)
        folded = term if folded is None else criterion.fold(folded, term)
    return criterion.score(source.relevance(), folded, len(selected))[candidates]


def test_iris_in_ten_cells_gives_the_selections_of_praznik():
    """JMI, DISR, JMIM, mRMR and CMIM on iris, cut as R cuts: a value on an edge lies below it."""
    X, y = load_iris(return_X_y=True)
    edges = np.linspace(X.min(axis=0), X.max(axis=0), 11)[1:-1]
    source = counted([np.searchsorted(e, x) for e, x in zip(edges.T, X.T, strict=True)], y)
    rows = {
        "jmi": ("4 1 3 2", ".989368 1.040134 2.021127 2.812842"),
        "disr": ("4 3 1 2", ".989368 .346002 .590706 .783227"),
        "jmim": ("4 1 3 2", ".989368 1.040134 .988064 .831370"),
        "mrmr": ("4 3 2 1", ".989368 -.153686 -.242268 -.198697"),
        "cmim": ("4 1 3 2", ".989368 .050766 .043696 .024464"),
    }
    for name, (columns, scores) in rows.items():
        path = forward_search(CRITERIA[name](), source, door=FixedLength(4))
        np.testing.assert_array_equal(path.order + 1, _numbers(columns), err_msg=name)
        np.testing.assert_allclose(path.score, _numbers(scores), rtol=0, atol=LAST_DIGIT)


# MadelonD of praznik, plug-in, nats, columns from 1: praznik 13, and FEAST where it has the row.
MADELON_D = {
    "mim": (
        "242 476 106 339 129 337 65 473 443 454 379 494 49 434 304 282 283 11 446 33",
        ".032297 .029671 .028152 .026348 .024573 .022396 .021167 .014948 .013504 .009003 .008502 "
        ".008311 .008254 .006312 .006171 .006090 .005676 .005271 .005247 .005176",
    ),
    "cmi": (
        "242 339 379 319 321 250 2",
        ".032297 .071364 .155856 .255215 .138063 .036886 .003466",
    ),
    "mrmr": (
        "242 405 277 303 106 91 424 33 229 453 11 333 468 279 310 338 409 283 132 434",
        ".032297 -.007474 -.004950 -.004681 -.004713 -.005611 -.005569 -.006574 -.007189 -.006715 "
        "-.007476 -.008149 -.008153 -.008326 -.008655 -.008918 -.009144 -.009421 -.009526 -.009664",
    ),
    "cmim": (
        "242 106 339 337 473 454 379 129 494 434 65 304 49 283 11 476 446 33 236 330",
        ".032297 .028152 .026348 .021784 .014948 .009003 .008502 .007338 .007126 .006312 .006284 "
        ".006171 .005965 .005676 .005271 .005270 .005247 .005176 .005084 .004999",
    ),
    "jmi": (
        "242 339 379 106 473 476 434 65 129 443 454 337 49 282 494 319 154 29 452 456",
        ".032297 .103662 .173233 .226085 .305018 .375770 .435739 .487056 .572458 .627751 .663469 "
        ".722976 .763687 .788709 .826025 .854463 .876685 .901022 .908487 .789136",
    ),
    "disr": (
        "242 339 106 476 473 129 65 443 337 454 49 434 379 282 494 154 452 319 29 456",
        ".032297 .025201 .042174 .055277 .073894 .090319 .110203 .117491 .132036 .145974 .152558 "
        ".170529 .175698 .186232 .193752 .197883 .205731 .207916 .208314 .185456",
    ),
    "jmim": (
        "242 339 106 454 319 337 282 379 443 476 129 358 65 304 347 251 39 318 430 427",
        ".032297 .103662 .075896 .066074 .058861 .054081 .044872 .040982 .039289 .037568 .035490 "
        ".030298 .028680 .027193 .026933 .026714 .025805 .025766 .025137 .024721",
    ),
    "njmim": (
        "242 339 106 454 473 337 49 476 434 129 65 319 456 443 304 251 54 272 92 137",
        ".032297 .025201 .019365 .015481 .013787 .013344 .012264 .011935 .011844 .011420 .008748 "
        ".007991 .006681 .006170 .006013 .005985 .005907 .005606 .005606 .005578",
    ),
    "mifs": (
        "242 405 277 91 424 333 229 274 33 310 132 24 174 453 190 107 89 298 486 468",
        None,
    ),
    "cife": (
        "242 339 379 434 49 443 154 454 106 282 476 452 473 65 494 29 129 319 337 456",
        None,
    ),
    "icap": (
        "242 106 339 337 473 454 379 129 494 434 304 49 283 11 446 33 236 330 368 430",
        None,
    ),
    "condred": (
        "242 476 65 337 339 129 106 456 443 473 454 494 452 29 319 434 154 282 379 49",
        None,
    ),
}
LAST_SCORES_IN_BITS = {"mifs": -0.354482, "cife": 0.677731, "icap": 0.007168, "condred": 4.239088}


@pytest.mark.parametrize("name", MADELON_D)
def test_madelon_gives_the_published_selection(name, shared):
    """Twenty of 500 columns of MadelonD."""
    X, y = shared("madelon_d")
    columns, scores = MADELON_D[name]
    n_features = len(columns.split())
    path = forward_search(CRITERIA[name](), counted(X.T, y), door=FixedLength(n_features))
    np.testing.assert_array_equal(path.order + 1, _numbers(columns))
    if scores is not None:
        np.testing.assert_allclose(path.score, _numbers(scores), rtol=0, atol=LAST_DIGIT)
    else:
        last = path.score[-1] / math.log(2)
        assert last == pytest.approx(LAST_SCORES_IN_BITS[name], abs=LAST_DIGIT)


def test_the_joint_state_of_madelon_saturates_after_seven_columns_and_the_path_says_so(shared):
    """Where praznik stops, all scores are zero: the rest follows in the order of columns."""
    X, y = shared("madelon_d")
    path = forward_search(CRITERIA["cmi"](), counted(X.T, y), door=FixedLength(9))
    np.testing.assert_array_equal(np.flatnonzero(path.tied), [7, 8])
    np.testing.assert_array_equal(path.order[7:], [0, 2])
    assert "could not tell them apart" in path.ended


# Peng's three-state microarrays, columns from 1, bits.
MICROARRAYS = {
    "colon_s3": (
        "765 1582 1672 513 1671 1325 1381 1972 1423 1412",
        ".375 .172 .081 .137 .058 .077 .072 .077 .093 .066",
    ),
    "lung_s3": (
        "23 126 244 133 243 30 151 167 19 270",
        ".773 .555 .567 .533 .538 .565 .531 .515 .500 .483",
    ),
}


@pytest.mark.parametrize("name", MICROARRAYS)
def test_microarrays_give_the_published_selection_of_mrmr(name, shared):
    """The difference form, as FEAST, the Spark package and fast-mRMR print it."""
    X, y = shared(name)
    columns, bits = MICROARRAYS[name]
    path = forward_search(CRITERIA["mrmr"](), counted(X.T, y), door=FixedLength(10))
    np.testing.assert_array_equal(path.order + 1, _numbers(columns))
    np.testing.assert_allclose(path.score / math.log(2), _numbers(bits), rtol=0, atol=5.1e-4)


def test_colon_gives_the_published_quotients(shared):
    """I(X; Y) / (mean redundancy + 0.0001 bit), as pymrmr prints it.

    Peng's own program looks at the 500 columns of highest relevance and no others: there 287 is
    second.
    """
    X, y = shared("colon_s3")
    source = counted(X.T, y)
    path = forward_search(MRMRQuotient(), source, door=FixedLength(10))
    np.testing.assert_array_equal(
        path.order + 1, _numbers("765 1123 1772 286 467 377 513 1325 1972 1412")
    )
    printed = _numbers("24.913 3.984 2.280 1.979 1.768 1.803 1.634 1.741 1.689")
    np.testing.assert_allclose(path.score[1:], printed, rtol=0, atol=5.1e-4)
    pool = np.zeros(source.n_features, dtype=bool)
    pool[np.argsort(-source.relevance(), kind="stable")[:500]] = True
    of_pool = forward_search(MRMRQuotient(), source, door=FixedLength(2), candidates=pool)
    assert of_pool.order[1] + 1 == 287


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("jmi", "765 802 346 1423 1473 267 1412 897 780 245"),
        ("cmim", "765 1582 1892 1381 513 897 1058 1423 467 1972"),
        ("disr", "765 802 1423 1208 267 245 1772 513 1892 249"),
    ],
)
def test_colon_gives_the_selections_of_feast(name, columns, shared):
    """Ten of 2000 columns of 62 rows."""
    X, y = shared("colon_s3")
    path = forward_search(CRITERIA[name](), counted(X.T, y), door=FixedLength(10))
    np.testing.assert_array_equal(path.order + 1, _numbers(columns))


# 160 rows of four balanced bits, y = x1 xor x3: no column tells anything alone.
XOR_ORDERS = {"mim": [0, 1, 2], "mrmr": [0, 1, 2], "cmim": [0, 1, 2], "icap": [0, 1, 2]}


@pytest.mark.parametrize("name", CRITERIA)
@pytest.mark.parametrize("correction", [None, "chance"])
def test_balanced_parity_gives_distinct_columns_and_a_reason(name, correction):
    """No duplicates, no empty selection, and the path says that the start was a tie."""
    bits = np.array([[i >> j & 1 for j in range(4)] for i in range(16)] * 10)
    source = counted(bits.T, bits[:, 1] ^ bits[:, 3], correction)
    path = forward_search(CRITERIA[name](), source, door=FixedLength(3))
    assert len(set(path.order)) == 3
    assert path.tied[0]
    assert "could not tell them apart" in path.ended
    if correction is None:
        np.testing.assert_array_equal(path.order, XOR_ORDERS.get(name, path.order))


def test_parity_is_recognised_once_its_first_half_is_chosen():
    """CIFE chooses 0, 1, 3 and its last score is one bit, as FEAST's."""
    bits = np.array([[i >> j & 1 for j in range(4)] for i in range(16)] * 10)
    path = forward_search(
        CRITERIA["cife"](), counted(bits.T, bits[:, 1] ^ bits[:, 3]), door=FixedLength(3)
    )
    np.testing.assert_array_equal(path.order, [0, 1, 3])
    assert path.score[-1] == pytest.approx(math.log(2), abs=1e-12)
