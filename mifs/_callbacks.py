"""Progress through scikit-learn's callbacks, where the installed version has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

try:
    from sklearn.callback import CallbackSupportMixin, with_callbacks
except ImportError:  # scikit-learn below 1.9

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Stand in for the mixin: no callbacks can be set."""

    def with_callbacks(fit: Callable[..., Any]) -> Callable[..., Any]:
        """Return the method as it is."""
        return fit


__all__ = ["CallbackSupportMixin", "reported_steps", "with_callbacks"]


@contextmanager
def reported_steps(
    estimator: Any,
    n_steps: int | None,
) -> Iterator[Callable[[], None] | None]:
    """Give a function that tells the callbacks of an estimator that a step of its fit is done.

    `n_steps` is None where it is not known before; None is given where nobody can listen.
    """
    if not hasattr(estimator, "_init_callback_context"):
        yield None
        return
    context = estimator._init_callback_context(max_subtasks=n_steps)
    context.call_on_fit_task_begin(estimator=estimator)

    def tell() -> None:
        step = context.subcontext(task_name="select a feature")
        step.call_on_fit_task_begin(estimator=estimator)
        step.call_on_fit_task_end(estimator=estimator)

    yield tell
    context.call_on_fit_task_end(estimator=estimator)
