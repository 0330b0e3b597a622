"""Rows to score: the labels that came true, and the log-probabilities that a forecast gave."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from scipy.special import entr

from mifs._typing import AnyArray, ArrayLike, FloatArray, IntArray
from mifs._validation import refuse_named_weights
from mifs._vectors import as_array

Zero: TypeAlias = Literal["inf", "clip", "mix"]

# scikit-learn takes the eps of the array, so that one miss costs 36.04 nats in double,
# 15.94 in single and 6.93 in half precision; here it is always the first.
_EPS = float(np.finfo(np.float64).eps)
_SUM_TOLERANCE = 1e-6
MIX_SHARE = 0.001  # of the uniform forecast under zero="mix": no row costs more than log(1000 K)


@dataclass(frozen=True, eq=False)
class ScoredRows:
    """Forecasts of one output and what came true.

    Attributes
    ----------
    labels : tuple
        Label of each column, those that the forecast left out at the end.
    codes : ndarray of int of shape (n_samples,)
        Column of the label that came true.
    log_proba : ndarray of shape (n_samples, n_labels)
        Natural logarithms of the probabilities; minus infinity for a label left out.
    weight : ndarray of shape (n_samples,)
        Weights.
    """

    labels: tuple[object, ...]
    codes: IntArray
    log_proba: FloatArray
    weight: FloatArray

    def log_of_truth(self) -> FloatArray:
        """Log-probability that each row gave to its true label."""
        return self.log_proba[np.arange(len(self.codes)), self.codes]

    def loss(self, zero: Zero) -> FloatArray:
        """Surprise of each row at its label, in nats."""
        return 0.0 - without_zeros(self.log_of_truth(), zero, len(self.labels))

    def surprise(self, prior: FloatArray, zero: Zero) -> FloatArray:
        """Loss of each row under one forecast for all."""
        return 0.0 - without_zeros(log_of(prior), zero, len(self.labels))[self.codes]

    def shares(self) -> FloatArray:
        """Weighted share of each label among the rows."""
        counts = np.bincount(self.codes, weights=self.weight, minlength=len(self.labels))
        return counts / self.weight.sum()

    def entropy(self) -> float:
        """Plug-in entropy of the weighted shares, in nats."""
        return float(entr(self.shares()).sum())

    def is_impossible(self) -> AnyArray:
        """Which rows that count were given probability 0."""
        return np.isneginf(self.log_of_truth()) & (self.weight > 0)


def without_zeros(log_proba: FloatArray, zero: Zero, n_labels: int) -> FloatArray:
    """Log-probabilities as the policy has them: as they are, clipped, or mixed."""
    if zero == "clip":
        return np.maximum(log_proba, np.log(_EPS))
    if zero == "mix":
        return np.logaddexp(np.log1p(-MIX_SHARE) + log_proba, np.log(MIX_SHARE / n_labels))
    return log_proba


def log_of(probability: FloatArray) -> FloatArray:
    """Natural logarithm, minus infinity of 0 without a warning."""
    with np.errstate(divide="ignore"):
        return np.log(probability)


def scored_outputs(
    y_true: ArrayLike,
    y_proba: Any,
    labels: ArrayLike | None,
    sample_weight: ArrayLike | None,
) -> list[ScoredRows]:
    """Check what the functions were given: one output, or the columns of an indicator."""
    truth = as_array(y_true, "y_true")
    if truth.ndim != 2 or truth.shape[1] == 1:
        return [_scored(y_true, y_proba, labels, sample_weight)]
    if labels is not None:
        msg = f"y_true has {truth.shape[1]} columns, whose labels are 0 and 1; leave labels out."
        raise ValueError(msg)
    tables = indicator_tables(y_proba, truth.shape[1])
    return [
        _scored(column, table, [0, 1], sample_weight, where=f" column {place}")
        for place, (column, table) in enumerate(zip(truth.T, tables, strict=True))
    ]


def indicator_tables(y_proba: Any, n_outputs: int) -> list[ArrayLike]:
    """Forecast of each output: a list of tables, or a table of the probabilities of 1."""
    if isinstance(y_proba, list | tuple) and y_proba and np.ndim(y_proba[0]) == 2:
        tables = list(y_proba)
    else:
        array = np.asarray(y_proba)
        tables = list(array) if array.ndim == 3 else list(array.T) if array.ndim == 2 else [array]
    if len(tables) != n_outputs:
        msg = (
            f"y_true has {n_outputs} columns and y_proba {len(tables)}; give the probability of "
            "1 for each column, or a list of one table for each."
        )
        raise ValueError(msg)
    return tables


def _scored(
    y_true: ArrayLike,
    y_proba: ArrayLike,
    labels: ArrayLike | None,
    sample_weight: ArrayLike | None,
    where: str = "",
) -> ScoredRows:
    """Check one output; a label without a column is an error."""
    truth = label_column(y_true, "y_true")
    columns = _column_labels(truth, labels)
    codes = codes_of_labels(truth, columns)
    unknown = np.flatnonzero(codes < 0)
    if unknown.size:
        row = int(unknown[0])
        msg = (
            f"y_true[{row}]{where} is {truth.tolist()[row]!r}, which is not one of the labels "
            f"{reprlib.repr(columns)}; name the label of every column of y_proba in labels."
        )
        raise ValueError(msg)
    table = probability_table(y_proba, len(columns))
    return aligned_rows(truth, columns, log_of(table), sample_weight)


def aligned_rows(
    truth: AnyArray,
    labels: Sequence[object],
    log_proba: FloatArray,
    sample_weight: ArrayLike | None,
) -> ScoredRows:
    """Rows whose labels are found by name; one that the forecast left out has probability 0."""
    if len(log_proba) != len(truth):
        msg = (
            f"The labels have {len(truth)} rows and y_proba has {len(log_proba)}; give one row of "
            "probabilities per label."
        )
        raise ValueError(msg)
    every = tuple(dict.fromkeys([*labels, *truth.tolist()]))
    absent = np.full((len(truth), len(every) - len(labels)), -np.inf)
    return ScoredRows(
        labels=every,
        codes=codes_of_labels(truth, every),
        log_proba=np.hstack([log_proba, absent]),
        weight=checked_weights(sample_weight, len(truth)),
    )


def label_column(values: ArrayLike, name: str) -> AnyArray:
    """Labels as one dimension without missing values."""
    try:
        column = np.asarray(values)
    except ValueError as error:
        msg = f"{name} holds sequences of different lengths; give one label per row."
        raise ValueError(msg) from error
    if column.ndim == 2 and column.shape[1] == 1:
        column = column[:, 0]
    if column.ndim != 1 or not column.size:
        msg = f"{name} has shape {column.shape}; give one label per row, and at least one row."
        raise ValueError(msg)
    if column.dtype.kind in {"f", "O", "m", "M"}:
        for row, value in enumerate(column.tolist()):
            if _is_missing(value):
                msg = f"{name}[{row}] is {value!r}; drop such rows, or name a label for them."
                raise ValueError(msg)
    return column


def _is_missing(value: object) -> bool:
    """Whether a value is None, NaN, NaT or NA, none of which equals itself."""
    same = value == value  # noqa: PLR0124
    # NA == NA is NA, whose truth value is an error
    return value is None or not isinstance(same, bool | np.bool_) or not same


def _column_labels(truth: AnyArray, labels: ArrayLike | None) -> list[object]:
    """Label of each column: as given, or the sorted labels that occur."""
    if labels is None:
        try:
            return sorted(set(truth.tolist()))
        except TypeError as error:
            msg = "y_true mixes kinds of labels that have no order; pass labels."
            raise ValueError(msg) from error
    columns: list[object] = label_column(labels, "labels").tolist()
    for column, label in enumerate(columns):
        if columns.index(label) < column:
            msg = f"labels[{column}] repeats {label!r}; name each column once."
            raise ValueError(msg)
    return columns


def codes_of_labels(truth: AnyArray, labels: Iterable[object]) -> IntArray:
    """Position of each value among the labels, and -1 for one that is not there."""
    position = {label: code for code, label in enumerate(labels)}
    codes = (position.get(value, -1) for value in truth.tolist())
    return np.fromiter(codes, dtype=np.intp, count=len(truth))


def probability_table(y_proba: ArrayLike, n_labels: int) -> FloatArray:
    """Probabilities in double precision, one column per label, rows that sum to one."""
    given = _numbers(y_proba, "y_proba")
    table = given.astype(np.float64)
    outside = np.argwhere(~((table >= 0.0) & (table <= 1.0)))  # also true of nan
    if len(outside):
        place = outside[0].tolist()
        msg = f"y_proba{place} is {float(table[tuple(place)])}; probabilities lie within [0, 1]."
        raise ValueError(msg)
    if table.ndim == 1:
        table = np.column_stack([1.0 - table, table])
    if table.ndim != 2 or table.shape[1] != n_labels:
        msg = (
            f"y_proba has shape {given.shape} but there are {n_labels} labels; give one column "
            "per label and name all of them in labels, or one dimension for two labels."
        )
        raise ValueError(msg)
    _check_sums(table, given.dtype)
    return table


def _numbers(values: ArrayLike, name: str) -> AnyArray:
    """Return an array of real numbers, or of objects that are; raise with its name if not."""
    try:
        array = np.asarray(values)
        numbers = array if array.dtype.kind in "fiubc" else array.astype(np.float64)
    except (TypeError, ValueError) as error:
        msg = f"{name} must hold numbers, in rows of equal length; got {reprlib.repr(values)}."
        raise TypeError(msg) from error
    if numbers.dtype.kind == "c":
        msg = f"{name} holds complex numbers, such as {numbers.ravel()[0]}; give real ones."
        raise TypeError(msg)
    return numbers


def _check_sums(table: FloatArray, dtype: np.dtype[Any]) -> None:
    """Refuse rows that do not sum to one."""
    # A softmax adds K numbers in its own precision, an error of at most K eps / 2: beyond
    # 1e-6 only for a dtype coarser than double (K > 8 in single, always in half precision).
    eps = float(np.finfo(dtype).eps) if np.issubdtype(dtype, np.floating) else _EPS
    sums = table.sum(axis=1)
    wrong = np.flatnonzero(np.abs(sums - 1.0) > max(_SUM_TOLERANCE, table.shape[1] * eps))
    if wrong.size:
        row = int(wrong[0])
        msg = (
            f"Row {row} of y_proba sums to {float(sums[row]):.9g}, not to 1; divide each row "
            "by its sum, if that is the forecast that was meant."
        )
        raise ValueError(msg)


def checked_weights(sample_weight: ArrayLike | None, n_samples: int) -> FloatArray:
    """Weights in double precision, equal where none are given."""
    if sample_weight is None:
        return np.ones(n_samples)
    refuse_named_weights(sample_weight)
    weight = _numbers(sample_weight, "sample_weight").astype(np.float64)
    if weight.shape != (n_samples,):
        msg = f"sample_weight has shape {weight.shape}; give one weight for each row, {n_samples}."
        raise ValueError(msg)
    wrong = np.flatnonzero(~((weight >= 0.0) & (weight < np.inf)))
    if wrong.size:
        row = int(wrong[0])
        msg = f"sample_weight[{row}] is {float(weight[row])}; weights are finite and at least 0."
        raise ValueError(msg)
    if not weight.any():
        msg = f"sample_weight is 0 in all {n_samples} rows; give at least one row a weight."
        raise ValueError(msg)
    return weight


def checked_zero(zero: Zero) -> Zero:
    """Refuse a policy that does not exist."""
    if zero not in ("inf", "clip", "mix"):
        msg = f'zero must be "inf", "clip" or "mix"; got {zero!r}.'
        raise ValueError(msg)
    return zero
