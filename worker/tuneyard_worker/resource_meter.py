"""What a process and its children use of the machine: a few seconds apart at first, then rarer, so that days of
training stay a short list."""

import time
from collections.abc import Callable

import psutil

from tuneyard.base_models.machines import machine_memory
from tuneyard.specs.events import ResourcesData

FIRST_SECONDS = 2.0
LAST_SECONDS = 60.0
# After so many measurements the time between them doubles.
DOUBLE_AFTER = 60


class ResourceMeter:
    """Measures one tree of processes."""

    def __init__(self, pid: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._pid = pid
        self._clock = clock
        self._measured = clock()
        self._count = 0
        self._seconds: dict[int, float] = {}

    def due(self) -> bool:
        """Whether it is time for the next measurement."""
        pause: float = min(FIRST_SECONDS * 2 ** (self._count // DOUBLE_AFTER), LAST_SECONDS)
        return self._clock() - self._measured >= pause

    def measure(self) -> ResourcesData | None:
        """What is in use now, and the mean of processors since the last measurement; None when nobody is left."""
        try:
            root = psutil.Process(self._pid)
            family = [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return None
        memory, seconds = 0, {}
        for process in family:
            try:
                times = process.cpu_times()
                memory += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
            seconds[process.pid] = times.user + times.system
        if memory == 0:  # what has ended and was not waited for yet holds none
            return None
        now = self._clock()
        worked = sum(max(total - self._seconds.get(pid, 0.0), 0.0) for pid, total in seconds.items())
        elapsed = max(now - self._measured, 1e-3)
        self._seconds, self._measured, self._count = seconds, now, self._count + 1
        return ResourcesData(
            memory_bytes=memory,
            memory_total_bytes=machine_memory(),
            processors=round(worked / elapsed, 2),
            processors_total=psutil.cpu_count() or 1,
        )
