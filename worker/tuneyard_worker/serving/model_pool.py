"""The models in memory: at most so many bytes, the least recently used unloaded first."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Collection
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import structlog

from tuneyard_worker.serving.artifact import Artifact
from tuneyard_worker.serving.batching import Batcher
from tuneyard_worker.serving.engines.onnx_classifier import OnnxClassifier
from tuneyard_worker.serving.engines.onnx_embedder import Ids, OnnxEmbedder
from tuneyard_worker.serving.engines.session_cache import SessionCache
from tuneyard_worker.serving.errors import BrokenArtifact, ModelTooLarge

log = structlog.get_logger()

T = TypeVar("T")

BASE = "base:"
"""What the keys of base models begin with, among those of versions."""


class EncoderSource(Protocol):
    """Where an encoder that embeds comes from."""

    def open(self, threads: int, sessions: SessionCache) -> OnnxEmbedder:
        """Load it, from `sessions` if somebody has it open."""
        ...


@dataclass(frozen=True, eq=False)
class LoadedModel:
    """A version in memory with its queue."""

    labels: list[str]
    batcher: Batcher[str]
    sizes: dict[str, int]
    """Bytes by key of each session; versions that share a session share its key."""


@dataclass(frozen=True, eq=False)
class LoadedEncoder:
    """An encoder in memory that embeds, with its queue."""

    embedder: OnnxEmbedder
    batcher: Batcher[Ids]
    sizes: dict[str, int]


class ModelPool:
    """Belongs to the event loop; loading and computing happen in one thread each."""

    def __init__(self, limit_bytes: int, threads: int, queue: int) -> None:
        self.limit_bytes = limit_bytes
        self._threads = threads
        self._queue = queue
        self._models: OrderedDict[str, LoadedModel] = OrderedDict()
        self._encoders: OrderedDict[str, LoadedEncoder] = OrderedDict()
        self._sessions = SessionCache()
        self._loading = asyncio.Lock()
        self._loader = ThreadPoolExecutor(1, "load")
        # One thread computes for all versions: the sessions' own threads are the budget, and each version has at
        # most one batch here, so they take turns.
        self._computer: Executor = ThreadPoolExecutor(1, "compute")

    @property
    def used_bytes(self) -> int:
        """What the models take, shared encoders counted once."""
        return sum(self._sizes().values())

    def loaded(self, version_id: str) -> LoadedModel | None:
        """The version if it is in memory; does not count as a use."""
        return self._models.get(version_id)

    async def get(self, version_id: str, artifact: Artifact) -> LoadedModel:
        """The version, loaded if need be. Raises BrokenArtifact or ModelTooLarge."""
        model = self._models.get(version_id)
        if model is None:
            async with self._loading:
                model = self._models.get(version_id) or await self._load(version_id, artifact)
        self._models.move_to_end(version_id)
        return model

    async def load_if_it_fits(self, version_id: str, artifact: Artifact) -> None:
        """Load the version unless another would have to go for it. Raises BrokenArtifact."""
        sizes = await self._in_loader(lambda: artifact.sizes)
        if sum((self._sizes() | sizes).values()) <= self.limit_bytes:
            await self.get(version_id, artifact)

    async def get_encoder(self, key: str, source: EncoderSource) -> LoadedEncoder:
        """An encoder that embeds, opened if need be. Raises what opening does, or ModelTooLarge."""
        encoder = self._encoders.get(key)
        if encoder is None:
            async with self._loading:
                encoder = self._encoders.get(key) or await self._open_encoder(key, source)
        self._encoders.move_to_end(key)
        return encoder

    def keep_only(self, version_ids: Collection[str]) -> None:
        """Unload every other version; answers being computed are still given. Base models stay."""
        held = [*self._models, *(each for each in self._encoders if not each.startswith(BASE))]
        for version_id in [each for each in held if each not in version_ids]:
            self.unload(version_id)

    def unload(self, version_id: str) -> None:
        """Forget the version, if it is in memory; its memory is free once the last answer is given."""
        encoder = self._encoders.pop(version_id, None)
        if self._models.pop(version_id, None) or encoder:
            log.info("model.unloaded", model_version_id=version_id, memory_bytes=self.used_bytes)

    def close(self) -> None:
        """End the threads once their work is done."""
        self._models.clear()
        self._encoders.clear()
        self._loader.shutdown(wait=False, cancel_futures=True)
        self._computer.shutdown(wait=False, cancel_futures=True)

    async def _load(self, version_id: str, artifact: Artifact) -> LoadedModel:
        sizes = await self._in_loader(lambda: artifact.sizes)
        self._make_room(sizes)
        classifier = await self._in_loader(open_classifier, artifact, self._threads, self._sessions)
        model = LoadedModel(classifier.labels, Batcher(classifier.scores, self._computer, self._queue), sizes)
        self._models[version_id] = model
        log.info("model.loaded", model_version_id=version_id, memory_bytes=self.used_bytes)
        return model

    async def _open_encoder(self, key: str, source: EncoderSource) -> LoadedEncoder:
        embedder = await self._in_loader(source.open, self._threads, self._sessions)
        sizes = {embedder.encoder.key: embedder.encoder.size_bytes}
        self._make_room(sizes)
        encoder = LoadedEncoder(embedder, Batcher(embedder.embed, self._computer, self._queue), sizes)
        self._encoders[key] = encoder
        log.info("encoder.loaded", key=key, memory_bytes=self.used_bytes)
        return encoder

    async def _in_loader(self, function: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._loader, function, *arguments)

    def _make_room(self, sizes: dict[str, int]) -> None:
        needed = sum(sizes.values())
        if needed > self.limit_bytes:
            raise ModelTooLarge(
                f"The model needs about {needed / 2**20:,.0f} MiB of memory; "
                f"the serving process may hold {self.limit_bytes / 2**20:,.0f} MiB."
            )
        while sum((self._sizes() | sizes).values()) > self.limit_bytes:
            # Encoders that embed are opened again in a second.
            self.unload(next(iter(self._encoders or self._models)))

    def _sizes(self) -> dict[str, int]:
        held = [*(each.sizes for each in self._models.values()), *(each.sizes for each in self._encoders.values())]
        return {key: size for sizes in held for key, size in sizes.items()}


def open_classifier(artifact: Artifact, threads: int, sessions: SessionCache) -> OnnxClassifier:
    """Check the files, then load them."""
    artifact.check_serving_files()
    manifest = artifact.manifest
    try:
        return OnnxClassifier.load(artifact.path, manifest.engine, manifest.labels, threads, sessions)
    # ONNX Runtime and tokenizers raise bare exceptions of their own for a file they can't use.
    except Exception as error:
        raise BrokenArtifact(f"The version's files can't be loaded: {error}.") from error
