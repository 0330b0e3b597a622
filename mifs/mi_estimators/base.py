"""What every MI estimator knows: how to make a source of terms from columns and a target."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Generic, Literal, TypeVar

from sklearn.base import BaseEstimator

from mifs.averaged import MeanInformation
from mifs.encoding import TypedColumn, TypedTable
from mifs.terms import Source
from mifs.weights import RowWeights

__all__ = ["MIEstimator", "MultiTarget", "Source"]

MultiTarget = Literal["joint", "mean"]
V = TypeVar("V")


class MIEstimator(BaseEstimator, ABC, Generic[V]):
    """A parameter object that says how information is measured; pass it as `mi_estimator`.

    Attributes
    ----------
    gate_note : str
        What a promise of "auto" must say of its tests, if they do not look at what scores do.
    looks_at_target : bool
        Whether a column is prepared with the help of the target, so that no p-value of what comes
        of it holds.
    """

    @property
    def gate_note(self) -> str:
        """Nothing to say, if scores and tests look at the same."""
        return ""

    @property
    def looks_at_target(self) -> bool:
        """A column is prepared by itself, if nothing else is said."""
        return False

    def source(self, table: TypedTable, target: TypedColumn) -> Source:
        """Return the source of terms of a table with a target.

        Parameters
        ----------
        table : TypedTable
            The columns, and how often each row counts.
        target : TypedColumn
            The target.

        Returns
        -------
        Source
            What a search asks.
        """
        return self.source_of_targets(table, [target])

    def source_of_targets(
        self,
        table: TypedTable,
        targets: Sequence[TypedColumn],
        *,
        multi_target: MultiTarget = "joint",
    ) -> Source:
        """Return the source of terms of a table with one or several outputs.

        Parameters
        ----------
        table : TypedTable
            The columns.
        targets : sequence of TypedColumn
            The outputs, at least one.
        multi_target : {"joint", "mean"}, default="joint"
            "joint" takes all outputs as one variable: its terms see what they tell together.
            "mean" takes every term of each output by itself, and the mean over outputs; tests of
            independence are those of the joint variable all the same.

        Returns
        -------
        Source
            What a search asks.

        Raises
        ------
        ValueError
            If `multi_target` is neither.
        """
        if multi_target not in {"joint", "mean"}:
            msg = f'multi_target must be "joint" or "mean"; got {multi_target!r}.'
            raise ValueError(msg)
        if multi_target == "joint" or len(targets) == 1:
            return next(self.sources(table, [targets]))
        sources = self.sources(table, [*([target] for target in targets), targets])
        return MeanInformation(
            list(islice(sources, len(targets))),
            # Not before a gate asks: of many outputs, the joint one may be too large to count.
            tests=lambda: next(sources),
            same_columns=not self.looks_at_target,
        )

    @abstractmethod
    def sources(
        self, table: TypedTable, groups: Sequence[Sequence[TypedColumn]]
    ) -> Iterator[Source]:
        """Yield the source of terms of a table with each of some targets; the table is read once.

        Parameters
        ----------
        table : TypedTable
            The columns.
        groups : sequence of sequences of TypedColumn
            The targets, each of one or several outputs that are one joint variable.

        Yields
        ------
        Source
            What a search asks, made when its turn comes.
        """

    @abstractmethod
    def variable(
        self,
        columns: Sequence[TypedColumn],
        weights: RowWeights | None = None,
        *,
        target: V | None = None,
    ) -> V:
        """Return one variable of one or several columns.

        Parameters
        ----------
        columns : sequence of TypedColumn
            At least one; several are one joint variable.
        weights : RowWeights, optional
            How often each row counts; once if left out.
        target : variable, optional
            What supervised bins look at; without effect where `looks_at_target` is False.

        Returns
        -------
        variable
            What `source_of` takes.
        """

    @abstractmethod
    def source_of(
        self,
        variables: Sequence[V],
        target: V,
        names: Sequence[str],
        weights: RowWeights | None = None,
    ) -> Source:
        """Return the source of terms of a few variables, for values to report.

        Parameters
        ----------
        variables : sequence of variables
            In the place of columns.
        target : variable
            In the place of the target.
        names : sequence of str
            What messages call the variables.
        weights : RowWeights, optional
            As in `variable`.

        Returns
        -------
        Source
            What a function asks.
        """

    def _refuse_weights(self, weights: RowWeights | None) -> None:
        """Raise if rows have weights, where no estimate is known that is exact for them."""
        if weights is not None:
            msg = (
                f"{type(self).__name__} takes no sample_weight but 0 and 1: repeated rows look "
                'like information to it. Use mi_estimator="binned", or leave the weights out.'
            )
            raise ValueError(msg)
