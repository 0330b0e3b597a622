"""Progress on long work, at a terminal."""

from __future__ import annotations

import os
import sys
from threading import Event, Thread
from time import monotonic
from typing import Any, Self

from mifs.search import count_of

PATIENCE = 1.0  # seconds before the line appears
INTERVAL = 0.2  # seconds between two of its states


class Progress:
    """One line on standard error that says what is going on: at a terminal, if it takes a while.

    A callback of scikit-learn, too: it counts the columns that a fit has selected.
    """

    def __init__(self) -> None:
        self._stream = sys.stderr
        self._text, self._n_done = "", 0
        self._is_over = Event()
        self._thread = Thread(target=self._draw, daemon=True)

    def __enter__(self) -> Self:
        if self._stream is not None and self._stream.isatty():
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        if self._thread.is_alive():
            self._thread.join()

    def say(self, text: str) -> None:
        """Say what is going on from now."""
        self._text = text

    def _draw(self) -> None:
        start, delay, width = monotonic(), PATIENCE, 0
        while not self._is_over.wait(delay):
            columns = os.get_terminal_size(self._stream.fileno()).columns or 80  # 0: not known
            line = f"mifs: {self._text}, {monotonic() - start:.0f} s"[: columns - 1]
            self._stream.write("\r" + line.ljust(width))
            self._stream.flush()
            delay, width = INTERVAL, max(width, len(line))
        if width:
            self._stream.write("\r" + " " * width + "\r")
            self._stream.flush()

    def setup(self, estimator: Any, context: Any) -> None:
        """Hear that a fit begins."""

    def teardown(self, estimator: Any, context: Any) -> None:
        """Hear that a fit is over."""

    def on_fit_task_begin(self, estimator: Any, context: Any) -> None:
        """Hear that a column is about to be selected."""

    def on_fit_task_end(self, estimator: Any, context: Any) -> None:
        """Hear that a column is selected."""
        if context.parent is not None:
            self._n_done += 1
            self.say(f"selected {self._n_done} of {count_of(context.parent.max_subtasks)}")
