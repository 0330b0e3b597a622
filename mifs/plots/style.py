"""What the displays share: axes, colours that any eye tells apart, and names that fit.

Text and lines take their colour from the axes, so that figures read on dark backgrounds too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Of Okabe and Ito, told apart with any colour vision; marks differ in shape or filling too.
GREY, BLUE, GREEN, ORANGE = "#999999", "#0072B2", "#009E73", "#E69F00"
NAME_LENGTH = 28  # characters of a name that leave room for the figure


def new_axes(*, width: float, height: float, layout: str = "constrained") -> Axes:
    """Axes of a new figure, in inches; matplotlib is loaded only to draw."""
    try:
        import matplotlib.pyplot as plt  # noqa: PLC0415 - optional
    except ImportError as error:
        msg = "Displays need matplotlib, which is not installed. Run pip install matplotlib."
        raise ImportError(msg) from error
    return plt.subplots(figsize=(width, height), layout=layout)[1]


def text_color(ax: Axes) -> Any:
    """Colour of the text of the axes: dark on light, light on dark."""
    return ax.xaxis.label.get_color()


def line_color(ax: Axes) -> Any:
    """Colour of the frame of the axes."""
    return ax.spines["bottom"].get_edgecolor()


def without_box(ax: Axes) -> None:
    """Leave of the frame what carries a scale."""
    ax.spines[["top", "right"]].set_visible(False)


def shortened(name: str, length: int = NAME_LENGTH) -> str:
    """Return a name with its middle left out, where it is too long.

    Names of one table differ at the end as often as at the beginning. A dollar sign is escaped,
    lest two of them be read as a formula.

    Examples
    --------
    >>> shortened("concentration of nitrate, winter 2019", 20)
    'concentrat…nter 2019'
    """
    if len(name) > length:
        tail = (length - 1) // 2
        name = f"{name[: length - 1 - tail]}…{name[len(name) - tail :]}"
    return name.replace("$", r"\$")
