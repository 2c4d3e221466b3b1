"""The file of a backup: one tar that is written and read as a stream.

`header.json` comes first and says what is to come, then the rows of each table as Postgres copies them, in pieces, then
the files of the store, and last `manifest.json` with the checksum of all that came before: its presence means complete.
"""

import hashlib
import io
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import BinaryIO, Protocol

from pydantic import BaseModel, Field, ValidationError

from tuneyard.backup.errors import DamagedBackup
from tuneyard.specs.base import Spec

FORMAT = 1
HEADER, MANIFEST = "header.json", "manifest.json"
# Not compressed: weights get 8 % smaller, and would take thirty times as long.
BLOCK_BYTES = 2**20


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Header(BaseModel):
    """What a backup holds, and what can be told before any of it is read. One of a newer format may say more."""

    format: int = FORMAT
    revision: str = Field(description="Of the database's schema.")
    created_at: datetime
    tables: dict[str, list[str]] = Field(description="Columns by table; a table comes after those it refers to.")
    bytes: int = Field(description="Of everything; of the tables as large as they are on disk.")
    secret: str = Field(description="Pepper of the stored keys.")


class Manifest(Spec):
    """Checksums of everything before it."""

    sha256: dict[str, str]


class ArchiveWriter:
    """Adds members one after the other."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._sha256: dict[str, str] = {}

    def add_bytes(self, name: str, content: bytes) -> None:
        self.add(name, io.BytesIO(content), len(content))

    def add(self, name: str, source: Readable, size: int) -> None:
        """Add `size` bytes of a file that does not change."""
        member = tarfile.TarInfo(name)
        member.size = size
        member.mode = 0o600
        hashed = _Hashed(source)
        self._tar.addfile(member, hashed)
        self._sha256[name] = hashed.sha256

    def complete(self) -> None:
        self.add_bytes(MANIFEST, Manifest(sha256=self._sha256).model_dump_json().encode())


class ArchiveReader:
    """Gives members in the order they were written. Raises DamagedBackup wherever they are not as they were."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._sha256: dict[str, str] = {}
        with naming_damage():
            name, content = next(self.members(), (None, None))
            if name != HEADER or content is None:
                raise DamagedBackup("The file is no backup of Tuneyard.")
            self.header = Header.model_validate_json(content.read())
            self._sha256[name] = content.sha256

    def members(self) -> Iterator[tuple[str, "_Hashed"]]:
        """Name and content of each that comes now; read it to its end. This ends only if all checksums are right."""
        with naming_damage():
            while member := self._tar.next():
                content = self._tar.extractfile(member) if member.isreg() else None
                if content is None:
                    raise DamagedBackup(f"The file holds '{member.name}', which is no file.")
                if member.name == MANIFEST:
                    return self._check(Manifest.model_validate_json(content.read()))
                hashed = _Hashed(content)
                yield member.name, hashed
                self._sha256[member.name] = hashed.sha256
        raise DamagedBackup("The file ends too early.")

    def _check(self, manifest: Manifest) -> None:
        wrong = sorted({name for name, _ in manifest.sha256.items() ^ self._sha256.items()})
        if wrong:
            raise DamagedBackup(f"'{wrong[0]}' in the file is not what was backed up.")


@contextmanager
def writing(stream: BinaryIO, header: Header) -> Iterator[ArchiveWriter]:
    """A new archive; it counts as complete if nothing is raised until the end."""
    with tarfile.open(fileobj=stream, mode="w|", bufsize=BLOCK_BYTES) as tar:
        writer = ArchiveWriter(tar)
        writer.add_bytes(HEADER, header.model_dump_json(indent=2).encode())
        yield writer
        writer.complete()


@contextmanager
def reading(stream: BinaryIO) -> Iterator[ArchiveReader]:
    """An archive whose header has been read. Raises DamagedBackup."""
    with ExitStack() as stack:
        with naming_damage():
            tar = stack.enter_context(tarfile.open(fileobj=stream, mode="r|", bufsize=BLOCK_BYTES))
        yield ArchiveReader(tar)


class _Hashed:
    """A source, and the checksum of what was read from it."""

    def __init__(self, source: Readable) -> None:
        self._source = source
        self._hash = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        with naming_damage():
            content = self._source.read(size)
        self._hash.update(content)
        return content

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


@contextmanager
def naming_damage() -> Iterator[None]:
    """Raises DamagedBackup for all that reading a file can fail with that was cut short or altered."""
    try:
        yield
    except (tarfile.TarError, ValidationError) as error:
        raise DamagedBackup("The file is no backup of Tuneyard, or it is damaged.") from error
