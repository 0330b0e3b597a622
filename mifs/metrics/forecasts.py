"""What a fitted classifier forecasts, with columns aligned to the labels by name."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import is_regressor

from mifs._typing import AnyArray, ArrayLike, FloatArray
from mifs.metrics.rows import (
    ScoredRows,
    aligned_rows,
    indicator_tables,
    label_column,
    log_of,
    probability_table,
)


def forecast_rows(
    estimator: object, X: object, y: ArrayLike, sample_weight: ArrayLike | None
) -> list[ScoredRows]:
    """Score rows of each output of a fitted classifier."""
    proba, classes = _forecast(estimator, X)
    truth = np.asarray(y)
    if truth.ndim != 2 or truth.shape[1] == 1:
        _refuse_several(estimator, proba, classes)
        column = label_column(y, "y")
        labels = np.asarray(classes).tolist()
        logs = _log_table(estimator, X, probability_table(proba, len(labels)))
        _check_kinds(column.tolist(), labels)
        return [aligned_rows(column, labels, logs, sample_weight)]
    outputs = []
    for place, (table, labels) in enumerate(_of_outputs(proba, classes, truth.shape[1])):
        column = label_column(truth[:, place], f"column {place} of y")
        _check_kinds(column.tolist(), labels)
        logs = log_of(probability_table(table, len(labels)))
        outputs.append(aligned_rows(column, labels, logs, sample_weight))
    return outputs


def _forecast(estimator: object, X: object) -> tuple[Any, Any]:
    """Probabilities that a fitted classifier gives, and its classes."""
    predict_proba = getattr(estimator, "predict_proba", None)
    if predict_proba is None:
        raise TypeError(_no_probabilities(estimator))
    proba, classes = predict_proba(X), getattr(estimator, "classes_", None)
    if classes is None:
        msg = (
            f"{_class_name(estimator)} has no classes_, so its columns have no labels; use a "
            "classifier that keeps them, or score its probabilities by cross_entropy_loss."
        )
        raise TypeError(msg)
    return proba, classes


def _refuse_several(estimator: object, proba: Any, classes: Any) -> None:
    """Refuse the forecasts of several outputs for the labels of one."""
    several = isinstance(proba, list) and any(np.ndim(table) > 1 for table in proba)
    if several or any(np.ndim(label) for label in classes):
        msg = f"{_class_name(estimator)} predicts several outputs; give one column of y for each."
        raise TypeError(msg)


def _of_outputs(proba: Any, classes: Any, n_outputs: int) -> list[tuple[ArrayLike, list[object]]]:
    """Table and labels of each output; of an indicator they are 0 and 1."""
    tables = indicator_tables(proba, n_outputs)
    named = len(classes) == n_outputs and all(np.ndim(labels) == 1 for labels in classes)
    if named and np.ndim(tables[0]) == 2:
        return [
            (table, np.asarray(labels).tolist())
            for table, labels in zip(tables, classes, strict=True)
        ]
    return [(table, [0, 1]) for table in tables]


def _log_table(estimator: object, X: object, table: FloatArray) -> FloatArray:
    """Log-probabilities, the estimator's own where a probability is too small for a float."""
    logs = log_of(table)
    predict_log_proba = getattr(estimator, "predict_log_proba", None)
    if predict_log_proba is None or not np.isneginf(logs).any():
        return logs
    with np.errstate(divide="ignore"):
        own: AnyArray = np.asarray(predict_log_proba(X), dtype=np.float64)
    return np.where(np.isneginf(logs), own, logs)


def _no_probabilities(estimator: object) -> str:
    """Sentence that says what to do with an estimator that has no predict_proba."""
    name = _class_name(estimator)
    if hasattr(estimator, "__sklearn_tags__") and is_regressor(estimator):
        return f"{name} is a regressor and gives no class probabilities; score a classifier."
    return (
        f"{name} has no predict_proba; set probability=True where it has that option, or wrap "
        "it in sklearn.calibration.CalibratedClassifierCV."
    )


def _class_name(estimator: object) -> str:
    """Class of an estimator, with that of the last step of a pipeline."""
    steps = getattr(estimator, "steps", None)
    name = type(estimator).__name__
    return f"{name} ending in {type(steps[-1][1]).__name__}" if steps else name


def _check_kinds(truth: Sequence[object], classes: Sequence[object]) -> None:
    """Refuse labels that no class could equal, such as "1" where the classes are 1 and 2."""
    kinds, known = {_kind(label) for label in classes}, set(classes)
    for row, label in enumerate(truth):
        if label not in known and _kind(label) not in kinds:
            msg = (
                f"y[{row}] is {label!r}, but the estimator was fitted on labels such as "
                f"{classes[0]!r}; fit and score on labels of one kind."
            )
            raise TypeError(msg)


def _kind(label: object) -> str:
    """Name of the labels that this one can equal: numbers and booleans are one kind."""
    if isinstance(label, numbers.Number | np.bool_):
        return "number"
    return "str" if isinstance(label, str) else type(label).__name__
