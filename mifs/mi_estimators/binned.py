"""Information of counted data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from numbers import Integral

import numpy as np

from mifs._sparse import StoredColumn
from mifs._typing import AnyArray
from mifs._validation import Interval, StrOptions
from mifs.counts import CodeTable, DiscreteVariable
from mifs.discrete import CountedInformation
from mifs.discretization import NBins, Strategy, bins_for, codes_of, cut_points, level_codes
from mifs.encoding import TypedColumn, TypedStoredColumn, TypedTable
from mifs.mi_estimators.base import MIEstimator
from mifs.sparse_counts import SparseCodeTable, SparseVariable
from mifs.weights import RowWeights


class BinnedMI(MIEstimator[DiscreteVariable]):
    """Mutual information of counted data; continuous columns are cut into bins first.

    A parameter object: pass it as `mi_estimator`. The string "binned" stands for its defaults.

    Parameters
    ----------
    n_bins : int or "auto", default="auto"
        Bins of a continuous column: 5 below 1000 rows and 10 from there for "auto".
    strategy : {"quantile", "uniform"}, default="quantile"
        Bins of equal frequency or of equal width.
    correction : {"chance", "miller_madow", None}, default="chance"
        What is taken off the plug-in estimate, which favours columns of many levels.
        "chance": its exact mean over all tables with the same margins, within strata for
        conditional terms: zero on average for any column that says nothing, so that scores
        compare. "miller_madow": the bias to first order, for values to report. None: the numbers
        of the classical papers.

    Notes
    -----
    Estimates are not clipped: a negative one says that the column shares less than chance would
    give it. The mean by chance is that of Vinh, Epps and Bailey [1]_; Miller's correction is [2]_.

    References
    ----------
    .. [1] N. X. Vinh, J. Epps, J. Bailey, "Information theoretic measures for clusterings
       comparison", Journal of Machine Learning Research 11:2837-2854 (2010).
    .. [2] G. A. Miller, "Note on the bias of information estimates", Information Theory in
       Psychology, Free Press (1955).

    Examples
    --------
    >>> BinnedMI(n_bins=3)
    BinnedMI(n_bins=3)
    """

    _parameter_constraints = {  # noqa: RUF012 - scikit-learn's own convention
        "n_bins": [Interval(Integral, 2, None, closed="left"), StrOptions({"auto"})],
        "strategy": [StrOptions({"quantile", "uniform"})],
        "correction": [StrOptions({"chance", "miller_madow"}), None],
    }

    def __init__(
        self,
        n_bins: NBins = "auto",
        strategy: Strategy = "quantile",
        correction: str | None = "chance",
    ) -> None:
        self.n_bins = n_bins
        self.strategy = strategy
        self.correction = correction

    def encode(self, column: TypedColumn, weights: RowWeights | None = None) -> DiscreteVariable:
        """Code one column: its distinct values if it is discrete, its bins if not.

        Parameters
        ----------
        column : TypedColumn
            Finite numbers, or labels, some of them missing.
        weights : RowWeights, optional
            How often each row counts; once if left out.

        Returns
        -------
        DiscreteVariable
            Codes and number of levels; missing is the last, whatever the others are.
        """
        missing = column.is_missing
        if missing is None:
            return self._encoded(column.values, weights, discrete=column.is_discrete)
        own = None if weights is None else weights.of_rows(~missing)
        present = self._encoded(column.values[~missing], own, discrete=column.is_discrete)
        return DiscreteVariable.beside_missing(present, missing)

    def _encoded(
        self, values: AnyArray, weights: RowWeights | None, *, discrete: bool
    ) -> DiscreteVariable:
        """Code values none of which is missing."""
        if discrete or not len(values):
            return level_codes(values)
        n_bins = bins_for(self.n_bins, len(values) if weights is None else weights.total)
        multiples = None if weights is None else weights.multiples
        cuts = cut_points(values, n_bins=n_bins, strategy=self.strategy, weights=multiples)
        return DiscreteVariable(codes_of(values, cuts), len(cuts) + 1)

    def encode_stored(
        self, column: TypedStoredColumn, weights: RowWeights | None = None
    ) -> SparseVariable:
        """Code one sparse column as `encode` codes it in full, from what is stored.

        Parameters
        ----------
        column : TypedStoredColumn
            Finite numbers, some of them missing.
        weights : RowWeights, optional
            How often each row counts; once if left out.

        Returns
        -------
        SparseVariable
            Codes of what is stored, and that of zero.
        """
        stored = column.stored
        values = TypedColumn(stored.with_zero(), column.is_discrete, column.is_missing)
        coded = self.encode(values, _with_zero(stored, weights))
        zero = int(coded.codes[-1]) if stored.n_zeros else 0
        return SparseVariable(stored.rows, coded.codes[: len(stored.rows)], zero, coded.n_levels)

    def variable(
        self, columns: Sequence[TypedColumn], weights: RowWeights | None = None
    ) -> DiscreteVariable:
        return reduce(DiscreteVariable.joint, [self.encode(column, weights) for column in columns])

    def source(self, table: TypedTable, target: TypedColumn) -> CountedInformation:
        weights = table.weights
        if not table.is_sparse:
            return self.counted(table, target, names=table.names, weights=weights)
        stored = (self.encode_stored(column, weights) for column in table.stored())
        codes = SparseCodeTable(stored, len(target.values), names=table.names, weights=weights)
        coded = self.variable([target], weights)
        return CountedInformation(codes, coded, correction=self.correction)

    def source_of(
        self,
        variables: Sequence[DiscreteVariable],
        target: DiscreteVariable,
        names: Sequence[str],
        weights: RowWeights | None = None,
    ) -> CountedInformation:
        table = CodeTable(variables, names=names, weights=weights)
        return CountedInformation(table, target, correction=self.correction)

    def counted(
        self,
        columns: Iterable[TypedColumn],
        target: TypedColumn,
        names: Sequence[str] | None,
        weights: RowWeights | None = None,
    ) -> CountedInformation:
        """Return the source of terms of columns that are coded one by one, and not kept.

        Parameters
        ----------
        columns : iterable of TypedColumn
            The columns.
        target : TypedColumn
            The target.
        names : sequence of str, optional
            Names of the columns.
        weights : RowWeights, optional
            How often each row counts; once if left out.

        Returns
        -------
        CountedInformation
            What a search asks.
        """
        coded = (self.variable([column], weights) for column in columns)
        table = CodeTable(coded, names=names, weights=weights)
        y = self.variable([target], weights)
        return CountedInformation(table, y, correction=self.correction)


def _with_zero(stored: StoredColumn, weights: RowWeights | None) -> RowWeights | None:
    """Return how often each stored value counts, and after them the one zero for all others."""
    if not stored.n_zeros:
        return weights if weights is None else weights.of_rows(stored.rows)
    if weights is None:
        ones = np.ones(len(stored.rows), dtype=np.int64)
        return RowWeights(np.append(ones, stored.n_zeros))
    own = weights.multiples[stored.rows]
    return RowWeights(np.append(own, weights.multiples.sum() - own.sum()), weights.unit)
