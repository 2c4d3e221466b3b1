"""The group that runs on a data directory, for the commands that talk to it."""

import signal
import time
from pathlib import Path

from tuneyard.embedded import leftovers, lock, run_file
from tuneyard.embedded.errors import StillRunning
from tuneyard.embedded.processes import POLL_SECONDS, ProcessId
from tuneyard.embedded.run_file import RunState
from tuneyard.kit.config import Settings

STOP_SECONDS = 120
KILL_SECONDS = 10


def find(data_dir: Path) -> RunState | None:
    """The group that runs on this data directory now, or None. It may still be starting: see `ready`."""
    return run_file.read(data_dir) if lock.is_held(data_dir) else None


def settings_of(state: RunState) -> Settings:
    """The settings of a running group, to act on its database or to call its api."""
    given = {name.removeprefix("TUNEYARD_").lower(): value for name, value in state.environment.items()}
    return Settings.model_validate(given)


def stop(data_dir: Path) -> bool:
    """Stop the group, or what a killed one has left, and wait until it is gone. Whether there was anything.

    Raises StillRunning if the group can't be ended.
    """
    ran = lock.is_held(data_dir)
    if ran:
        _stop_supervisor(data_dir)
    left = run_file.read(data_dir)
    if left is not None:
        leftovers.end(left)
        run_file.remove(data_dir)
    return ran or left is not None


def _stop_supervisor(data_dir: Path) -> None:
    supervisor = lock.holder(data_dir)
    if supervisor is not None:
        supervisor.send(signal.SIGTERM)
    if not _gone(data_dir, supervisor, STOP_SECONDS) and supervisor is not None:
        supervisor.send(signal.SIGKILL)
    if not _gone(data_dir, supervisor, KILL_SECONDS):
        raise StillRunning(
            f"The group on {data_dir} does not stop.",
            hint=f"Its processes are listed in {data_dir / run_file.FILE_NAME}.",
        )


def _gone(data_dir: Path, supervisor: ProcessId | None, seconds: float) -> bool:
    """Wait for the lock to be free and its holder to have ended."""
    deadline = time.monotonic() + seconds
    while lock.is_held(data_dir) or (supervisor is not None and supervisor.find()):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True
