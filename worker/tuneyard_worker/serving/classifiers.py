"""Bringing classifiers into memory."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from tuneyard_worker.serving.artifact import Artifact
from tuneyard_worker.serving.batching import Batcher
from tuneyard_worker.serving.engines.onnx_classifier import OnnxClassifier
from tuneyard_worker.serving.engines.session_cache import SessionCache
from tuneyard_worker.serving.errors import BrokenArtifact


@dataclass(frozen=True, eq=False)
class LoadedClassifier:
    """A version in memory with its queue."""

    labels: list[str]
    batcher: Batcher[str]
    count: Callable[[Sequence[str]], int]
    """Tokens of texts."""
    sizes: dict[str, int]

    @property
    def waiting(self) -> int:
        return self.batcher.waiting


class Classifiers:
    """Those of one process: they share sessions and the thread that computes."""

    def __init__(self, threads: int, queue: int, computer: Executor, sessions: SessionCache) -> None:
        self._threads = threads
        self._queue = queue
        self._computer = computer
        self._sessions = sessions

    def of(self, artifact: Artifact) -> "LoadableClassifier":
        """A classifier that can be loaded."""
        return LoadableClassifier(
            artifact, self._open, lambda scorer: Batcher(scorer.scores, self._computer, self._queue)
        )

    def _open(self, artifact: Artifact) -> OnnxClassifier:
        """Check the files, then load them."""
        artifact.check_serving_files()
        manifest = artifact.manifest
        try:
            return OnnxClassifier.load(artifact.path, manifest.engine, manifest.labels, self._threads, self._sessions)
        # ONNX Runtime and tokenizers raise bare exceptions of their own for a file they can't use.
        except Exception as error:
            raise BrokenArtifact(f"The version's files can't be loaded: {error}.") from error


@dataclass(frozen=True, eq=False)
class LoadableClassifier:
    """Implements Loadable."""

    artifact: Artifact
    open: Callable[[Artifact], OnnxClassifier]
    queue_of: Callable[[OnnxClassifier], Batcher[str]]

    async def prepare(self) -> None:
        pass

    async def sizes(self) -> dict[str, int]:
        return await asyncio.to_thread(lambda: self.artifact.sizes)

    async def load(self) -> LoadedClassifier:
        sizes = await self.sizes()
        classifier = await asyncio.to_thread(self.open, self.artifact)
        return LoadedClassifier(classifier.labels, self.queue_of(classifier), classifier.count, sizes)
