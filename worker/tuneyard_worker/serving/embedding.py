"""Embeddings of deployed classifiers and of base models, from the encoders that the pool holds."""

import asyncio
import base64
import hashlib
import tempfile
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from tuneyard.base_models.importing import installed, key_of
from tuneyard.kit.storage import Store
from tuneyard.specs.tasks import Task
from tuneyard_worker.serving.artifact import Artifact
from tuneyard_worker.serving.batching import Batcher
from tuneyard_worker.serving.engines.onnx_embedder import OUTPUT, Ids, Input, OnnxEmbedder, UnreadableInput
from tuneyard_worker.serving.engines.session_cache import SessionCache
from tuneyard_worker.serving.errors import BrokenArtifact, NoSuchBaseModel, NotEmbeddable
from tuneyard_worker.serving.model_pool import BASE, ENCODER, ModelPool
from tuneyard_worker.serving.schemas import EmbedReply
from tuneyard_worker.serving.versions import Versions


class EncoderSource(Protocol):
    """Where an encoder that embeds comes from."""

    def open(self, threads: int, sessions: SessionCache) -> OnnxEmbedder:
        """Load it, from `sessions` if somebody has it open."""
        ...


@dataclass(frozen=True, eq=False)
class LoadedEncoder:
    """An encoder in memory that embeds, with its queue. Implements Loaded."""

    embedder: OnnxEmbedder
    batcher: Batcher[Ids]

    @property
    def sizes(self) -> dict[str, int]:
        return {self.embedder.encoder.key: self.embedder.encoder.size_bytes}

    @property
    def waiting(self) -> int:
        return self.batcher.waiting


class Encoders:
    """Those of one process: they share sessions, and the thread that computes."""

    def __init__(self, threads: int, queue: int, computer: Executor, sessions: SessionCache) -> None:
        self._threads = threads
        self._queue = queue
        self._computer = computer
        self._sessions = sessions

    def open(self, source: EncoderSource) -> LoadedEncoder:
        """Raises what opening the source does."""
        embedder = source.open(self._threads, self._sessions)
        return LoadedEncoder(embedder, Batcher(embedder.embed, self._computer, self._queue))


@dataclass(eq=False)
class LoadableEncoder:
    """Implements Loadable; its size is known once it is open."""

    encoders: Encoders
    source: EncoderSource
    opened: LoadedEncoder | None = None

    async def prepare(self) -> None:
        pass

    async def sizes(self) -> dict[str, int]:
        return (await self.load()).sizes

    async def load(self) -> LoadedEncoder:
        if self.opened is None:
            self.opened = await asyncio.to_thread(self.encoders.open, self.source)
        return self.opened


class Embeddings:
    """Belongs to the event loop."""

    def __init__(self, store: Store, pool: ModelPool, versions: Versions, encoders: Encoders) -> None:
        self._store = store
        self._pool = pool
        self._versions = versions
        self._encoders = encoders

    async def of_version(self, version_id: str, inputs: list[Input]) -> EmbedReply:
        """By the encoder of a classifier that may answer.

        Raises VersionNotAssigned, VersionNotReady, BrokenArtifact, NotEmbeddable, QueueFull, ModelTooLarge.
        """
        artifact = await self._versions.artifact(version_id)
        if artifact.manifest.task is not Task.TEXT_CLASSIFICATION:
            raise NotEmbeddable("The model writes; it gives no embeddings.", param="model")
        return await self._embed(version_id, VersionEncoder(artifact), inputs)

    async def of_base_model(self, base_model_id: str, inputs: list[Input]) -> EmbedReply:
        """By a base model as it is. Raises NoSuchBaseModel, NotEmbeddable, BrokenArtifact, QueueFull, ModelTooLarge."""
        return await self._embed(f"{BASE}{base_model_id}", BaseModelEncoder(self._store, base_model_id), inputs)

    async def _embed(self, key: str, source: EncoderSource, inputs: list[Input]) -> EmbedReply:
        encoder = await self._pool.get(f"{ENCODER}{key}", LoadableEncoder(self._encoders, source))
        assert isinstance(encoder, LoadedEncoder)  # noqa: S101 - what a LoadableEncoder loads
        try:
            tokens = await asyncio.to_thread(encoder.embedder.tokens, inputs)
        except UnreadableInput as error:
            raise NotEmbeddable(f"'input.{error.number}' {error}.", param=f"input.{error.number}") from error
        vectors = np.ascontiguousarray(await encoder.batcher.scores(tokens), dtype="<f4")
        encoded = [base64.b64encode(vector.tobytes()).decode() for vector in vectors]
        return EmbedReply(embeddings=encoded, tokens=sum(map(len, tokens)))


@dataclass(frozen=True)
class VersionEncoder:
    """Where the encoder of a classifier comes from."""

    artifact: Artifact

    def open(self, threads: int, sessions: SessionCache) -> OnnxEmbedder:
        """Check the files, then load them; the graph is that of the classifier. Raises BrokenArtifact."""
        self.artifact.check_serving_files()
        engine, folder = self.artifact.manifest.engine, self.artifact.path
        session = sessions.session(folder / engine.encoder, engine.encoder_sha256, threads)
        if OUTPUT not in [each.name for each in session.session.get_outputs()]:
            raise BrokenArtifact("The version was trained before models gave embeddings.", hint="Train it again.")
        tokenizer = sessions.tokenizer(folder / engine.tokenizer, engine.max_length + 1)
        return OnnxEmbedder(session, tokenizer, engine.max_length, engine.pad_token_id)


@dataclass(frozen=True)
class BaseModelEncoder:
    """Where the encoder of a base model comes from."""

    store: Store
    base_model_id: str

    def open(self, threads: int, sessions: SessionCache) -> OnnxEmbedder:
        """Write its graph aside and load that. Raises NoSuchBaseModel, NotEmbeddable, BrokenArtifact."""
        # Imported here: only a base model needs it, and it takes 30 MB.
        from tuneyard_worker.exporters.base_encoder import NoEncoder, write_base_encoder

        manifest = installed(self.store, self.base_model_id)
        if manifest is None:
            raise NoSuchBaseModel(f"There is no base model '{self.base_model_id}' in the store.")
        with tempfile.TemporaryDirectory(prefix="tuneyard-") as folder:
            source = self.store.lend(key_of(self.base_model_id), Path(folder) / "source")
            _check(source / "model.safetensors", manifest.sha256)
            target = Path(folder) / "graph"
            target.mkdir()
            try:
                written = write_base_encoder(source, target)
            except NoEncoder as error:
                raise NotEmbeddable(f"The base model '{self.base_model_id}' does not embed: {error}.") from error
            # Once it is open the session needs the files no longer.
            session = sessions.session(written.graph, hashlib.sha256(written.graph.read_bytes()).hexdigest(), threads)
            tokenizer = sessions.tokenizer(source / "tokenizer.json", written.max_length + 1)
            return OnnxEmbedder(session, tokenizer, written.max_length, written.pad_token_id)


def _check(path: Path, sha256: str) -> None:
    """Raises BrokenArtifact unless the file is the one that was fetched."""
    with path.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != sha256:
            raise BrokenArtifact(f"The file '{path.name}' of the base model was altered.", hint="Fetch it again.")
