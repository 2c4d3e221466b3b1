"""The artifact store: immutable folders and files under keys such as `datasets/<workspace>/<id>`."""

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tuneyard.kit.errors import TuneyardError


class DiskFull(TuneyardError):
    status_code, code = 507, "disk_full"
    hint = "Free some space on the server's disk, or delete datasets and models you no longer need, and try again."


NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def naming_full_disk(what: str) -> Iterator[None]:
    """Raises DiskFull, saying `what` had no room, where the system says only that there is none."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_SPACE:
            raise
        raise DiskFull(f"There is no room for {what} on the server's disk.") from error


class Store:
    """A local folder. Keys are made by the server, never from a user's words."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, key: str) -> Path:
        """Where `key` lies; a key that leaves the store is refused."""
        path = (self.root / key).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise ValueError(f"key outside the store: {key}")
        return path

    def create(self, key: str) -> BinaryIO:
        """A new file to write to; its folders are made."""
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("xb")

    def publish(self, directory: Path, key: str) -> None:
        """Move a finished folder into the store, whole or not at all. Raises DiskFull."""
        target = self.path(key)
        with naming_full_disk("the result"):
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                directory.rename(target)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                _move_to_another_disk(directory, target)

    def delete(self, keys: Iterable[str]) -> None:
        """Remove files or folders; what is gone already is no error."""
        for key in keys:
            path = self.path(key)
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)

    def used_bytes(self, key: str) -> int:
        """Size of all files under `key`."""
        found = (Path(folder) / name for folder, _, names in os.walk(self.path(key)) for name in names)
        return sum(path.stat().st_size for path in found)


def _move_to_another_disk(directory: Path, target: Path) -> None:
    staged = target.with_name(target.name + ".part")
    try:
        shutil.copytree(directory, staged, copy_function=_copy)
        staged.rename(target)
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise


def _copy(source: str, target: str) -> None:
    # Or copytree would go on with the next file and hide the cause of the first in a list of all.
    with naming_full_disk("the result"):
        shutil.copy2(source, target)
