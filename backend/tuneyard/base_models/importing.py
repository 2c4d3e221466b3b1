"""From a source to a base model in the store: fetched aside, checked, completed by its manifest, moved in whole."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from tuneyard.base_models import chat_template, checks
from tuneyard.base_models.entries import BaseModelEntry, Source
from tuneyard.base_models.errors import RefusedBaseModel
from tuneyard.base_models.safetensors import join
from tuneyard.base_models.sources import Progress, fetch
from tuneyard.base_models.text_part import has_more_than_text, keep_text
from tuneyard.kit import clock
from tuneyard.kit.storage import Store
from tuneyard.specs.base import Spec
from tuneyard.specs.manifest import FileEntry
from tuneyard.specs.tasks import Task

FOLDER = "base_models"
MANIFEST = "manifest.json"


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


def import_base_model(store: Store, entry: BaseModelEntry, source: Source, progress: Progress) -> BaseModelManifest:
    """Make `entry` available from `source`; nothing to do if it is in the store.

    Raises RefusedBaseModel, WrongChecksum, BaseModelUnreachable; then nothing is left behind.
    """
    with _alone(store, entry.id) as staging:
        present = installed(store, entry.id)
        if present is not None:
            return present
        fetched, ready = staging / "fetched", staging / "ready"
        fetched.mkdir()
        ready.mkdir()
        exact = fetch(source, fetched, progress)
        manifest = _assemble(fetched, ready, entry, exact)
        store.publish(ready, key_of(entry.id))
    return manifest


@contextmanager
def _alone(store: Store, base_model_id: str) -> Iterator[Path]:
    """A folder to work in. Two imports of one model wait for each other; what a kill left there is removed."""
    staging = store.staging(f"{FOLDER}/.importing/{base_model_id}")
    staging.parent.mkdir(parents=True, exist_ok=True)
    with staging.with_name(f"{base_model_id}.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir()
        try:
            yield staging
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _assemble(fetched: Path, ready: Path, entry: BaseModelEntry, source: Source) -> BaseModelManifest:
    """Check what came, and write what is needed of it with its manifest."""
    checks.check_listing(fetched)
    _join_weights(fetched)
    if has_more_than_text(checks.read_json(fetched / checks.CONFIG)):
        keep_text(fetched / checks.WEIGHTS)
    config = checks.checked_config(fetched / checks.CONFIG)
    checks.read_json(fetched / checks.TOKENIZER)
    parameters = checks.count_parameters(fetched / checks.WEIGHTS)
    sha256 = checks.check_checksum(fetched / checks.WEIGHTS, entry.sha256)
    _write_json(ready / checks.CONFIG, config)
    task = checks.TASKS_OF[config["model_type"]]
    if task is Task.TEXT_GENERATION:
        _keep_template(fetched, ready)
    for name in checks.JSON_OPTIONAL:
        if (fetched / name).exists():
            _write_json(ready / name, checks.checked_tokenizer_config(fetched / name))
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
                "sha256": sha256,
                "tasks": [task],
            }
        ),
        source=str(source),
        sha256=sha256,
        files=[_file_entry(path) for path in sorted(ready.iterdir())],
    )
    _write_manifest(ready / MANIFEST, manifest)
    return manifest


def _join_weights(folder: Path) -> None:
    """One file of weights, whatever came: everything behind the import is spared the pieces."""
    pieces = [folder / name for name in checks.weight_files(folder)]
    if len(pieces) > 1 or pieces[0].name != checks.WEIGHTS:
        join(pieces, folder / checks.WEIGHTS)


def _keep_template(fetched: Path, ready: Path) -> None:
    """A chat template that was tried. Without one nobody knows how the model is spoken to. Raises RefusedBaseModel."""
    path = fetched / checks.TOKENIZER_CONFIG
    template = chat_template.find_template(fetched, checks.read_json(path) if path.exists() else {})
    if template is None:
        raise RefusedBaseModel("It has no chat template.", hint="Choose a model made for chat or instructions.")
    chat_template.check_template(template)
    (ready / chat_template.FILE).write_text(template, encoding="utf-8")


def _file_entry(path: Path) -> FileEntry:
    return FileEntry(path=path.name, sha256=checks.check_checksum(path, None), bytes=path.stat().st_size)


def _write_json(path: Path, content: dict[str, object]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True), encoding="utf-8")


def _write_manifest(path: Path, manifest: BaseModelManifest) -> None:
    with path.open("w", encoding="utf-8") as stream:
        stream.write(manifest.model_dump_json(indent=2))
        stream.flush()
        os.fsync(stream.fileno())
