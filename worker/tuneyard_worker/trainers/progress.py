"""Honest progress of a whole job: stages weighted by their expected work, and a smoothed time left."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tuneyard_worker.job_directory import JobDirectory

SMOOTHING = 0.2
LEAST_SECONDS_BETWEEN = 1.0
# Before this much is done a time left would be a guess.
LEAST_FRACTION = 0.02


@dataclass
class Progress:
    """Turns the work done in stages into one fraction of the job.

    `plan` gives each stage its expected work, in any one unit; stages may end early, run late or be left out.
    """

    job: JobDirectory
    clock: Callable[[], float] = time.monotonic
    _plan: dict[str, float] = field(default_factory=dict)
    _done: dict[str, float] = field(default_factory=dict)
    _started: float = field(init=False)
    _told: float = field(default=float("-inf"), init=False)
    _eta: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._started = self.clock()

    def worked_before(self, seconds: float) -> None:
        """An earlier attempt has worked so long on what is done already."""
        self._started -= seconds

    def plan(self, work: dict[str, float]) -> None:
        """Set the expected work of each stage that is not begun yet."""
        self._plan.update(work)

    def update(self, stage: str, share: float, *, step: int = 0, total_steps: int = 0, epoch: float = 0.0) -> None:
        """Tell that `share` (0 to 1) of `stage` is done."""
        self._done[stage] = max(min(share, 1.0), self._done.get(stage, 0.0))
        now = self.clock()
        if share < 1 and now - self._told < LEAST_SECONDS_BETWEEN:
            return
        self._told = now
        fraction = self.fraction
        self._smooth(fraction, now - self._started)
        self.job.progress(fraction, step=step, total_steps=total_steps, epoch=epoch, eta_seconds=self._eta)

    def finish(self) -> None:
        """Tell that all is done."""
        self.job.progress(1.0, eta_seconds=0.0)

    @property
    def fraction(self) -> float:
        """Of the whole job; short of 1 until `finish`."""
        done = sum(self._plan.get(stage, 0.0) * share for stage, share in self._done.items())
        return min(done / max(sum(self._plan.values()), 1e-9), 0.999)

    def _smooth(self, fraction: float, elapsed: float) -> None:
        if fraction < LEAST_FRACTION:
            return
        left = elapsed / fraction * (1 - fraction)
        self._eta = left if self._eta is None else (1 - SMOOTHING) * self._eta + SMOOTHING * left
