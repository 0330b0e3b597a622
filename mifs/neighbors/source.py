"""The source of terms that measures by nearest neighbours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Literal, TypeAlias

import numpy as np

from mifs._cached import cached_property
from mifs._kernels.ranks import floats_to_compare
from mifs._threads import Spread
from mifs._typing import AnyArray, BoolArray, FloatArray
from mifs.counts import DiscreteVariable
from mifs.neighbors.direct import direct_information
from mifs.neighbors.mixed import SMALLEST_SCALE, Recipe
from mifs.neighbors.result import estimate_of
from mifs.neighbors.scales import many_scales
from mifs.neighbors.variables import MixedVariable, Transform
from mifs.pairwise import Measure, PairwiseInformation, Table
from mifs.terms import Information

NNeighbors: TypeAlias = int | Literal["auto", "multiscale"]
BLOCK_VALUES = 1 << 15  # of columns that are measured in one call: of more rows, a column


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

    def numbers(self, columns: Sequence[int]) -> Iterator[tuple[Sequence[int], FloatArray]]:
        """Yield those of some columns that are not discrete, in blocks, with a row for each."""
        left = [column for column in columns if not self.is_discrete[column]]
        size = max(1, BLOCK_VALUES // len(self.columns[0]))
        for start in range(0, len(left), size):
            some = left[start : start + size]
            yield some, np.stack([floats_to_compare(self.columns[column]) for column in some])

    def __getitem__(self, column: int) -> MixedVariable:
        values = np.ascontiguousarray(self.columns[column])
        if self.is_discrete[column]:
            levels, codes = np.unique(values, return_inverse=True)
            return MixedVariable.discrete(DiscreteVariable(codes, len(levels)))
        return MixedVariable.of_numbers(
            values, n_neighbors=self.n_neighbors, transform=self.transform
        )


class NeighborInformation(PairwiseInformation[MixedVariable]):
    """Source of information that searches nearest neighbours.

    Conditional terms are those of Frenzel and Pompe, or of strata.

    Parameters
    ----------
    table : sequence of MixedVariable
        The columns, such as a `NumberTable`.
    target : MixedVariable
        The target.
    recipe : Recipe, optional
        How the parts of each term are estimated.
    is_multiscale : bool, default=False
        Whether relevance is the statistic of many scales, which measures no pair.
    detects : bool, default=False
        Whether a criterion that looks at relevance alone ranks by that statistic.
    tests : callable, optional
        Returns a source of tests for the gate.
    spread : callable, default=map
        Applies a function to every column.
    """

    says = "Nearest neighbours give"
    seconds_of_a_value = 3e-7

    def __init__(
        self,
        table: Table[MixedVariable],
        target: MixedVariable,
        *,
        recipe: Recipe | None = None,
        is_multiscale: bool = False,
        detects: bool = False,
        tests: Callable[[], Information] | None = None,
        spread: Spread = map,
    ) -> None:
        self.recipe = recipe or Recipe(n_neighbors=SMALLEST_SCALE)
        self.is_multiscale = is_multiscale
        self.detects = detects
        measure: Measure[MixedVariable] = _RanksOnly() if is_multiscale else self.recipe
        n = target.n_samples
        super().__init__(
            table,
            target,
            measure,
            n_samples=n,
            joint=lambda variables: joint_of(variables, n_samples=n),
            tests=tests,
            spread=spread,
        )

    @cached_property
    def _relevance(self) -> FloatArray:
        if self.is_multiscale:
            return self.each(lambda column: self.relevance_of(self.table[column]))
        return self._information(self.recipe)

    def _information(self, recipe: Recipe) -> FloatArray:
        """I(X; Y) of every column, of most of them without making a variable of it."""
        direct, table = direct_information(recipe, self.target), self.table

        def of_columns(columns: Sequence[int]) -> list[float]:
            found: dict[int, float | None] = {}
            if direct and isinstance(table, NumberTable):
                for some, rows in table.numbers(columns):
                    found |= zip(some, direct(rows, table.transform), strict=True)
            return [
                recipe.information(table[column], self.target) if value is None else value
                for column, value in ((column, found.get(column)) for column in columns)
            ]

        return self.in_parts(of_columns)

    def relevance_of(self, x: MixedVariable) -> float:
        """I(X; Y) of one column; under "multiscale", the statistic that ranks."""
        if self.is_multiscale:
            return many_scales(self.recipe, x, self.target)
        return self.recipe.information(x, self.target)

    def detection(self) -> FloatArray:
        """What ranks the columns if each is looked at alone."""
        return self._detection if self.detects else self.relevance()

    @cached_property
    def _detection(self) -> FloatArray:
        return self.each(lambda column: many_scales(self.recipe, self.table[column], self.target))

    def value(self) -> FloatArray:
        """I(X; Y) of every column as a value to report, in nats."""
        return self._information(replace(self.recipe, correction="miller_madow"))

    def remarks(self, columns: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """What casts doubt on the relevance of some columns, sentences for each."""
        if self.is_multiscale:  # a statistic to rank by, that claims no value
            return {}
        relevance = self.relevance()
        return {
            column: estimate_of(
                float(relevance[column]), self.recipe, self.table[column], self.target
            ).remarks
            for column in columns
        }


class _RanksOnly:
    """In the place of an estimate, where the statistic of many scales has none for a pair."""

    def information(self, *_: MixedVariable) -> float:
        """Refuse I(X; W), and I(X; Y | W)."""
        msg = 'n_neighbors="multiscale" ranks by relevance alone and measures no redundancy; '
        msg += 'pass a number such as n_neighbors=3, or criterion="mim".'
        raise ValueError(msg)

    conditional = information


def joint_of(variables: Sequence[MixedVariable], *, n_samples: int) -> MixedVariable:
    """Return one variable of several; of none, the one that says nothing."""
    if not variables:
        return MixedVariable.discrete(DiscreteVariable.constant(n_samples))
    return reduce(MixedVariable.joint, variables)
