"""What every MI estimator knows: how to make a source of terms from columns and a target."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Generic, Protocol, TypeVar

from sklearn.base import BaseEstimator

from mifs.encoding import TypedColumn, TypedTable
from mifs.terms import Information
from mifs.weights import RowWeights

V = TypeVar("V")


class Source(Information, Protocol):
    """A source of information that also says where its values are not to be trusted."""

    def remarks(self, columns: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """What casts doubt on the relevance of some columns, sentences for each."""


class MIEstimator(BaseEstimator, ABC, Generic[V]):
    """A parameter object that says how information is measured; pass it as `mi_estimator`.

    Attributes
    ----------
    gate_note : str
        What a promise of "auto" must say of its tests, if they do not look at what scores do.
    """

    gate_note: ClassVar[str] = ""

    @abstractmethod
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

    @abstractmethod
    def variable(self, columns: Sequence[TypedColumn], weights: RowWeights | None = None) -> V:
        """Return one variable of one or several columns.

        Parameters
        ----------
        columns : sequence of TypedColumn
            At least one; several are one joint variable.
        weights : RowWeights, optional
            How often each row counts; once if left out.

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
