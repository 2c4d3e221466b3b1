"""Writes a backup while everything runs: rows as of one moment, then the files that those rows refer to.

Files do not change once a row refers to them, and none goes while the lock is held, so they may be copied afterwards.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from tuneyard.backup import repository
from tuneyard.backup.archive import ArchiveWriter, Header, writing
from tuneyard.backup.errors import BackupRefused
from tuneyard.base_models.importing import FOLDER as BASE_MODELS
from tuneyard.datasets.receiving import in_words
from tuneyard.kit import clock, migrations
from tuneyard.kit.config import Settings
from tuneyard.kit.references import referenced
from tuneyard.kit.storage import Item, Store, naming_full_disk


@dataclass
class Made:
    """What a backup holds; `missing` are files that rows refer to and that are not in the store."""

    files: int = 0
    bytes: int = 0
    missing: list[str] = field(default_factory=list)


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file for its owner only, which is there once it is complete. Raises BackupRefused, DiskFull."""
    if path.exists():
        raise BackupRefused(f"{path} exists already.", hint="Choose another name, or move it away first.")
    partial = path.with_name(f"{path.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise BackupRefused(f"{path} can't be written: {error.strerror}.", hint="Choose another place.") from error
    try:
        with naming_full_disk("the backup"), os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)


def back_up(settings: Settings, store: Store, stream: BinaryIO, folder: Path | None = None) -> Made:
    """Write everything to `stream`; its `folder`, if it has one, must have room. Raises BackupRefused."""
    made = Made()
    with repository.no_file_goes(settings.required("database_url")) as connection:
        head = migrations.revisions()[0]
        if migrations.revision_of(connection) != head:
            raise BackupRefused("The database is not up to date.", hint="Run `tuneyard db upgrade` first.")
        repository.see_everything(connection)
        files = list(_files(store, referenced(connection), made))
        tables = repository.carried()
        header = Header(
            revision=head,
            created_at=clock.now(),
            tables={table.name: list(table.columns.keys()) for table in tables},
            bytes=sum(file.bytes for file in files) + repository.table_bytes(connection),
            secret=settings.required("secret"),
        )
        if folder is not None:
            _check_room(folder, header.bytes)
        with writing(stream, header) as archive:
            for table in tables:
                for number, piece in enumerate(repository.rows(connection, table)):
                    archive.add_bytes(f"tables/{table.name}/{number}", piece)
            # The snapshot is no longer needed, and keeps Postgres from cleaning up; the lock stays.
            connection.commit()
            for file in files:
                _add(archive, store, file, made)
    return made


def _add(archive: ArchiveWriter, store: Store, file: Item, made: Made) -> None:
    try:
        content = store.open(file.key)
    except FileNotFoundError:
        made.missing.append(file.key)
        return
    with content:
        archive.add(f"store/{file.key}", content, file.bytes)
    made.files += 1
    made.bytes += file.bytes


def _files(store: Store, keys: set[str], made: Made) -> Iterator[Item]:
    for key in sorted(keys):
        found = list(store.files(key))
        if not found:
            made.missing.append(key)
        yield from found
    # What is being fetched lies in a folder whose name begins with a dot.
    yield from (file for file in store.files(BASE_MODELS) if "/." not in file.key)


def _check_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BackupRefused(
            f"The backup may take {in_words(needed)}, and there is room for {in_words(free)} in {folder}.",
            hint="Write it to a larger disk; `tuneyard sweep --dry-run` tells what need not be kept.",
        )
