"""What a group left running when it was killed, and how to end it."""

import os
import time

import psutil

from tuneyard.embedded.processes import POLL_SECONDS, kill_session
from tuneyard.embedded.run_file import RunningPart, RunState

MARK = "TUNEYARD_GROUP"
# Without their servers they have little left to do.
LONGEST_GRACE_SECONDS = 5


def end(state: RunState) -> None:
    """End every process of a group whose supervisor is gone: servers last, the database in order."""
    others = [part for part in state.parts if not part.server]
    _end_together(others, min(LONGEST_GRACE_SECONDS, max((part.grace_seconds for part in others), default=0)))
    for server in reversed([part for part in state.parts if part.server]):
        _end_together([server], server.grace_seconds)
    end_marked(state.group_id)


def end_marked(group_id: str) -> None:
    """Kill whatever still carries the mark of a group: grandchildren of parts that were killed."""
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(MARK) == group_id:
                process.kill()
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue


def _end_together(parts: list[RunningPart], grace_seconds: float) -> None:
    running = [part for part in parts if part.find()]
    for part in running:
        part.send(part.stop_signal)
    deadline = time.monotonic() + grace_seconds
    while any(part.find() for part in running) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    for part in running:
        if part.find():
            kill_session(part.pid)
