"""Progress through scikit-learn's callbacks, where the installed version has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

try:
    from sklearn.callback import CallbackSupportMixin, with_callbacks
except ImportError:  # scikit-learn below 1.9

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Stand in for the mixin: no callbacks can be set."""

    def with_callbacks(fit: Callable[..., Any]) -> Callable[..., Any]:
        """Return the method as it is."""
        return fit


__all__ = ["CallbackSupportMixin", "step_reporter", "with_callbacks"]


def step_reporter(estimator: Any, n_steps: int) -> Callable[[int, int], None]:  # noqa: ANN401
    """Return a function that tells the callbacks of an estimator about each step of its fit."""
    if not hasattr(estimator, "_init_callback_context"):
        return lambda n_done, n_features: None  # noqa: ARG005 - nobody listens
    context = estimator._init_callback_context(max_subtasks=n_steps)
    context.call_on_fit_task_begin(estimator=estimator)

    def report(n_done: int, n_features: int) -> None:
        step = context.subcontext(task_name="select a feature")
        step.call_on_fit_task_begin(estimator=estimator)
        step.call_on_fit_task_end(estimator=estimator)
        if n_done == n_features:
            context.call_on_fit_task_end(estimator=estimator)

    return report
