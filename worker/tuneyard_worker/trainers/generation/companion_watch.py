"""Notices companions that end before their time: who teaches with them would wait for minutes, and in vain."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tuneyard.specs.events import JobError
from tuneyard_worker.failures import JobFailure, write_error
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.out_of_memory import kernel_kills, out_of_memory

SECONDS_BETWEEN_LOOKS = 0.2
GRACE_SECONDS = 5.0
"""For the trainer to fail by itself when one is gone, as it does on a processor, and for that one to be gone."""


def folder_of(root: Path, rank: int) -> Path:
    """Where in a job directory a companion leaves its `error.json`."""
    return root / f"companion-{rank}"


@dataclass(frozen=True)
class Companion:
    """A process that teaches along."""

    rank: int
    process: subprocess.Popen[bytes]
    folder: Path

    @property
    def lost(self) -> bool:
        """Whether it has ended, and not because all was done."""
        return bool(self.process.poll())


class Watch:
    """Over all companions of a trainer."""

    def __init__(self, job: JobDirectory, companions: Sequence[Companion]) -> None:
        self._job = job
        self._kernel_kills = kernel_kills()
        self._over = threading.Event()
        self.companions = companions

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Within, this process ends if a companion has ended, and nothing else came of that."""
        thread = threading.Thread(target=self._look, name="companions", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def fault_within_grace(self) -> JobFailure | None:
        """Why a companion has ended, if one has by then."""
        deadline = time.monotonic() + GRACE_SECONDS
        while not any(companion.lost for companion in self.companions):
            if time.monotonic() > deadline:
                return None
            time.sleep(SECONDS_BETWEEN_LOOKS)
        return self._fault()

    def _look(self) -> None:
        while not self._over.wait(SECONDS_BETWEEN_LOOKS):
            if any(companion.lost for companion in self.companions):
                if not self._over.wait(GRACE_SECONDS):
                    end(self._job, self._fault().error)
                return

    def _fault(self) -> JobFailure:
        """Of several, of which some may only have missed the others, one that has a name."""
        faults = [self._fault_of(companion) for companion in self.companions if companion.lost]
        return next((each for each in faults if each.error.code != "internal_error"), faults[0])

    def _fault_of(self, companion: Companion) -> JobFailure:
        told, status = companion.folder / "error.json", companion.process.returncode
        if told.exists():
            return JobFailure.of(JobError.model_validate_json(told.read_bytes()))
        if status == -signal.SIGKILL and kernel_kills() > self._kernel_kills:
            return JobFailure.of(out_of_memory())
        cause = f"signal {-status}" if status < 0 else f"exit status {status}"
        return JobFailure(
            "companion_lost",
            f"The process that taught along on card {companion.rank} has ended: {cause}.",
            "Look for the cause in the log of the worker, then try again.",
            details={"card": companion.rank, "cause": cause},
            users=False,
        )


def end(job: JobDirectory, error: JobError) -> None:
    """End this process whatever its other threads wait for, in which nothing could be raised."""
    write_error(job.root, error)
    os._exit(1)
