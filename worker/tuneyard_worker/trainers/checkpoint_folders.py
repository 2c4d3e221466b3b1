"""Checkpoints on the disk: `<root>/<name>/` with a file per part and a checksummed manifest, complete or not there."""

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from pydantic import ValidationError

from tuneyard.specs.checkpoint import FORMAT, CheckpointFile, CheckpointManifest
from tuneyard_worker.job_directory import MANIFEST, file_entry

State = Any


class StateFiles(Protocol):
    """How the states of a job become files."""

    suffix: str

    def save(self, state: State, path: Path) -> None:
        """Write it. Raises OSError."""
        ...

    def load(self, path: Path) -> State:
        """Read it; nothing of the file is run."""
        ...

    def size(self, state: State) -> int:
        """About its bytes in a file."""
        ...

    def drawn(self) -> State:
        """How far the sources of random numbers are that the job draws from."""
        ...

    def draw_on(self, drawn: State) -> None:
        """Put them back to there."""
        ...


def write(
    root: Path,
    name: str,
    states: dict[str, State],
    files: StateFiles,
    manifest: Callable[[list[CheckpointFile]], CheckpointManifest],
) -> CheckpointManifest:
    """Write `root/name` under another name, rename it when everything is on the disk. Raises OSError."""
    temporary = root / f".{name}.tmp"
    try:
        temporary.mkdir()
        written = manifest([_write_part(temporary, name, part, state, files) for part, state in states.items()])
        # Last: its presence means that the rest is there.
        (temporary / MANIFEST).write_text(written.model_dump_json(indent=2), encoding="utf-8")
        sync(temporary / MANIFEST)
        sync(temporary)
        temporary.rename(root / name)
    except Exception:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    sync(root)
    return written


def newest(roots: Sequence[Path], tell: Callable[[str], None]) -> tuple[str, CheckpointManifest] | None:
    """Name and manifest of the newest checkpoint that is as it was written; `tell` hears the names of others."""
    # Names begin with the sequence, or with a dot until they are complete.
    found = sorted(
        (path.parent for root in roots for path in root.glob(f"[!.]*/{MANIFEST}")), key=lambda path: path.name
    )
    for folder in reversed(found):
        manifest = _read(folder)
        if manifest is not None and all(_is_whole(roots, file) for file in manifest.files):
            return folder.name, manifest
        tell(folder.name)
    return None


def load(roots: Sequence[Path], file: CheckpointFile, files: StateFiles) -> State:
    """The state of one part, in main memory."""
    return files.load(_find(roots, file))


def sync(path: Path) -> None:
    """Flush a file or folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_part(folder: Path, name: str, part: str, state: State, files: StateFiles) -> CheckpointFile:
    path = folder / f"{part}.{files.suffix}"
    files.save(state, path)
    sync(path)
    entry = file_entry(path, folder)
    return CheckpointFile(part=part, suffix=files.suffix, folder=name, sha256=entry.sha256, bytes=entry.bytes)


def _read(folder: Path) -> CheckpointManifest | None:
    try:
        manifest = CheckpointManifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (ValidationError, OSError):
        return None
    return manifest if manifest.format == FORMAT else None


def _is_whole(roots: Sequence[Path], file: CheckpointFile) -> bool:
    path = _find(roots, file)
    if not path.is_file():
        return False
    entry = file_entry(path, path.parent)
    return (entry.bytes, entry.sha256) == (file.bytes, file.sha256)


def _find(roots: Sequence[Path], file: CheckpointFile) -> Path:
    """Where the file lies; some path without a file if nowhere."""
    places = [root / file.path for root in roots]
    return next((place for place in places if place.is_file()), places[0])
