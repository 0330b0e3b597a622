"""How much selections agree: Kuncheva's index, and Nogueira's measure with its interval."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from mifs._typing import ArrayLike, BoolArray, FloatArray


@dataclass(frozen=True)
class Stability:
    """How much selections agree; 1 if all are the same, 0 on average if they are random.

    Attributes
    ----------
    nogueira : float
        Nogueira's measure, at most 1; nan where nothing or everything is always selected.
    standard_error : float
        Of it, from the spread over resamples.
    interval : tuple of two floats
        Its confidence interval, cut at 1.
    confidence_level : float
        Of the interval.
    kuncheva : float
        Mean of Kuncheva's index over all pairs; nan where the selections differ in size.
    n_resamples : int
        Selections that were compared.
    """

    nogueira: float
    standard_error: float
    interval: tuple[float, float]
    confidence_level: float
    kuncheva: float
    n_resamples: int

    def __repr__(self) -> str:
        """Say the measure and its interval."""
        low, high = self.interval
        return f"Stability({self.nogueira:.2f}, {low:.2f} to {high:.2f})"


def stability_of(
    selections: ArrayLike, *, confidence_level: float = 0.95, n_together: int = 1
) -> Stability:
    r"""Agreement of several selections from the same columns, corrected for chance.

    Parameters
    ----------
    selections : array-like of bool, shape (n_resamples, n_features)
        Whether each resample selected each column; at least two rows.
    confidence_level : float, default=0.95
        Of the interval, within (0, 1).
    n_together : int, default=1
        How many rows that follow each other were drawn together, such as 2 for complementary
        pairs. They count as one draw in the standard error; it divides the number of rows.

    Returns
    -------
    Stability
        Without a unit. Nogueira's measure is at least -1 / (n_resamples - 1) and at most 1.

    Raises
    ------
    ValueError
        If `selections` is no table of truth values with two rows, or an option is out of range.

    Notes
    -----
    With :math:`\hat p_f` the frequency of column f of d, over M resamples with :math:`\bar k`
    selected on average, definition 4 of [1]_ is

    .. math:: 1 - \frac{\frac{1}{d} \sum_f \frac{M}{M-1} \hat p_f (1 - \hat p_f)}
        {\frac{\bar k}{d} (1 - \frac{\bar k}{d})} .

    Its standard error is the asymptotic one of [1]_, a root of a sum of squares of what each
    resample brings, but that the rows of a group are added before they are squared: pairs that
    resemble each other say less than as many single ones. The interval is about the resamples that
    were not drawn: it says nothing of other data, nor of whether the selections are right. From 100
    rows on it covers as often as it says; of 20, too seldom by some percent. Cost
    O(n_resamples * n_features).

    References
    ----------
    .. [1] S. Nogueira, K. Sechidis, G. Brown, "On the stability of feature selection algorithms",
       Journal of Machine Learning Research 18(174), 1 (2018).
       https://jmlr.org/papers/v18/17-514.html

    Examples
    --------
    Two selections of two columns out of four that share one agree as much as chance would have it:

    >>> stability_of([[1, 1, 0, 0], [1, 0, 1, 0]]).nogueira
    0.0
    """
    table = _checked(selections)
    n_resamples = len(table)
    if not 0 < confidence_level < 1:
        msg = f"confidence_level={confidence_level!r} must lie between 0 and 1, such as 0.95."
        raise ValueError(msg)
    if n_together < 1 or n_resamples % n_together:
        msg = f"n_together={n_together!r} must divide the {n_resamples} rows of selections. "
        msg += "Give the number of rows that were drawn together, 1 if each was by itself."
        raise ValueError(msg)
    measure, influence = _nogueira(table)
    groups = influence.reshape(-1, n_together).sum(axis=1)
    error = 2 / n_resamples * math.sqrt(float(groups @ groups))
    reach = float(ndtri(0.5 + confidence_level / 2)) * error
    interval = (measure - reach, float(np.minimum(1.0, measure + reach)))
    kuncheva = kuncheva_index(table)
    return Stability(measure, error, interval, confidence_level, kuncheva, n_resamples)


def kuncheva_index(selections: ArrayLike) -> float:
    r"""Mean agreement of two selections of one size, corrected for chance.

    Parameters
    ----------
    selections : array-like of bool, shape (n_resamples, n_features)
        Whether each resample selected each column; at least two rows.

    Returns
    -------
    float
        Without a unit: 1 if all agree, 0 on average by chance, and down to -1 for two halves of
        the columns. nan where sizes differ (Nogueira's measure is its extension), or where
        nothing or everything is selected.

    Raises
    ------
    ValueError
        If `selections` is no table of truth values with two rows.

    Notes
    -----
    The mean over pairs of :math:`(r d - k^2) / (k (d - k))`, with r the columns that two
    selections of k out of d share [1]_. Cost O(n_resamples * n_features).

    References
    ----------
    .. [1] L. I. Kuncheva, "A stability index for feature selection", Proceedings of the 25th
       IASTED International Multi-Conference: Artificial Intelligence and Applications, 390 (2007).

    Examples
    --------
    Two of four columns, and the other two, are as far apart as can be:

    >>> kuncheva_index([[1, 1, 0, 0], [0, 0, 1, 1]])
    -1.0
    """
    table = _checked(selections)
    n_resamples, n_features = table.shape
    sizes = np.unique(table.sum(axis=1))
    size = int(sizes[0])
    if len(sizes) > 1 or size in {0, n_features}:
        return math.nan
    times = table.sum(axis=0)
    shared = float((times * (times - 1)).sum()) / (n_resamples * (n_resamples - 1))
    return (shared * n_features - size**2) / (size * (n_features - size))


def _nogueira(table: BoolArray) -> tuple[float, FloatArray]:
    """Nogueira's measure, and how far the part of each resample is from their mean."""
    n_resamples, n_features = table.shape
    frequency = table.mean(axis=0)
    size = table.sum(axis=1) / n_features
    mean_size = float(size.mean())
    chance = mean_size * (1 - mean_size)
    if chance == 0.0:
        return math.nan, np.full(n_resamples, math.nan)
    spread = float((frequency * (1 - frequency)).mean()) * n_resamples / (n_resamples - 1)
    measure = 1 - spread / chance
    shared = table @ frequency / n_features
    correction = measure / 2 * (2 * mean_size * size - size - mean_size + 1)
    parts = (shared - size * mean_size + correction) / chance
    parts -= parts[0]  # lest rounding give identical selections a spread
    return measure, parts - parts.mean()


def _checked(selections: ArrayLike) -> BoolArray:
    """Return a table of truth values with at least two rows, or raise."""
    table = np.asarray(selections)
    if table.ndim != 2 or table.shape[0] < 2 or table.shape[1] < 1:
        msg = f"selections has shape {table.shape}; give a row for each of two resamples or more, "
        msg += "and a column for each feature."
        raise ValueError(msg)
    other = table[(table != 0) & (table != 1)]
    if other.size:
        msg = f"selections holds {other[:1].tolist()[0]!r}; give True or 1 for a column that was "
        msg += "selected, False or 0 for one that was not."
        raise ValueError(msg)
    return table.astype(bool)
