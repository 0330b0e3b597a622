"""Units of information, nats inside, `base` and `unit` at the doors; how p-values are written."""

import math
from numbers import Real

LEAST_PVALUE = 1e-300  # below it a p-value is written as such: most of them underflow to zero

UNITS: dict[str, float | None] = {"nats": None, "bits": 2.0, "hartleys": 10.0}


def nats_per_unit(base: float | None) -> float:
    """Size of one unit of information in nats.

    Parameters
    ----------
    base : float or None
        Base of the logarithm: ``None`` for nats, 2 for bits, 10 for hartleys, or any
        other number above 1.

    Returns
    -------
    float
        ``log(base)``, or 1 for nats. Divide nats by it.

    Raises
    ------
    ValueError
        If `base` is not a finite number above 1.

    Examples
    --------
    One bit is log 2 = 0.693 nats:

    >>> round(nats_per_unit(2), 6)
    0.693147
    """
    if base is None:
        return 1.0
    if not isinstance(base, Real) or not 1.0 < base < math.inf:
        msg = "base must be a number above 1 (2 for bits, 10 for hartleys), or None for nats; "
        msg += f"got {base!r}."
        raise ValueError(msg)
    return math.log(base)


def base_of_unit(unit: str) -> float | None:
    """Logarithm base that a unit's name stands for.

    Parameters
    ----------
    unit : {"nats", "bits", "hartleys"}
        Name of the unit.

    Returns
    -------
    float or None
        2 for bits, 10 for hartleys, None for nats.

    Raises
    ------
    ValueError
        If the name is none of the three.

    Examples
    --------
    >>> base_of_unit("bits")
    2.0
    """
    if unit not in UNITS:
        msg = f"unit must be one of {', '.join(map(repr, UNITS))}; got {unit!r}."
        raise ValueError(msg)
    return UNITS[unit]


def pvalue_text(value: float, spec: str = ".2g") -> str:
    """Write a p-value.

    Parameters
    ----------
    value : float
        Between 0 and 1.
    spec : str, default=".2g"
        Its form, as in `format`.

    Returns
    -------
    str
        The number, or "<1e-300".

    Examples
    --------
    >>> pvalue_text(0.01234), pvalue_text(0.0)
    ('0.012', '<1e-300')
    """
    return f"<{LEAST_PVALUE}" if value < LEAST_PVALUE else format(value, spec)


def pvalue_words(value: float) -> str:
    """Write a p-value within a sentence.

    Parameters
    ----------
    value : float
        Between 0 and 1.

    Returns
    -------
    str
        Such as "p = 0.012" or "p < 1e-300".

    Examples
    --------
    >>> pvalue_words(0.01234), pvalue_words(0.0)
    ('p = 0.012', 'p < 1e-300')
    """
    text = pvalue_text(value)
    return f"p < {text[1:]}" if text.startswith("<") else f"p = {text}"
