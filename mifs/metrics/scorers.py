"""Scorers of fitted classifiers: columns aligned by class, folds that lack a class scored."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, Self, TypeAlias

import numpy as np
from sklearn import get_config
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.utils.metadata_routing import MetadataRequest

from mifs._typing import ArrayLike, FloatArray
from mifs.metrics.decomposition import decomposed
from mifs.metrics.forecasts import forecast_rows
from mifs.metrics.gain import InformationGain, mean_of, sum_of, summed_up
from mifs.metrics.losses import NOTHING_TO_TELL
from mifs.metrics.rows import ScoredRows, Zero, checked_zero
from mifs.units import base_of_unit, nats_per_unit


@dataclass(frozen=True, kw_only=True, repr=False)
class _ForecastScorer(ABC):
    """What the scorers share: columns aligned by name, immutability, metadata routing."""

    zero: Zero = "clip"
    _sample_weight_request: bool | str | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        checked_zero(self.zero)

    @abstractmethod
    def _score(self, outputs: Any) -> float:
        """Score in nats, or without a unit; greater is better."""

    def _nats_per_unit(self) -> float:
        """Size of the unit of the score; a share has none."""
        return 1.0

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
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            True labels, of the same kind as the classifier's; the scores of outputs are summed.
        sample_weight : array-like of shape (n_samples,), default=None
            Finite weights, at least 0 and not all 0.

        Returns
        -------
        float
            Score in nats, in units of `base`, or a share; greater is better.

        Raises
        ------
        TypeError
            If the estimator gives no probabilities, gives those of several outputs for one
            column of y, or was fitted on labels of another kind.
        ValueError
            As :func:`cross_entropy_loss`.
        """
        return self._score(self._read(estimator, X, y, sample_weight)) / self._nats_per_unit()

    def _read(
        self, estimator: Any, X: object, y: ArrayLike, sample_weight: ArrayLike | None
    ) -> Any:
        """Return what is scored: of a classifier the rows of its forecast."""
        return forecast_rows(estimator, X, y, sample_weight)

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
        values = {each.name: getattr(self, each.name) for each in fields(self) if each.init}
        if values.get("baseline") == "eval":
            del values["baseline"]
        shown = ", ".join(f"{name}={value!r}" for name, value in sorted(values.items()))
        text = f"{type(self).__name__}({shown})"
        if self._sample_weight_request is None:
            return text
        return f"{text}.set_score_request(sample_weight={self._sample_weight_request!r})"


@dataclass(frozen=True, kw_only=True, repr=False)
class ScorerWithUnit(_ForecastScorer):
    """What the scorers share whose score is an information."""

    base: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        nats_per_unit(self.base)

    def _nats_per_unit(self) -> float:
        return nats_per_unit(self.base)


@dataclass(frozen=True, kw_only=True, repr=False)
class CrossEntropyScorer(ScorerWithUnit):
    """Minus the cross-entropy of a fitted classifier, as a `scoring` of scikit-learn.

    Parameters
    ----------
    base : float or None, default=None
        Base of the logarithm: ``None`` for nats, 2 for bits, 10 for hartleys.
    zero : {"clip", "inf", "mix"}, default="clip"
        What a true class of probability 0 costs: 36.04 nats, infinity, or log(1000 K) nats.

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

    def _score(self, outputs: Sequence[ScoredRows]) -> float:
        loss = sum_of([rows.loss(self.zero) for rows in outputs])
        return 0.0 - mean_of(loss, outputs[0].weight)


@dataclass(frozen=True, kw_only=True, repr=False)
class InformationGainScorer(ScorerWithUnit):
    """Entropy of the scored labels minus the cross-entropy of a fitted classifier.

    Parameters
    ----------
    base : float or None, default=None
        Base of the logarithm: ``None`` for nats, 2 for bits, 10 for hartleys.
    zero : {"clip", "inf", "mix"}, default="clip"
        What a true class of probability 0 costs: 36.04 nats, infinity, or log(1000 K) nats; for
        the choice, and for folds that lack a class, see :class:`CrossEntropyScorer`.
    baseline : "eval" or mapping of label to probability, default="eval"
        Forecast to improve on: the shares of each scored fold, or one for all folds. The training
        rows are not seen by a scorer; :func:`cross_val_information` takes their shares.

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

    baseline: Any = "eval"

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "baseline", _frozen_baseline(self.baseline))

    def _score(self, outputs: Sequence[ScoredRows]) -> float:
        return _gain(outputs, self.baseline, self.zero).gain


@dataclass(frozen=True, kw_only=True, repr=False)
class NormalizedInformationGainScorer(_ForecastScorer):
    """Information gain of a fitted classifier as a share of the entropy of the scored labels.

    Parameters
    ----------
    zero : {"clip", "inf", "mix"}, default="clip"
        What a true class of probability 0 costs: 36.04 nats, infinity, or log(1000 K) nats.
    baseline : "eval" or mapping of label to probability, default="eval"
        Forecast to improve on, as for :class:`InformationGainScorer`.

    See Also
    --------
    normalized_information_gain_score : The same of given probabilities.
    normalized_information_gain_scorer : Ready instance with the defaults.

    Notes
    -----
    A fold of one class has no share, and its score is nan with an UndefinedMetricWarning, where
    scikit-learn's `d2_log_loss_score` is about -1e15.

    Examples
    --------
    A tree that tells two classes apart delivers all that there is:

    >>> from sklearn.tree import DecisionTreeClassifier
    >>> X, y = [[0], [1]], ["ham", "spam"]
    >>> normalized_information_gain_scorer(DecisionTreeClassifier().fit(X, y), X, y)
    1.0
    """

    baseline: Any = "eval"

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "baseline", _frozen_baseline(self.baseline))

    def _score(self, outputs: Sequence[ScoredRows]) -> float:
        found = _gain(outputs, self.baseline, self.zero)
        if not found.baseline:
            warnings.warn(NOTHING_TO_TELL, UndefinedMetricWarning, stacklevel=3)
        return found.normalized


@dataclass(frozen=True, kw_only=True, repr=False)
class DiscriminationScorer(ScorerWithUnit):
    """Information in the forecast of a fitted classifier, however well its probabilities fit.

    Parameters
    ----------
    base : float or None, default=None
        Base of the logarithm: ``None`` for nats, 2 for bits, 10 for hartleys.
    zero : {"clip", "inf", "mix"}, default="clip"
        Without effect: the recalibrated forecast has no zeros.

    See Also
    --------
    cross_entropy_decomposition : All parts, of given probabilities.
    discrimination_scorer : Ready instance with the defaults.

    Notes
    -----
    The forecast is recalibrated within each scored fold, cross-fitted, so that a fold of a few
    dozen rows is scored too low. It compares models whose probabilities will be recalibrated.

    Examples
    --------
    A constant forecast tells nothing:

    >>> from sklearn.dummy import DummyClassifier
    >>> X, y = [[0]] * 100, ["ham", "spam"] * 50
    >>> round(discrimination_scorer(DummyClassifier().fit(X, y), X, y), 6)
    0.0
    """

    def _score(self, outputs: Sequence[ScoredRows]) -> float:
        return decomposed(outputs, zero=self.zero).discrimination


Scoring: TypeAlias = dict[str, _ForecastScorer]


def information_scoring(
    *, unit: str = "bits", zero: Literal["clip", "inf", "mix"] = "clip"
) -> Scoring:
    """Scorers of everything that a forecast delivers, by names that read well in a table.

    Parameters
    ----------
    unit : {"bits", "nats", "hartleys"}, default="bits"
        Unit of every information; it stands in the names.
    zero : {"clip", "inf", "mix"}, default="clip"
        What a true class of probability 0 costs.

    Returns
    -------
    dict of str to scorer
        ``neg_cross_entropy_bits``, ``information_gain_bits``, ``discrimination_bits`` and
        ``normalized_information_gain``, each greater the better; for `scoring` of
        `cross_validate` and of a search with ``refit="information_gain_bits"``.

    Raises
    ------
    ValueError
        If the unit or the policy is unknown.

    Examples
    --------
    >>> list(information_scoring())[:2]
    ['neg_cross_entropy_bits', 'information_gain_bits']
    """
    base = base_of_unit(unit)
    return {
        f"neg_cross_entropy_{unit}": CrossEntropyScorer(base=base, zero=zero),
        f"information_gain_{unit}": InformationGainScorer(base=base, zero=zero),
        f"discrimination_{unit}": DiscriminationScorer(base=base, zero=zero),
        "normalized_information_gain": NormalizedInformationGainScorer(zero=zero),
    }


def _frozen_baseline(
    baseline: Literal["eval"] | Mapping[object, float] | Iterable[tuple[object, float]],
) -> Any:
    """Check a baseline, and make pairs of a mapping, which cannot be changed."""
    if isinstance(baseline, str):
        if baseline != "eval":
            msg = f'baseline of a scorer must be "eval" or a mapping; got {baseline!r}. A scorer '
            msg += "does not see the training rows: pass their shares as {label: probability}."
            raise ValueError(msg)
        return baseline
    pairs = dict(baseline)
    shares = np.array(list(pairs.values()), dtype=np.float64)
    if not (shares >= 0).all() or abs(shares.sum() - 1) > 1e-6:
        msg = f"baseline is {pairs}; its probabilities are at least 0 and sum to 1."
        raise ValueError(msg)
    return tuple(pairs.items())


def _gain(outputs: Sequence[ScoredRows], baseline: Any, zero: Zero) -> InformationGain:
    """Gain over the shares of the fold, or over the shares given by label."""
    if baseline != "eval" and len(outputs) > 1:
        msg = f"y has {len(outputs)} outputs, which a baseline by label cannot tell apart; "
        msg += 'take baseline="eval".'
        raise ValueError(msg)
    priors = [_prior(rows, baseline) for rows in outputs]
    loss = sum_of([rows.loss(zero) for rows in outputs])
    surprise = sum_of(
        [rows.surprise(prior, zero) for rows, prior in zip(outputs, priors, strict=True)]
    )
    return summed_up(loss, surprise, outputs)


def _prior(rows: ScoredRows, baseline: Any) -> FloatArray:
    """Baseline over the labels of the rows; 0 for one that it does not name."""
    if baseline == "eval":
        return rows.shares()
    shares = dict(baseline)
    return np.array([shares.get(label, 0.0) for label in rows.labels])


cross_entropy_scorer = CrossEntropyScorer()
information_gain_scorer = InformationGainScorer()
normalized_information_gain_scorer = NormalizedInformationGainScorer()
discrimination_scorer = DiscriminationScorer()
