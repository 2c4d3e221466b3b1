"""SIGTERM to the runner: somebody wants the process, not the end of the job, so nothing that was done may be lost."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Stopped(BaseException):
    """The attempt ends here because it was asked to; not an error, so nothing that catches errors may catch it."""


class StopSignal:
    """Raises Stopped where the runner is when it is asked to end, or at the next point from which one can go on."""

    def __init__(self) -> None:
        self.asked = False
        self._postponed = False

    def listen(self) -> None:
        """Hear SIGTERM from now on; in the main thread of the runner's process only."""
        signal.signal(signal.SIGTERM, self.hear)

    def hear(self, *_: Any) -> None:
        """Somebody asks."""
        self.asked = True
        if not self._postponed:
            raise Stopped

    def obey(self) -> None:
        """A point at which the attempt may end."""
        if self.asked:
            raise Stopped

    @contextmanager
    def postponed(self) -> Iterator[None]:
        """Within, only `obey` ends the attempt."""
        self._postponed = True
        try:
            yield
        finally:
            self._postponed = False
        self.obey()
