"""Held-out rows of all folds scored together, and compared row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from scipy.stats import t as student

from mifs._typing import AnyArray, ArrayLike, FloatArray, IntArray
from mifs.metrics.continuous import ScoredNumbers, scored_numbers
from mifs.metrics.decomposition import CrossEntropyDecomposition, Recalibration, decomposed
from mifs.metrics.gain import (
    Baseline,
    InformationGain,
    error_of,
    group_codes,
    mean_of,
    priors_of,
    saved,
    shares_in,
    sum_of,
    summed_up,
    told,
)
from mifs.metrics.rows import ScoredRows, Zero, checked_weights, log_of, without_zeros
from mifs.units import pvalue_words


@dataclass(frozen=True)
class GainDifference:
    """Gain of one pipeline less that of another on the same held-out rows.

    The attributes are in nats, whatever the unit of the words.

    Attributes
    ----------
    difference : float
        In nats; above zero if the first delivers more.
    standard_error : float
        In nats, corrected for the rows that the training sets share.
    pvalue : float
        Two-sided, of no difference.
    n_folds : int
        Folds compared.
    unit : {"bits", "nats", "hartleys"}, default="nats"
        Unit of the words alone.
    """

    difference: float
    standard_error: float
    pvalue: float
    n_folds: int
    unit: str = "nats"

    def __repr__(self) -> str:
        """Say what `str` does; the numbers, in nats, are attributes."""
        return f"GainDifference({self})"

    def __str__(self) -> str:
        amount = told(self.difference, self.standard_error, self.unit)
        return f"difference {amount} {self.unit}, {pvalue_words(self.pvalue)}, {self.n_folds} folds"


@dataclass(frozen=True, eq=False, kw_only=True)
class CrossValInformation(InformationGain):
    """What a pipeline delivers on held-out rows: the gain of all folds together, in nats.

    Has the attributes of :class:`InformationGain`, and those of the single rows, all in nats
    whatever the unit of the words.

    Attributes
    ----------
    terms : ndarray of shape (n_scored,)
        Gain of each held-out row.
    rows : ndarray of int of shape (n_scored,)
        Which row it is; repeated folds score a row several times.
    folds : ndarray of int of shape (n_scored,)
        Fold in which it was held out.
    weight : ndarray of shape (n_scored,)
        Its weight.
    groups : ndarray of int of shape (n_scored,), or None
        What is independent of what, for the errors: groups, or rows that repeated folds score
        several times; None where each scored row is.
    test_ratio : float
        Held-out rows for each training row, on average over the folds.
    forecast : tuple of ScoredRows, or ScoredNumbers
        Held-out log-probabilities of each output, or predictions of a regressor.
    remarks : tuple of str
        What to know of the number, a sentence each: classes that training rows lacked, or values
        that a density does not fit.
    unit : {"bits", "nats", "hartleys"}, default="nats"
        Unit of the words alone.
    """

    terms: FloatArray
    rows: IntArray
    folds: IntArray
    weight: FloatArray
    groups: IntArray | None
    test_ratio: float
    forecast: tuple[ScoredRows, ...] | ScoredNumbers
    remarks: tuple[str, ...]
    unit: str = "nats"

    def __repr__(self) -> str:
        """Say the first line of `str`; the numbers, in nats, are attributes."""
        return f"CrossValInformation({self._said(self.unit)})"

    def __str__(self) -> str:
        return "\n".join([self._said(self.unit), *self.remarks])

    def minus(self, other: CrossValInformation) -> GainDifference:
        r"""Paired comparison with another pipeline, or other columns, on the same folds.

        Parameters
        ----------
        other : CrossValInformation
            Of the same rows, folds and weights.

        Returns
        -------
        GainDifference
            Difference of the gains in nats, and its error; in words in the unit of this one.

        Raises
        ------
        ValueError
            If the two were scored on other folds.

        Notes
        -----
        Rows are paired, and the error is that of the J folds, whose training sets overlap:
        :math:`S^2 (1/J + n_{test}/n_{train})` with the variance :math:`S^2` of the folds'
        differences, and a t distribution with J - 1 degrees of freedom [1]_.

        References
        ----------
        .. [1] C. Nadeau, Y. Bengio, "Inference for the generalization error", Machine Learning
           52, 239 (2003). https://doi.org/10.1023/A:1024068626366
        """
        for mine, theirs in (
            (self.rows, other.rows),
            (self.folds, other.folds),
            (self.weight, other.weight),
        ):
            if not np.array_equal(mine, theirs):
                msg = "The two were scored on other rows or folds; pass both the same y, weights "
                msg += "and cv, such as StratifiedKFold(5, shuffle=True, random_state=0)."
                raise ValueError(msg)
        terms = self.terms - other.terms
        difference, n_folds = mean_of(terms, self.weight), len(np.unique(self.folds))
        # With one group a fold this is S / sqrt(J) for folds of one size.
        error = error_of(terms, self.weight, self.folds) * np.sqrt(1 + n_folds * self.test_ratio)
        pvalue = _pvalue(difference, error, n_folds)
        return GainDifference(difference, float(error), pvalue, n_folds, self.unit)

    def decomposition(
        self, recalibration: Recalibration = "cross_fitted"
    ) -> CrossEntropyDecomposition:
        """Parts of the held-out cross-entropy of a classifier.

        Parameters
        ----------
        recalibration : {"cross_fitted", "isotonic"}, default="cross_fitted"
            As for :func:`cross_entropy_decomposition`.

        Returns
        -------
        CrossEntropyDecomposition
            Uncertainty, discrimination and miscalibration in nats; zeros are clipped.

        Raises
        ------
        TypeError
            If the forecasts are a regressor's.
        """
        if isinstance(self.forecast, ScoredNumbers):
            msg = "The forecasts are numbers, whose density has no such parts; score a classifier "
            msg += "of binned_target(y)."
            raise TypeError(msg)
        return decomposed(self.forecast, recalibration, zero="clip", groups=self.groups)


def _pvalue(difference: float, error: float, n_folds: int) -> float:
    """Two-sided p-value of a difference; 1 where nothing differs."""
    if difference == 0:
        return 1.0
    if not np.isfinite(error):
        return np.nan
    return float(2 * student.sf(abs(difference) / error, n_folds - 1)) if error > 0 else 0.0


@dataclass(frozen=True, eq=False)
class FoldForecast:
    """Forecast of the held-out rows of one fold: of each output, or numbers."""

    train: IntArray
    test: IntArray
    forecast: list[ScoredRows] | FloatArray


def pooled(
    forecasts: Sequence[FoldForecast],
    y: AnyArray,
    *,
    baseline: Baseline = "eval",
    zero: Zero = "clip",
    sample_weight: ArrayLike | None = None,
    groups: ArrayLike | None = None,
) -> CrossValInformation:
    """Score the held-out rows of all folds together."""
    rows = np.concatenate([each.test for each in forecasts])
    weight = checked_weights(sample_weight, len(y))[rows]
    checked_weights(weight, len(rows))  # some row that is scored must count
    clusters = _clusters(rows, groups)
    forecast: tuple[ScoredRows, ...] | ScoredNumbers
    if isinstance(forecasts[0].forecast, list):
        outputs = _joined(forecasts, y, weight)
        surprise = _surprise(outputs, forecasts, y, baseline, zero)
        loss = sum_of([each.loss(zero) for each in outputs])
        total, forecast = summed_up(loss, surprise, outputs, clusters), outputs
        remarks = tuple(_unseen(forecasts, y))
    else:
        predicted = np.concatenate([each.forecast for each in forecasts])
        numbers = scored_numbers(y[rows], predicted, weight, "normal_scores")
        loss, surprise = numbers.loss(), numbers.surprise()
        total, forecast, remarks = numbers.gain(clusters), numbers, ()
    return CrossValInformation(
        **asdict(total),
        terms=saved(loss, surprise),
        rows=rows,
        folds=_folds(forecasts),
        weight=weight,
        groups=clusters,
        test_ratio=len(rows) / sum(len(each.train) for each in forecasts),
        forecast=forecast,
        remarks=remarks,
    )


def _clusters(rows: IntArray, groups: ArrayLike | None) -> IntArray | None:
    """What is independent of what: groups, or rows where some are scored several times."""
    if groups is not None:
        return group_codes(groups)[rows]
    return rows if len(np.unique(rows)) < len(rows) else None


def _joined(
    forecasts: Sequence[FoldForecast], y: AnyArray, weight: FloatArray
) -> tuple[ScoredRows, ...]:
    """Forecasts of all folds over the labels of all rows."""
    joined = []
    columns = y.reshape(len(y), -1).T
    for place, column in enumerate(columns):
        labels = np.unique(column).tolist()
        parts = [each.forecast[place] for each in forecasts]
        table = np.vstack([_over(part, labels) for part in parts])
        codes = np.concatenate([np.array(_places(part, labels))[part.codes] for part in parts])
        joined.append(ScoredRows(tuple(labels), codes, table, weight))
    return tuple(joined)


def _places(rows: ScoredRows, labels: Sequence[object]) -> list[int]:
    """Place among all labels of each label of some rows."""
    return [labels.index(label) for label in rows.labels]


def _over(rows: ScoredRows, labels: Sequence[object]) -> FloatArray:
    """Log-probabilities over all labels; one that the fold never saw has probability 0."""
    table = np.full((len(rows.codes), len(labels)), -np.inf)
    table[:, _places(rows, labels)] = rows.log_proba
    return table


def _surprise(
    outputs: Sequence[ScoredRows],
    forecasts: Sequence[FoldForecast],
    y: AnyArray,
    baseline: Baseline,
    zero: Zero,
) -> FloatArray:
    """Loss of each held-out row under the baseline."""
    if not (isinstance(baseline, str) and baseline == "train"):
        priors = priors_of(outputs, baseline, None)
        return sum_of(
            [rows.surprise(prior, zero) for rows, prior in zip(outputs, priors, strict=True)]
        )
    by_fold = [shares_in(outputs, y[each.train]) for each in forecasts]
    folds = _folds(forecasts)
    terms = []
    for place, rows in enumerate(outputs):
        prior = np.array([priors[place] for priors in by_fold])[folds, rows.codes]
        terms.append(0.0 - without_zeros(log_of(prior), zero, len(rows.labels)))
    return sum_of(terms)


def _folds(forecasts: Sequence[FoldForecast]) -> IntArray:
    """Fold of each held-out row."""
    return np.repeat(np.arange(len(forecasts)), [len(each.test) for each in forecasts])


def _unseen(forecasts: Sequence[FoldForecast], y: AnyArray) -> list[str]:
    """Name every class that a fold was scored on without having been trained on it."""
    remarks = []
    columns = y.reshape(len(y), -1).T
    for place, column in enumerate(columns):
        for label in np.unique(column).tolist():
            is_label = column == label
            lacking = [each for each in forecasts if not is_label[each.train].any()]
            n_rows = sum(int(is_label[each.test].sum()) for each in lacking)
            if n_rows:
                where = f" of output {place}" if len(columns) > 1 else ""
                remarks.append(
                    f"Class {label!r}{where} was not in the training rows of {len(lacking)} "
                    f"of {len(forecasts)} folds, so that its {n_rows} rows there had probability "
                    "0; take stratified folds, or merge rare classes."
                )
    return remarks
