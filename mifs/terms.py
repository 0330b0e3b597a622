"""The shared vocabulary: what a source of information tells and a criterion may ask.

X is a candidate, Y the target, and S what is already selected: one column, or several taken as
one joint variable. All terms are in nats, one for each candidate asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np

from mifs._threads import Spread
from mifs._typing import BoolArray, FloatArray, IntArray, StrArray


@dataclass(frozen=True)
class IndependenceTests:
    """Tests of many candidates against one target, in the candidates' order.

    Parameters
    ----------
    statistic : ndarray of float, shape (n_candidates,)
        T, n times the plug-in information (given the strata), in nats.
    pvalue : ndarray of float, shape (n_candidates,)
        Chance under permutation within strata of a T at least as large.
    method : ndarray of str, shape (n_candidates,)
        ``"exact"``, ``"three-moment"`` or ``"random tables"``.
    disagreement : ndarray of bool, shape (n_candidates,)
        True where the two-moment tail differs from the three-moment one by more than a factor 3:
        confirm by random tables before relying on the value.
    """

    statistic: FloatArray
    pvalue: FloatArray
    method: StrArray
    disagreement: BoolArray

    @classmethod
    def of_blocks(cls, blocks: Iterable[tuple[IntArray, IndependenceTests]]) -> IndependenceTests:
        """Return tests that came block by block, in the order of their columns."""
        columns, tests = zip(*blocks, strict=True)
        if len(tests) == 1:  # the columns of a block are in order
            return tests[0]
        back = np.argsort(np.concatenate(columns))
        names = [field.name for field in fields(cls)]
        return cls(*(np.concatenate([getattr(t, name) for t in tests])[back] for name in names))

    def one(self, place: int) -> tuple[float, str, bool]:
        """P-value of one candidate, its method, and whether two approximations disagree."""
        return float(self.pvalue[place]), str(self.method[place]), bool(self.disagreement[place])


class PairTerms(Protocol):
    """Terms of some candidates X with one selected variable S. Compute them when asked."""

    @property
    def relevance(self) -> FloatArray:
        """I(X; Y)."""

    @property
    def selected_relevance(self) -> float:
        """I(S; Y)."""

    @property
    def conditional_relevance(self) -> FloatArray:
        """I(X; Y | S)."""

    @property
    def joint_relevance(self) -> FloatArray:
        """I(X, S; Y) = I(S; Y) + I(X; Y | S)."""

    @property
    def redundancy(self) -> FloatArray:
        """I(X; S)."""

    @property
    def conditional_redundancy(self) -> FloatArray:
        """I(X; S | Y)."""

    @property
    def plug_in_redundancy(self) -> FloatArray:
        """I(X; S) without any correction: never negative, so that it can divide."""

    @property
    def entropy(self) -> FloatArray:
        """H(X)."""

    @property
    def selected_entropy(self) -> float:
        """H(S)."""

    @property
    def joint_entropy(self) -> FloatArray:
        """H(X, S, Y)."""

    @property
    def independence(self) -> IndependenceTests:
        """Tests of whether X is independent of Y given S."""

    def settled(self, level: float, rng: np.random.Generator, *, always: bool) -> tuple[float, str]:
        """P-value of the first candidate, made sure of where it stands near `level`, and how."""


class Information(Protocol):
    """A source of information: the one thing that a search asks.

    Write a class with these members to select from another estimator, a database or a cluster.
    Only the gate of ``n_features_to_select="auto"`` asks for tests and for `n_samples`.
    """

    n_features: int
    n_samples: int
    is_corrected: bool  # whether terms have their mean by chance taken off

    def relevance(self) -> FloatArray:
        """I(X; Y) of every column."""

    def independence(self) -> IndependenceTests:
        """Tests of whether each column is independent of Y."""

    def pair(
        self, selected: tuple[int, ...], candidates: BoolArray
    ) -> Iterable[tuple[IntArray, PairTerms]]:
        """Terms of the candidates in a mask with the joint variable of the selected columns.

        With none selected the condition is empty: I(X; Y | S) is I(X; Y).

        Gives the terms block by block, each with the columns that it is about, so that a
        source need not hold all of them at once.
        """


@runtime_checkable
class Detector(Protocol):
    """A source that ranks columns, each looked at alone, better than by its estimates."""

    def detection(self) -> FloatArray:
        """Score of every column in nats: its information, less what chance gives."""


@runtime_checkable
class Bounded(Protocol):
    """A source that knows, without measuring them, how low its redundancies can be."""

    def least_redundancy(self, selected: int) -> FloatArray | None:
        """What I(X; S) with one selected column S cannot fall below, of every column X.

        Zero for an estimate that is never negative, and minus what chance gives for one that is
        corrected; None if there is no telling. Roundings need not be thought of.
        """


class Least(NamedTuple):
    """What a search knows of the least term of every column, changed as more is known."""

    cap: FloatArray  # what a score is at most, whatever the terms are
    term: FloatArray  # the least of those that were measured; infinite of none
    age: IntArray  # how many were: those with the first of the selected columns


class Limits(NamedTuple):
    """How far a source looks for the best, and how many choices it may make by itself.

    Choices may be made that follow from the terms: each is the first column of the highest rounded
    score, unless all columns have the same, or it is the last.
    """

    slack: float  # columns that far below the best are left behind
    digits: int  # to which scores are rounded
    n_choices: int  # at most
    most_terms: int  # that are measured before no further choice is made


@runtime_checkable
class Lowering(Protocol):
    """A source that finds the best of many least terms by itself, from as few tables as can be."""

    def seconds_of_a_term(self, least: Least) -> float:
        """About how long a term takes that `lower` measures."""

    def lower(
        self,
        name: str,
        order: Sequence[int],
        columns: IntArray,
        least: Least,
        *,
        limits: Limits,
    ) -> tuple[int, Sequence[int]] | None:
        """Measure the next term of the highest column until the best is sure.

        The name is that of a term of `PairTerms`. A column scores the lesser of its cap and its
        least term, is measured with the selected columns in `order`, and is left behind where it
        cannot come near the best; of equal scores the first column is next. Once the best is sure
        it may be chosen, and the next one looked for. Returns how many terms were measured, and
        what was chosen; None where the source cannot, having changed nothing.
        """


class SumOf(NamedTuple):
    """How scores follow from sums of a term of `PairTerms`: ``factor`` times the sum or mean."""

    term: str
    factor: float = 1.0
    is_mean: bool = False
    adds_relevance: bool = False


class Sums(NamedTuple):
    """What a search knows of such scores, ``base + factor * folded``; the first two change."""

    score: FloatArray
    folded: FloatArray  # the sums
    base: FloatArray
    factor: float
    n_terms: int  # of each sum
    are_mean: bool  # whether they are divided by their number of terms


@runtime_checkable
class Summing(Protocol):
    """A source that makes choices in a row by itself, where scores are sums of terms."""

    def add_up(self, name: str, columns: IntArray, sums: Sums, *, limits: Limits) -> Sequence[int]:
        """Choose the best of some columns, add the term of the others with it, and so on.

        The name is that of a term of `PairTerms`; choices are those of `Limits`. Returns what was
        chosen, which no longer changes; the scores of the others are up to date then. Nothing is
        chosen, and nothing changed, where the source cannot.
        """


@runtime_checkable
class Priced(Protocol):
    """A source that knows its price, so that a search can ask for many candidates at once.

    It may be asked by several threads, if it has a `spread` to say so. No result depends on it.
    """

    @property
    def seconds(self) -> float:
        """About how long the terms of one candidate with a selected column take."""

    @property
    def seconds_in_a_scan(self) -> float:
        """The same for each where most columns are asked for at once."""


@runtime_checkable
class Spreading(Protocol):
    """A source whose columns may be spread over threads."""

    spread: Spread


@runtime_checkable
class SpreadInside(Spreading, Protocol):
    """A source that may spread the work of a scan by itself, instead of being asked part by part.

    That is better where kernels do the work: what is not theirs is then done once, by one thread.
    """

    def spreads(self, selected: tuple[int, ...]) -> bool:
        """Whether it does with the joint variable of the selected columns."""


class Source(Information, Protocol):
    """A source of information that also says where its values are not to be trusted."""

    def remarks(self, columns: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """What casts doubt on the relevance of some columns, sentences for each."""
