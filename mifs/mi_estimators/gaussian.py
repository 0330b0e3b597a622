"""Information of the Gaussian copula: monotone relations, cheaply."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from mifs.encoding import TypedColumn, TypedTable
from mifs.gaussian import CopulaTable, CopulaVariable, GaussianInformation, joint_of
from mifs.mi_estimators.base import MIEstimator
from mifs.mi_estimators.binned import BinnedMI
from mifs.weights import RowWeights


class GaussianCopulaMI(MIEstimator[CopulaVariable]):
    """Mutual information of continuous data as if their copula were that of a normal distribution.

    A parameter object: pass it as `mi_estimator`. The string "gaussian" is the same. It has no
    parameters.

    Notes
    -----
    A lower bound of the information that converges fast, and sees monotone relations only: for
    many continuous columns and few rows. Every column goes to normal scores first, so that no
    strictly monotone map of it changes a digit. Discrete columns and classes are refused.
    The estimate is that of Ince et al. [1]_, less its bias, not clipped.

    References
    ----------
    .. [1] R. A. A. Ince et al., "A statistical framework for neuroimaging data analysis based on
       mutual information estimated via a Gaussian copula", Human Brain Mapping 38:1541-1573
       (2017). https://doi.org/10.1002/hbm.23471

    Examples
    --------
    >>> GaussianCopulaMI()
    GaussianCopulaMI()
    """

    gate_note = (
        "The tests are of the columns and the target in bins of equal frequency; the Gaussian "
        "copula only orders what may enter."
    )

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {}

    def source(self, table: TypedTable, target: TypedColumn) -> GaussianInformation:
        self._refuse_weights(table.weights)
        columns = table.kept()
        names = [
            f"column {place if table.names is None else repr(str(table.names[place]))}"
            for place in range(len(columns))
        ]
        for column, name in zip([*columns, target], [*names, "y"], strict=True):
            _refuse_uncontinuous(column, name)
        return GaussianInformation(
            CopulaTable([column.values for column in columns], names),
            CopulaVariable.of_numbers(target.values, "y"),
            tests=lambda: BinnedMI().counted(columns, target, names=table.names),
        )

    def variable(
        self, columns: Sequence[TypedColumn], weights: RowWeights | None = None
    ) -> CopulaVariable:
        self._refuse_weights(weights)
        variables = []
        for place, column in enumerate(columns):
            name = f"column {place} of a sample" if len(columns) > 1 else "a sample"
            _refuse_uncontinuous(column, name)
            variables.append(CopulaVariable.of_numbers(column.values, name))
        return joint_of(variables, n_samples=len(columns[0].values))

    def source_of(
        self,
        variables: Sequence[CopulaVariable],
        target: CopulaVariable,
        names: Sequence[str],  # noqa: ARG002 - the variables carry theirs
        weights: RowWeights | None = None,
    ) -> GaussianInformation:
        self._refuse_weights(weights)
        return GaussianInformation(variables, target)


def _refuse_uncontinuous(column: TypedColumn, name: str) -> None:
    called = name if name == "y" else f"{name[0].upper()}{name[1:]}"
    if column.is_missing is not None:
        msg = f"{called} misses {column.is_missing.sum()} of {len(column.values)} values, which no "
        msg += 'Gaussian copula has room for. Fill them, or use mi_estimator="knn" or "binned".'
        raise ValueError(msg)
    if column.is_discrete:
        what = "y is taken as classes" if name == "y" else f"{called} is discrete"
        msg = f"{what}, and a Gaussian copula is for continuous variables. Use "
        msg += 'mi_estimator="knn" or "binned".'
        raise ValueError(msg)
