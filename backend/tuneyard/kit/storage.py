"""The artifact store: immutable folders and files under keys such as `datasets/<workspace>/<id>`."""

import errno
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Self
from urllib.parse import unquote, urlsplit

from tuneyard.kit.config import Settings
from tuneyard.kit.errors import TuneyardError


class DiskFull(TuneyardError):
    status_code, code = 507, "disk_full"
    hint = "Free some space on the server's disk, or delete datasets and models you no longer need, and try again."


class StoreUnavailable(TuneyardError):
    status_code, code = 503, "store_unavailable"
    hint = "Try again in a minute; if it stays so, see whether this machine reaches the store, and may use it."


NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
# What a share answers whose server is away.
LOST = (errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENOTCONN, errno.ENODEV)


@contextmanager
def naming_full_disk(what: str) -> Iterator[None]:
    """Raises DiskFull, saying `what` had no room, where the system says only that there is none."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_SPACE:
            raise
        raise DiskFull(f"There is no room for {what} on the server's disk.") from error


@contextmanager
def naming_lost_disk() -> Iterator[None]:
    """Raises StoreUnavailable where the system says only that a disk does not answer."""
    try:
        yield
    except OSError as error:
        if error.errno not in LOST:
            raise
        raise StoreUnavailable(f"The folder of the store can't be used: {error.strerror}.") from error


@dataclass(frozen=True)
class Item:
    """A file, with its size and the time it came."""

    key: str
    bytes: int
    modified: datetime


class NewFile:
    """A file on its way into the store; it is there once it is committed, as it is at the end of a `with` block."""

    def __init__(self, path: Path, send: Callable[[], None] | None = None) -> None:
        """Written to `path`: its place, or with `send` a temporary one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._stream = path.open("xb")
        self._send = send

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self.commit()
        finally:
            self.close()

    def write(self, data: bytes | bytearray) -> None:
        self._stream.write(data)

    def commit(self) -> None:
        """Finish the file, so that it outlives a loss of power. Raises StoreUnavailable."""
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.close()
        if self._send is not None:
            self._send()

    def close(self) -> None:
        """Write no more; harmless after `commit`."""
        self._stream.close()
        if self._send is not None:
            self._path.unlink(missing_ok=True)


class Store:
    """A local folder, or one that several machines share. `BucketStore` keeps the same promises in a bucket.

    Keys are made by the server, never from a user's words. What lies under a key never changes.
    """

    def __init__(self, root: Path, *, shared: bool = False) -> None:
        """A `shared` folder must be there: it is never made, or a share that is not mounted would look empty."""
        self.root = root
        self._shared = shared

    def place(self, key: str) -> Path:
        """Where `key` lies on this machine, if it does; a key that leaves the store is refused."""
        path = (self.root / key).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise ValueError(f"key outside the store: {key}")
        return path

    def location(self, key: str) -> str:
        """Where `key` lies, for people."""
        return str(self.place(key))

    def path(self, key: str) -> Path:
        """Where the file or folder can be read now. Raises StoreUnavailable."""
        with naming_lost_disk():
            if self._shared and not self.root.is_dir():
                raise StoreUnavailable("The shared folder of the store is not there.")
            return self.place(key)

    def lend(self, key: str, directory: Path) -> Path:
        """Where the file or folder can be read as long as `directory` is there. Raises StoreUnavailable."""
        return self.path(key)

    def read(self, key: str) -> bytes:
        """A small file as it is now. Raises FileNotFoundError, StoreUnavailable."""
        with naming_lost_disk():
            return self.path(key).read_bytes()

    def names(self, key: str) -> list[str]:
        """What lies directly in a folder, in order; empty if there is none. Raises StoreUnavailable."""
        with naming_lost_disk():
            folder = self.path(key)
            return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []

    def open(self, key: str) -> BinaryIO:
        """A file to read."""
        return self.path(key).open("rb")

    def files(self, key: str) -> Iterator[Item]:
        """Every file under `key`, or the one that it names; one that goes meanwhile is left out."""
        top = self.path(key)
        found = (Path(folder) / name for folder, _, names in os.walk(top) for name in names)
        for path in [top] if top.is_file() else found:
            with suppress(FileNotFoundError):
                state = path.stat()
                name = path.relative_to(self.root.resolve()).as_posix()
                yield Item(name, state.st_size, datetime.fromtimestamp(state.st_mtime, UTC))

    def create(self, key: str) -> NewFile:
        """A new file to write to; its folders are made."""
        return NewFile(self.path(key))

    def staging(self, key: str) -> Path:
        """Where a folder can be made that is then published."""
        return self.path(key)

    def publish(self, directory: Path, key: str) -> None:
        """Move a finished folder into the store, whole or not at all. Raises DiskFull, StoreUnavailable."""
        target = self.path(key)
        with naming_full_disk("the result"), naming_lost_disk():
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
            path = self.place(key)
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def open_store(settings: Settings) -> Store:
    """The store that the settings name; nothing is connected yet."""
    if settings.store_url is None:
        return Store(settings.store_dir)
    if settings.store_url.startswith("file:"):
        return Store(Path(unquote(urlsplit(settings.store_url).path)), shared=True)
    # Its libraries are an extra, and take a second to load.
    from tuneyard.kit.bucket import BucketStore

    return BucketStore(settings.store_url, settings.store_options, settings.cache_dir, settings.cache_bytes)


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
