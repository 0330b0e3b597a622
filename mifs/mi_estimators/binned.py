"""Information of counted data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial, reduce
from itertools import chain
from numbers import Integral

import numpy as np

from mifs._frames import BLOCK_BYTES
from mifs._sparse import StoredColumn
from mifs._validation import Interval, StrOptions
from mifs.counts import Codes, CodeTable, DiscreteVariable
from mifs.discrete import CountedInformation
from mifs.discretization import (
    NBins,
    Strategy,
    bins_for,
    codes_of,
    column_cuts,
    equal_frequency_variables,
    level_codes,
)
from mifs.encoding import TypedColumn, TypedStoredColumn, TypedTable
from mifs.mi_estimators.base import MIEstimator
from mifs.sparse_counts import SparseCodeTable, SparseVariable
from mifs.weights import RowWeights

ITEMS_OF_LINE = 8  # numbers of 64 bits in a line of the cache


class BinnedMI(MIEstimator[DiscreteVariable]):
    """Mutual information of counted data; continuous columns are cut into bins first.

    A parameter object: pass it as `mi_estimator`. The string "binned" stands for its defaults.

    Parameters
    ----------
    n_bins : int or "auto", default="auto"
        Bins of a continuous column: 5 below 1000 rows and 10 from there for "auto".
    strategy : {"quantile", "uniform", "mdlp"}, default="quantile"
        Bins of equal frequency or of equal width, or those that tell the classes of the target
        apart, by the rule of Fayyad and Irani [3]_: as many as that needs, and one where it needs
        none. The classes of a continuous target are its `n_bins` bins of equal frequency.
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

    The bins of "mdlp" have seen the target, and no correction knows it: a column that says nothing
    scores exactly zero if it was left whole, as nearly all such are, and otherwise too much. The
    tests of ``n_features_to_select="auto"`` never look at these bins, but at those of equal
    frequency. Functions that test refuse them; `permutation_test` may take `mutual_info` with
    them as its statistic, since that cuts anew after each permutation.

    References
    ----------
    .. [1] N. X. Vinh, J. Epps, J. Bailey, "Information theoretic measures for clusterings
       comparison", Journal of Machine Learning Research 11:2837-2854 (2010).
    .. [2] G. A. Miller, "Note on the bias of information estimates", Information Theory in
       Psychology, Free Press (1955).
    .. [3] U. M. Fayyad, K. B. Irani, "Multi-interval discretization of continuous-valued
       attributes for classification learning", Proceedings of the 13th International Joint
       Conference on Artificial Intelligence, 1022-1027 (1993).

    Examples
    --------
    >>> BinnedMI(n_bins=3)
    BinnedMI(n_bins=3)
    """

    _parameter_constraints = {  # noqa: RUF012 - scikit-learn's own convention
        "n_bins": [Interval(Integral, 2, None, closed="left"), StrOptions({"auto"})],
        "strategy": [StrOptions({"quantile", "uniform", "mdlp"})],
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

    @property
    def gate_note(self) -> str:
        """Bins that have seen the target are not tested."""
        if not self.looks_at_target:
            return ""
        return (
            "The tests are of the columns in bins of equal frequency; the bins that looked at the "
            "target only order what may enter."
        )

    @property
    def looks_at_target(self) -> bool:
        """Whether columns are cut by the target."""
        return self.strategy == "mdlp"

    def encode(
        self,
        column: TypedColumn,
        weights: RowWeights | None = None,
        *,
        target: DiscreteVariable | None = None,
    ) -> DiscreteVariable:
        """Code one column: its distinct values if it is discrete, its bins if not.

        Parameters
        ----------
        column : TypedColumn
            Finite numbers, or labels, some of them missing.
        weights : RowWeights, optional
            How often each row counts; once if left out.
        target : DiscreteVariable, optional
            What "mdlp" looks at; bins of equal frequency without it, such as those of a target.

        Returns
        -------
        DiscreteVariable
            Codes and number of levels; missing is the last, whatever the others are.
        """
        missing = column.is_missing
        present = column.values if missing is None else column.values[~missing]
        if column.is_discrete or not len(present):
            coded = level_codes(present)
        else:
            cuts = column_cuts(
                column.values,
                missing,
                n_bins=self.n_bins,
                strategy=self.strategy,
                weights=weights,
                classes=None if target is None else target.codes,
            )
            coded = DiscreteVariable(codes_of(present, cuts), len(cuts) + 1)
        return coded if missing is None else DiscreteVariable.beside_missing(coded, missing)

    def encode_block(
        self,
        columns: Sequence[TypedColumn],
        weights: RowWeights | None = None,
        *,
        target: DiscreteVariable | None = None,
    ) -> list[DiscreteVariable]:
        """Code a few columns, each as `encode` does: those that are plain numbers in one call.

        Parameters
        ----------
        columns : sequence of TypedColumn
            At least one, all of the same rows.
        weights : RowWeights, optional
            How often each row counts; once if left out.
        target : DiscreteVariable, optional
            What "mdlp" looks at.

        Returns
        -------
        list of DiscreteVariable
            The coded columns.
        """
        if not self._codes_blocks:
            return [self.encode(column, weights, target=target) for column in columns]
        plain = [column.values for column in columns if _is_plain(column)]
        n_rows = len(columns[0].values) if weights is None else weights.total
        multiples = None if weights is None else weights.multiples
        coded = equal_frequency_variables(plain, bins_for(self.n_bins, n_rows), multiples)
        return [
            next(coded) if _is_plain(column) else self.encode(column, weights) for column in columns
        ]

    @property
    def _codes_blocks(self) -> bool:
        """Whether columns of plain numbers are coded in one call, wherever they stand."""
        return self.strategy == "quantile"

    def encode_stored(
        self,
        column: TypedStoredColumn,
        weights: RowWeights | None = None,
        *,
        target: DiscreteVariable | None = None,
    ) -> SparseVariable:
        """Code one sparse column as `encode` codes it in full, from what is stored.

        Parameters
        ----------
        column : TypedStoredColumn
            Finite numbers, some of them missing.
        weights : RowWeights, optional
            How often each row counts; once if left out.
        target : DiscreteVariable, optional
            What "mdlp" looks at, for which the column is laid out in full.

        Returns
        -------
        SparseVariable
            Codes of what is stored, and that of zero.
        """
        stored, missing = column.stored, column.is_missing
        if self.looks_at_target and not column.is_discrete:
            laid_out = None if missing is None else stored.rows_of(missing)
            full = TypedColumn(stored.dense(), column.is_discrete, laid_out)
            return SparseVariable.of_dense(self.encode(full, weights, target=target), stored.rows)
        with_zero = TypedColumn(stored.with_zero(), column.is_discrete, missing)
        coded = self.encode(with_zero, _with_zero(stored, weights))
        zero = int(coded.codes[-1]) if stored.n_zeros else 0
        return SparseVariable(stored.rows, coded.codes[: len(stored.rows)], zero, coded.n_levels)

    def variable(
        self,
        columns: Sequence[TypedColumn],
        weights: RowWeights | None = None,
        *,
        target: DiscreteVariable | None = None,
    ) -> DiscreteVariable:
        coded = [self.encode(column, weights, target=target) for column in columns]
        return reduce(DiscreteVariable.joint, coded)

    def sources(
        self, table: TypedTable, groups: Sequence[Sequence[TypedColumn]]
    ) -> Iterator[CountedInformation]:
        codes, tests = None, None
        for targets in groups:
            y = self.variable(targets, table.weights)
            if codes is None or self.looks_at_target:
                codes = self._codes(table, y)
            if self.looks_at_target:
                tests = partial(next, BinnedMI(self.n_bins).sources(table, [targets]))
            yield CountedInformation(codes, y, correction=self.correction, tests=tests)

    def _codes(self, table: TypedTable, y: DiscreteVariable) -> Codes:
        """Code the columns of a table, those that are cut by the target included."""
        names, weights = table.names, table.weights
        if table.is_sparse:
            stored = (self.encode_stored(column, weights, target=y) for column in table.stored())
            return SparseCodeTable(stored, len(y.codes), names=names, weights=weights)
        columns = table.in_place() if self._codes_blocks else iter(table)
        blocks = (self.encode_block(block, weights, target=y) for block in blocks_of(columns))
        coded = chain.from_iterable(blocks)
        return CodeTable(coded, names=names, weights=weights, n_expected=table.n_features)

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
        targets: Sequence[TypedColumn],
        names: Sequence[str] | None,
        weights: RowWeights | None = None,
    ) -> CountedInformation:
        """Return the source of terms of columns that are coded one by one, and not kept.

        Parameters
        ----------
        columns : iterable of TypedColumn
            The columns.
        targets : sequence of TypedColumn
            The outputs, at least one, that are one joint target.
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
        y = self.variable(targets, weights)
        return CountedInformation(table, y, correction=self.correction)


def blocks_of(columns: Iterable[TypedColumn]) -> Iterator[list[TypedColumn]]:
    """Yield columns together as long as they fit the cache, as they were read.

    Of those that stand in an array by rows their codes have to fit, or those of one line.
    """
    block: list[TypedColumn] = []
    for column in columns:
        values = column.values
        n_bytes = values.nbytes if values.flags.c_contiguous else len(values)
        if (len(block) + 1) * n_bytes > max(BLOCK_BYTES, ITEMS_OF_LINE * len(values)) and block:
            yield block
            block = []
        block.append(column)
    if block:
        yield block


def _is_plain(column: TypedColumn) -> bool:
    """Whether a column holds continuous numbers of 64 bits, and none is missing."""
    is_whole = column.is_discrete or column.is_missing is not None
    return not is_whole and column.values.dtype == np.float64


def _with_zero(stored: StoredColumn, weights: RowWeights | None) -> RowWeights | None:
    """Return how often each stored value counts, and after them the one zero for all others."""
    if not stored.n_zeros:
        return weights if weights is None else weights.of_rows(stored.rows)
    if weights is None:
        ones = np.ones(len(stored.rows), dtype=np.int64)
        return RowWeights(np.append(ones, stored.n_zeros))
    own = weights.multiples[stored.rows]
    return RowWeights(np.append(own, weights.multiples.sum() - own.sum()), weights.unit)
