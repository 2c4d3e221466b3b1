"""Opening an artifact of the store: complete, unaltered, inside the store."""

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from tuneyard.specs.manifest import FileEntry, ModelManifest
from tuneyard_worker.serving.engines.onnx_classifier import session_sizes
from tuneyard_worker.serving.errors import BrokenArtifact

PREDICTIONS = "evaluation/predictions.parquet"


@dataclass(frozen=True)
class Artifact:
    """A model version's folder and its manifest."""

    path: Path
    manifest: ModelManifest

    @functools.cached_property
    def sizes(self) -> dict[str, int]:
        """About the bytes in memory of each of its sessions, by their keys. Raises BrokenArtifact."""
        try:
            return session_sizes(self.path, self.manifest.serving)
        except OSError as error:
            name = Path(error.filename).name
            raise BrokenArtifact(f"The file '{name}' of the version can't be read: {error.strerror}.") from error

    def check_serving_files(self) -> None:
        """Raise BrokenArtifact unless the files that serving reads are those of the manifest."""
        engine = self.manifest.serving
        for path in (engine.encoder, engine.head, engine.tokenizer):
            self._check(path)
        if self._entry(engine.encoder).sha256 != engine.encoder_sha256:
            raise BrokenArtifact(f"The manifest names two checksums for '{engine.encoder}'.")
        if self._entry(engine.head).sha256 != engine.head_sha256:
            raise BrokenArtifact(f"The manifest names two checksums for '{engine.head}'.")
        # Weights that are too large for one graph file lie beside it.
        for entry in self.manifest.files:
            if entry.path.startswith((f"{engine.encoder}.", f"{engine.encoder}_", f"{engine.head}.")):
                self._check(entry.path)

    def predictions(self) -> Path:
        """The file of the evaluation's answers, checked."""
        self._check(PREDICTIONS)
        return self.path / PREDICTIONS

    def _check(self, path: str) -> None:
        entry = self._entry(path)
        try:
            with (self.path / path).open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise BrokenArtifact(f"The file '{path}' of the version can't be read: {error.strerror}.") from error
        if digest != entry.sha256:
            raise BrokenArtifact(f"The file '{path}' of the version was altered after training.")

    def _entry(self, path: str) -> FileEntry:
        for entry in self.manifest.files:
            if entry.path == path:
                return entry
        raise BrokenArtifact(f"The manifest does not list the file '{path}'.")


def open_artifact(store: Path, relative: str) -> Artifact:
    """Read the manifest of the folder `relative` in the store; raises BrokenArtifact."""
    path = (store / relative).resolve()
    if not path.is_relative_to(store.resolve()):
        raise BrokenArtifact(f"The folder '{relative}' is outside of the store.")
    try:
        content = (path / "manifest.json").read_bytes()
    except OSError as error:
        raise BrokenArtifact(f"The version's manifest.json can't be read: {error.strerror}.") from error
    try:
        return Artifact(path, ModelManifest.model_validate_json(content))
    except ValidationError as error:
        raise BrokenArtifact("The version's manifest.json is not a model manifest.") from error
