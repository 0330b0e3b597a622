"""The ranking as a figure: what each column tells of the target, and which were selected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias

import numpy as np

from mifs._typing import FloatArray, IntArray
from mifs._validation import is_whole_number
from mifs.plots.fitted import how_measured, names_of, path_finder
from mifs.plots.style import (
    BLUE,
    GREY,
    line_color,
    new_axes,
    shortened,
    text_color,
    without_box,
)
from mifs.standing import rounded
from mifs.units import base_of_unit, nats_per_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Order: TypeAlias = Literal["rank", "relevance"]


class RankingDisplay:
    """Ranking as a figure: the relevance I(X; Y) of each column as a bar, the best on top.

    Bars of selected columns are filled and their names numbered in order of choice; those of
    columns left out are hatched. Make it by `from_estimator`; `plot` draws.

    Parameters
    ----------
    features : sequence of str
        Names of the columns that are shown, from the top.
    relevance : ndarray of shape (n_shown,)
        I(X; Y) of each in `unit`, not clipped: corrected, it may lie below zero.
    step : ndarray of int of shape (n_shown,)
        Place of each in order of choice, from 1; 0 for those left out.
    n_more : int, default=0
        Columns that are not shown.
    unit : {"bits", "nats", "hartleys"}, default="bits"
        Unit of `relevance`.
    measured : str, default=""
        How it was measured, for the axis.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        The figure around it.

    See Also
    --------
    MutualInfoSelector.ranking_frame : The numbers, of all columns.

    Examples
    --------
    The target is the sum of the first and the third of three coins: each tells 1/2 bit of it.

    >>> import numpy as np
    >>> from mifs import MutualInfoSelector
    >>> coins = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)] * 50)
    >>> selector = MutualInfoSelector(n_features_to_select=2).fit(coins, coins[:, 0] + coins[:, 2])
    >>> display = RankingDisplay.of_selector(selector)
    >>> display.features
    ['x0', 'x2', 'x1']
    >>> display.relevance.round(2) + 0.0
    array([0.5, 0.5, 0. ])
    >>> display.step
    array([1, 2, 0])
    """

    def __init__(
        self,
        features: Sequence[str],
        relevance: FloatArray,
        step: IntArray,
        *,
        n_more: int = 0,
        unit: str = "bits",
        measured: str = "",
    ) -> None:
        self.features = list(features)
        self.relevance = relevance
        self.step = step
        self.n_more = n_more
        self.unit = unit
        self.measured = measured

    @classmethod
    def of_selector(
        cls,
        selector: Any,
        *,
        unit: str = "bits",
        max_features: int = 20,
        order: Order = "rank",
    ) -> Self:
        """Read the display of a fitted selector, without drawing it.

        Parameters
        ----------
        selector : MutualInfoSelector, MutualInfoSelectorCV or StabilitySelector
            Fitted. Of the latter two the relevance is that of their `selector_`.
        unit : {"bits", "nats", "hartleys"}, default="bits"
            Unit of the axis.
        max_features : int, default=20
            Columns to show at most.
        order : {"rank", "relevance"}, default="rank"
            What "best first" means: by `ranking_`, the selected before all others, or by relevance,
            which shows what was passed over as redundant.

        Returns
        -------
        RankingDisplay
            Not drawn yet.

        Raises
        ------
        NotFittedError
            If the selector is not fitted.
        TypeError
            If it is not of these, or fitted another kind of selector.
        ValueError
            If the unit, the order or the number of columns is not one of those above.
        """
        nats = nats_per_unit(base_of_unit(unit))
        if not is_whole_number(max_features) or max_features < 1:
            msg = f"max_features must be a whole number of at least 1; got {max_features!r}."
            raise ValueError(msg)
        if order not in ("rank", "relevance"):
            msg = f'order must be "rank" or "relevance"; got {order!r}.'
            raise ValueError(msg)
        finder = path_finder(selector)
        relevance, names = finder.relevance_, names_of(finder)
        # Ties by relevance go by rank, as those of rounded scores do everywhere.
        by = (selector.ranking_,) if order == "rank" else (selector.ranking_, -rounded(relevance))
        shown = np.lexsort(by)[:max_features]
        step = np.zeros(len(names), dtype=np.int64)
        step[selector.selected_] = np.arange(1, len(selector.selected_) + 1)
        return cls(
            [names[column] for column in shown],
            relevance[shown] / nats,
            step[shown],
            n_more=len(names) - len(shown),
            unit=unit,
            measured=how_measured(finder),
        )

    @classmethod
    def from_estimator(
        cls,
        selector: Any,
        *,
        unit: str = "bits",
        max_features: int = 20,
        order: Order = "rank",
        ax: Axes | None = None,
    ) -> Self:
        """Draw the ranking of a fitted selector.

        Parameters
        ----------
        selector : MutualInfoSelector, MutualInfoSelectorCV or StabilitySelector
            Fitted. Of the latter two the relevance is that of their `selector_`.
        unit : {"bits", "nats", "hartleys"}, default="bits"
            Unit of the axis.
        max_features : int, default=20
            Columns to show at most; below them stands how many more there are.
        order : {"rank", "relevance"}, default="rank"
            What "best first" means: as in `of_selector`.
        ax : matplotlib Axes, optional
            Where to draw; a new figure by default.

        Returns
        -------
        RankingDisplay
            Drawn.
        """
        display = cls.of_selector(selector, unit=unit, max_features=max_features, order=order)
        return display.plot(ax)

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw the bars.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; a new figure by default, as high as there are bars.

        Returns
        -------
        RankingDisplay
            Itself, with `ax_` and `figure_`.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        height = 1.1 + 0.24 * (len(self.features) + bool(self.n_more))
        self.ax_ = ax = new_axes(width=6.4, height=height) if ax is None else ax
        self.figure_: Figure | Any = ax.figure
        self._draw_bars(ax)
        self._name_bars(ax)
        self._write_values(ax)
        without_box(ax)
        ax.spines["left"].set_visible(False)  # zero has a line of its own
        measured = f", {self.measured}" if self.measured else ""
        ax.set_xlabel(f"relevance I(X; Y) [{self.unit}]{measured}")
        return self

    def _draw_bars(self, ax: Axes) -> None:
        """Filled bars of what was selected, hatched ones of what was left out."""
        places, is_selected = np.arange(len(self.features)), self.step > 0
        fillings = (
            (is_selected, "selected, in order of choice", {"color": BLUE}),
            (~is_selected, "left out", {"fill": False, "edgecolor": GREY, "hatch": "////"}),
        )
        for which, label, look in fillings:
            if which.any():
                ax.barh(places[which], self.relevance[which], height=0.7, label=label, **look)
        ax.axvline(0, color=line_color(ax), linewidth=0.8)
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False, borderpad=0)

    def _name_bars(self, ax: Axes) -> None:
        """Names on the left, the first on top, and how many more there are."""
        labels = [
            f"{step}. {shortened(name)}" if step else shortened(name)
            for name, step in zip(self.features, self.step, strict=True)
        ]
        if self.n_more:
            labels.append(f"… and {self.n_more} more")
        ax.set_yticks(np.arange(len(labels)), labels=labels)
        ax.tick_params(axis="y", length=0)
        ax.set_ylim(len(labels) - 0.4, -0.6)

    def _write_values(self, ax: Axes) -> None:
        """The number behind each bar."""
        for place, value in enumerate(self.relevance):
            ax.annotate(
                f"{value:z.3f}",
                (max(value, 0.0), place),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize="small",
                color=text_color(ax),
            )
        ax.margins(x=0.12)  # room for the numbers
