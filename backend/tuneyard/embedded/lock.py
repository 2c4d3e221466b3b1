"""One group per data directory, held by a file lock that the kernel releases when its holder dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from tuneyard.embedded.errors import AlreadyRunning, AnothersGroup
from tuneyard.embedded.processes import ProcessId

FILE_NAME = "tuneyard.lock"


@contextmanager
def hold(data_dir: Path) -> Iterator[None]:
    """Be the one group of this data directory; raises AlreadyRunning."""
    descriptor = os.open(data_dir / FILE_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _try_for_a_moment(descriptor):
            raise AlreadyRunning(
                f"Tuneyard already runs on {data_dir}.",
                hint="`tuneyard status` shows it, `tuneyard down` stops it; --data-dir and --port start another.",
            )
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, ProcessId.of(os.getpid()).model_dump_json().encode(), 0)
        yield
    finally:
        # The file stays: removing it could let two groups hold the lock of two files of one name.
        os.close(descriptor)


def is_held(data_dir: Path) -> bool:
    """Whether a group runs on this data directory; raises AnothersGroup if we may not look."""
    try:
        descriptor = os.open(data_dir / FILE_NAME, os.O_RDWR)
    except FileNotFoundError:
        return False
    except PermissionError as error:
        raise AnothersGroup(f"{data_dir} belongs to another user.") from error
    try:
        return not _try(descriptor)
    finally:
        os.close(descriptor)


def holder(data_dir: Path) -> ProcessId | None:
    """The process that held the lock last; of interest only while it is held."""
    try:
        return ProcessId.model_validate_json((data_dir / FILE_NAME).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def _try_for_a_moment(descriptor: int) -> bool:
    # `is_held` takes the lock for an instant to see whether it is free.
    for _ in range(10):
        if _try(descriptor):
            return True
        time.sleep(0.05)
    return False


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
