"""The cell function F(c) = c log c, less a half: its values, kept and evaluated."""

import numpy as np
import pytest
from scipy.special import xlogy

from mifs._kernels import CellTable
from mifs._kernels.cells import cell_values, evaluated
from mifs.discrete.cells import CellSums, miller_madow, plug_in

COUNTS = np.unique(
    np.concatenate(
        [np.arange(5_000), 2 ** np.arange(52), np.geomspace(1, 2**52, 5_000).astype(np.int64)]
    )
)


@pytest.mark.parametrize("off", [0.0, 0.5])
def test_it_is_that_of_another_library(off):
    """To 1e-15, beside half a unit of the fixed point."""
    scale = 2.0**2  # the one of 2**52 rows
    expected = xlogy(COUNTS, COUNTS) - off * (COUNTS > 0)
    np.testing.assert_allclose(evaluated(COUNTS, off, scale) / scale, expected, 1e-15, 0.5 / scale)
    small = COUNTS[COUNTS < 10**6]  # whose digits all show
    expected = xlogy(small, small) - off * (small > 0)
    np.testing.assert_allclose(evaluated(small, off, 2.0**36) / 2.0**36, expected, 1e-15, 2.0**-37)


@pytest.mark.parametrize("n_counts", [0, 1, 2, 3, 5_000])
@pytest.mark.parametrize("off", [0.0, 0.5])
def test_the_first_values_are_those_of_the_other_library(off, n_counts):
    """Those that a table keeps, for odd numbers of counts too, and for none."""
    counts, scale = np.arange(n_counts), 2.0**36
    found = CellTable.of(n_counts + 1, n_counts, off, scale).values
    expected = xlogy(counts, counts) - off * (counts > 0)
    np.testing.assert_allclose(found / scale, expected, 1e-15, 0.5 / scale)


@pytest.mark.parametrize("cell", [plug_in, miller_madow])
@pytest.mark.parametrize("total", [65_534, 65_535, 65_536, 65_537])
def test_a_table_ends_unnoticed(cell, total):
    """The last count that is kept, the next one, and all samples."""
    sums = CellSums(cell, total)
    counts = np.array([0, 1, 65_534, 65_535, 65_536, total])
    expected = evaluated(counts, cell.off, sums.scale)
    np.testing.assert_array_equal(cell_values(counts, sums.table), expected)
    assert len(sums.table.values) == min(total + 1, 65_536)
    assert (sums.table.steps is not None) == (total < 65_536)


def test_steps_lead_from_each_count_to_the_next():
    values, steps, *_ = CellTable.of(100, 101, 0.5, 2.0**40)
    np.testing.assert_array_equal(values[:-1] + steps[:-1], values[1:])
