"""Information gain with its error: the surprise that a forecast saves, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from mifs._typing import ArrayLike, FloatArray, IntArray
from mifs.metrics.rows import (
    ScoredRows,
    Zero,
    checked_zero,
    codes_of_labels,
    label_column,
    probability_table,
    scored_outputs,
)
from mifs.units import base_of_unit, nats_per_unit

Baseline: TypeAlias = Literal["eval", "train"] | ArrayLike


@dataclass(frozen=True)
class InformationGain:
    """What a forecast delivers about the labels, with errors; every information in nats.

    Attributes
    ----------
    gain : float
        `baseline` minus `cross_entropy`.
    standard_error : float
        Of the gain; nan where it is not finite.
    cross_entropy : float
        Average surprise under the forecast.
    cross_entropy_error : float
        Standard error of it.
    baseline : float
        Average surprise under the baseline: H(Y) for the shares of the scored rows.
    normalized : float
        `gain` as a share of `baseline`, without a unit; nan where that is 0.
    normalized_error : float
        Standard error of it.
    n_zero : int
        Rows whose label was given probability 0 and cost what the policy says; over several
        outputs their sum.
    n_samples : int
        Scored rows of positive weight.
    """

    gain: float
    standard_error: float
    cross_entropy: float
    cross_entropy_error: float
    baseline: float
    normalized: float
    normalized_error: float
    n_zero: int
    n_samples: int

    def __repr__(self) -> str:
        """Say what `str` does; the numbers, in nats, are attributes."""
        return f"InformationGain({self._said('nats')})"

    def __str__(self) -> str:
        return self._said("nats")

    def _said(self, unit: str) -> str:
        """Say it in a unit."""
        baseline = self.baseline / nats_per_unit(base_of_unit(unit))
        return (
            f"gain {told(self.gain, self.standard_error, unit)} of {baseline:.3f} {unit}, "
            f"{self.n_samples} rows"
        )


def told(value: float, error: float, unit: str) -> str:
    """Return nats with their standard error as a number in a unit."""
    nats = nats_per_unit(base_of_unit(unit))
    return f"{round(value / nats, 3) + 0.0:.3f} ± {error / nats:.3f}"  # no -0.000


def information_gain(
    y_true: ArrayLike,
    y_proba: Any,
    *,
    labels: ArrayLike | None = None,
    baseline: Baseline = "eval",
    y_train: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    zero: Zero = "inf",
) -> InformationGain:
    r"""Information about the labels that a forecast delivers, with its standard error.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_outputs)
        True labels; several columns are an indicator of 0 and 1 for each output.
    y_proba : array-like of shape (n_samples, n_labels), (n_samples,) or (n_samples, n_outputs)
        Probabilities, as for :func:`cross_entropy_loss`.
    labels : array-like of shape (n_labels,), default=None
        Labels in the order of the columns; by default the sorted labels in `y_true`.
    baseline : {"eval", "train"} or array-like of shape (n_labels,), default="eval"
        Forecast to improve on: the shares of the labels among the scored rows or among
        `y_train`, or probabilities of your own; of several outputs the probability of 1 of each.
    y_train : array-like of shape (n_train,) or (n_train, n_outputs), default=None
        Labels of the rows that the model was fitted to, for ``baseline="train"``.
    sample_weight : array-like of shape (n_samples,), default=None
        Finite weights, at least 0 and not all 0. Equal by default.
    groups : array-like of shape (n_samples,), default=None
        Rows of one group are not independent, and the error is that of the groups.
    zero : {"inf", "clip", "mix"}, default="inf"
        What a true class of probability 0 costs, as for :func:`cross_entropy_loss`.

    Returns
    -------
    InformationGain
        Gain, cross-entropy and baseline in nats, their errors, and the count of zeros.

    Raises
    ------
    ValueError
        As :func:`cross_entropy_loss`; if the baseline is no distribution over the labels, or
        `y_train` is given without ``baseline="train"`` or missing with it.

    See Also
    --------
    information_gain_score : The gain alone.
    cross_val_information : The same for a pipeline, over held-out rows.

    Notes
    -----
    With the terms :math:`t_i = \log q_i - \log \pi(y_i)`, called pointwise usable information
    [1]_, the gain is their weighted mean and its error
    :math:`\sqrt{\tfrac{n}{n-1} \sum_i w_i^2 (t_i - \bar t)^2} / \sum_i w_i`, that of a mean; by
    the delta method it holds for the shares of the scored rows too. It is of the forecast as it
    is: the model is not refitted. Against `y_train` or a vector the baseline costs at least as
    much as against "eval", by the divergence of the shares. Where forecast and baseline both
    gave 0, the row gains nothing.

    References
    ----------
    .. [1] K. Ethayarajh, Y. Choi, S. Swayamdipta, "Understanding dataset difficulty with
       V-usable information", ICML (2022). https://doi.org/10.48550/arXiv.2110.08420

    Examples
    --------
    Of two equally frequent classes, each told with 80 %, log 2 + log 0.8 = 0.47 nats are
    delivered, and every row tells the same:

    >>> found = information_gain([0, 1], [[0.8, 0.2], [0.2, 0.8]])
    >>> round(found.gain, 2), found.standard_error, found.n_zero
    (0.47, 0.0, 0)
    """
    zero = checked_zero(zero)
    outputs = scored_outputs(y_true, y_proba, labels, sample_weight)
    priors = priors_of(outputs, baseline, y_train)
    loss = sum_of([rows.loss(zero) for rows in outputs])
    surprise = sum_of(
        [rows.surprise(prior, zero) for rows, prior in zip(outputs, priors, strict=True)]
    )
    return summed_up(loss, surprise, outputs, None if groups is None else group_codes(groups))


def summed_up(
    loss: FloatArray,
    surprise: FloatArray,
    outputs: Sequence[ScoredRows],
    groups: IntArray | None = None,
) -> InformationGain:
    """Gain of losses over surprises, with errors."""
    n_zero = sum(int(rows.is_impossible().sum()) for rows in outputs)
    return gain_of(loss, surprise, outputs[0].weight, n_zero=n_zero, groups=groups)


def gain_of(
    loss: FloatArray,
    surprise: FloatArray,
    weight: FloatArray,
    *,
    n_zero: int = 0,
    groups: IntArray | None = None,
) -> InformationGain:
    """Gain of the losses of single rows, with errors."""
    terms = saved(loss, surprise)
    cross_entropy, baseline = mean_of(loss, weight), mean_of(surprise, weight)
    ratio = cross_entropy / baseline if baseline > 0 else np.nan
    # A ratio of two means varies as (loss - ratio * surprise) / baseline does.
    linear = (loss - ratio * surprise) / baseline if np.isfinite(ratio) else loss * np.nan
    return InformationGain(
        gain=mean_of(terms, weight),
        standard_error=error_of(terms, weight, groups),
        cross_entropy=cross_entropy,
        cross_entropy_error=error_of(loss, weight, groups),
        baseline=baseline,
        normalized=mean_of(terms, weight) / baseline if baseline > 0 else np.nan,
        normalized_error=error_of(linear, weight, groups),
        n_zero=n_zero,
        n_samples=int((weight > 0).sum()),
    )


def saved(loss: FloatArray, surprise: FloatArray) -> FloatArray:
    """Gain of each row; nothing where forecast and baseline both found it impossible."""
    both = np.isinf(loss) & np.isinf(surprise)
    return np.where(both, 0.0, np.where(both, 0.0, surprise) - np.where(both, 0.0, loss))


def sum_of(terms: Sequence[FloatArray]) -> FloatArray:
    """Losses of all outputs of each row."""
    return np.sum(terms, axis=0) if len(terms) > 1 else terms[0]


def mean_of(terms: FloatArray, weight: FloatArray) -> float:
    """Weighted mean; a row of weight 0 never counts, be its term infinite."""
    counts = weight > 0
    return float((weight[counts] * terms[counts]).sum() / weight.sum()) + 0.0


def error_of(terms: FloatArray, weight: FloatArray, groups: IntArray | None = None) -> float:
    """Standard error of the weighted mean of independent rows, or of independent groups."""
    mean, counts = mean_of(terms, weight), weight > 0
    if not np.isfinite(mean):
        return np.nan
    shares = weight[counts] * (terms[counts] - mean) / weight.sum()
    if groups is not None:
        _, codes = np.unique(groups[counts], return_inverse=True)
        shares = np.bincount(codes, weights=shares)
    n = len(shares)
    return float(np.sqrt(n / (n - 1) * (shares**2).sum())) if n > 1 else np.nan


def group_codes(groups: ArrayLike) -> IntArray:
    """Number of the group of each row."""
    column = label_column(groups, "groups")
    return codes_of_labels(column, dict.fromkeys(column.tolist()))


def priors_of(
    outputs: Sequence[ScoredRows], baseline: Baseline, y_train: ArrayLike | None
) -> list[FloatArray]:
    """Baseline forecast of each output, over its labels."""
    is_name = isinstance(baseline, str)
    if is_name and baseline not in ("eval", "train"):
        msg = f'baseline must be "eval", "train" or probabilities; got {baseline!r}.'
        raise ValueError(msg)
    if (y_train is None) == (is_name and baseline == "train"):
        msg = 'baseline="train" and y_train go together; pass both, or neither.'
        raise ValueError(msg)
    if y_train is not None:
        return shares_in(outputs, y_train)
    if is_name:
        return [rows.shares() for rows in outputs]
    return _given_priors(outputs, baseline)


def shares_in(outputs: Sequence[ScoredRows], y_train: ArrayLike) -> list[FloatArray]:
    """Shares of the labels among other rows."""
    columns = np.asarray(y_train).T if len(outputs) > 1 else [label_column(y_train, "y_train")]
    if len(columns) != len(outputs):
        msg = f"y_train has {len(columns)} columns and y_true {len(outputs)}; give one for each."
        raise ValueError(msg)
    priors = []
    for rows, column in zip(outputs, columns, strict=True):
        codes = codes_of_labels(column, rows.labels)
        counts = np.bincount(codes[codes >= 0], minlength=len(rows.labels))
        priors.append(counts / len(codes))
    return priors


def _given_priors(outputs: Sequence[ScoredRows], baseline: Any) -> list[FloatArray]:
    """Check probabilities that were given: of the labels, or of 1 for each output."""
    given = np.asarray(baseline, dtype=np.float64)
    n = len(outputs) if len(outputs) > 1 else len(outputs[0].labels)
    if given.shape != (n,):
        what = "output" if len(outputs) > 1 else "label"
        msg = f"baseline has shape {given.shape}; give one probability for each {what}, {n}."
        raise ValueError(msg)
    if len(outputs) > 1:
        return list(probability_table(given, 2))
    if not (given >= 0).all() or abs(given.sum() - 1) > 1e-6:
        msg = f"baseline is {given.tolist()}; its probabilities are at least 0 and sum to 1."
        raise ValueError(msg)
    return [given]
