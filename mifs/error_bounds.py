"""Bounds on how many columns stability selection keeps that are rarely selected."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, minimize_scalar

from mifs._typing import FloatArray

LOG_A = (-27.0, 14.0)  # where the parameter of a law is sought: all means from 1e-20 of n to n / 2
ROUNDING = 1e-9  # of a product that should be whole


@dataclass(frozen=True)
class ErrorBound:
    """What is expected at most of the columns that are rarely selected, if a threshold is asked.

    Rarely selected is a column that the selector takes with probability at most `rare` on half of
    the rows. The bounds are expected numbers of such columns among those whose frequency reaches
    the threshold; each holds under the assumption of its name.

    Attributes
    ----------
    rare : float
        q / p, the mean number selected over the number of columns.
    mean_selected : float
        q, the mean number of columns that half of the rows select.
    n_features : int
        p, the number of columns.
    threshold : float
        Frequency that was asked, rounded up to the next that occurs.
    n_pairs : int
        Complementary pairs of halves.
    worst_case : float
        Without any assumption on the columns or the selector.
    unimodal : float
        If the share of pairs that select a rare column with both halves has a unimodal law.
    r_concave : float
        If that law is -1/2-concave, and that of the frequency of a rare column -1/4-concave.
    """

    rare: float
    mean_selected: float
    n_features: int
    threshold: float
    n_pairs: int
    worst_case: float
    unimodal: float
    r_concave: float

    def __repr__(self) -> str:
        """Say the bound that assumes nothing, and at which threshold."""
        return f"ErrorBound({self.worst_case:.3g} from {self.threshold:.3g})"


def error_bound(
    mean_selected: float, *, n_features: int, threshold: float, n_pairs: int
) -> ErrorBound:
    r"""Expected number of rarely selected columns that complementary pairs keep, at most.

    Parameters
    ----------
    mean_selected : float
        q, mean number of columns that half of the rows select, from 0 to `n_features`.
    n_features : int
        p, the number of columns, >= 1.
    threshold : float
        Frequency from which a column is kept, within [0, 1].
    n_pairs : int
        B, the number of complementary pairs, >= 1.

    Returns
    -------
    ErrorBound
        Three bounds, each at most the one before it, >= 0; all are p, and say nothing, if the
        threshold is not above one half (the last may still say something).

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    For :math:`\theta = q/p` and a threshold :math:`\tau > 1/2`, the worst case is
    :math:`q \theta / (2 \tau - 1)` [1]_: the halves of a pair are independent, so both select a
    column with the square of its probability, and Markov's inequality does the rest. It is the
    number of [2]_, which bounds the unrelated columns, if the selector takes them as often as each
    other and no more often than the related ones. The unimodal bound is
    :math:`C(\tau, B) \, q \theta` with :math:`1/C = 2 (2 \tau - 1 - 1/2B)` up to 3/4, and
    :math:`C = 4 (1 - \tau + 1/2B) / (1 + 1/B)` above. The last is equation (8) of [1]_: the
    largest tail of a law on :math:`0, 1/B, \ldots, 1` with mean :math:`\theta^2`, or on twice as
    many points with mean :math:`\theta`, whose probabilities to the power r = -1/2, or -1/4, are
    convex. Such a law is :math:`(a + i)^{1/r}` up to some k, and less at k + 1. Takes 25 ms for 50
    pairs. An estimated q makes each of them an estimate.

    References
    ----------
    .. [1] R. D. Shah, R. J. Samworth, "Variable selection with error control: another look at
       stability selection", Journal of the Royal Statistical Society B 75, 55 (2013).
       https://doi.org/10.1111/j.1467-9868.2011.01034.x
    .. [2] N. Meinshausen, P. Bühlmann, "Stability selection", Journal of the Royal Statistical
       Society B 72, 417 (2010). https://doi.org/10.1111/j.1467-9868.2010.00740.x

    Examples
    --------
    Five of a hundred columns at a time, kept if six of ten halves agree: 5 * 0.05 / (2 * 0.6 - 1).

    >>> bound = error_bound(5, n_features=100, threshold=0.6, n_pairs=50)
    >>> round(bound.worst_case, 3), round(bound.r_concave, 3)
    (1.25, 0.261)
    """
    _refuse_out_of_range(mean_selected, n_features, threshold, n_pairs)
    rare = mean_selected / n_features
    # A frequency is a number of halves over 2 B: one that reaches tau reaches the next such number.
    n_halves = math.ceil(2 * n_pairs * threshold - ROUNDING)
    tau = n_halves / (2 * n_pairs)
    worst_case = n_features * min(1.0, _worst_case(rare, tau))
    unimodal = min(worst_case, n_features * _unimodal(rare, tau, n_pairs))
    # Of 2 B tau selections at least 2 B tau - B come from pairs that agree.
    tails = (
        _largest_tail(rare**2 * n_pairs, n_halves - n_pairs, n_pairs, -2.0),
        _largest_tail(rare * 2 * n_pairs, n_halves, 2 * n_pairs, -4.0),
    )
    r_concave = min(unimodal, n_features * min(tails))
    return ErrorBound(
        rare, float(mean_selected), n_features, tau, n_pairs, worst_case, unimodal, r_concave
    )


def _refuse_out_of_range(
    mean_selected: float, n_features: int, threshold: float, n_pairs: int
) -> None:
    """Raise for numbers that no stability selection has."""
    if n_features < 1 or n_pairs < 1:
        msg = f"n_features={n_features!r} and n_pairs={n_pairs!r}: give at least 1 of each."
        raise ValueError(msg)
    if not 0 <= mean_selected <= n_features:
        msg = f"mean_selected={mean_selected!r} must lie between 0 and n_features={n_features}. "
        msg += "Give the mean number of columns that half of the rows select."
        raise ValueError(msg)
    if not 0 <= threshold <= 1:
        msg = f"threshold={threshold!r} is no frequency. Give a number between 0 and 1."
        raise ValueError(msg)


def _worst_case(rare: float, tau: float) -> float:
    """Worst case, a column."""
    return rare**2 / (2 * tau - 1) if tau > 0.5 else math.inf


def _unimodal(rare: float, tau: float, n_pairs: int) -> float:
    """Unimodal bound, a column; infinite where it does not apply."""
    grain = 1 / (2 * n_pairs)
    least = 0.5 + min(rare**2, grain + 0.75 * rare**2)
    if rare > 1 / math.sqrt(3) or tau <= least or tau < 0.5 + 2 * grain - ROUNDING:
        return math.inf
    if tau <= 0.75:
        return rare**2 / (2 * (2 * tau - 1 - grain))
    return rare**2 * 4 * (1 - tau + grain) / (1 + 2 * grain)


def _largest_tail(mean: float, least: int, n: int, power: float) -> float:
    """Largest P(N >= least) of a count N of 0 to n whose law is 1/power-concave with this mean."""
    if mean == 0.0 and least > 0:
        return 0.0
    start = math.ceil(2 * mean - ROUNDING) + 1
    if least < start or start > n:
        return 1.0
    roots = {k: _root_of_mean(mean, k, power) for k in range(start, n + 1)}
    best = _tail(roots[n], n - 1, mean, least, power)
    for k in range(max(start, least - 1), n):
        found = minimize_scalar(
            lambda log_a, k=k: -_tail(log_a, k, mean, least, power),
            bounds=(roots[k + 1], roots[k]),
            method="bounded",
        )
        # The bounded search never looks at the ends of its interval; one is the next one's.
        best = max(best, -float(found.fun), _tail(roots[k], k, mean, least, power))
    return best


def _root_of_mean(mean: float, k: int, power: float) -> float:
    """Return log a of the law proportional to (a + i)^power on 0 to k that has the mean."""

    def excess(log_a: float) -> float:
        weights = _weights(log_a, k, power)
        return float(np.arange(k + 1) @ weights / weights.sum()) - mean

    return float(brentq(excess, *LOG_A))


def _tail(log_a: float, k: int, mean: float, least: int, power: float) -> float:
    """P(N >= least) of the law (a + i)^power on 0 to k, with what is left over at k + 1."""
    weights = _weights(log_a, k, power)
    scale = (k + 1 - mean) / float((k + 1 - np.arange(k + 1)) @ weights)
    return 1 - scale * float(weights[:least].sum())


def _weights(log_a: float, k: int, power: float) -> FloatArray:
    return np.asarray((math.exp(log_a) + np.arange(k + 1.0)) ** power)
