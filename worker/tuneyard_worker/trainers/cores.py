"""How many threads compute: fewer while others need the cores.

The threads of a matrix product wait for the slowest of them, and one that has to share its core keeps all the others
waiting: two threads on one core and a bit are slower than one thread on one core.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil
import torch

SECONDS_BETWEEN_LOOKS = 2.0
# So much of what the threads could compute went to others, while nearly no core was idle: there are too many of them.
MOST_LOST, NEARLY_NONE = 0.5, 0.25
# So much of a core was idle: there is room for one more.
FREE = 0.75


@dataclass(frozen=True)
class Moment:
    """Three clocks, in seconds."""

    wall: float
    own: float
    """That this process has computed, with all threads."""
    idle: float
    """That the cores of the machine have been idle, all together."""

    @classmethod
    def now(cls) -> "Moment":
        cores = psutil.cpu_times()
        return cls(time.monotonic(), time.process_time(), cores.idle + getattr(cores, "iowait", 0.0))


class Cores:
    """Those that a training computes on: at most as many threads as it was given, and at least one."""

    def __init__(self, most: int, now: Callable[[], Moment] = Moment.now) -> None:
        self._most, self._now = most, now
        self.threads = most
        self._last = now()

    def look(self) -> None:
        """Between two steps: have the next ones computed with as many threads as there is room for."""
        if self._most == 1:
            return
        now = self._now()
        seconds = now.wall - self._last.wall
        if seconds < SECONDS_BETWEEN_LOOKS:
            return
        used, idle = (now.own - self._last.own) / seconds, (now.idle - self._last.idle) / seconds
        self._last = now
        threads = min(self._most, chosen(self.threads, used, idle))
        if threads != self.threads:
            self.threads = threads
            torch.set_num_threads(threads)


def chosen(threads: int, used: float, idle: float) -> int:
    """How many threads there is room for, when so many have `used` so many cores, and so many were `idle`."""
    if idle >= FREE:
        return threads + 1
    if idle < NEARLY_NONE and used < threads - MOST_LOST:
        return max(1, round(used))
    return threads
