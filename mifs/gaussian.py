"""Information of the Gaussian copula: what a monotone relation of continuous variables holds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import digamma

from mifs._kernels.neighbors import members
from mifs._kernels.ranks import average_ranks, floats_to_compare, scores_of_ranks
from mifs._typing import AnyArray, FloatArray, IntArray
from mifs.pairwise import PairwiseInformation, Table
from mifs.terms import Information

LARGEST_ATOM = 0.1  # of the samples: one value above it makes ranks, and so the copula, a step
SINGULAR = 1e-13  # of the determinant of correlations: below it rounding is all that is left


def gaussian_copula(x: FloatArray, y: FloatArray, z: FloatArray | None = None) -> float:
    r"""I(X; Y), or I(X; Y | Z), of continuous variables with the copula of a normal one.

    The estimate of Ince et al. [1]_, with average ranks. It is a lower bound of the information
    that converges fast, and sees monotone relations only.

    Parameters
    ----------
    x, y : ndarray of float of shape (n_samples, n_x) and (n_samples, n_y)
        Paired samples, finite.
    z : ndarray of float of shape (n_samples, n_z), optional
        Samples of the condition.

    Returns
    -------
    float
        Estimate in nats, unclipped: about zero on average where X and Y are independent, for any
        number of columns. Exactly 0 if X or Y is constant, or is one column that Z determines.

    Raises
    ------
    ValueError
        If a column repeats one value in more than a tenth of its samples, without being
        constant; if a variable is a function of the others; or if samples are too few.

    Notes
    -----
    Every column is replaced by its normal scores. With C the covariance of some of them, and d
    their number, their entropy is, less the bias of its estimate from n samples [2]_,

    .. math:: \tfrac12 \log\det C - \tfrac12 \sum_{i=1}^{d}
        \left[\psi\left(\tfrac{n - i}{2}\right) + \log 2 - \log(n - 1)\right]

    up to terms that cancel in :math:`H(X) + H(Y) - H(X, Y)`. Sums are exact, so that the order of
    rows does not change a digit. Cost O(n log n) a column and O(n) a pair of columns.

    References
    ----------
    .. [1] R. A. A. Ince et al., "A statistical framework for neuroimaging data analysis based on
       mutual information estimated via a Gaussian copula", Human Brain Mapping 38:1541-1573
       (2017). https://doi.org/10.1002/hbm.23471
    .. [2] N. Misra, H. Singh, E. Demchuk, "Estimation of the entropy of a multivariate normal
       distribution", Journal of Multivariate Analysis 92:324-342 (2005).
       https://doi.org/10.1016/j.jmva.2003.10.003

    Examples
    --------
    Normal variables of correlation 0.8 share -log(1 - 0.8**2) / 2 = 0.51 nats, whatever monotone
    map either goes through:

    >>> rng = np.random.default_rng(0)
    >>> x, noise = rng.normal(size=(2, 2000, 1))
    >>> round(gaussian_copula(np.exp(x), 0.8 * x + 0.6 * noise), 1)
    0.5
    """
    given = [] if z is None else [(z, "z")]
    variables = [
        joint_of(
            [
                CopulaVariable.of_numbers(column, f"column {place} of {name}")
                for place, column in enumerate(columns.T)
            ],
            n_samples=len(columns),
        )
        for columns, name in [(x, "x"), (y, "y"), *given]
    ]
    return _information(*variables)


@dataclass(frozen=True, eq=False)
class CopulaVariable:
    """Normal scores of one or several columns; those that are constant are left out.

    Attributes
    ----------
    scores : ndarray of float of shape (n_samples, n_columns)
        The scores.
    names : tuple of str
        What messages call the columns.
    """

    scores: FloatArray
    names: tuple[str, ...]

    @classmethod
    def of_numbers(cls, numbers: AnyArray, name: str) -> CopulaVariable:
        """Return the scores of a column that varies; raise if one value is too frequent.

        Parameters
        ----------
        numbers : ndarray of shape (n_samples,)
            Finite numbers.
        name : str
            What messages call the column.

        Returns
        -------
        CopulaVariable
            Of one column, or of none if it is constant.
        """
        numbers = floats_to_compare(np.asarray(numbers))
        n = len(numbers)
        ranks = average_ranks(numbers)
        most = int(np.bincount(ranks + n).max())
        if most == n:
            return cls(np.empty((n, 0)), ())
        if most > LARGEST_ATOM * n and most > 1:
            msg = f"{name[0].upper()}{name[1:]} has one value in {most} of {n} samples; a Gaussian "
            msg += 'copula is for continuous variables. Use mi_estimator="knn" or "binned".'
            raise ValueError(msg)
        return cls(scores_of_ranks(ranks)[:, None], (name,))


def joint_of(variables: Sequence[CopulaVariable], *, n_samples: int) -> CopulaVariable:
    """Return one variable of several; of none, the one that says nothing."""
    scores = np.hstack([np.empty((n_samples, 0)), *(variable.scores for variable in variables)])
    return CopulaVariable(scores, sum((variable.names for variable in variables), ()))


@dataclass(frozen=True)
class CopulaTable:
    """Columns as they came; each goes to scores when it is asked for, and is not kept."""

    columns: Sequence[AnyArray]
    names: Sequence[str]

    def __len__(self) -> int:
        return len(self.columns)

    def __getitem__(self, column: int) -> CopulaVariable:
        values = np.ascontiguousarray(self.columns[column])
        return CopulaVariable.of_numbers(values, self.names[column])


def explained(scores: FloatArray, by: AnyArray) -> tuple[float, int]:
    r"""Information that the mean of one column holds of another, or of classes.

    Parameters
    ----------
    scores : ndarray of float of shape (n_samples,)
        Normal scores that vary.
    by : ndarray of shape (n_samples,)
        Normal scores that vary, or codes of classes as integers.

    Returns
    -------
    information : float
        Nats, unclipped, about zero on average by chance; minus infinity if no degrees of freedom
        are left, infinity if nothing is left unexplained.
    degrees : int
        Degrees of freedom that the mean has: 1, or one less than the number of classes.

    Notes
    -----
    With the share R of the sum of squares that is explained, by a line or by the means of the
    classes, :math:`-\tfrac12 \log(1 - R)`, less its mean for normal samples. Sums are exact.
    """
    n, is_line = len(scores), by.dtype.kind == "f"
    classes = [] if is_line else [rows for rows in members(by) if len(rows)]
    degrees = 1 if is_line else len(classes) - 1
    left = n - 1 - degrees
    if left < 1:
        return -math.inf, degrees
    centred = scores - math.fsum(scores) / n
    total = math.fsum(centred**2)
    if is_line:
        other = by - math.fsum(by) / n
        share = math.fsum(centred * other) ** 2 / (total * math.fsum(other**2))
    else:
        means = (math.fsum(centred[rows]) ** 2 / len(rows) for rows in classes)
        share = math.fsum(means) / total
    if share > 1 - SINGULAR:
        return math.inf, degrees
    by_chance = 0.5 * float(digamma((n - 1) / 2) - digamma(left / 2))
    return -0.5 * math.log1p(-share) - by_chance, degrees


class GaussianInformation(PairwiseInformation[CopulaVariable]):
    """Source of information by the Gaussian copula.

    Parameters
    ----------
    table : sequence of CopulaVariable
        The columns, such as a `CopulaTable`.
    target : CopulaVariable
        The target.
    tests : callable, optional
        Returns a source of tests for the gate.
    """

    says = "A Gaussian copula gives"
    seconds_of_a_value = 1e-7

    def __init__(
        self,
        table: Table[CopulaVariable],
        target: CopulaVariable,
        *,
        tests: Callable[[], Information] | None = None,
    ) -> None:
        n = len(target.scores)
        super().__init__(
            table,
            target,
            CopulaMeasure(),
            n_samples=n,
            joint=lambda variables: joint_of(variables, n_samples=n),
            tests=tests,
        )

    def least_redundancy(self, selected: int) -> FloatArray:  # noqa: ARG002 - as `Bounded`
        """What I(X; S) cannot fall below, of every column X: minus its mean by chance.

        That of two normal columns; a constant one has none, and an information of zero.
        """
        n = self.n_samples
        by_chance = 0.5 * float(digamma((n - 1) / 2) - digamma((n - 2) / 2))
        return np.full(self.n_features, -by_chance)


class CopulaMeasure:
    """The estimate of `gaussian_copula`, for variables that are scored already."""

    def information(self, x: CopulaVariable, y: CopulaVariable) -> float:
        """I(X; Y) in nats."""
        return _information(x, y)

    def conditional(self, x: CopulaVariable, y: CopulaVariable, z: CopulaVariable) -> float:
        """I(X; Y | Z) in nats; exactly 0 of one column X or Y that Z determines."""
        return _information(x, y, z)


def _information(x: CopulaVariable, y: CopulaVariable, z: CopulaVariable | None = None) -> float:
    """I(X; Y | Z) by the entropies of the blocks of one covariance."""
    sides = [x, y] if z is None else [x, y, z]
    if not (x.names and y.names):
        return 0.0
    joint = joint_of(sides, n_samples=len(x.scores))
    n_samples, n_columns = joint.scores.shape
    if n_samples <= n_columns + 1:
        msg = f"{n_samples} samples of {n_columns} columns have no covariance that can be "
        msg += f"inverted; at least {n_columns + 2} are needed."
        raise ValueError(msg)
    covariance = _covariance(joint.scores)
    places = np.split(np.arange(n_columns), np.cumsum([len(side.names) for side in sides])[:-1])
    in_x, in_y, in_z = places if z is not None else (*places, np.empty(0, dtype=int))

    def block(*columns: IntArray) -> FloatArray:
        some = np.concatenate(columns)
        return covariance[np.ix_(some, some)]

    if len(in_z) and not _is_singular(block(in_z)):
        for side in (in_x, in_y):
            if len(side) == 1 and _is_singular(block(side, in_z)):
                return 0.0
    if _is_singular(covariance):
        msg = f"Of {', '.join(joint.names)}, one is a function of the others, so that the "
        msg += "information is infinite; leave out one of them."
        raise ValueError(msg)
    terms = [(1, (in_x, in_z)), (1, (in_y, in_z)), (-1, (in_x, in_y, in_z)), (-1, (in_z,))]
    return math.fsum(sign * _entropy(block(*columns), n_samples) for sign, columns in terms)


def _covariance(columns: FloatArray) -> FloatArray:
    """Covariance from exact sums: the same in any order of rows."""
    n, n_columns = columns.shape
    centred = columns - np.array([math.fsum(column) / n for column in columns.T])
    covariance = np.empty((n_columns, n_columns))
    for i in range(n_columns):
        for j in range(i + 1):
            covariance[i, j] = math.fsum(centred[:, i] * centred[:, j]) / (n - 1)
            covariance[j, i] = covariance[i, j]
    return covariance


def _is_singular(covariance: FloatArray) -> bool:
    """Whether the determinant of the correlations is no more than rounding leaves."""
    log_determinant = float(np.linalg.slogdet(covariance)[1])
    return not log_determinant - np.log(np.diag(covariance)).sum() > math.log(SINGULAR)


def _entropy(covariance: FloatArray, n_samples: int) -> float:
    """Entropy of a normal variable less its bias, up to terms in the number of columns."""
    if not len(covariance):
        return 0.0
    degrees = n_samples - np.arange(1, len(covariance) + 1)
    bias = digamma(degrees / 2) + math.log(2) - math.log(n_samples - 1)
    return 0.5 * (float(np.linalg.slogdet(covariance)[1]) - float(bias.sum()))
