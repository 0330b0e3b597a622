"""What selectors that follow one path report of it."""

from __future__ import annotations

from copy import copy
from typing import Any

from mifs._typing import ArrayLike
from mifs.report import Report
from mifs.report.fitted import FittedSelector
from mifs.search import count_of


class ReportMixin:
    """Selector that reports on itself."""

    def report(
        self,
        X: Any,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        unit: str = "bits",
        values: bool = True,
    ) -> Report:
        """Report on the finished selection, by `n_jobs` threads; nothing is selected again.

        Parameters
        ----------
        X : array, sparse array or matrix, or dataframe, of shape (n_samples, n_features)
            The table of `fit`.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            The target of `fit`.
        sample_weight : array-like of shape (n_samples,), optional
            The weights of `fit`.
        unit : {"bits", "nats", "hartleys"}, default="bits"
            Unit of every information; it stands in the headers.
        values : bool, default=True
            Whether levels, classes and bin edges are shown. False numbers them.

        Returns
        -------
        Report
            Shown by a notebook and by ``print``; `Report.write_html` makes a page of it.

        Raises
        ------
        NotFittedError
            If the selector is not fitted.
        ValueError
            If the rows are not those of `fit`, or the unit has another name.
        """
        return Report.of(self, X, y, sample_weight=sample_weight, unit=unit, values=values)

    def _as_reported(self) -> FittedSelector:
        """Return the selection that a report is of: this one."""
        itself: Any = self
        return itself


def prefix_of(selector: FittedSelector, n_features: int, *, how: str) -> FittedSelector:
    """Return a fitted selector as if it had ended after its first columns; `how` was it chosen.

    The tests of a gate were of the whole path; of a shorter one they are left out, since what
    blocked a column may lie beyond its end.
    """
    whole = len(selector.path_.order)
    if n_features == whole and selector.gate_ is not None:
        return selector
    shorter = copy(selector)
    ended = f"{count_of(n_features)} of a path of {whole}, {how}."
    shorter.path_ = selector.path_.first(n_features, ended=ended)
    shorter.gate_ = None
    shorter.promise_ = f"No promise: the length was {how}, and no column was tested."
    return shorter
