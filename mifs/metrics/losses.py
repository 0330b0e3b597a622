"""Cross-entropy of a forecast, and the information that it delivers."""

from __future__ import annotations

import warnings
from typing import Any

from sklearn.exceptions import UndefinedMetricWarning

from mifs._typing import ArrayLike
from mifs.metrics.gain import Baseline, information_gain, mean_of, sum_of
from mifs.metrics.rows import Zero, checked_zero, scored_outputs
from mifs.units import nats_per_unit


def cross_entropy_loss(
    y_true: ArrayLike,
    y_proba: Any,
    *,
    labels: ArrayLike | None = None,
    base: float | None = None,
    sample_weight: ArrayLike | None = None,
    zero: Zero = "inf",
) -> float:
    r"""Average surprise at the true classes, given the forecast probabilities.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_outputs)
        True labels: integers, strings, booleans or any hashable values, none missing.
        Several columns are an indicator: 0 or 1 for each output.
    y_proba : array-like of shape (n_samples, n_labels), (n_samples,) or (n_samples, n_outputs)
        Probabilities within [0, 1] whose rows sum to one. One dimension holds the
        probability of the second of two labels. Of an indicator, the probability of 1 of each
        output, or a list of one table of two columns for each.
    labels : array-like of shape (n_labels,), default=None
        Labels in the order of the columns, which is kept. By default the sorted labels
        that occur in `y_true`.
    base : float or None, default=None
        Base of the logarithm: ``None`` for nats, 2 for bits, 10 for hartleys.
    sample_weight : array-like of shape (n_samples,), default=None
        Finite weights, at least 0 and not all 0. Equal by default.
    zero : {"inf", "clip", "mix"}, default="inf"
        What a true class of probability 0 costs: infinity; or 36.04 nats, with probabilities
        raised to at least 2.2e-16 whatever their dtype; or log(1000 K) for K labels, with every
        forecast mixed with 0.001 of the uniform one, which leaves it a forecast.
        :func:`information_gain` counts such rows.

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
    the rounding of `n_labels` numbers of a coarser dtype), which is an error here. Of several
    outputs the losses are summed, which is the loss of the joint forecast that holds them
    independent, and at least that of the best joint one.

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
    nats, zero = nats_per_unit(base), checked_zero(zero)
    outputs = scored_outputs(y_true, y_proba, labels, sample_weight)
    return mean_of(sum_of([rows.loss(zero) for rows in outputs]), outputs[0].weight) / nats


def information_gain_score(
    y_true: ArrayLike,
    y_proba: Any,
    *,
    labels: ArrayLike | None = None,
    baseline: Baseline = "eval",
    y_train: ArrayLike | None = None,
    base: float | None = None,
    sample_weight: ArrayLike | None = None,
    zero: Zero = "inf",
) -> float:
    r"""Information about the labels that a forecast delivers: their entropy minus its loss.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_outputs)
        True labels, as for :func:`cross_entropy_loss`.
    y_proba : array-like of shape (n_samples, n_labels), (n_samples,) or (n_samples, n_outputs)
        Probabilities, as for :func:`cross_entropy_loss`.
    labels : array-like of shape (n_labels,), default=None
        Labels in the order of the columns; by default the sorted labels in `y_true`.
    baseline : {"eval", "train"} or array-like of shape (n_labels,), default="eval"
        Forecast to improve on: the prevalence of the labels in `y_true`, that in `y_train`, or
        probabilities of your own; of several outputs the probability of 1 of each.
    y_train : array-like of shape (n_train,) or (n_train, n_outputs), default=None
        Labels of the rows that the model was fitted to, for ``baseline="train"``.
    base : float or None, default=None
        Base of the logarithm: ``None`` for nats, 2 for bits, 10 for hartleys.
    sample_weight : array-like of shape (n_samples,), default=None
        Finite weights, at least 0 and not all 0; they weigh the prevalence too.
    zero : {"inf", "clip", "mix"}, default="inf"
        What a true class of probability 0 costs: infinity, 36.04 nats or log(1000 K).

    Returns
    -------
    float
        Gain in nats, or in units of `base`; larger is better. 0 is the baseline, less is worse
        than that, and the loss of the baseline, by default H(Y), is a perfect forecast.

    Raises
    ------
    ValueError
        As :func:`information_gain`.

    See Also
    --------
    cross_entropy_loss : The loss, and all that is checked.
    information_gain : The same with its standard error and the count of zeros.
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
    nats = nats_per_unit(base)
    found = information_gain(
        y_true,
        y_proba,
        labels=labels,
        baseline=baseline,
        y_train=y_train,
        sample_weight=sample_weight,
        zero=zero,
    )
    return found.gain / nats


def normalized_information_gain_score(
    y_true: ArrayLike,
    y_proba: Any,
    *,
    labels: ArrayLike | None = None,
    baseline: Baseline = "eval",
    y_train: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
    zero: Zero = "inf",
) -> float:
    r"""Information that a forecast delivers, as a share of the entropy of the labels.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_outputs)
        True labels, as for :func:`cross_entropy_loss`.
    y_proba : array-like of shape (n_samples, n_labels), (n_samples,) or (n_samples, n_outputs)
        Probabilities, as for :func:`cross_entropy_loss`.
    labels : array-like of shape (n_labels,), default=None
        Labels in the order of the columns; by default the sorted labels in `y_true`.
    baseline : {"eval", "train"} or array-like of shape (n_labels,), default="eval"
        Forecast to improve on, as for :func:`information_gain_score`.
    y_train : array-like of shape (n_train,) or (n_train, n_outputs), default=None
        Labels of the rows that the model was fitted to, for ``baseline="train"``.
    sample_weight : array-like of shape (n_samples,), default=None
        Finite weights, at least 0 and not all 0; they weigh the prevalence too.
    zero : {"inf", "clip", "mix"}, default="inf"
        What a true class of probability 0 costs: infinity, 36.04 nats or log(1000 K).

    Returns
    -------
    float
        At most 1, the perfect forecast; 0 is the baseline, less is worse. Without a unit. nan,
        with an UndefinedMetricWarning, where the scored rows are of one class.

    Raises
    ------
    ValueError
        As :func:`information_gain`.

    Warns
    -----
    UndefinedMetricWarning
        If the loss of the baseline is 0, so that there is nothing to tell.

    See Also
    --------
    information_gain_score : The numerator, in nats.

    Notes
    -----
    One minus the ratio of the losses of forecast and baseline: with the shares of the scored rows
    :func:`sklearn.metrics.d2_log_loss_score`, McFadden's pseudo R squared [1]_, and Theil's
    uncertainty coefficient of the forecast. Scores of single rows have no such ratio; pool them
    (:func:`cross_val_information`).

    References
    ----------
    .. [1] D. McFadden, "Conditional logit analysis of qualitative choice behavior", in P. Zarembka
       (ed.), Frontiers in Econometrics (1974).

    Examples
    --------
    Told with 80 %, 1 + log 0.8 / log 2 = 0.68 of the one bit of two equally frequent classes:

    >>> round(normalized_information_gain_score([0, 1], [[0.8, 0.2], [0.2, 0.8]]), 2)
    0.68
    """
    found = information_gain(
        y_true,
        y_proba,
        labels=labels,
        baseline=baseline,
        y_train=y_train,
        sample_weight=sample_weight,
        zero=zero,
    )
    if not found.baseline:
        warnings.warn(NOTHING_TO_TELL, UndefinedMetricWarning, stacklevel=2)
    return found.normalized


NOTHING_TO_TELL = (
    "The normalized information gain is nan: the scored rows are of one class, whose baseline "
    "costs nothing. Score more rows together, as cross_val_information does."
)
