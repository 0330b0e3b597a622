"""Cross-entropy of a forecast, the information that it delivers, and scorers of both.

Mutual information says what the features hold, cross-entropy what a model delivers::

    H(Y) - cross-entropy  <=  I(X; Y)  <=  H(Y)
"""

import numbers
import reprlib
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self, TypeAlias

import numpy as np
from scipy.special import entr, xlogy
from sklearn import get_config
from sklearn.base import is_regressor
from sklearn.utils.metadata_routing import MetadataRequest

from mifs._typing import AnyArray, ArrayLike, FloatArray, IntArray
from mifs.units import nats_per_unit

__all__ = [
    "CrossEntropyScorer",
    "InformationGainScorer",
    "cross_entropy_loss",
    "cross_entropy_scorer",
    "information_gain_score",
    "information_gain_scorer",
]

Zero: TypeAlias = Literal["inf", "clip"]

# scikit-learn takes the eps of the array, so that one miss costs 36.04 nats in double,
# 15.94 in single and 6.93 in half precision; here it is always the first.
_EPS = float(np.finfo(np.float64).eps)
_SUM_TOLERANCE = 1e-6


def cross_entropy_loss(
    y_true: ArrayLike,
    y_proba: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    base: float | None = None,
    sample_weight: ArrayLike | None = None,
    zero: Zero = "inf",
) -> float:
    r"""Average surprise at the true classes, given the forecast probabilities.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels: integers, strings, booleans or any hashable values, none missing.
    y_proba : array-like of shape (n_samples, n_labels) or (n_samples,)
        Probabilities within [0, 1] whose rows sum to one. One dimension holds the
        probability of the second of two labels.
    labels : array-like of shape (n_labels,), default=None
        Labels in the order of the columns, which is kept. By default the sorted labels
        that occur in `y_true`.
    base : float or None, default=None
        Base of the logarithm: ``None`` for nats, 2 for bits, 10 for hartleys.
    sample_weight : array-like of shape (n_samples,), default=None
        Finite weights, at least 0 and not all 0. Equal by default.
    zero : {"inf", "clip"}, default="inf"
        What a true class of probability 0 costs: infinity, or, with probabilities raised
        to at least 2.2e-16 whatever their dtype, 36.04 nats.

    Returns
    -------
    float
        Cross-entropy in nats, or in units of `base`. At least 0, smaller is better.

    Raises
    ------
    ValueError
        If a label is missing or is not one of `labels`, lengths differ, a probability is
        outside [0, 1], a row does not sum to one, or a weight is not legal; the message
        says where.

    See Also
    --------
    information_gain_score : The entropy of the labels minus this loss.
    cross_entropy_scorer : The same for a fitted classifier.

    Notes
    -----
    With :math:`q_i` the probability given to the true class of row :math:`i`,

    .. math:: -\sum_i w_i \log q_i \Big/ \sum_i w_i ,

    which estimates :math:`H(Y \mid X) + \mathrm{E}\, D(p \,\|\, q)` [1]_. Cost
    :math:`O(n K)`. Equal to :func:`sklearn.metrics.log_loss` where that is defined, but
    for `labels`, which scikit-learn sorts, and for a row sum off by more than 1e-6 (or by
    the rounding of `n_labels` numbers of a coarser dtype), which is an error here.

    References
    ----------
    .. [1] T. Gneiting, A. E. Raftery, "Strictly proper scoring rules, prediction, and
       estimation", Journal of the American Statistical Association 102 (2007).
       https://doi.org/10.1198/016214506000001437

    Examples
    --------
    A true class that was given 80 % costs -log 0.8 = 0.223 nats, or 0.322 bits:

    >>> round(cross_entropy_loss(["rain", "sun"], [[0.8, 0.2], [0.2, 0.8]]), 6)
    0.223144
    >>> round(cross_entropy_loss(["rain", "sun"], [[0.8, 0.2], [0.2, 0.8]], base=2), 6)
    0.321928
    """
    nats, zero = nats_per_unit(base), _checked_zero(zero)
    return _scored_rows(y_true, y_proba, labels, sample_weight).cross_entropy(zero) / nats


def information_gain_score(
    y_true: ArrayLike,
    y_proba: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    base: float | None = None,
    sample_weight: ArrayLike | None = None,
    zero: Zero = "inf",
) -> float:
    r"""Information about the labels that a forecast delivers: their entropy minus its loss.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels, as for :func:`cross_entropy_loss`.
    y_proba : array-like of shape (n_samples, n_labels) or (n_samples,)
        Probabilities, as for :func:`cross_entropy_loss`.
    labels : array-like of shape (n_labels,), default=None
        Labels in the order of the columns; by default the sorted labels in `y_true`.
    base : float or None, default=None
        Base of the logarithm: ``None`` for nats, 2 for bits, 10 for hartleys.
    sample_weight : array-like of shape (n_samples,), default=None
        Finite weights, at least 0 and not all 0; they weigh the prevalence too.
    zero : {"inf", "clip"}, default="inf"
        What a true class of probability 0 costs: infinity or 36.04 nats.

    Returns
    -------
    float
        Gain in nats, or in units of `base`; larger is better. 0 is the forecast of the
        prevalence, less is worse than that, and H(Y) is a perfect forecast.

    Raises
    ------
    ValueError
        As :func:`cross_entropy_loss`.

    See Also
    --------
    cross_entropy_loss : The loss, and all that is checked.
    information_gain_scorer : The same for a fitted classifier.

    Notes
    -----
    With :math:`\pi` the weighted prevalence of the labels in `y_true`,

    .. math:: H(\pi) + \sum_i w_i \log q_i \Big/ \sum_i w_i .

    In the population no model's gain exceeds :math:`I(X; Y)` [1]_; what a family of
    models reaches is its usable information [2]_. Divided by :math:`H(\pi)` it is
    :func:`sklearn.metrics.d2_log_loss_score`. The prevalence of the scored rows makes
    :math:`H(\pi)` too low by about :math:`(K - 1) / 2n` nats, so that small folds look
    worse than they are, and rows of one class can gain nothing.

    References
    ----------
    .. [1] D. Barber, F. Agakov, "The IM algorithm: a variational approach to information
       maximization", Advances in Neural Information Processing Systems 16 (2003).
    .. [2] Y. Xu, S. Zhao, J. Song, R. Stewart, S. Ermon, "A theory of usable information
       under computational constraints", ICLR (2020).
       https://doi.org/10.48550/arXiv.2002.10689

    Examples
    --------
    Two equally frequent classes hold log 2 nats; a perfect forecast delivers all of it, 1
    bit, and that of the prevalence nothing:

    >>> information_gain_score([0, 1], [[1.0, 0.0], [0.0, 1.0]], base=2)
    1.0
    >>> information_gain_score([0, 1], [[0.5, 0.5], [0.5, 0.5]], base=2)
    0.0
    """
    nats, zero = nats_per_unit(base), _checked_zero(zero)
    rows = _scored_rows(y_true, y_proba, labels, sample_weight)
    return (rows.entropy() - rows.cross_entropy(zero)) / nats


@dataclass(frozen=True, kw_only=True, repr=False)
class _ForecastScorer(ABC):
    """What the scorers share: columns aligned by name, immutability, metadata routing."""

    base: float | None = None
    zero: Zero = "clip"
    _sample_weight_request: bool | str | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        nats_per_unit(self.base)
        _checked_zero(self.zero)

    @abstractmethod
    def _score(self, rows: "_ScoredRows") -> float:
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
        truth = _label_column(y, "y")
        codes = _codes(truth, classes)
        _check_kinds(truth.tolist(), codes, classes)
        probability = _probability_of_truth(codes, proba, len(classes))
        rows = _ScoredRows(truth, probability, _weights(sample_weight, len(truth)))
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

    def _score(self, rows: "_ScoredRows") -> float:
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

    def _score(self, rows: "_ScoredRows") -> float:
        return rows.entropy() - rows.cross_entropy(self.zero)


@dataclass(frozen=True)
class _ScoredRows:
    """Labels that came true, the probability that each was given, and weights; nats."""

    truth: AnyArray
    probability: FloatArray
    weight: FloatArray

    def cross_entropy(self, zero: Zero) -> float:
        """Weighted mean of -log probability; a row of weight 0 never counts."""
        q = np.maximum(self.probability, _EPS) if zero == "clip" else self.probability
        # 0 - x, since -x of a perfect forecast is -0.0
        return float(0.0 - xlogy(self.weight, q).sum() / self.weight.sum())

    def entropy(self) -> float:
        """Plug-in entropy of the weighted prevalence."""
        codes = _codes(self.truth, dict.fromkeys(self.truth.tolist()))
        prevalence = np.bincount(codes, weights=self.weight) / self.weight.sum()
        return float(entr(prevalence).sum())


def _scored_rows(
    y_true: ArrayLike,
    y_proba: ArrayLike,
    labels: ArrayLike | None,
    sample_weight: ArrayLike | None,
) -> _ScoredRows:
    """Check what the functions were given; a label without a column is an error."""
    truth = _label_column(y_true, "y_true")
    columns = _column_labels(truth, labels)
    codes = _codes(truth, columns)
    unknown = np.flatnonzero(codes < 0)
    if unknown.size:
        row = int(unknown[0])
        msg = (
            f"y_true[{row}] is {truth.tolist()[row]!r}, which is not one of the labels "
            f"{reprlib.repr(columns)}; name the label of every column of y_proba in labels."
        )
        raise ValueError(msg)
    probability = _probability_of_truth(codes, y_proba, len(columns))
    return _ScoredRows(truth, probability, _weights(sample_weight, len(truth)))


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


def _label_column(values: ArrayLike, name: str) -> AnyArray:
    """Labels as one dimension without missing values."""
    column = np.asarray(values)
    if column.ndim == 2 and column.shape[1] == 1:
        column = column[:, 0]
    if column.ndim != 1 or not column.size:
        msg = f"{name} has shape {column.shape}; give one label per row, and at least one row."
        raise ValueError(msg)
    if column.dtype.kind in "fO":
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
    columns: list[object] = _label_column(labels, "labels").tolist()
    for column, label in enumerate(columns):
        if columns.index(label) < column:
            msg = f"labels[{column}] repeats {label!r}; name each column once."
            raise ValueError(msg)
    return columns


def _codes(truth: AnyArray, labels: Iterable[object]) -> IntArray:
    """Position of each value among the labels, and -1 for one that is not there."""
    position = {label: code for code, label in enumerate(labels)}
    codes = (position.get(value, -1) for value in truth.tolist())
    return np.fromiter(codes, dtype=np.intp, count=len(truth))


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


def _probability_of_truth(codes: IntArray, y_proba: ArrayLike, n_labels: int) -> FloatArray:
    """Probability that each row gave to its true label: 0 for one that has no column."""
    table = _probability_table(y_proba, n_labels)
    if len(table) != len(codes):
        msg = (
            f"The labels have {len(codes)} rows and y_proba has {len(table)}; give one row of "
            "probabilities per label."
        )
        raise ValueError(msg)
    return np.where(codes < 0, 0.0, table[np.arange(len(codes)), codes])


def _probability_table(y_proba: ArrayLike, n_labels: int) -> FloatArray:
    """Probabilities in double precision, one column per label, rows that sum to one."""
    given = np.asarray(y_proba)
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


def _weights(sample_weight: ArrayLike | None, n_samples: int) -> FloatArray:
    """Weights in double precision, equal where none are given."""
    if sample_weight is None:
        return np.ones(n_samples)
    weight = np.asarray(sample_weight, dtype=np.float64)
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


def _checked_zero(zero: Zero) -> Zero:
    """Refuse a policy that does not exist."""
    if zero not in ("inf", "clip"):
        msg = f'zero must be "inf" or "clip"; got {zero!r}.'
        raise ValueError(msg)
    return zero


cross_entropy_scorer = CrossEntropyScorer()
information_gain_scorer = InformationGainScorer()
