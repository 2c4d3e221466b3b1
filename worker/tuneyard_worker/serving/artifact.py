"""Opening an artifact of the store: complete, unaltered, inside the store."""

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from tuneyard.kit.storage import Store
from tuneyard.specs.manifest import FileEntry, ModelManifest
from tuneyard_worker.serving.errors import BrokenArtifact

PREDICTIONS = "evaluation/predictions.parquet"


@dataclass(frozen=True)
class Artifact:
    """A model version's folder in the store and its manifest."""

    store: Store
    key: str
    manifest: ModelManifest

    @property
    def path(self) -> Path:
        """The folder on this machine; of its files those are there that were brought."""
        return self.store.place(self.key)

    @functools.cached_property
    def sizes(self) -> dict[str, int]:
        """About the bytes in memory of each of its sessions, by their keys. Raises BrokenArtifact, StoreUnavailable."""
        # Imported here: supervisors open artifacts too, and must not have the threads of ONNX Runtime.
        from tuneyard_worker.serving.engines.onnx_classifier import session_sizes

        try:
            self.bring_serving_files()
            return session_sizes(self.path, self.manifest.engine)
        except OSError as error:
            name = Path(error.filename).name
            raise BrokenArtifact(f"The file '{name}' of the version can't be read: {error.strerror}.") from error

    def bring_serving_files(self) -> None:
        """See to it that what serving reads is on this machine, if it is in the store. Raises StoreUnavailable."""
        engine = self.manifest.engine
        graphs = (engine.encoder, engine.head)
        for entry in self.manifest.files:
            if entry.path == engine.tokenizer or entry.path.startswith(graphs):
                self.store.path(f"{self.key}/{entry.path}")

    def check_serving_files(self) -> None:
        """Raise BrokenArtifact unless the files that serving reads are those of the manifest."""
        self.bring_serving_files()
        engine = self.manifest.engine
        for path in (engine.encoder, engine.head, engine.tokenizer):
            self.check(path)
        if self.entry(engine.encoder).sha256 != engine.encoder_sha256:
            raise BrokenArtifact(f"The manifest names two checksums for '{engine.encoder}'.")
        if self.entry(engine.head).sha256 != engine.head_sha256:
            raise BrokenArtifact(f"The manifest names two checksums for '{engine.head}'.")
        # Weights that are too large for one graph file lie beside it.
        for entry in self.manifest.files:
            if entry.path.startswith((f"{engine.encoder}.", f"{engine.encoder}_", f"{engine.head}.")):
                self.check(entry.path)

    def predictions(self) -> Path:
        """The file of the evaluation's answers, checked."""
        return self.bring(PREDICTIONS)

    def bring(self, path: str) -> Path:
        """A file of it on this machine, checked. Raises BrokenArtifact, StoreUnavailable."""
        found = self.store.path(f"{self.key}/{path}")
        self.check(path)
        return found

    def has(self, path: str) -> bool:
        """Whether the manifest lists a file."""
        return any(entry.path == path for entry in self.manifest.files)

    def check(self, path: str) -> None:
        """Raise BrokenArtifact unless a file is that of the manifest."""
        entry = self.entry(path)
        try:
            with (self.path / path).open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise BrokenArtifact(f"The file '{path}' of the version can't be read: {error.strerror}.") from error
        if digest != entry.sha256:
            raise BrokenArtifact(f"The file '{path}' of the version was altered after training.")

    def entry(self, path: str) -> FileEntry:
        """What the manifest says of a file. Raises BrokenArtifact."""
        for entry in self.manifest.files:
            if entry.path == path:
                return entry
        raise BrokenArtifact(f"The manifest does not list the file '{path}'.")


def open_artifact(store: Store, key: str) -> Artifact:
    """Read the manifest of the folder `key` in the store; raises BrokenArtifact, StoreUnavailable."""
    try:
        content = store.read(f"{key}/manifest.json")
    except ValueError as error:
        raise BrokenArtifact(f"The folder '{key}' is outside of the store.") from error
    except OSError as error:
        raise BrokenArtifact(f"The version's manifest.json can't be read: {error.strerror}.") from error
    try:
        return Artifact(store, key, ModelManifest.model_validate_json(content))
    except ValidationError as error:
        raise BrokenArtifact("The version's manifest.json is not a model manifest.") from error
