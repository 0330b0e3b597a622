"""The information budget as a figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias

import numpy as np

from mifs._typing import ArrayLike
from mifs.budget import InformationBudget, information_budget
from mifs.plots.style import BLUE, GREEN, GREY, ORANGE, line_color, new_axes, without_box
from mifs.units import base_of_unit, nats_per_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Kind: TypeAlias = Literal["amounts", "steps"]

N_ERRORS = 2


class InformationBudgetDisplay:
    """Information budget as a figure: what there is, is promised, forecast and delivered.

    Make it by `from_estimator` or `from_budget`; `plot` draws.

    Parameters
    ----------
    budget : InformationBudget
        What is drawn.

    Attributes
    ----------
    budget : InformationBudget
        What is drawn.
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        The figure around it.

    See Also
    --------
    information_budget : The numbers.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from mifs.datasets import make_gaussian_classes
    >>> sample = make_gaussian_classes(200, random_state=0)
    >>> budget = information_budget(GaussianNB(), sample.X, sample.y)
    >>> InformationBudgetDisplay(budget).budget.unit
    'bits'
    """

    def __init__(self, budget: InformationBudget) -> None:
        self.budget = budget

    @classmethod
    def from_budget(
        cls,
        budget: InformationBudget,
        *,
        kind: Kind = "amounts",
        ax: Axes | None = None,
    ) -> Self:
        """Draw a budget that is known.

        Parameters
        ----------
        budget : InformationBudget
            What `information_budget` gave.
        kind : {"amounts", "steps"}, default="amounts"
            As for `plot`.
        ax : matplotlib Axes, optional
            Where to draw; a new figure by default.

        Returns
        -------
        InformationBudgetDisplay
            Drawn.
        """
        return cls(budget).plot(ax, kind=kind)

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: ArrayLike,
        *,
        cv: Any = 5,
        unit: str = "bits",
        kind: Kind = "amounts",
        ax: Axes | None = None,
    ) -> Self:
        """Measure a budget, and draw it.

        Parameters
        ----------
        estimator : estimator object
            Pipeline of a selector and a model, as for `information_budget`.
        X : array or dataframe of shape (n_samples, n_features)
            Whatever it fits.
        y : array-like of shape (n_samples,)
            Classes, or, for a regressor, numbers.
        cv : int, splitter or iterable of splits, default=5
            As in scikit-learn.
        unit : {"bits", "nats", "hartleys"}, default="bits"
            Unit of the axis.
        kind : {"amounts", "steps"}, default="amounts"
            As for `plot`; "amounts" does not fit the model for each column.
        ax : matplotlib Axes, optional
            Where to draw; a new figure by default.

        Returns
        -------
        InformationBudgetDisplay
            Drawn.
        """
        budget = information_budget(estimator, X, y, cv=cv, unit=unit, steps=kind == "steps")
        return cls.from_budget(budget, kind=kind, ax=ax)

    def plot(self, ax: Axes | None = None, *, kind: Kind = "amounts") -> Self:
        """Draw the budget, with two standard errors.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; a new figure by default.
        kind : {"amounts", "steps"}, default="amounts"
            "amounts": a bar for each of the four; "steps": promised and delivered as columns are
            added.

        Returns
        -------
        InformationBudgetDisplay
            Itself, with `ax_` and `figure_`.

        Raises
        ------
        ValueError
            If the kind is unknown, or the budget has no steps to draw.
        ImportError
            If matplotlib is not installed.
        """
        if kind not in ("amounts", "steps"):
            msg = f'kind must be "amounts" or "steps"; got {kind!r}.'
            raise ValueError(msg)
        if kind == "steps" and not self.budget.steps:
            msg = "The budget has no steps; make it with steps=True, and a selector with an order."
            raise ValueError(msg)
        self.ax_ = new_axes(width=6.4, height=4) if ax is None else ax
        self.figure_: Figure | Any = self.ax_.figure
        without_box(self.ax_)
        if kind == "steps":
            self._draw_steps(self.ax_)
        else:
            self._draw_amounts(self.ax_)
        return self

    def _draw_amounts(self, ax: Axes) -> None:
        """A bar for each amount that is known, the largest possible on top."""
        amounts = [pair for pair in self._coloured() if not np.isnan(pair[0][1])]
        places = np.arange(len(amounts))[::-1]
        for place, ((_, value, error), colour) in zip(places, amounts, strict=True):
            ax.barh(
                place,
                value / self._nats,
                xerr=N_ERRORS * error / self._nats,
                color=colour,
                ecolor=line_color(ax),
                capsize=3,
            )
        ax.set_yticks(places, labels=[name for (name, _, _), _ in amounts])
        ax.axvline(0, color=line_color(ax), linewidth=0.8)
        ax.set_xlabel(f"information about the target [{self.budget.unit}], ± 2 standard errors")

    def _coloured(self) -> list[tuple[tuple[str, float, float], str]]:
        return list(zip(self.budget.amounts(), (GREY, BLUE, GREEN, ORANGE), strict=True))

    def _draw_steps(self, ax: Axes) -> None:
        """Promised and delivered, as columns are added."""
        steps = self.budget.steps
        places = np.arange(len(steps))
        for name, colour, marker in (("promised", BLUE, "o"), ("delivered", ORANGE, "s")):
            values = self._in_unit([getattr(step, name) for step in steps])
            errors = self._in_unit([getattr(step, f"{name}_error") for step in steps])
            ax.errorbar(
                places,
                values,
                N_ERRORS * errors,
                color=colour,
                marker=marker,
                capsize=3,
                label=name,
            )
        if not np.isnan(self.budget.entropy):
            ax.axhline(self.budget.entropy / self._nats, color=GREY, linestyle="--", label="H(Y)")
        ax.set_xticks(
            places, labels=[f"+ {step.feature}" for step in steps], rotation=45, ha="right"
        )
        ax.set_ylabel(f"information [{self.budget.unit}],\n± 2 standard errors")
        ax.legend()

    @property
    def _nats(self) -> float:
        return nats_per_unit(base_of_unit(self.budget.unit))

    def _in_unit(self, values: Sequence[float]) -> Any:
        return np.asarray(values) / self._nats
