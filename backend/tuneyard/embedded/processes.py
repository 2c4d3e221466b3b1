"""Children that cannot outlive their parent, known by pid and start time."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from pydantic import BaseModel, Field

from tuneyard.embedded.account import Account, identity

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.05


class ProcessId(BaseModel):
    """A process, beyond doubt: pids are used again, a pid with its start time is not."""

    pid: int
    started: float = Field(description="On Linux clock ticks since boot: setting the clock does not change it.")

    @classmethod
    def of(cls, pid: int) -> "ProcessId":
        """The process that has this pid now; raises psutil.NoSuchProcess."""
        return cls(pid=pid, started=_started(pid))

    def find(self) -> psutil.Process | None:
        """The process, if it still runs."""
        try:
            if _started(self.pid) != self.started:
                return None
            process = psutil.Process(self.pid)
            return None if process.status() == psutil.STATUS_ZOMBIE else process
        except psutil.NoSuchProcess:
            return None

    def send(self, number: int) -> None:
        """Send a signal, unless the process is gone."""
        with contextlib.suppress(psutil.NoSuchProcess):
            if process := self.find():
                process.send_signal(number)


def _started(pid: int) -> float:
    if sys.platform != "linux":
        return float(psutil.Process(pid).create_time())
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError) as error:
        raise psutil.NoSuchProcess(pid) from error
    # Field 22 of proc(5); the name before it is in brackets and may hold anything.
    return float(stat.rpartition(")")[2].split()[19])


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Part:
    """One child of the group: how it starts and how it stops."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 10
    prepare: Callable[[], None] = field(default=_nothing)
    """Called before every start: clears what an earlier, killed process has left."""


class Child:
    """A part that has been started, in a session of its own. Start it from the main thread: it dies with that."""

    def __init__(self, part: Part, log: Path) -> None:
        self.part = part
        self.started = time.monotonic()
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                part.argv,
                env=dict(part.environment),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # Runs after the change of user, which would clear the death signal.
                preexec_fn=dies_with_parent(part.stop_signal),  # noqa: PLW1509 - the parent has one thread
                **identity(part.account),
            )
        self.id = ProcessId.of(self._popen.pid)

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it runs."""
        return self._popen.poll()

    def ask_to_stop(self) -> None:
        """Send the signal that lets it end in order."""
        if self.exit_code is None:
            self._popen.send_signal(self.part.stop_signal)

    def end(self, deadline: float) -> None:
        """Wait for its end until `deadline` (monotonic), then kill it and whatever is left in its session."""
        while self.exit_code is None and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        if self.exit_code is None:
            kill_session(self._popen.pid)
        self._popen.wait()

    def kill(self) -> None:
        """End it and its process group at once."""
        kill_session(self._popen.pid)

    def stop(self) -> None:
        """Ask, wait for its grace, kill."""
        self.ask_to_stop()
        self.end(time.monotonic() + self.part.grace_seconds)


def kill_session(pid: int) -> None:
    """Kill a process that leads a session, and its group."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def dies_with_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    """A `preexec_fn` that makes the kernel send the child this signal when the thread that started it ends."""
    if sys.platform != "linux":
        # Elsewhere the guardian alone ends what a killed group leaves.
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def apply() -> None:
        prctl(PR_SET_PDEATHSIG, int(death_signal))
        # The parent may have died before the signal was set.
        if os.getppid() != parent:
            os._exit(1)

    return apply
