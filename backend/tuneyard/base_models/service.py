"""Which base models there are, which of them are in the store, and bringing one there."""

import re
from dataclasses import dataclass
from pathlib import Path

from tuneyard.base_models.catalogue import CATALOGUE, DEFAULT, DEFAULTS
from tuneyard.base_models.entries import BASE_MODEL_ID, BaseModelEntry, HubSource, LocalSource, Source
from tuneyard.base_models.errors import BaseModelNotInstalled, UnknownBaseModel
from tuneyard.base_models.importing import (
    FOLDER,
    BaseModelManifest,
    import_base_model,
    installed,
    key_of,
)
from tuneyard.base_models.sources import Progress
from tuneyard.kit.errors import InvalidRequest, NotFound
from tuneyard.kit.storage import Store
from tuneyard.specs.job import BaseModelRef
from tuneyard.specs.tasks import Task

PARAM = "base_model"
HUB_PREFIX = "hub:"
UNKNOWN_LICENCE = "unknown"


@dataclass(frozen=True)
class Listed:
    """A base model and, if it is in the store, its manifest."""

    entry: BaseModelEntry
    manifest: BaseModelManifest | None

    @property
    def installed(self) -> bool:
        return self.manifest is not None

    @property
    def source(self) -> str:
        """Where it came from, or would come from."""
        return self.manifest.source if self.manifest else str(self.entry.source)


def listing(store: Store) -> list[Listed]:
    """The catalogue in its order, then what else has been imported."""
    present = set(store.names(FOLDER))
    known = [_listed(store, each) if each in present else Listed(entry, None) for each, entry in CATALOGUE.items()]
    others = [(each, installed(store, each)) for each in sorted(present - set(CATALOGUE))]
    return [*known, *(Listed(manifest.entry, manifest) for _, manifest in others if manifest)]


def get(store: Store, base_model_id: str) -> Listed:
    """One base model; raises NotFound."""
    if not _known(store, base_model_id):
        raise NotFound(f"There is no base model '{base_model_id}'.", hint=_known_ones(store))
    return _listed(store, base_model_id)


def startable(store: Store, base_model_id: str) -> Listed:
    """A base model that jobs can start from: one that is here, or one of the catalogue, which a job fetches first.

    Raises UnknownBaseModel.
    """
    if not _known(store, base_model_id):
        raise UnknownBaseModel(f"There is no base model '{base_model_id}'.", param=PARAM, hint=_known_ones(store))
    return _listed(store, base_model_id)


def require(store: Store, base_model_id: str) -> BaseModelManifest:
    """The manifest of a base model that is here. Raises UnknownBaseModel, BaseModelNotInstalled."""
    manifest = startable(store, base_model_id).manifest
    if manifest is None:
        raise BaseModelNotInstalled(
            f"The base model '{base_model_id}' has not been fetched yet.",
            param=PARAM,
            hint=f"A fine-tune on it fetches it first; so does, on the server: tuneyard models pull {base_model_id}",
        )
    return manifest


def ref(store: Store, base_model_id: str, directory: Path) -> BaseModelRef:
    """What a job is told of a base model, readable as long as `directory` is there. Raises as `require`."""
    manifest = require(store, base_model_id)
    return BaseModelRef(
        id=manifest.entry.id,
        name=manifest.entry.name,
        sha256=manifest.sha256,
        licence=manifest.entry.licence,
        source=manifest.source,
        path=store.lend(key_of(base_model_id), directory),
    )


def choose(store: Store, task: Task) -> str:
    """The base model that `auto` stands for: the default, or where only others are here, the smallest of them."""
    ready = [listed.entry for listed in listing(store) if listed.installed and task in listed.entry.tasks]
    default = DEFAULTS[task]
    if not ready or any(entry.id == default for entry in ready):
        return default
    return min(ready, key=lambda entry: entry.parameters).id


def pull(
    store: Store, base_model_id: str | None, origin: str | None, progress: Progress
) -> tuple[BaseModelManifest, str]:
    """Bring a base model to the store: of the catalogue, or from a folder or `hub:owner/name[@revision]`.

    Returns its manifest and where it is kept. Raises UnknownBaseModel, InvalidRequest, RefusedBaseModel,
    WrongChecksum, BaseModelUnreachable.
    """
    source = _source(origin) if origin else None
    base_model_id = base_model_id or (_slug(source) if source else DEFAULT)
    entry = CATALOGUE.get(base_model_id)
    if entry is None:
        if source is None:
            raise UnknownBaseModel(f"There is no base model '{base_model_id}'.", hint=_known_ones(store))
        entry = _entry_of(base_model_id, source)
    manifest = import_base_model(store, entry, source or entry.source, progress)
    return manifest, store.location(key_of(entry.id))


def _listed(store: Store, base_model_id: str) -> Listed:
    manifest = installed(store, base_model_id)
    return Listed(manifest.entry if manifest else CATALOGUE[base_model_id], manifest)


def _known(store: Store, base_model_id: str) -> bool:
    if not re.match(BASE_MODEL_ID, base_model_id):
        return False
    return base_model_id in CATALOGUE or installed(store, base_model_id) is not None


def _known_ones(store: Store) -> str:
    return f"Known ones: {', '.join(listed.entry.id for listed in listing(store))}."


def _source(origin: str) -> Source:
    if not origin.startswith(HUB_PREFIX):
        return LocalSource(path=str(Path(origin).expanduser().resolve()))
    repository, _, revision = origin.removeprefix(HUB_PREFIX).partition("@")
    try:
        return HubSource(repository=repository, revision=revision or "main")
    except ValueError as error:
        raise InvalidRequest(
            f"'{origin}' is not a repository.", hint="Write hub:OWNER/NAME or the path of a folder."
        ) from error


def _slug(source: Source) -> str:
    """An id out of a repository's or folder's name."""
    name = source.repository if isinstance(source, HubSource) else str(source)
    return re.sub(r"[^a-z0-9._-]+", "-", name.rsplit("/", 1)[-1].split(":")[-1].lower()).strip("-._")[:64]


def _entry_of(base_model_id: str, source: Source) -> BaseModelEntry:
    """What can be said of a base model outside of the catalogue; the import fills in what its files tell."""
    if not re.match(BASE_MODEL_ID, base_model_id):
        raise InvalidRequest(
            f"'{base_model_id}' can't be the id of a base model.",
            hint="Give one of small letters, digits, dots and hyphens: tuneyard models pull ID --from …",
        )
    return BaseModelEntry(
        id=base_model_id,
        name=base_model_id,
        description=f"Imported from {source}.",
        parameters=0,
        bytes=0,
        licence=UNKNOWN_LICENCE,
        languages=[],
        tasks=list(Task),
        max_length=0,
        layers=0,
        hidden_size=0,
        source=source if isinstance(source, HubSource) else LocalSource(path=str(source).removeprefix("local:")),
        unmeasured=True,
    )
