"""What a report asks of a selector: fitted attributes, whatever class they are of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from mifs._typing import BoolArray, FloatArray, IntArray
from mifs.encoding import ColumnInfo, Kind, Missing
from mifs.gate import GateRecord
from mifs.mi_estimators.base import MultiTarget
from mifs.search import SelectionPath

if TYPE_CHECKING:
    import pandas as pd


class FittedSelector(Protocol):
    """A finished selection along one path; `MutualInfoSelector` documents each attribute."""

    criterion: Any
    mi_estimator: Any
    discrete_features: Any
    discrete_target: Kind
    missing: Missing
    multi_target: MultiTarget
    alpha: float
    n_jobs: int | None

    n_features_in_: int
    relevance_: FloatArray
    ranking_: IntArray
    path_: SelectionPath
    gate_: GateRecord | None
    promise_: str
    columns_: Sequence[ColumnInfo]
    discrete_features_: BoolArray
    discrete_target_: bool
    _column_names: list[str] | None
    _target_remarks: Sequence[str]
    _target_look: str

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters by name."""

    def ranking_frame(self, *, unit: str = "bits") -> pd.DataFrame:
        """Return every column with its rank, best first."""

    def why_not_frame(self, *, unit: str = "bits") -> pd.DataFrame:
        """Return the columns that were left out, each with its reason."""
