"""Where a cross-entropy comes from: what is unknown, what the forecast tells, what it wastes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from mifs._typing import ArrayLike, FloatArray, IntArray
from mifs.metrics.gain import error_of, mean_of, saved, sum_of
from mifs.metrics.recalibration import cross_fitted, isotonic
from mifs.metrics.rows import ScoredRows, Zero, checked_zero, scored_outputs

Recalibration: TypeAlias = Literal["cross_fitted", "isotonic"]


@dataclass(frozen=True)
class CrossEntropyDecomposition:
    """Cross-entropy = uncertainty - discrimination + miscalibration; all in nats.

    Attributes
    ----------
    cross_entropy : float
        Average surprise under the forecast.
    uncertainty : float
        H(Y), the surprise under the shares of the scored rows.
    discrimination : float
        Information in the forecast: what its best reading delivers. Larger is better.
    miscalibration : float
        What its probabilities, taken as they are, waste of it. Smaller is better.
    uncertainty_error, discrimination_error, miscalibration_error : float
        Standard errors; nan where a part is not finite.
    n_zero : int
        Rows whose label was given probability 0.
    """

    cross_entropy: float
    uncertainty: float
    discrimination: float
    miscalibration: float
    uncertainty_error: float
    discrimination_error: float
    miscalibration_error: float
    n_zero: int


def cross_entropy_decomposition(
    y_true: ArrayLike,
    y_proba: Any,
    *,
    labels: ArrayLike | None = None,
    recalibration: Recalibration = "cross_fitted",
    n_folds: int = 5,
    sample_weight: ArrayLike | None = None,
    zero: Zero = "inf",
) -> CrossEntropyDecomposition:
    r"""Parts of the cross-entropy: uncertainty, discrimination and miscalibration.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_outputs)
        True labels; several columns are an indicator of 0 and 1 for each output, whose parts
        are summed.
    y_proba : array-like of shape (n_samples, n_labels), (n_samples,) or (n_samples, n_outputs)
        Probabilities, as for :func:`cross_entropy_loss`.
    labels : array-like of shape (n_labels,), default=None
        Labels in the order of the columns; by default the sorted labels in `y_true`.
    recalibration : {"cross_fitted", "isotonic"}, default="cross_fitted"
        How the information in the forecast is read. "cross_fitted": log-probabilities scaled by
        one slope and shifted by one offset for each label, which other folds fitted. "isotonic":
        of two labels, the best rising map of these very rows.
    n_folds : int, default=5
        Folds of "cross_fitted", at least 2.
    sample_weight : array-like of shape (n_samples,), default=None
        Finite weights, at least 0 and not all 0. Equal by default.
    zero : {"inf", "clip", "mix"}, default="inf"
        What a true class of probability 0 costs, as for :func:`cross_entropy_loss`: it enters
        cross-entropy and miscalibration.

    Returns
    -------
    CrossEntropyDecomposition
        The parts in nats, and their standard errors. Cross-fitted, discrimination and
        miscalibration can be slightly below zero where there is none; isotonic never.

    Raises
    ------
    ValueError
        As :func:`cross_entropy_loss`; if "isotonic" is asked of more than two labels, or
        `n_folds` is below 2.

    See Also
    --------
    information_gain_score : Discrimination minus miscalibration.

    Notes
    -----
    With the recalibrated forecast :math:`r`, whose population is :math:`P(Y \mid \hat Y)` [1]_,

    .. math::
       CE(q) = \underbrace{H(Y)}_{UNC} - \underbrace{[H(Y) - CE(r)]}_{DSC} +
               \underbrace{[CE(q) - CE(r)]}_{MCB},

    in the population :math:`DSC = I(Y; \hat Y) \le I(X; Y)`, and
    :math:`UNC - CE = DSC - MCB \le DSC`. Cross-fitting makes DSC too low rather than too high,
    so that it bounds :math:`I(X; Y)` from below; the isotonic fit to its own rows [2]_ reads
    chance as information, about :math:`\log(n) / 2n` nats where there is none, and more where
    there is some. The slope cannot undo what is not monotone in the log-odds. Folds are drawn
    with a seed of their own and are always the same.

    References
    ----------
    .. [1] J. Bröcker, "Reliability, sufficiency, and the decomposition of proper scores",
       Quarterly Journal of the Royal Meteorological Society 135, 1512 (2009).
       https://doi.org/10.1002/qj.456
    .. [2] T. Dimitriadis, T. Gneiting, A. I. Jordan, "Stable reliability diagrams for
       probabilistic classifiers", PNAS 118(8), e2016191118 (2021).
       https://doi.org/10.1073/pnas.2016191118

    Examples
    --------
    Says 0.9 and is right in 60 of 100 rows: of log 2 nats it could tell log 2 - h(0.6) = 0.02,
    and it wastes h's divergence D(0.6, 0.9) = 0.31, as cross-entropy 0.983 shows.

    >>> y, p = [1] * 60 + [0] * 40 + [0] * 60 + [1] * 40, [0.9] * 100 + [0.1] * 100
    >>> parts = cross_entropy_decomposition(y, p, recalibration="isotonic")
    >>> [round(part, 3) for part in (parts.uncertainty, parts.discrimination)]
    [0.693, 0.02]
    >>> round(parts.miscalibration, 3), round(parts.cross_entropy, 3)
    (0.311, 0.984)
    """
    outputs = scored_outputs(y_true, y_proba, labels, sample_weight)
    return decomposed(outputs, recalibration, n_folds=n_folds, zero=checked_zero(zero))


def decomposed(
    outputs: Sequence[ScoredRows],
    recalibration: Recalibration = "cross_fitted",
    *,
    n_folds: int = 5,
    zero: Zero,
    groups: IntArray | None = None,
) -> CrossEntropyDecomposition:
    """Parts of the cross-entropy of outputs that were checked; errors of rows or of groups."""
    weight = outputs[0].weight
    loss = sum_of([rows.loss(zero) for rows in outputs])
    surprise = sum_of([rows.surprise(rows.shares(), "inf") for rows in outputs])
    best = sum_of([_best_loss(rows, recalibration, n_folds) for rows in outputs])
    told, wasted = saved(best, surprise), saved(best, loss)
    return CrossEntropyDecomposition(
        cross_entropy=mean_of(loss, weight),
        uncertainty=mean_of(surprise, weight),
        discrimination=mean_of(told, weight),
        miscalibration=mean_of(wasted, weight),
        uncertainty_error=error_of(surprise, weight, groups),
        discrimination_error=error_of(told, weight, groups),
        miscalibration_error=error_of(wasted, weight, groups),
        n_zero=sum(int(rows.is_impossible().sum()) for rows in outputs),
    )


def _best_loss(rows: ScoredRows, recalibration: Recalibration, n_folds: int) -> FloatArray:
    """Loss of each row under the recalibrated forecast."""
    if recalibration == "cross_fitted":
        if n_folds < 2:
            msg = f"n_folds must be at least 2; got {n_folds!r}."
            raise ValueError(msg)
        return 0.0 - cross_fitted(rows, n_folds)
    if recalibration != "isotonic":
        msg = f'recalibration must be "cross_fitted" or "isotonic"; got {recalibration!r}.'
        raise ValueError(msg)
    if len(rows.labels) > 2:
        msg = f'recalibration="isotonic" is of two labels, and there are {len(rows.labels)}; '
        msg += 'take "cross_fitted".'
        raise ValueError(msg)
    return 0.0 - isotonic(rows) if len(rows.labels) == 2 else np.zeros(len(rows.codes))
