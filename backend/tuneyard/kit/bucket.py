"""The artifact store in an S3-compatible bucket, with copies on this machine of what was used lately."""

import hashlib
import os
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import fsspec
import structlog
from botocore.exceptions import BotoCoreError, ClientError
from fsspec.exceptions import FSTimeoutError
from ulid import ULID

from tuneyard.kit.errors import TuneyardError
from tuneyard.kit.storage import NO_SPACE, Item, NewFile, Store, StoreUnavailable, naming_full_disk

log = structlog.get_logger()

MANIFEST = "manifest.json"
NEW = ".new"
# What a transfer holds in memory at most is the one times the other.
PART_BYTES = 16 * 2**20
PARTS_AT_ONCE = 4
# A copy is not removed so soon after its last use: whoever asked for it may only be about to open it.
KEPT_SECONDS = 600
# What a transfer that was cut off left.
ABANDONED_SECONDS = 86_400


class CopyDamaged(TuneyardError):
    code = "copy_damaged"
    hint = "Restore the file in the bucket from a backup, or make it again."


class BucketStore(Store):
    """Objects below a prefix. `root` holds the copies; they lie there as the objects lie in the bucket.

    Each object that is put there tells its sha256, and a copy is taken only if it has it.
    """

    def __init__(self, url: str, options: Mapping[str, Any], copies: Path, copies_bytes: int) -> None:
        super().__init__(copies)
        self._prefix = url.removeprefix("s3://").rstrip("/")
        self._copies_bytes = copies_bytes
        self._bucket = fsspec.filesystem(
            "s3",
            **{"max_concurrency": PARTS_AT_ONCE, "default_block_size": PART_BYTES, **options},
            # Others write there too; and an instance must not be shared with the process that forked this one.
            use_listings_cache=False,
            skip_instance_cache=True,
        )

    def location(self, key: str) -> str:
        return f"s3://{self._name(key)}"

    def path(self, key: str) -> Path:
        """A copy of the file, or of the folder and its files. Raises StoreUnavailable, CopyDamaged, DiskFull."""
        copy = self.place(key)
        if not is_here(copy):
            for item in self.files(key):
                self._copy(item)
        return copy

    def lend(self, key: str, directory: Path) -> Path:
        """Links below `directory` to the copies: they stay when a copy is removed to make room."""
        for item in self.files(key):
            link = directory / item.key
            link.parent.mkdir(parents=True, exist_ok=True)
            if not link.exists():
                os.link(self._copy(item), link)
        return directory / key

    def read(self, key: str) -> bytes:
        with self._reaching():
            return bytes(self._bucket.cat_file(self._name(key)))

    def names(self, key: str) -> list[str]:
        with self._reaching():
            try:
                found = self._bucket.ls(self._name(key), detail=False)
            except FileNotFoundError:
                return []
        return sorted(name.rstrip("/").rsplit("/", 1)[-1] for name in found)

    def files(self, key: str) -> Iterator[Item]:
        with self._reaching():
            try:
                found = self._bucket.find(self._name(key), detail=True)
            except FileNotFoundError:  # not even the bucket is there
                return
        for name, facts in found.items():
            yield Item(name.removeprefix(f"{self._prefix}/"), facts["size"], facts["LastModified"])

    def create(self, key: str) -> NewFile:
        """Written on this machine, and sent when it is committed."""
        new, name = self._new_path(), self._name(key)

        def send() -> None:
            self._put(new, name)
            self._keep_copy(new, key)

        return NewFile(new, send)

    def staging(self, key: str) -> Path:
        self.place(key)
        return self.root / NEW / key

    def publish(self, directory: Path, key: str) -> None:
        """The manifest goes last: until it is there, nobody takes the folder for complete. Raises StoreUnavailable."""
        names = (path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file())
        for name in sorted(names, key=lambda name: (name == MANIFEST, name)):
            self._put(directory / name, self._name(f"{key}/{name}"))
        self._keep_copy(directory, key)

    def delete(self, keys: Iterable[str]) -> None:
        """What can't be reached now is left; no row points to it."""
        wanted = list(keys)
        super().delete(wanted)
        for key in wanted:
            try:
                for item in self.files(key):
                    with self._reaching():
                        self._bucket.rm_file(self._name(item.key))
            except StoreUnavailable as error:
                log.warning("store.not_deleted", key=key, error=str(error))

    def _copy(self, item: Item) -> Path:
        copy, name = self.place(item.key), self._name(item.key)
        if is_here(copy, item.bytes):
            return copy
        new = self._new_path()
        new.parent.mkdir(parents=True, exist_ok=True)
        try:
            with self._reaching(), naming_full_disk("a copy from the bucket"):
                self._bucket.get_file(name, str(new))
                told = self._bucket.metadata(name).get("sha256")
            if new.stat().st_size != item.bytes or (told is not None and told != sha256(new)):
                raise CopyDamaged(f"What came of '{item.key}' from the bucket is not what was put there.")
            copy.parent.mkdir(parents=True, exist_ok=True)
            new.rename(copy)
        finally:
            new.unlink(missing_ok=True)
        self._make_room()
        return copy

    def _put(self, file: Path, name: str) -> None:
        facts = {"sha256": sha256(file)}
        with self._reaching():
            try:
                self._bucket.put_file(str(file), name, chunksize=PART_BYTES, Metadata=facts)
            except FileNotFoundError as error:
                log.error("store.no_bucket", store=self.location(""))
                raise StoreUnavailable("The bucket of the store does not exist.") from error

    def _keep_copy(self, made: Path, key: str) -> None:
        """What was just sent is here already. On another disk than the copies it is left where it is."""
        copy = self.place(key)
        with suppress(OSError):
            copy.parent.mkdir(parents=True, exist_ok=True)
            made.rename(copy)
        self._make_room()

    def _make_room(self) -> None:
        """Remove the copies that were not used for the longest time, until the others have room."""
        now = time.time()
        found = sorted(self._copies(), key=lambda item: item[1].st_atime)
        used = sum(state.st_size for _, state in found)
        for path, state in found:
            if used <= self._copies_bytes or now - state.st_atime < KEPT_SECONDS:
                return
            # One that a job holds too would give no room back.
            if state.st_nlink == 1:
                path.unlink(missing_ok=True)
                used -= state.st_size

    def _copies(self) -> Iterator[tuple[Path, os.stat_result]]:
        for folder, _, names in os.walk(self.root):
            for name in names:
                path = Path(folder) / name
                with suppress(FileNotFoundError):
                    state = path.stat()
                    if not path.is_relative_to(self.root / NEW):
                        yield path, state
                    elif time.time() - state.st_mtime > ABANDONED_SECONDS:
                        path.unlink()

    def _new_path(self) -> Path:
        return self.root / NEW / str(ULID())

    def _name(self, key: str) -> str:
        """The object's name in the bucket; a key that leaves the store is refused."""
        self.place(key)
        return f"{self._prefix}/{key}"

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Raises StoreUnavailable where the bucket refuses or does not answer; a missing object stays what it is."""
        try:
            yield
        except FileNotFoundError:
            raise
        except (BotoCoreError, ClientError, FSTimeoutError, OSError) as error:
            if isinstance(error, OSError) and error.errno in NO_SPACE:
                raise
            log.warning("store.unavailable", store=self.location(""), error=str(error))
            raise StoreUnavailable("The store of files can't be reached.") from error


def is_here(copy: Path, size: int | None = None) -> bool:
    """Whether there is a copy of a file, and of that size; from now on it counts as used."""
    try:
        state = copy.stat()
        if not stat.S_ISREG(state.st_mode) or size not in (None, state.st_size):
            return False
        os.utime(copy, ns=(time.time_ns(), state.st_mtime_ns))
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
