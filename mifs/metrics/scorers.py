"""Scorers of fitted classifiers: columns aligned by class, folds that lack a class scored."""

from __future__ import annotations

import numbers
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
from sklearn import get_config
from sklearn.base import is_regressor
from sklearn.utils.metadata_routing import MetadataRequest

from mifs._typing import ArrayLike, IntArray
from mifs.metrics.rows import (
    ScoredRows,
    Zero,
    checked_weights,
    checked_zero,
    codes_of_labels,
    label_column,
    probability_of_truth,
)
from mifs.units import nats_per_unit


@dataclass(frozen=True, kw_only=True, repr=False)
class _ForecastScorer(ABC):
    """What the scorers share: columns aligned by name, immutability, metadata routing."""

    base: float | None = None
    zero: Zero = "clip"
    _sample_weight_request: bool | str | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        nats_per_unit(self.base)
        checked_zero(self.zero)

    @abstractmethod
    def _score(self, rows: ScoredRows) -> float:
        """Score in nats, greater is better."""

    def __call__(
        self, estimator: object, X: object, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        """Score a fitted classifier.

        Parameters
        ----------
        estimator : object
            Fitted classifier with `predict_proba` and `classes_`.
        X : array-like of shape (n_samples, n_features)
            Whatever the classifier predicts from.
        y : array-like of shape (n_samples,)
            True labels, of the same kind as the classifier's.
        sample_weight : array-like of shape (n_samples,), default=None
            Finite weights, at least 0 and not all 0.

        Returns
        -------
        float
            Score in nats, or in units of `base`; greater is better.

        Raises
        ------
        TypeError
            If the estimator gives no probabilities, gives those of several outputs, or was
            fitted on labels of another kind.
        ValueError
            As :func:`cross_entropy_loss`.
        """
        proba, classes = _forecast(estimator, X)
        truth = label_column(y, "y")
        codes = codes_of_labels(truth, classes)
        _check_kinds(truth.tolist(), codes, classes)
        probability = probability_of_truth(codes, proba, len(classes))
        rows = ScoredRows(truth, probability, checked_weights(sample_weight, len(truth)))
        return self._score(rows) / nats_per_unit(self.base)

    def set_score_request(self, *, sample_weight: bool | str | None) -> Self:
        """Ask meta-estimators for sample weights, in a new scorer: this one stays as it is.

        Parameters
        ----------
        sample_weight : bool, str or None
            True asks for the weights, False declines them, None makes it an error to pass
            them, and a name asks for them under that name.

        Returns
        -------
        scorer
            An equal scorer with this request.

        Raises
        ------
        RuntimeError
            If metadata routing is off, as for scikit-learn's scorers.
        ValueError
            If a name is not an identifier.
        """
        if not get_config()["enable_metadata_routing"]:
            msg = (
                "set_score_request needs metadata routing, which is off; turn it on with "
                "sklearn.set_config(enable_metadata_routing=True)."
            )
            raise RuntimeError(msg)
        requesting = replace(self)
        object.__setattr__(requesting, "_sample_weight_request", sample_weight)
        requesting.get_metadata_routing()  # scikit-learn's own check of the request
        return requesting

    def get_metadata_routing(self) -> MetadataRequest:
        """Metadata that this scorer asks for.

        Returns
        -------
        MetadataRequest
            Request for `sample_weight` by `score`.
        """
        request = MetadataRequest(owner=self)
        request.score.add_request(param="sample_weight", alias=self._sample_weight_request)
        return request

    def _accept_sample_weight(self) -> bool:
        """Tell a dictionary of scorers, which asks without looking, that weights are used."""
        return True

    def __sklearn_clone__(self) -> Self:
        """Return itself, since it cannot change."""
        return self

    def __repr__(self) -> str:
        text = f"{type(self).__name__}(base={self.base!r}, zero={self.zero!r})"
        if self._sample_weight_request is None:
            return text
        return f"{text}.set_score_request(sample_weight={self._sample_weight_request!r})"


@dataclass(frozen=True, kw_only=True, repr=False)
class CrossEntropyScorer(_ForecastScorer):
    """Minus the cross-entropy of a fitted classifier, as a `scoring` of scikit-learn.

    Parameters
    ----------
    base : float or None, default=None
        Base of the logarithm: ``None`` for nats, 2 for bits, 10 for hartleys.
    zero : {"clip", "inf"}, default="clip"
        What a true class of probability 0 costs: 36.04 nats or infinity.

    See Also
    --------
    cross_entropy_loss : The loss of given probabilities.
    cross_entropy_scorer : Ready instance with the defaults.

    Notes
    -----
    Columns are aligned by `estimator.classes_`. A class that the scored rows lack does no
    harm, and one that the training rows lacked was given probability 0. scikit-learn's
    `neg_log_loss` is nan in both cases, or, where as many classes are scored as were
    trained but others, silently reads the probability of one as that of another.

    The scorers clip by default, although :func:`cross_entropy_loss` says infinity: one
    impossible row makes a candidate's score minus infinity, in a grid search often that of
    every candidate, and equal scores choose nothing. A number that describes should not
    hide such a row, one that compares has to survive it.

    Scorers are immutable: `set_score_request` returns a new one, which has to be kept.

    Examples
    --------
    A constant forecast of two equally frequent classes costs log 2 nats, 1 bit:

    >>> from sklearn.dummy import DummyClassifier
    >>> X, y = [[0], [0]], ["ham", "spam"]
    >>> CrossEntropyScorer(base=2)(DummyClassifier().fit(X, y), X, y)
    -1.0
    """

    def _score(self, rows: ScoredRows) -> float:
        return 0.0 - rows.cross_entropy(self.zero)


@dataclass(frozen=True, kw_only=True, repr=False)
class InformationGainScorer(_ForecastScorer):
    """Entropy of the scored labels minus the cross-entropy of a fitted classifier.

    Parameters
    ----------
    base : float or None, default=None
        Base of the logarithm: ``None`` for nats, 2 for bits, 10 for hartleys.
    zero : {"clip", "inf"}, default="clip"
        What a true class of probability 0 costs: 36.04 nats or infinity; for the choice,
        and for folds that lack a class, see :class:`CrossEntropyScorer`.

    See Also
    --------
    information_gain_score : The gain of given probabilities.
    information_gain_scorer : Ready instance with the defaults.

    Notes
    -----
    The entropy is that of each scored fold, so that folds of a few rows look worse than
    they are, and those of one row gain nothing.

    Examples
    --------
    A tree that tells two equally frequent classes apart delivers log 2 nats, 1 bit:

    >>> from sklearn.tree import DecisionTreeClassifier
    >>> X, y = [[0], [1]], ["ham", "spam"]
    >>> InformationGainScorer(base=2)(DecisionTreeClassifier().fit(X, y), X, y)
    1.0
    """

    def _score(self, rows: ScoredRows) -> float:
        return rows.entropy() - rows.cross_entropy(self.zero)


def _forecast(estimator: object, X: object) -> tuple[ArrayLike, list[object]]:
    """Probabilities that a fitted classifier gives, and the label of each column."""
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
    several = isinstance(proba, list) and any(np.ndim(table) > 1 for table in proba)
    if several or any(np.ndim(label) for label in classes):
        msg = (
            f"{_class_name(estimator)} predicts several outputs; fit and score one classifier "
            "per output."
        )
        raise TypeError(msg)
    return proba, np.asarray(classes).tolist()


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


def _check_kinds(truth: list[object], codes: IntArray, classes: list[object]) -> None:
    """Refuse labels that no class could equal, such as "1" where the classes are 1 and 2."""
    kinds = {_kind(label) for label in classes}
    for row in np.flatnonzero(codes < 0):
        if _kind(truth[row]) not in kinds:
            msg = (
                f"y[{row}] is {truth[row]!r}, but the estimator was fitted on labels such as "
                f"{classes[0]!r}; fit and score on labels of one kind."
            )
            raise TypeError(msg)


def _kind(label: object) -> str:
    """Name of the labels that this one can equal: numbers and booleans are one kind."""
    if isinstance(label, numbers.Number | np.bool_):
        return "number"
    return "str" if isinstance(label, str) else type(label).__name__


cross_entropy_scorer = CrossEntropyScorer()
information_gain_scorer = InformationGainScorer()
