"""A part that is kept running."""

import time
from pathlib import Path

from structlog.typing import FilteringBoundLogger

from tuneyard.embedded.logs import rotate
from tuneyard.embedded.processes import Child, Part
from tuneyard.embedded.run_file import RunningPart

LONGEST_PAUSE_SECONDS = 30
SOUND_AFTER_SECONDS = 60


class Supervised:
    """Starts a part, and again when it dies: at once, then after 1, 2, 4 … 30 seconds."""

    def __init__(self, part: Part, logs_dir: Path, log: FilteringBoundLogger, *, server: bool) -> None:
        self.part = part
        self.log_file = logs_dir / f"{part.name}.log"
        self.deaths = 0
        self._server = server
        self._log = log.bind(part=part.name)
        self._child: Child | None = None
        self._next_start = 0.0

    @property
    def alive(self) -> bool:
        """Whether it runs now."""
        return self._child is not None and self._child.exit_code is None

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it runs."""
        return None if self._child is None else self._child.exit_code

    def start(self) -> None:
        """Start it, after clearing what its last run has left."""
        self.part.prepare()
        rotate(self.log_file)
        self._child = Child(self.part, self.log_file)
        self._log.info("part.started", pid=self._child.id.pid)

    def tend(self) -> bool:
        """Start it again if it died and its pause is over. Whether it was started."""
        if self.alive:
            return False
        if self._child is not None:
            self._note_death(self._child)
        if time.monotonic() < self._next_start:
            return False
        self.start()
        return True

    def recorded(self) -> list[RunningPart]:
        """The entry of run.json, if it runs."""
        if self._child is None:
            return []
        return [
            RunningPart(
                **self._child.id.model_dump(),
                name=self.part.name,
                stop_signal=self.part.stop_signal,
                grace_seconds=self.part.grace_seconds,
                server=self._server,
            )
        ]

    def ask_to_stop(self) -> None:
        """Let it end in order."""
        if self._child is not None:
            self._child.ask_to_stop()

    def end(self, asked: float) -> None:
        """Wait for its end as long as its grace, counted from `asked` (monotonic), then kill it."""
        if self._child is not None:
            self._child.end(asked + self.part.grace_seconds)
            self._log.info("part.stopped", exit_code=self._child.exit_code)

    def kill(self) -> None:
        """End it at once."""
        if self._child is not None:
            self._child.kill()

    def _note_death(self, child: Child) -> None:
        lived = time.monotonic() - child.started
        self.deaths = 1 if lived > SOUND_AFTER_SECONDS else self.deaths + 1
        pause = 0 if self.deaths == 1 else min(2 ** (self.deaths - 2), LONGEST_PAUSE_SECONDS)
        self._log.warning("part.died", exit_code=child.exit_code, lived_seconds=round(lived, 1), pause_seconds=pause)
        # What it started may have outlived it.
        child.kill()
        self._child = None
        self._next_start = time.monotonic() + pause
