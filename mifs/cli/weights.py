"""How often each row counts, as a column of the file says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import numpy as np

from mifs.cli.faults import DataError

if TYPE_CHECKING:
    import pandas as pd

MEANING = "A weight says how often a row counts; 0 leaves it out."


def weight_of(values: pd.Series, source: str, *, is_auto: bool) -> pd.Series:
    """Return the weights of rows as floats; raise where they are none.

    The tests of `--n-features auto`, `is_auto`, know whole numbers alone.
    """
    # Not at the top: the help would wait for it.
    import pandas as pd  # noqa: PLC0415

    def refuse(wrong: pd.Series, what: str, advice: str = MEANING) -> NoReturn:
        row = int(wrong.to_numpy().argmax())
        value = what.format(str(values.iloc[row]))
        msg = f"{source}: --weight names {values.name!r}, which {value} in row {row}. {advice}"
        raise DataError(msg)

    if values.isna().any():
        refuse(values.isna(), "is missing")
    is_dated = values.dtype.kind in "mM"
    read = pd.to_numeric(values.astype(str) if is_dated else values, errors="coerce")
    if read.isna().any():
        refuse(read.isna(), "is {!r}, no number,")
    numbers = read.astype(np.float64)
    if np.isinf(numbers).any():
        refuse(np.isinf(numbers), "is infinite")
    if (numbers < 0).any():
        refuse(numbers < 0, "is {}, below 0,")
    if not numbers.any():
        msg = f"{source}: --weight names {values.name!r}, which is 0 in all rows. {MEANING}"
        raise DataError(msg)
    is_fraction = numbers != np.floor(numbers)
    if is_auto and is_fraction.any():
        advice = "--n-features auto tests by counting rows, and takes whole numbers alone: say how "
        advice += "many columns to select, as by --n-features 10, or give counts of rows."
        refuse(is_fraction, "is {}, a fraction,", advice)
    return numbers
