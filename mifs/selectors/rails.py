"""What to worry about in the columns of a table: identifiers, leaks, copies, too many levels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import gammaln

from mifs._cached import cached_property
from mifs._typing import BoolArray, FloatArray, IntArray
from mifs.counts import CodeTable, DiscreteVariable
from mifs.discrete import CountedInformation
from mifs.encoding import ColumnInfo, TypedTable

IDENTIFIER = 0.9  # distinct labels over rows: above it a column names rows
MANY = 32  # distinct values that a column of names must have more of
LEAK = 0.9  # of H(Y) that a single column rarely tells, unless it is the target in disguise
LEAK_OF_MISSING = 0.5  # of H(Y) that whether a value is missing rarely tells
NEARLY_ALL = 0.95  # of what a column tells that whether it is missing tells alone
SHOWN = 0.01  # of H(Y): the least difference that two shares in per cent show
RARE = 1e-6  # chance, over all columns, of a class met wherever a value is missing


@dataclass(frozen=True, eq=False)
class Rails:
    """Guard rails of the columns of one table with one target.

    Attributes
    ----------
    table : TypedTable
        The columns, read.
    target : DiscreteVariable
        The target's classes, or its bins.
    relevance : ndarray of shape (n_features,)
        I(X; Y) in nats.
    is_comparable : bool
        Whether the relevance may be held against H(Y) of the classes or bins.
    """

    table: TypedTable
    target: DiscreteVariable
    relevance: FloatArray
    is_comparable: bool

    def columns(self) -> tuple[ColumnInfo, ...]:
        """Return how each column is taken, with what there is to say against it."""
        copies = self.table.duplicates()
        columns = []
        for place, info in enumerate(self.table.columns):
            remarks = tuple(self._remarks(place, info, copies.get(place)))
            columns.append(replace(info, remarks=remarks) if remarks else info)
        return tuple(columns)

    def _remarks(self, place: int, info: ColumnInfo, copy_of: int | None) -> Iterator[str]:
        n = len(self.target.codes)
        n_present, n_classes = n - info.n_missing, self.target.n_levels
        if n_present == 0:
            yield "all missing"
        elif info.n_levels == 1 and not info.n_missing:
            yield "constant"
        if copy_of is not None and n_present:
            yield f"equal to {self.table.columns[copy_of].name} in every row"
        levels = info.n_levels or 0
        # Whole numbers, such as amounts, may well differ in most rows; labels rarely do.
        share = IDENTIFIER * n_present if info.kind == "discrete" else n_present - 1
        if levels > max(share, MANY):
            yield f"looks like an identifier: {levels} distinct values in {n_present} rows"
        elif info.kind == "discrete" and levels * n_classes > n:
            yield f"{levels} levels by {n_classes} of the target, more cells than the {n} rows"
        if info.writing is not None:
            yield str(info.writing)
        told = self.relevance[place] / self._entropy
        if self.is_comparable and told > LEAK:
            yield f"tells {told:.0%} of the target: make sure that it is known before the target"
        if 0 < info.n_missing < n:
            yield from self._of_missing(self.table.is_missing(place), told)

    @cached_property
    def _entropy(self) -> float:
        """H(Y) of the classes or bins, in nats."""
        weights = self.table.weights
        each = None if weights is None else weights.multiples
        counts = np.bincount(self.target.codes, each)
        shares = counts[counts > 0] / counts.sum()
        return float(-(shares * np.log(shares)).sum())

    def _of_missing(self, is_missing: BoolArray, told: float) -> Iterator[str]:
        """Say so where whether a value is missing nearly tells the target, or more than it does."""
        state = DiscreteVariable(is_missing.astype(np.int64), 2)
        source = CountedInformation(CodeTable([state], weights=self.table.weights), self.target)
        share = float(source.relevance()[0]) / self._entropy
        says = f"whether it is missing alone tells {share:.0%} of the target"
        # Of labels that hardly repeat, what is taken off for chance is more than they add.
        is_more = self.is_comparable and share > max(told / NEARLY_ALL, told + SHOWN)
        if is_more:
            says += f", more than the {told:z.0%} that the column tells after correction for chance"
        elif self.is_comparable and share > NEARLY_ALL * told:
            says += ", nearly all that the column tells"
        classes = np.bincount(self.target.codes)
        for where, rows in (("present", ~is_missing), ("missing", is_missing)):
            met = np.unique(self.target.codes[rows])
            if len(met) == 1 and _chance(classes[met[0]], int(rows.sum()), classes) < RARE:
                more = f", and {says}" if is_more else ""
                yield f"{where} in one class of the target only{more}: was it filled in afterwards?"
                return
        if share > LEAK_OF_MISSING:
            yield f"{says}: was it filled in afterwards?"
        elif is_more and self._can_test and source.independence().pvalue[0] < RARE:
            yield f"{says}: make a column of that"

    @property
    def _can_test(self) -> bool:
        """Whether rows can be counted: there are no tests of weights that are fractions."""
        return self.table.weights is None or self.table.weights.is_whole


def _chance(n_class: int, n_rows: int, classes: IntArray) -> float:
    """Chance that rows drawn without regard to the target all fall into one class."""
    n = int(classes.sum())
    log = gammaln(n_class + 1) - gammaln(n_class - n_rows + 1)
    return float(np.exp(log - gammaln(n + 1) + gammaln(n - n_rows + 1)))
