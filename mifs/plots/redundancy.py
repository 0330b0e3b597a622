"""The selected columns as a map of what each pair of them shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy.sparse import issparse

from mifs import _frames
from mifs._typing import ArrayLike, FloatArray, IntArray
from mifs._validation import is_whole_number, weighted_rows
from mifs.encoding import TypedTable
from mifs.mi_estimators import BinnedMI, mi_estimator_of
from mifs.plots.fitted import how_measured, names_of, path_finder
from mifs.plots.style import new_axes, shortened
from mifs.selectors import MutualInfoSelector
from mifs.units import base_of_unit, nats_per_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLORS = "cividis"  # even in lightness, for any colour vision and in print
LEAST = 0.1  # end of the scale where all share less: noise must not look like redundancy
DARK = 0.5  # lightness below which a cell takes white text


class RedundancyDisplay:
    """Redundancy map: the information I(X; W) that each pair of selected columns shares.

    The target plays no part in it. Make it by `from_estimator`; `plot` draws.

    Parameters
    ----------
    features : sequence of str
        Names of the columns, in order of choice.
    redundancy : ndarray of shape (n_shown, n_shown)
        I(X; W) in `unit`, symmetric, not clipped; nan on the diagonal.
    n_more : int, default=0
        Selected columns that are not shown.
    unit : {"bits", "nats", "hartleys"}, default="bits"
        Unit of `redundancy`.
    measured : str, default=""
        How it was measured, for the colour bar.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        The figure around it.

    See Also
    --------
    MutualInfoSelector.ranking_frame : The mean redundancy of each column with those before it.

    Examples
    --------
    Of two coins and a copy of the first, the copies share the whole bit, and others nothing:

    >>> import numpy as np
    >>> from mifs import MutualInfoSelector
    >>> coins = np.array([[a, b, a] for a in (0, 1) for b in (0, 1)] * 500)
    >>> selector = MutualInfoSelector(n_features_to_select="all").fit(coins, coins.sum(axis=1))
    >>> display = RedundancyDisplay.of_selector(selector, coins)
    >>> display.features
    ['x0', 'x1', 'x2']
    >>> display.redundancy.round(2) + 0.0
    array([[nan, 0., 1.],
           [ 0., nan, 0.],
           [ 1., 0., nan]])
    """

    def __init__(
        self,
        features: Sequence[str],
        redundancy: FloatArray,
        *,
        n_more: int = 0,
        unit: str = "bits",
        measured: str = "",
    ) -> None:
        self.features = list(features)
        self.redundancy = redundancy
        self.n_more = n_more
        self.unit = unit
        self.measured = measured

    @classmethod
    def of_selector(
        cls,
        selector: Any,
        X: Any,
        *,
        sample_weight: ArrayLike | None = None,
        unit: str = "bits",
        max_features: int = 20,
    ) -> Self:
        """Measure what the selected columns share, without drawing it.

        Parameters
        ----------
        selector : MutualInfoSelector, MutualInfoSelectorCV or StabilitySelector
            Fitted.
        X : array or dataframe of shape (n_samples, n_features)
            Rows with the columns seen in `fit`: those rows, or any others.
        sample_weight : array-like of shape (n_samples,), optional
            How often each row of X counts. Needed if weights were given to `fit`: those of these
            rows, or ones.
        unit : {"bits", "nats", "hartleys"}, default="bits"
            Unit of the map.
        max_features : int, default=20
            Selected columns to show at most, from the first.

        Returns
        -------
        RedundancyDisplay
            Not drawn yet.

        Raises
        ------
        NotFittedError
            If the selector is not fitted.
        TypeError
            If it is not of these, or fitted another kind of selector.
        ValueError
            If fewer than two columns are selected, X has other columns, the unit is unknown, or
            weights are wrong, or missing after a fit with weights.

        Notes
        -----
        Measured by the selector's MI estimator: one estimate a pair, 190 for 20 columns. Bins that
        looked at the target ("mdlp") cannot be made without it; bins of equal frequency stand for
        them.
        """
        nats = nats_per_unit(base_of_unit(unit))
        finder = path_finder(selector)
        selected = np.asarray(selector.selected_)
        _refuse_few(len(selected), max_features)
        _refuse_no_weights(finder, sample_weight)
        names, shown = names_of(finder), selected[:max_features]
        columns = selector.transform(X)
        return cls(
            [names[column] for column in shown],
            _pairwise(finder, columns, np.sort(selected), shown, sample_weight) / nats,
            n_more=len(selected) - len(shown),
            unit=unit,
            measured=how_measured(finder),
        )

    @classmethod
    def from_estimator(
        cls,
        selector: Any,
        X: Any,
        *,
        sample_weight: ArrayLike | None = None,
        unit: str = "bits",
        max_features: int = 20,
        ax: Axes | None = None,
    ) -> Self:
        """Measure what the selected columns share, and draw it.

        Parameters
        ----------
        selector : MutualInfoSelector, MutualInfoSelectorCV or StabilitySelector
            Fitted.
        X : array or dataframe of shape (n_samples, n_features)
            Rows with the columns seen in `fit`: those rows, or any others.
        sample_weight : array-like of shape (n_samples,), optional
            How often each row of X counts. Needed if weights were given to `fit`: those of these
            rows, or ones.
        unit : {"bits", "nats", "hartleys"}, default="bits"
            Unit of the map.
        max_features : int, default=20
            Selected columns to show at most, from the first.
        ax : matplotlib Axes, optional
            Where to draw; a new figure by default.

        Returns
        -------
        RedundancyDisplay
            Drawn.
        """
        measured = cls.of_selector(
            selector, X, sample_weight=sample_weight, unit=unit, max_features=max_features
        )
        return measured.plot(ax)

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw each pair once, as a cell with its number.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; a new figure by default, as large as there are columns.

        Returns
        -------
        RedundancyDisplay
            Itself, with `ax_` and `figure_`.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        side = max(0.46 * (len(self.features) - 1), 2.2)  # inches; the bar's label needs some
        if ax is None:  # "compressed" leaves room for names beside cells that stay square
            width, height = (room + side for room in (3.2, 1.8))
            ax = new_axes(width=width, height=height, layout="compressed")
        self.ax_ = ax
        self.figure_: Figure | Any = ax.figure
        # Each pair once: a row for all but the first column, a column for all but the last.
        cells = np.ma.masked_invalid(self.redundancy[1:, :-1].copy())
        cells[np.triu_indices(len(cells), 1)] = np.ma.masked
        image = ax.imshow(cells, cmap=COLORS, vmin=0, vmax=max(float(cells.max()), LEAST))
        self._write_values(ax, image, cells)
        self._name_columns(ax)
        measured = f",\n{self.measured}" if self.measured else ""
        bar = self.figure_.colorbar(image, ax=ax, shrink=0.8)
        bar.set_label(f"redundancy I(X; W) [{self.unit}]{measured}")
        bar.outline.set_visible(False)
        return self

    def _write_values(self, ax: Axes, image: Any, cells: Any) -> None:
        """The number of each pair, light on dark cells and dark on light ones."""
        for (row, column), value in np.ndenumerate(cells.filled(np.nan)):
            if not np.isnan(value):
                red, green, blue, _ = image.cmap(image.norm(value))
                is_dark = 0.299 * red + 0.587 * green + 0.114 * blue < DARK
                ax.text(
                    column,
                    row,
                    f"{value:z.2f}",
                    ha="center",
                    va="center",
                    fontsize="small",
                    color="white" if is_dark else "black",
                )

    def _name_columns(self, ax: Axes) -> None:
        """Names with their step, on both sides of the map."""
        labels = [f"{step}. {shortened(name, 24)}" for step, name in enumerate(self.features, 1)]
        places = np.arange(len(labels) - 1)
        ax.set_yticks(places, labels=labels[1:])
        ax.set_xticks(places, labels=labels[:-1], rotation=40, ha="right", rotation_mode="anchor")
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        if self.n_more:
            ax.set_xlabel(f"… and {self.n_more} more", loc="left")


def _refuse_few(n_selected: int, max_features: int) -> None:
    if not is_whole_number(max_features) or max_features < 2:
        msg = "max_features must be a whole number of at least 2, to have a pair; got "
        msg += f"{max_features!r}."
        raise ValueError(msg)
    if n_selected < 2:
        msg = f"A map needs two selected columns at least; the selector has {n_selected}. Ask for "
        msg += "more in n_features_to_select."
        raise ValueError(msg)


def _refuse_no_weights(selector: MutualInfoSelector, sample_weight: ArrayLike | None) -> None:
    if sample_weight is None and selector._is_weighted:
        msg = "The selector was fitted with sample_weight; a map without would show other numbers "
        msg += "than its report. Pass the weights of these rows, or ones."
        raise ValueError(msg)


def _pairwise(
    selector: MutualInfoSelector,
    X: Any,
    columns: IntArray,
    shown: IntArray,
    sample_weight: ArrayLike | None,
) -> FloatArray:
    """I(X; W) of every pair of the columns shown, in nats, of a table of the selected ones."""
    estimator = mi_estimator_of(selector.mi_estimator)
    if isinstance(estimator, BinnedMI) and estimator.looks_at_target:
        estimator = BinnedMI(estimator.n_bins, correction=estimator.correction)
    weights, X = weighted_rows(sample_weight, X.toarray() if issparse(X) else X)
    table = TypedTable(
        X,
        discrete_features=selector.discrete_features_[columns],
        names=_frames.names_of(X),
        missing=selector.missing,
        weights=weights,
    )
    variables = [estimator.variable([column], weights) for column in table]
    variables = [variables[place] for place in np.searchsorted(columns, shown)]
    names = [selector.columns_[column].name for column in shown]
    shared = np.full((len(shown), len(shown)), np.nan)
    for place, variable in enumerate(variables[1:], start=1):
        source = estimator.source_of(variables[:place], variable, names[:place], weights)
        shared[place, :place] = shared[:place, place] = source.relevance()
    return shared
