"""The child that does the work, in a session of its own, without any credential of ours: a fresh interpreter, or where
that would take seconds to load what it needs, a copy of one that has loaded it."""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tuneyard.jobs.models import JobStatus, Outcome
from tuneyard.kit.config import Settings
from tuneyard.specs.events import JobError
from tuneyard_worker.forked_trainer import ForkedTrainer, Nursery
from tuneyard_worker.out_of_memory import kernel_kills, out_of_memory
from tuneyard_worker.room import disk_full
from tuneyard_worker.runner import STOPPED, internal_error

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.05
GONE_SECONDS = 5
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "VIRTUAL_ENV", "CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH")
LAST_WORDS_BYTES = 4000
OUTCOMES = {"out_of_memory": Outcome.OOM, "disk_full": Outcome.DISK_FULL, "disk_budget": Outcome.DISK_FULL}
# Answers to users go first; on an idle machine this changes nothing.
NICENESS = 10
FULL_BELOW_BYTES = 2**20


class TrainerProcess:
    """`python -m tuneyard_worker.runner DIR`, started at once, or as soon as the nursery is ready if one is given."""

    def __init__(self, directory: Path, settings: Settings, nursery: Nursery | None = None) -> None:
        self._directory = directory
        self._log = directory / "runner.log"
        # What libraries leave lying about, torch's caches among it, goes with the job directory.
        temporary = directory / "tmp"
        temporary.mkdir()
        self._log.touch()
        self._kernel_kills = kernel_kills()
        self._process: subprocess.Popen[bytes] | ForkedTrainer
        if nursery is None:
            self._process = start(directory, self._log, environment(settings) | {"TMPDIR": str(temporary)})
        else:
            self._process = nursery.ask(directory, environment(settings), bound_to_this_process())

    def running(self) -> bool:
        return self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """Of the trainer; None until it is there."""
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
        if isinstance(self._process, ForkedTrainer):
            self._process.give_up()
        deadline = time.monotonic() + GONE_SECONDS
        # Its own children are waited for by init, not by us.
        while self._signal(signal.SIGKILL) and time.monotonic() < deadline:
            self._process.wait()
            time.sleep(POLL_SECONDS)

    def ending(self) -> tuple[JobStatus, Outcome, JobError | None]:
        """What became of a process that has ended by itself."""
        error = self._error()
        if self._process.returncode == 0 and (self._directory / "artifact" / "manifest.json").exists():
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


def start(directory: Path, log: Path, variables: dict[str, str]) -> subprocess.Popen[bytes]:
    """A runner in a fresh interpreter."""
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "tuneyard_worker.runner", str(directory)],
            cwd=directory,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=bound_to_this_process(),  # noqa: PLW1509 - the supervisor has no threads
        )


def bound_to_this_process() -> Callable[[], None]:
    """What a child does before it becomes another program."""
    parent = os.getpid()
    libc = ctypes.CDLL(None)

    def before_exec() -> None:
        # The kernel kills the child when its supervisor ends, however it ends. If that has happened already:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        os.nice(NICENESS)

    return before_exec


def environment(settings: Settings) -> dict[str, str]:
    """What the child may know: nothing of ours but how many threads to use."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return kept | {
        "OMP_NUM_THREADS": str(settings.threads),
        "OMP_WAIT_POLICY": "passive",
        "GOMP_SPINCOUNT": "0",
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "PYTHONUNBUFFERED": "1",
    }
