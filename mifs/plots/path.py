"""The selection path as a figure: what each step added, and what was kept out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias

import numpy as np

from mifs._typing import BoolArray, FloatArray, IntArray
from mifs.criteria import CMI, criterion_of
from mifs.plots.fitted import how_measured, names_of, path_finder
from mifs.plots.style import (
    BLUE,
    GREY,
    ORANGE,
    line_color,
    new_axes,
    shortened,
    text_color,
    without_box,
)
from mifs.selectors import MutualInfoSelector
from mifs.standing import rounded
from mifs.units import base_of_unit, nats_per_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Kind: TypeAlias = Literal["score", "cumulated"]
FEW = 12  # steps that leave room for numbers beside the marks
MANY = 30  # steps whose names no longer fit below an axis


class SelectionPathDisplay:
    """Selection path as a figure: the criterion at each choice, and what the gate kept out.

    Make it by `from_estimator`; `plot` draws.

    Parameters
    ----------
    features : sequence of str
        Names of the chosen columns, in order of choice.
    values : ndarray of shape (n_steps,)
        Criterion at each choice, or its sum up to there.
    is_tested : ndarray of bool of shape (n_steps,)
        Whether each column passed the tests of "auto"; the others are drawn hollow: included, or
        chosen because a number was asked for.
    floor : float, default=nan
        Highest score of the columns that could not enter; nan where none was kept out by a test.
    floor_feature : str, default=""
        The column that has it.
    n_kept : int, optional
        Steps that were kept, if a cross-validation cut the path.
    kind : {"score", "cumulated"}, default="score"
        What the values are.
    criterion : str, default="criterion"
        Name of the criterion, for the axis.
    unit : str, default="bits"
        Unit of the values; "" for a criterion that is a ratio.
    measured : str, default=""
        How information was measured, for the axis.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        The figure around it.

    See Also
    --------
    SelectionPath : The numbers.

    Notes
    -----
    The floor is a noise floor by hindsight: of the candidates that a test kept out, the highest
    score, each as of the step when it was last a candidate. The gate compares p-values, not
    scores, so that a column of many levels may lie below it and yet enter, or above and not.
    It is nan without the gate of "auto", where nothing says what noise is.

    Examples
    --------
    The target is the sum of the first and the third of three coins: 1/2 bit by one alone, and the
    second adds a whole bit to it, so that both tell the 3/2 bits of its entropy.

    >>> import numpy as np
    >>> from mifs import MutualInfoSelector
    >>> coins = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)] * 500)
    >>> y = coins[:, 0] + coins[:, 2]
    >>> selector = MutualInfoSelector("cmi", 2).fit(coins, y)
    >>> SelectionPathDisplay.of_selector(selector).values.round(2)
    array([0.5, 1. ])
    >>> SelectionPathDisplay.of_selector(selector, kind="cumulated").values.round(2)
    array([0.5, 1.5])
    """

    def __init__(
        self,
        features: Sequence[str],
        values: FloatArray,
        is_tested: BoolArray,
        *,
        floor: float = np.nan,
        floor_feature: str = "",
        n_kept: int | None = None,
        kind: Kind = "score",
        criterion: str = "criterion",
        unit: str = "bits",
        measured: str = "",
    ) -> None:
        self.features = list(features)
        self.values = values
        self.is_tested = is_tested
        self.floor = floor
        self.floor_feature = floor_feature
        self.n_kept = n_kept
        self.kind = kind
        self.criterion = criterion
        self.unit = unit
        self.measured = measured

    @classmethod
    def of_selector(cls, selector: Any, *, unit: str = "bits", kind: Kind = "score") -> Self:
        """Read the display of a fitted selector, without drawing it.

        Parameters
        ----------
        selector : MutualInfoSelector, MutualInfoSelectorCV or StabilitySelector
            Fitted. Of the latter two the path is that of their `selector_`, on all rows.
        unit : {"bits", "nats", "hartleys"}, default="bits"
            Unit of the axis, unless the criterion is a ratio.
        kind : {"score", "cumulated"}, default="score"
            "score": the criterion at each choice. "cumulated": its sum, for criterion "cmi" alone,
            whose terms I(X; Y | S) add up to I(selected; Y) by the chain rule.

        Returns
        -------
        SelectionPathDisplay
            Not drawn yet.

        Raises
        ------
        NotFittedError
            If the selector is not fitted.
        TypeError
            If it is not of these, or fitted another kind of selector.
        ValueError
            If the unit or the kind is not one of those above, or the scores have no sum that
            means anything.
        """
        nats = nats_per_unit(base_of_unit(unit))
        finder = path_finder(selector)
        _refuse_kind(kind, finder)
        path, names = finder.path_, names_of(finder)
        place, floor = _floor(finder)
        values, size = path.score.copy(), nats if path.in_nats else 1.0
        if not path.in_nats:
            values[:1], floor = np.nan, floor if len(path.order) > 1 else np.nan
        return cls(
            [names[column] for column in path.order],
            np.cumsum(values / size) if kind == "cumulated" else values / size,
            _is_tested(finder),
            floor=np.nan if kind == "cumulated" else floor / size,
            floor_feature="" if place is None else names[place],
            n_kept=_n_kept(selector.selected_, path.order),
            kind=kind,
            criterion=_name_of(finder),
            unit=unit if path.in_nats else "",
            measured=how_measured(finder),
        )

    @classmethod
    def from_estimator(
        cls,
        selector: Any,
        *,
        unit: str = "bits",
        kind: Kind = "score",
        ax: Axes | None = None,
    ) -> Self:
        """Draw the path of a fitted selector.

        Parameters
        ----------
        selector : MutualInfoSelector, MutualInfoSelectorCV or StabilitySelector
            Fitted. Of the latter two the path is that of their `selector_`, on all rows.
        unit : {"bits", "nats", "hartleys"}, default="bits"
            Unit of the axis, unless the criterion is a ratio.
        kind : {"score", "cumulated"}, default="score"
            As in `of_selector`.
        ax : matplotlib Axes, optional
            Where to draw; a new figure by default.

        Returns
        -------
        SelectionPathDisplay
            Drawn.
        """
        return cls.of_selector(selector, unit=unit, kind=kind).plot(ax)

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw the path.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; a new figure by default.

        Returns
        -------
        SelectionPathDisplay
            Itself, with `ax_` and `figure_`.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        width = min(10.0, max(5.2, 1.6 + 0.5 * len(self.features)))
        self.ax_ = ax = new_axes(width=width, height=4.2) if ax is None else ax
        self.figure_: Figure | Any = ax.figure
        self._draw_steps(ax)
        self._write_values(ax)
        self._draw_bounds(ax)
        self._name_steps(ax)
        without_box(ax)
        ax.set_ylabel(self._label())
        if len(ax.get_legend_handles_labels()[0]) > 1:
            ax.legend(frameon=False)
        return self

    def _draw_steps(self, ax: Axes) -> None:
        """A line through all steps; its marks are hollow where no test was passed."""
        steps = np.arange(1, len(self.values) + 1)
        ax.plot(steps, self.values, color=BLUE, linewidth=1.2, zorder=2)
        marks = (
            (self.is_tested, "passed the tests", BLUE),
            (~self.is_tested, "not tested", "none"),
        )
        for which, label, filling in marks:
            if which.any():
                ax.scatter(
                    steps[which],
                    self.values[which],
                    s=36,
                    facecolors=ax.get_facecolor() if filling == "none" else filling,
                    edgecolors=BLUE,
                    label=label,
                    zorder=3,
                )

    def _write_values(self, ax: Axes) -> None:
        """The number beside each mark, while there is room."""
        for step, value in enumerate(self.values, start=1):
            if len(self.values) <= FEW and not np.isnan(value):
                ax.annotate(
                    f"{value:z.3f}",
                    (step, value),
                    xytext=(3, 7),
                    textcoords="offset points",
                    fontsize="small",
                    color=text_color(ax),
                )

    def _draw_bounds(self, ax: Axes) -> None:
        """Zero, the floor, and the end of what was kept."""
        ax.axhline(0, color=line_color(ax), linewidth=0.8, zorder=1)
        if not np.isnan(self.floor):
            label = f"best kept out: {shortened(self.floor_feature)}"
            ax.axhline(self.floor, color=ORANGE, linestyle="--", label=label, zorder=1)
        if self.n_kept is not None:
            label = f"first {self.n_kept} kept"
            ax.axvline(self.n_kept + 0.5, color=GREY, linestyle=":", label=label, zorder=1)

    def _name_steps(self, ax: Axes) -> None:
        """Names below the steps, or, of many, numbers."""
        steps = np.arange(1, len(self.features) + 1)
        if len(steps) > MANY:
            ax.set_xlabel("columns chosen")
            return
        labels = [f"{step}. {shortened(name)}" for step, name in enumerate(self.features, 1)]
        ax.set_xticks(steps, labels=labels, rotation=40, ha="right", rotation_mode="anchor")
        ax.set_xlim(0.5, max(len(steps), 1) + 0.5)

    def _label(self) -> str:
        """What the values are, their unit, and how they were measured."""
        measured = f",\n{self.measured}" if self.measured else ""
        what = f"score of {self.criterion}" if self.kind == "score" else "I(chosen; Y)"
        return f"{what} [{self.unit or 'ratio, no unit'}]{measured}"


def _refuse_kind(kind: Kind, selector: MutualInfoSelector) -> None:
    if kind not in ("score", "cumulated"):
        msg = f'kind must be "score" or "cumulated"; got {kind!r}.'
        raise ValueError(msg)
    if kind == "cumulated" and not isinstance(criterion_of(selector.criterion), CMI):
        msg = (
            'kind="cumulated" needs criterion="cmi", whose scores add up to I(selected; Y); got '
            f'{selector.criterion!r}. Pass kind="score".'
        )
        raise ValueError(msg)


def _name_of(selector: MutualInfoSelector) -> str:
    criterion = selector.criterion
    return criterion.lower() if isinstance(criterion, str) else type(criterion).__name__


def _is_tested(selector: MutualInfoSelector) -> BoolArray:
    """Whether each column of the path entered by tests."""
    if selector.gate_ is None:
        return np.zeros(len(selector.path_.order), dtype=bool)
    stages = selector.gate_.stage
    return np.array([stage not in ("included", "not tested") for stage in stages], dtype=bool)


def _floor(selector: MutualInfoSelector) -> tuple[int | None, float]:
    """Return the column of the highest score that a test kept out, and its score."""
    score = rounded(selector.path_.last_score)
    score[selector.path_.order] = np.nan
    if selector.gate_ is None or np.isnan(score).all():
        return None, np.nan
    place = int(np.nanargmax(score))
    return place, float(score[place])


def _n_kept(selected: IntArray, order: IntArray) -> int | None:
    """Return how many steps were kept, if that is not all of them but the first."""
    n_selected = len(selected)
    is_prefix = n_selected < len(order) and np.array_equal(selected, order[:n_selected])
    return n_selected if is_prefix else None
