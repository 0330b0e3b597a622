"""What is known of a column of numbers after one pass over it."""

from typing import NamedTuple

import numpy as np

from mifs._kernels.binning import HUGE, column_facts, look_keys, whole_numbers_met
from mifs._typing import AnyArray, BoolArray, FloatArray

SMALL_TABLE = 1 << 12  # whole numbers that are looked up in a table however few rows there are


class Facts(NamedTuple):
    """Of one column. `low` and `high` are rounded to floats, and leave NaN out."""

    n_nan: int
    n_infinite: int
    is_whole: bool
    low: float
    high: float
    look: int  # equal for equal columns

    def has_table(self, n_samples: int) -> bool:
        """Whether a table of all whole numbers from low to high costs less than a sort."""
        is_exact = self.is_whole and self.low > -HUGE and self.high < HUGE and self.n_nan == 0
        return is_exact and 0 <= self.high - self.low < max(n_samples, SMALL_TABLE)


def facts_of_table(table: AnyArray) -> list[Facts] | None:
    """Facts of the columns of an array of floats of 64 bits, in one pass; None of others."""
    if table.dtype != np.float64:
        return None
    return [Facts(*fact) for fact in column_facts(table.T, look_keys())]


def facts_of(values: AnyArray, is_missing: BoolArray | None = None) -> Facts:
    """Facts of one column of numbers; what is missing counts as NaN."""
    floats = values.astype(np.float64, copy=is_missing is not None)
    if is_missing is not None:
        floats[is_missing] = np.nan
    facts = Facts(*column_facts(floats[None], look_keys())[0])
    if values.dtype.itemsize > floats.dtype.itemsize:  # a fraction may be a whole float
        present = values if is_missing is None else values[~is_missing]
        return facts._replace(is_whole=bool((present == np.floor(present)).all()))
    return facts


def exact_floats(values: AnyArray, facts: Facts | None = None) -> FloatArray | None:
    """Numbers as floats of 64 bits, or None where two different ones might become equal."""
    if values.dtype.kind not in "fiub" or values.dtype.itemsize > 8:
        return None
    if values.dtype.kind in "iu" and values.dtype.itemsize == 8 and len(values):
        low, high = (facts.low, facts.high) if facts else (values.min(), values.max())
        if not (float(low) > -HUGE and float(high) < HUGE):
            return None
    return values.astype(np.float64, copy=False)


def n_distinct(values: AnyArray, facts: Facts) -> int:
    """How many different whole numbers there are; none of them is missing."""
    facts = facts._replace(n_nan=0)  # of the column, and left out of the values
    floats = exact_floats(values, facts) if facts.has_table(len(values)) else None
    if floats is None:
        return len(np.unique(values))
    return int(np.count_nonzero(whole_numbers_met(floats, facts.low, facts.high)))
