"""A child that does the work of a job, in a session of its own: watched, stopped, and asked what became of it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Protocol

from tuneyard.jobs.models import JobStatus, Outcome
from tuneyard.kit.children import bound_to_this_process
from tuneyard.specs.events import JobError
from tuneyard_worker.endings import OUTCOMES, Ending
from tuneyard_worker.out_of_memory import kernel_kills, out_of_memory
from tuneyard_worker.room import disk_full
from tuneyard_worker.runner import STOPPED, internal_error

POLL_SECONDS = 0.05
GONE_SECONDS = 5
LAST_WORDS_BYTES = 4000
# Answers to users go first; on an idle machine this changes nothing.
NICENESS = 10
FULL_BELOW_BYTES = 2**20


class Process(Protocol):
    """What of a Popen is needed here."""

    @property
    def pid(self) -> int | None: ...
    @property
    def returncode(self) -> int | None: ...
    def poll(self) -> int | None: ...
    def wait(self) -> object: ...


class ChildProcess:
    """Works in the job directory `directory`, and has succeeded when `result` is there."""

    _process: Process

    def __init__(self, directory: Path, log: Path, result: Path) -> None:
        """To be called before the process is started."""
        self._directory = directory
        self._log = log
        self._result = result
        self._log.touch()
        self._kernel_kills = kernel_kills()

    def running(self) -> bool:
        return self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """Of the child; None until it is there."""
        return self._process.pid

    @property
    def exit_signal(self) -> int | None:
        """The signal that ended it, if one did."""
        code = self._process.returncode
        return -code if code is not None and code < 0 else None

    def stop(self, grace_seconds: float) -> None:
        """Ask it to end, then kill the group; returns when it is gone."""
        # Who is not there yet has nothing to put in order.
        if self._signal(signal.SIGTERM):
            deadline = time.monotonic() + grace_seconds
            while self.running() and time.monotonic() < deadline:
                time.sleep(POLL_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End the whole group and wait until it is gone; harmless when it has ended."""
        self._give_up()
        deadline = time.monotonic() + GONE_SECONDS
        # Its own children are waited for by init, not by us.
        while self._signal(signal.SIGKILL) and time.monotonic() < deadline:
            self._process.wait()
            time.sleep(POLL_SECONDS)

    def ending(self) -> Ending:
        """What became of a process that has ended by itself."""
        error = self._error()
        if self._process.returncode == 0 and self._result.exists():
            return JobStatus.SUCCEEDED, Outcome.SUCCEEDED, None
        if error is None and shutil.disk_usage(self._directory).free < FULL_BELOW_BYTES:
            error = disk_full().error  # too full even to say so
        if error is None and self.exit_signal == signal.SIGKILL and kernel_kills() > self._kernel_kills:
            error = out_of_memory()
        if error is not None:
            return JobStatus.FAILED, OUTCOMES.get(error.code, Outcome.FAILED), error
        if self._process.returncode == STOPPED:
            return JobStatus.QUEUED, Outcome.PREEMPTED, None  # not by us, yet it wrote down where it was
        if self.exit_signal is not None:
            return JobStatus.QUEUED, Outcome.LOST, None
        words = self._log.read_bytes()[-LAST_WORDS_BYTES:].decode(errors="replace").strip()
        message = words.splitlines()[-1] if words else "It said nothing."
        return JobStatus.FAILED, Outcome.FAILED, internal_error(message)

    def _give_up(self) -> None:
        """Let one that is not there yet not come any more."""

    def _error(self) -> JobError | None:
        path = self._directory / "error.json"
        return JobError.model_validate_json(path.read_bytes()) if path.exists() else None

    def _signal(self, number: signal.Signals) -> bool:
        """Whether there was anybody in the group."""
        if self._process.pid is None:
            return False
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return False
        return True


def start(
    program: str, arguments: list[str], directory: Path, log: Path, variables: dict[str, str]
) -> subprocess.Popen[bytes]:
    """`python -m program …` in a fresh interpreter; what it says goes to `log`."""
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", program, *arguments],
            cwd=directory,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=bound_to_this_process(NICENESS),  # noqa: PLW1509 - the supervisor has no threads
        )
