"""What the correction for chance does to a selection, at the sizes of the study.

Five relevant binary columns agree with a fair coin y with probability .80 to .68; fifteen
irrelevant columns are uniform on L levels; the order of columns is random. The numbers are the
share of relevant columns among the first five, averaged over data sets.
"""

import numpy as np
import pytest
from conftest import counted

from mifs.criteria import CRITERIA
from mifs.search import FixedLength, forward_search

AGREEMENT = (0.80, 0.76, 0.72, 0.70, 0.68)
SIZES = ((150, 10), (150, 30), (300, 10), (300, 30), (1000, 30))

# Bars of the study (its means less three standard errors and more), 40 data sets each.
BARS = {
    "jmi": (0.87, 0.85, 0.97, 0.96, 0.98),
    "cmim": (0.90, 0.90, 0.97, 0.96, 0.98),
    "mim": (0.90, 0.86, 0.97, 0.96, 0.98),
    "mrmr": (0.89, 0.81, 0.97, 0.94, 0.98),
    "jmim": (0.85, 0.83, 0.96, 0.95, 0.98),
    "disr": (0.97, 0.97, 0.97, 0.97, 0.97),
    "njmim": (0.97, 0.97, 0.97, 0.97, 0.97),
    "icap": (0.70, 0.67, 0.72, 0.74, 0.82),
    "cife": (0.45, 0.45, 0.50, 0.52, 0.66),
}


def data_set(rng, n, levels):
    """Return columns, target, and which columns are relevant."""
    y = rng.integers(0, 2, n)
    relevant = [np.where(rng.random(n) < share, y, 1 - y) for share in AGREEMENT]
    irrelevant = [rng.integers(0, levels, n) for _ in range(15)]
    order = rng.permutation(20)
    return [(relevant + irrelevant)[column] for column in order], y, order < len(relevant)


def share_of_relevant(name, correction, n, levels, n_sets=40):
    """Mean share of relevant columns among the first five."""
    rng = np.random.default_rng(n + levels)
    shares = []
    for _ in range(n_sets):
        columns, y, is_relevant = data_set(rng, n, levels)
        path = forward_search(
            CRITERIA[name](), counted(columns, y, correction), door=FixedLength(len(AGREEMENT))
        )
        shares.append(is_relevant[path.order].mean())
    return float(np.mean(shares))


@pytest.mark.parametrize("name", BARS)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_corrected_criteria_find_what_the_study_found(name, size):
    assert share_of_relevant(name, "chance", *size) >= BARS[name][SIZES.index(size)]


@pytest.mark.parametrize("size", [(150, 2), (300, 2), (150, 10), (300, 30)], ids=str)
def test_the_corrected_quotient_finds_what_the_study_found(size):
    assert share_of_relevant("mrmr_quotient", "chance", *size) >= 0.95


@pytest.mark.parametrize(("size", "bar"), [((150, 10), 0.45), ((150, 30), 0.20), ((300, 30), 0.25)])
def test_the_plug_in_is_poor_beside_columns_of_many_levels(size, bar):
    """Shows that the option does something."""
    assert share_of_relevant("jmi", None, *size) <= bar


@pytest.mark.parametrize("name", CRITERIA)
def test_an_identifier_is_never_chosen_before_a_relevant_column(name):
    """Plug-in information would put it first: it tells all of y."""
    rng = np.random.default_rng(0)
    columns, y, is_relevant = data_set(rng, 400, 5)
    columns = [np.arange(400), *(c for c, keep in zip(columns, is_relevant, strict=True) if keep)]
    source = counted(columns, y, "chance")
    assert source.relevance()[0] == pytest.approx(0, abs=1e-12)
    path = forward_search(CRITERIA[name](), source, door=FixedLength(6))
    assert path.order[-1] == 0
