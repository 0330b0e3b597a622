"""The source of terms that measures by nearest neighbours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, NoReturn, TypeAlias

import numpy as np

from mifs._typing import AnyArray, BoolArray, FloatArray, IntArray
from mifs.counts import DiscreteVariable
from mifs.neighbors.mixed import SMALLEST_SCALE, Recipe
from mifs.neighbors.variables import MixedVariable, Transform

NNeighbors: TypeAlias = int | Literal["multiscale"]
Spread: TypeAlias = Callable[[Callable[[int], float], Iterable[int]], Iterable[Any]]


@dataclass(frozen=True)
class NumberTable:
    """Columns as they came; each is prepared when it is asked for, and not kept.

    Attributes
    ----------
    columns : sequence of ndarray of shape (n_samples,)
        Numbers, NaN where missing, or labels.
    is_discrete : sequence of bool
        Whether every distinct value of a column is a level.
    n_neighbors : int
        A number that occurs more often is an atom.
    transform : {"normal_scores", None}
        What is done to continuous numbers before neighbours are searched.
    """

    columns: Sequence[AnyArray]
    is_discrete: Sequence[bool] | BoolArray
    n_neighbors: int = 3
    transform: Transform = "normal_scores"

    def __len__(self) -> int:
        return len(self.columns)

    def __getitem__(self, column: int) -> MixedVariable:
        values = np.ascontiguousarray(self.columns[column])
        if self.is_discrete[column]:
            levels, codes = np.unique(values, return_inverse=True)
            return MixedVariable.discrete(DiscreteVariable(codes, len(levels)))
        return MixedVariable.of_numbers(
            values, n_neighbors=self.n_neighbors, transform=self.transform
        )


class NeighborInformation:
    """Source of information that searches nearest neighbours.

    Relevance and redundancy are estimates of I(X; Y) and I(X; W), conditional terms those of
    Frenzel and Pompe or of strata: never the difference of two estimates, whose biases differ and
    tilt a ranking towards redundant columns. The joint relevance is I(W; Y) + I(X; Y | W), so that
    the part of W is the same for all candidates.

    Parameters
    ----------
    table : NumberTable
        The columns.
    target : MixedVariable
        The target.
    n_neighbors : int or "multiscale", default=3
        k of every estimate. "multiscale": relevance is the statistic that is largest over six k,
        for criteria that look at relevance alone.
    spread : callable, default=map
        Applies a function to every column, such as the `map` of a ThreadPoolExecutor. It changes
        no digit.
    """

    is_corrected = True  # an estimate is zero on average where there is nothing to tell

    def __init__(
        self,
        table: NumberTable,
        target: MixedVariable,
        *,
        n_neighbors: NNeighbors = 3,
        spread: Spread = map,
    ) -> None:
        self.table = table
        self.target = target
        self.n_features = len(table)
        self.is_multiscale = n_neighbors == "multiscale"
        k = SMALLEST_SCALE if isinstance(n_neighbors, str) else n_neighbors
        self.recipe = Recipe(n_neighbors=k)
        self._spread = spread

    def relevance(self) -> FloatArray:
        """I(X; Y) of every column in nats; under "multiscale", the statistic that ranks."""
        return self._relevance

    def value(self) -> FloatArray:
        """I(X; Y) of every column as a value to report, in nats."""
        recipe = replace(self.recipe, correction="miller_madow")
        return self.each(lambda x: recipe.information(x, self.target), range(self.n_features))

    @cached_property
    def _relevance(self) -> FloatArray:
        measure = self.recipe.multiscale if self.is_multiscale else self.recipe.information
        return self.each(lambda x: measure(x, self.target), range(self.n_features))

    def pair(
        self, selected: tuple[int, ...], candidates: BoolArray
    ) -> Iterator[tuple[IntArray, NeighborTerms]]:
        """Terms of the candidates with the joint variable of the selected columns."""
        if self.is_multiscale:
            msg = 'n_neighbors="multiscale" ranks by relevance alone and measures no redundancy; '
            msg += 'pass a number such as n_neighbors=3, or criterion="mim".'
            raise ValueError(msg)
        joint = self.table[selected[0]]
        for column in selected[1:]:
            joint = joint.joint(self.table[column])
        columns = np.flatnonzero(candidates)
        yield columns, NeighborTerms(self, joint, columns)

    def each(self, measure: Callable[[MixedVariable], float], columns: Iterable[int]) -> FloatArray:
        """Apply a measure to some columns."""
        return np.array(list(self._spread(lambda column: measure(self.table[column]), columns)))


class NeighborTerms:
    """Terms of some candidates X with one selected variable W, each measured when asked."""

    def __init__(
        self, source: NeighborInformation, selected: MixedVariable, columns: IntArray
    ) -> None:
        self._source = source
        self._selected = selected
        self._columns = columns

    @property
    def relevance(self) -> FloatArray:
        """I(X; Y)."""
        return self._source.relevance()[self._columns]

    @cached_property
    def selected_relevance(self) -> float:
        """I(W; Y)."""
        return self._source.recipe.information(self._selected, self._source.target)

    @cached_property
    def conditional_relevance(self) -> FloatArray:
        """I(X; Y | W)."""
        recipe, target = self._source.recipe, self._source.target
        return self._each(lambda x: recipe.conditional(x, target, self._selected))

    @property
    def joint_relevance(self) -> FloatArray:
        """I(X, W; Y), by the chain rule."""
        return self.selected_relevance + self.conditional_relevance

    @cached_property
    def redundancy(self) -> FloatArray:
        """I(X; W)."""
        return self._each(lambda x: self._source.recipe.information(x, self._selected))

    @cached_property
    def conditional_redundancy(self) -> FloatArray:
        """I(X; W | Y)."""
        recipe, target = self._source.recipe, self._source.target
        return self._each(lambda x: recipe.conditional(x, self._selected, target))

    @property
    def plug_in_redundancy(self) -> FloatArray:
        """Not to be had: an estimate by neighbours can be negative."""
        _refuse("information that is never negative, to divide by", "mrmr")

    @property
    def entropy(self) -> FloatArray:
        """Not to be had: a continuous variable has no entropy, only a density's."""
        _refuse("entropy H(X), to divide by", "cife")

    @property
    def selected_entropy(self) -> float:
        """Not to be had: a continuous variable has no entropy, only a density's."""
        _refuse("entropy H(W), to divide by", "cife")

    @property
    def joint_entropy(self) -> FloatArray:
        """Not to be had: a continuous variable has no entropy, only a density's."""
        _refuse("joint entropy H(X, W, Y), to divide by", "jmi")

    def _each(self, measure: Callable[[MixedVariable], float]) -> FloatArray:
        return self._source.each(measure, self._columns)


def _refuse(term: str, instead: str) -> NoReturn:
    msg = f"Nearest neighbours give no {term}, as this criterion does; use criterion={instead!r}, "
    msg += 'or mi_estimator="binned".'
    raise ValueError(msg)
