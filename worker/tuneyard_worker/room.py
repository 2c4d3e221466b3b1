"""Room on the disk, asked for before something is written: a full disk is told in words and breaks nothing."""

import errno
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from tuneyard_worker.failures import JobFailure

# For what is written beside it: events, a log, the manifest.
RESERVE_BYTES = 4 * 2**20
FULL_BELOW_BYTES = 2 * RESERVE_BYTES
FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class Room:
    """Where a job writes, and how much it may."""

    folders: tuple[Path, ...]
    most_bytes: int | None = None

    def ensure(self, wanted: int, what: str) -> None:
        """Raises JobFailure `disk_full` or `disk_budget` if `wanted` bytes more are too many."""
        free = shutil.disk_usage(self.folders[0]).free
        if free < wanted + RESERVE_BYTES:
            raise disk_full(
                f"There is no room for {what} on the server's disk: it takes {size(wanted)}, and {size(free)} are free."
            )
        if self.most_bytes is not None and used_bytes(self.folders) + wanted > self.most_bytes:
            raise JobFailure(
                "disk_budget",
                f"The job would need more room on the disk than the {size(self.most_bytes)} that one job may use.",
                "Use a smaller base model, or raise TUNEYARD_JOB_DISK_BYTES.",
                users=False,
            )


def is_full(folder: Path) -> bool:
    """Whether there is not even room to begin."""
    return shutil.disk_usage(folder).free < FULL_BELOW_BYTES


def disk_full(message: str = "The server's disk is full.") -> JobFailure:
    return JobFailure(
        "disk_full",
        message,
        "Free some space, or delete datasets and models you no longer need, and try again.",
        users=False,
    )


def says_full(error: BaseException) -> bool:
    """Whether a disk had no room, also where a library says so in words of its own or in the midst of another error."""
    seen: BaseException | None = error
    while seen is not None:
        if (isinstance(seen, OSError) and seen.errno in FULL) or os.strerror(errno.ENOSPC) in str(seen):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def used_bytes(folders: tuple[Path, ...]) -> int:
    """Size of all files in these folders."""
    total = 0
    for top in folders:
        for folder, _, names in os.walk(top):
            for name in names:
                try:
                    total += (Path(folder) / name).lstat().st_size
                except FileNotFoundError:
                    continue  # taken away meanwhile
    return total


def size(count: int) -> str:
    """As `170 MB`."""
    return f"{count / 10**6:,.0f} MB" if count < 10**9 else f"{count / 10**9:,.1f} GB"
