"""Information of counted data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial, reduce
from numbers import Integral

from mifs._typing import AnyArray, IntArray
from mifs._validation import Interval, StrOptions
from mifs.counts import CodeTable, DiscreteVariable
from mifs.discrete import CountedInformation
from mifs.discretization import NBins, Strategy, bins_for, codes_of, cut_points, level_codes
from mifs.encoding import TypedColumn, TypedTable
from mifs.mi_estimators.base import MIEstimator
from mifs.supervised_binning import mdlp_cut_points


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
        self, column: TypedColumn, *, target: DiscreteVariable | None = None
    ) -> DiscreteVariable:
        """Code one column: its distinct values if it is discrete, its bins if not.

        Parameters
        ----------
        column : TypedColumn
            Finite numbers, or labels, some of them missing.
        target : DiscreteVariable, optional
            What "mdlp" looks at; bins of equal frequency without it, such as those of a target.

        Returns
        -------
        DiscreteVariable
            Codes and number of levels; missing is the last, whatever the others are.
        """
        missing = column.is_missing
        classes = None if target is None else target.codes
        if missing is None:
            return self._encoded(column.values, classes, discrete=column.is_discrete)
        seen = None if classes is None else classes[~missing]
        present = self._encoded(column.values[~missing], seen, discrete=column.is_discrete)
        return DiscreteVariable.beside_missing(present, missing)

    def _encoded(
        self, values: AnyArray, classes: IntArray | None, *, discrete: bool
    ) -> DiscreteVariable:
        """Code values, none of them missing, by the classes of their rows if these may be seen."""
        if discrete or not len(values):
            return level_codes(values)
        if self.strategy == "mdlp" and classes is not None:
            cuts = mdlp_cut_points(values, classes)
        else:
            blind = "quantile" if self.strategy == "mdlp" else self.strategy
            cuts = cut_points(values, n_bins=bins_for(self.n_bins, len(values)), strategy=blind)
        return DiscreteVariable(codes_of(values, cuts), len(cuts) + 1)

    def variable(
        self, columns: Sequence[TypedColumn], *, target: DiscreteVariable | None = None
    ) -> DiscreteVariable:
        return reduce(
            DiscreteVariable.joint, (self.encode(column, target=target) for column in columns)
        )

    def sources(
        self, table: TypedTable, groups: Sequence[Sequence[TypedColumn]]
    ) -> Iterator[CountedInformation]:
        return self._counted(table, groups, table.names)

    def source_of(
        self,
        variables: Sequence[DiscreteVariable],
        target: DiscreteVariable,
        names: Sequence[str],
    ) -> CountedInformation:
        table = CodeTable(variables, names=names)
        return CountedInformation(table, target, correction=self.correction)

    def counted(
        self,
        columns: Iterable[TypedColumn],
        targets: Sequence[TypedColumn],
        names: Sequence[str] | None,
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

        Returns
        -------
        CountedInformation
            What a search asks.
        """
        return next(self._counted(columns, [targets], names))

    def _counted(
        self,
        columns: Iterable[TypedColumn],
        groups: Sequence[Sequence[TypedColumn]],
        names: Sequence[str] | None,
    ) -> Iterator[CountedInformation]:
        """Count one table of codes for all targets, or, if they are to be seen, one for each."""
        table, tests = None, None
        for targets in groups:
            y = self.variable(targets)
            if table is None or self.looks_at_target:
                table = CodeTable(
                    (self.variable([column], target=y) for column in columns), names=names
                )
            if self.looks_at_target:
                tests = partial(BinnedMI(self.n_bins).counted, columns, targets, names)
            yield CountedInformation(table, y, correction=self.correction, tests=tests)
