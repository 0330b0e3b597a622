"""Selection criteria: small classes over the terms of a source, and the table of their names.

In every formula X is a candidate, W runs over the selected columns S, Y is the target.
"""

from __future__ import annotations

import difflib
import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, Self

import numpy as np

from mifs._typing import FloatArray
from mifs.terms import Detector, Information, PairTerms, SumOf


class Criterion(ABC):
    """Score every candidate, given what is selected so far; the highest score is chosen.

    Subclass it for a criterion of your own and pass an object of it wherever a name goes. Each
    selected column adds one `term`, for which `pair` holds every term of `mifs.terms.PairTerms`;
    `fold` merges the terms into one array; `score` turns that array into scores. The first
    column is always the one of the highest relevance, so that `score` is never asked before a
    term is known.

    Attributes
    ----------
    fold : numpy.ufunc, default=numpy.add
        Merges the terms of the selected columns; numpy.minimum for the least of them.
    conditions_on : {"each", "all", "nothing"}, default="each"
        Whether `term` is asked of each selected column in turn, of all of them as one joint
        variable, or never.
    in_nats : bool, default=True
        False where scores are ratios, without a unit.
    least_of, sum_of : str or None, and SumOf or None, default=None
        Name of the term of `mifs.terms.PairTerms` that the score is the least of, or less by a cap
        that depends on no term; or that it is a sum of. Sources may then search it fast.
    """

    fold: ClassVar[np.ufunc] = np.add
    conditions_on: ClassVar[Literal["nothing", "each", "all"]] = "each"
    in_nats: ClassVar[bool] = True
    least_of: ClassVar[str | None] = None
    sum_of: ClassVar[SumOf | None] = None

    def bind(self, information: Information) -> Self:
        """Return the criterion with what it needs to know of the source."""
        return self

    def alone(self, information: Information) -> FloatArray:
        """Scores while nothing is selected: the relevance."""
        return information.relevance()

    def best_rest(self, least_redundancy: FloatArray | None) -> FloatArray | float | None:
        """Fold of the terms not looked at yet that would score highest; None if there is none.

        What `fold` leaves unchanged, where a further term can only lower a score; of redundancies
        that are summed the least they sum to, if known. The search then skips what cannot be best.
        """
        return None

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        # What held of a parent need not hold of a class with another score; no least term rises.
        score = "fold", "alone", "score", "conditions_on"
        cls._inherit("best_rest", score if cls.fold is np.minimum else (*score, "term"))
        cls._inherit("least_of", (*score, "term"))
        cls._inherit("sum_of", (*score, "term"))

    @classmethod
    def _inherit(cls, name: str, needed: tuple[str, ...]) -> None:
        """Keep an attribute where what it needs is that of the class that it comes from."""
        origin = next(parent for parent in cls.__mro__ if name in vars(parent))
        if any(getattr(cls, other) is not getattr(origin, other) for other in needed):
            setattr(cls, name, getattr(Criterion, name))

    @abstractmethod
    def term(self, pair: PairTerms) -> FloatArray:
        """Contribution of one selected column, for every candidate."""

    @abstractmethod
    def score(self, relevance: FloatArray, folded: FloatArray, n_selected: int) -> FloatArray:
        """Scores from the relevance and the folded terms; higher is better."""


@dataclass(frozen=True)
class MIM(Criterion):
    r"""Mutual information maximisation: relevance alone, :math:`I(X; Y)`.

    By nearest neighbours, unless their number is given, what ranks is the statistic of many scales,
    which finds weak relations that three neighbours do not.
    Lewis 1992, https://doi.org/10.3115/1075527.1075574.
    """

    conditions_on = "nothing"

    def alone(self, information: Information) -> FloatArray:
        if isinstance(information, Detector):
            return information.detection()
        return super().alone(information)

    def term(self, pair: PairTerms) -> FloatArray:
        return pair.relevance

    def score(self, relevance: FloatArray, folded: FloatArray, n_selected: int) -> FloatArray:
        return relevance


@dataclass(frozen=True)
class MIFS(Criterion):
    r"""Relevance less redundancy, :math:`I(X; Y) - \beta \sum_W I(X; W)`.

    Battiti 1994, https://doi.org/10.1109/72.298224.
    """

    beta: float = 1.0

    def best_rest(self, least_redundancy: FloatArray | None) -> FloatArray | None:
        return least_redundancy if self.beta >= 0 else None

    def term(self, pair: PairTerms) -> FloatArray:
        return pair.redundancy

    def score(self, relevance: FloatArray, folded: FloatArray, n_selected: int) -> FloatArray:
        return relevance - self.beta * folded


@dataclass(frozen=True)
class MRMR(Criterion):
    r"""Relevance less mean redundancy, :math:`I(X; Y) - \frac{1}{|S|} \sum_W I(X; W)`.

    The difference form (MID). Peng, Long, Ding 2005, https://doi.org/10.1109/TPAMI.2005.159.
    """

    sum_of = SumOf("redundancy", factor=-1.0, is_mean=True, adds_relevance=True)

    def best_rest(self, least_redundancy: FloatArray | None) -> FloatArray | None:
        return least_redundancy

    def term(self, pair: PairTerms) -> FloatArray:
        return pair.redundancy

    def score(self, relevance: FloatArray, folded: FloatArray, n_selected: int) -> FloatArray:
        return relevance - folded / n_selected


@dataclass(frozen=True)
class MRMRQuotient(Criterion):
    r"""Relevance over mean redundancy, :math:`I(X; Y) / (\frac{1}{|S|} \sum_W I(X; W) + \delta)`.

    The quotient form (MIQ). The redundancy that divides is the plug-in's, which is never
    negative. `guard` is :math:`\delta` in nats. Left out, it is 0.0001 bit, as in the authors'
    program; for a source that corrects for chance it is a twentieth of the highest relevance,
    and a relevance below zero is divided by the guard alone, so that redundancy never helps.
    Ding, Peng 2005, https://doi.org/10.1142/S0219720005001004.
    """

    guard: float | None = None
    in_nats = False

    def bind(self, information: Information) -> Self:
        if self.guard is not None:
            return self
        guard = 1e-4 * math.log(2)
        if information.is_corrected:
            guard = max(guard, 0.05 * float(information.relevance().max()))
        return replace(self, guard=guard)

    def term(self, pair: PairTerms) -> FloatArray:
        return pair.plug_in_redundancy

    def score(self, relevance: FloatArray, folded: FloatArray, n_selected: int) -> FloatArray:
        return relevance / (np.where(relevance > 0, folded / n_selected, 0.0) + self.guard)


@dataclass(frozen=True)
class JMI(Criterion):
    r"""Joint mutual information, :math:`\sum_W I(X, W; Y)`.

    Yang, Moody 1999, Advances in Neural Information Processing Systems 12.
    """

    sum_of = SumOf("joint_relevance")

    def term(self, pair: PairTerms) -> FloatArray:
        return pair.joint_relevance

    def score(self, relevance: FloatArray, folded: FloatArray, n_selected: int) -> FloatArray:
        return folded


@dataclass(frozen=True)
class JMIM(Criterion):
    r"""Least joint relevance, :math:`\min_W I(X, W; Y)`.

    Bennasar, Hicks, Setchi 2015, https://doi.org/10.1016/j.eswa.2015.07.007.
    """

    fold, least_of = np.minimum, "joint_relevance"

    def best_rest(self, least_redundancy: FloatArray | None) -> float:
        return math.inf

    term, score = JMI.term, JMI.score


@dataclass(frozen=True)
class NJMIM(JMIM):
    r"""Least normalised joint relevance, :math:`\min_W I(X, W; Y) / H(X, W, Y)`.

    Favours columns of low entropy, a constant one even before a weak one: it adds nothing below.
    Bennasar, Hicks, Setchi 2015, https://doi.org/10.1016/j.eswa.2015.07.007.
    """

    in_nats = False

    def term(self, pair: PairTerms) -> FloatArray:
        return _ratio(pair.joint_relevance, pair.joint_entropy)


@dataclass(frozen=True)
class DISR(JMI):
    r"""Double input symmetrical relevance, :math:`\sum_W I(X, W; Y) / H(X, W, Y)`.

    Favours columns of low entropy, a constant one even before a weak one: it adds nothing below.
    Meyer, Bontempi 2006, https://doi.org/10.1007/11732242_9.
    """

    in_nats = False
    term = NJMIM.term


@dataclass(frozen=True)
class CMIM(Criterion):
    r"""Least conditional relevance, :math:`\min(I(X; Y), \min_W I(X; Y \mid W))`.

    Fleuret 2004, Journal of Machine Learning Research 5:1531-1555.
    """

    fold, least_of = np.minimum, "conditional_relevance"

    def best_rest(self, least_redundancy: FloatArray | None) -> float:
        return math.inf

    def term(self, pair: PairTerms) -> FloatArray:
        return pair.conditional_relevance

    def score(self, relevance: FloatArray, folded: FloatArray, n_selected: int) -> FloatArray:
        return np.minimum(relevance, folded)


@dataclass(frozen=True)
class CMI(Criterion):
    r"""Conditional relevance given all that is selected, :math:`I(X; Y \mid S)`, as one variable.

    The joint states of S soon outnumber the samples: then every score is zero and the order that
    follows is that of the columns. Brown et al. 2012, JMLR 13:27-66.
    """

    conditions_on = "all"
    term, score = CMIM.term, JMI.score


@dataclass(frozen=True)
class CIFE(Criterion):
    r"""Relevance less what is known already, :math:`I(X; Y) - \sum_W [I(X; W) - I(X; W \mid Y)]`.

    The bracket is written as :math:`I(X; Y) - I(X; Y \mid W)`, which is the same and, corrected
    for chance, has one null hypothesis. Lin, Tang 2006, https://doi.org/10.1007/11744023_6.
    """

    def term(self, pair: PairTerms) -> FloatArray:
        return pair.conditional_relevance - pair.relevance

    def score(self, relevance: FloatArray, folded: FloatArray, n_selected: int) -> FloatArray:
        return relevance + folded


@dataclass(frozen=True)
class ICAP(CIFE):
    r"""CIFE without synergy, :math:`I(X; Y) - \sum_W \max(0, I(X; W) - I(X; W \mid Y))`.

    Jakulin 2005, PhD thesis, University of Ljubljana.
    """

    def best_rest(self, least_redundancy: FloatArray | None) -> float:
        return 0.0

    def term(self, pair: PairTerms) -> FloatArray:
        return np.minimum(0.0, super().term(pair))


@dataclass(frozen=True)
class MRI(CIFE):
    r"""Max-relevance and max-independence, CIFE with its sum weighted by 2 / (|S| + 1).

    :math:`I(X; Y) - \frac{2}{|S| + 1} \sum_W [I(X; W) - I(X; W \mid Y)]`.
    Applied Intelligence 2019, https://doi.org/10.1007/s10489-019-01597-z.
    """

    def score(self, relevance: FloatArray, folded: FloatArray, n_selected: int) -> FloatArray:
        return relevance + 2 / (n_selected + 1) * folded


@dataclass(frozen=True)
class CondRed(Criterion):
    r"""Relevance and conditional redundancy, :math:`I(X; Y) + \sum_W I(X; W \mid Y)`.

    Brown et al. 2012, JMLR 13:27-66.
    """

    def term(self, pair: PairTerms) -> FloatArray:
        return pair.conditional_redundancy

    score = CIFE.score


@dataclass(frozen=True)
class BetaGamma(Criterion):
    r"""The linear family, :math:`I(X; Y) - \beta \sum_W I(X; W) + \gamma \sum_W I(X; W \mid Y)`.

    Brown 2009, Proceedings of Machine Learning Research 5:49-56.
    """

    beta: float = 1.0
    gamma: float = 1.0

    def term(self, pair: PairTerms) -> FloatArray:
        return self.gamma * pair.conditional_redundancy - self.beta * pair.redundancy

    score = CIFE.score


@dataclass(frozen=True)
class CFR(Criterion):
    r"""Composition of feature relevancy, with redundancy taken off.

    :math:`\sum_W [I(X; Y \mid W) + I(X; W \mid Y) - I(X; W)]`.
    The last two terms are written as :math:`I(X; Y \mid W) - I(X; Y)`, as in CIFE.
    Gao, Hu, Zhang, He 2018, Pattern Recognition Letters 112:70-74.
    """

    def term(self, pair: PairTerms) -> FloatArray:
        return 2 * pair.conditional_relevance - pair.relevance

    score = JMI.score


@dataclass(frozen=True)
class DCSF(Criterion):
    r"""Dynamic change of selected feature, :math:`\sum_W [I(X; Y | W) + I(W; Y | X) - I(X; W)]`.

    By the chain rule :math:`I(W; Y \mid X) = I(W; Y) + I(X; Y \mid W) - I(X; Y)`.
    Gao, Hu, Zhang 2018, Pattern Recognition 79:328-339.
    """

    def term(self, pair: PairTerms) -> FloatArray:
        selected_given_candidate = pair.joint_relevance - pair.relevance
        return pair.conditional_relevance + selected_given_candidate - pair.redundancy

    score = JMI.score


@dataclass(frozen=True)
class IWFS(Criterion):
    r"""Interaction weights, multiplied over the selected columns.

    :math:`\prod_W (1 + SU(X, W)) (1 + [I(X; Y \mid W) - I(X; Y)] / [H(X) + H(W)])`.
    SU is the symmetric uncertainty :math:`2 I(X; W) / (H(X) + H(W))`.
    Zeng et al. 2015, Pattern Recognition 48(8):2656-2666.
    """

    fold, in_nats = np.multiply, False

    def term(self, pair: PairTerms) -> FloatArray:
        entropies = pair.entropy + pair.selected_entropy
        interaction = pair.conditional_relevance - pair.relevance
        return (1 + _ratio(2 * pair.redundancy, entropies)) * (1 + _ratio(interaction, entropies))

    score = JMI.score


def _ratio(information: FloatArray, entropy: FloatArray) -> FloatArray:
    """Information over entropy; 0 where there is no entropy, hence no information."""
    return np.divide(information, entropy, out=np.zeros_like(entropy), where=entropy > 0)


CRITERIA: dict[str, type[Criterion]] = {
    "mim": MIM,
    "mifs": MIFS,
    "mrmr": MRMR,
    "mrmr_quotient": MRMRQuotient,
    "jmi": JMI,
    "jmim": JMIM,
    "njmim": NJMIM,
    "disr": DISR,
    "cmim": CMIM,
    "cife": CIFE,
    "icap": ICAP,
    "condred": CondRed,
    "betagamma": BetaGamma,
    "cmi": CMI,
    "cfr": CFR,
    "dcsf": DCSF,
    "mri": MRI,
    "iwfs": IWFS,
}


def criterion_of(criterion: str | Criterion) -> Criterion:
    """Return the criterion that a name stands for; pass a criterion through.

    Parameters
    ----------
    criterion : str or Criterion
        A name in `CRITERIA`, in any case, or an object of your own.

    Returns
    -------
    Criterion
        The object that scores.

    Raises
    ------
    ValueError
        If no criterion has that name. The message gives the nearest names.
    TypeError
        If it is neither a name nor a criterion.

    Examples
    --------
    >>> criterion_of("jmi")
    JMI()
    """
    if isinstance(criterion, Criterion):
        return criterion
    if not isinstance(criterion, str):
        msg = f"criterion must be a name or a Criterion object; got {criterion!r}."
        if isinstance(criterion, type) and issubclass(criterion, Criterion):
            msg += f" Call it: {criterion.__name__}()."
        raise TypeError(msg)
    if (name := criterion.lower()) not in CRITERIA:
        near = difflib.get_close_matches(name, CRITERIA, n=3, cutoff=0.5)
        hint = f"Did you mean {' or '.join(near)}?" if near else f"Known: {', '.join(CRITERIA)}."
        msg = f"No criterion is called {criterion!r}. {hint}"
        raise ValueError(msg)
    return CRITERIA[name]()
