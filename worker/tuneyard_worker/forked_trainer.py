"""Trainers that come out of the nursery: asked for here, adopted here, and waited for like any other child."""

import ctypes
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
LONGEST_ANSWER_BYTES = 64
LOST = b"0"
"""What a trainer says that has not become a child of its supervisor, instead of its id."""
COMMAND = (sys.executable, "-P", "-m", "tuneyard_worker.nursery")


class Nursery:
    """Keeps one nursery for this process, from the first time that somebody asks."""

    def __init__(self) -> None:
        self._running: tuple[subprocess.Popen[bytes], socket.socket] | None = None

    def ask(self, directory: Path, environment: Mapping[str, str], before_exec: Callable[[], None]) -> "ForkedTrainer":
        """A trainer for this job directory; it comes at once, or when the nursery has loaded what it needs."""
        asked = os.fsencode(directory)
        # The trainer is to become a child of this process; nobody else's orphan is.
        adopt(True)
        process, line = self._found() or self._start(directory.parent, environment, before_exec)
        try:
            line.send(asked)
        except ConnectionError:
            # It has just ended, as one does that was not asked for anything for long.
            process, line = self._start(directory.parent, environment, before_exec)
            line.send(asked)
        return ForkedTrainer(process, line)

    def _found(self) -> tuple[subprocess.Popen[bytes], socket.socket] | None:
        if self._running is not None and self._running[0].poll() is not None:
            self._running[1].close()
            self._running = None
        return self._running

    def _start(
        self, folder: Path, environment: Mapping[str, str], before_exec: Callable[[], None]
    ) -> tuple[subprocess.Popen[bytes], socket.socket]:
        line, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with far:
            process = subprocess.Popen(
                COMMAND,
                cwd=folder,
                env=dict(environment),
                stdin=far.fileno(),
                start_new_session=True,
                preexec_fn=before_exec,  # noqa: PLW1509 - the supervisor has no threads
            )
        self._running = process, line
        return self._running


class ForkedTrainer:
    """A trainer from the moment it is asked for; like a Popen, but that its `pid` is None until it has come."""

    def __init__(self, nursery: subprocess.Popen[bytes], line: socket.socket) -> None:
        self._nursery = nursery
        self._line = line
        self.pid: int | None = None
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit status, or minus the signal; None while it runs or has not come yet."""
        if self.returncode is None:
            self._look(socket.MSG_DONTWAIT, os.WNOHANG)
        return self.returncode

    def wait(self) -> None:
        """Come back when it has ended."""
        if self.returncode is None:
            self._look(0, 0)

    def give_up(self) -> None:
        """Let it not come any more, or come now."""
        if self.pid is None and self.returncode is None:
            self._nursery.kill()
            self._meet(0)
            self._nursery.wait()

    def _look(self, answer_flags: int, wait_options: int) -> None:
        pid = self.pid or self._meet(answer_flags)
        if pid is None:
            return
        ended, status = os.waitpid(pid, wait_options)
        if ended:
            self.returncode = os.waitstatus_to_exitcode(status)

    def _meet(self, flags: int) -> int | None:
        """Hear from the nursery; if it ends before the trainer has come, that has ended too."""
        try:
            answer = self._line.recv(LONGEST_ANSWER_BYTES, flags)
        except BlockingIOError:
            return None
        except ConnectionError:
            answer = b""
        adopt(False)
        if answer == LOST:
            self.returncode = 1
        elif answer:
            self.pid = int(answer)
        else:
            self.returncode = self._nursery.wait()
        return self.pid


def adopt(wanted: bool) -> None:
    """Whether what a descendant leaves behind becomes a child of this process, not of init."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, int(wanted))
