"""Bringing models that write into memory: those that share a base model share its weights."""

import asyncio
import functools
import hashlib
import json
import weakref
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path

from tuneyard.base_models.importing import FOLDER, installed
from tuneyard.kit.storage import Store
from tuneyard_worker.data.chat_text import ChatText
from tuneyard_worker.data.messages import NotAConversation
from tuneyard_worker.data.plain_tokenizer import PlainTokenizer, read_template
from tuneyard_worker.exporters.decoder_shape import DecoderShape, UnknownDecoder, shape_of
from tuneyard_worker.serving.artifact import Artifact
from tuneyard_worker.serving.engines.adapters import adapter_bytes
from tuneyard_worker.serving.engines.writing import WritingEngine
from tuneyard_worker.serving.errors import BrokenArtifact, NotWritable
from tuneyard_worker.serving.lifetimes import when_gone
from tuneyard_worker.serving.writing.engine_kinds import EngineKind, Opening
from tuneyard_worker.serving.writing.room import ROWS, cache_bytes, room_of
from tuneyard_worker.serving.writing.sources import CONFIG, WORDS, Source, base_source, version_source
from tuneyard_worker.serving.writing.template_process import TemplateProcess
from tuneyard_worker.serving.writing.text_stream import open_tokenizer
from tuneyard_worker.serving.writing.writer import Words, Writer


class Writers:
    """Those of one process. Belongs to the event loop."""

    def __init__(self, store: Store, kind: EngineKind, memory_bytes: int) -> None:
        self._store = store
        self._kind = kind
        self._memory_bytes = memory_bytes
        self._engines: weakref.WeakValueDictionary[str, WritingEngine] = weakref.WeakValueDictionary()
        self._words: weakref.WeakValueDictionary[str, Words] = weakref.WeakValueDictionary()

    def of_version(self, artifact: Artifact) -> "LoadableWriter":
        """A fine-tuned model that can be loaded."""
        return LoadableWriter(self, lambda: version_source(self._store, artifact, self._kind.most_rank))

    def of_base(self, base_model_id: str) -> "LoadableWriter":
        """An untuned base model that can be loaded."""
        return LoadableWriter(self, lambda: base_source(self._store, base_model_id))

    def sizes(self, source: Source) -> dict[str, int]:
        """Bytes by part. Raises BrokenArtifact, NotWritable, StoreUnavailable."""
        shape = _shape(source.bring_text_files())
        sizes = {
            f"weights:{source.weights_sha256}": self._kind.weight_bytes(shape),
            f"memory:{source.weights_sha256}": self._cache_bytes(shape),
        }
        if source.bring_adapter:
            size = adapter_bytes(source.bring_adapter())
            sizes[f"adapter:{source.key}"] = size
            # Those of different rows lie side by side while they are in use.
            sizes[f"mixed:{source.weights_sha256}"] = ROWS * size
        return sizes

    async def prepare(self, source: Source) -> None:
        """What takes long the first time. Raises BrokenArtifact, NotWritable, StoreUnavailable."""
        await self._kind.prepare(source.weights_sha256, source.bring_weights)

    async def load(self, source: Source) -> Writer:
        """Raises BrokenArtifact, NotWritable, StoreUnavailable, VersionNotReady."""
        folder = await asyncio.to_thread(source.bring_text_files)
        words = await asyncio.to_thread(self._words_of, folder)
        engine = self._engines.get(source.weights_sha256) or await self._engine(source, folder, words)
        adapter = None
        if source.bring_adapter:
            try:
                adapter = await engine.load(await asyncio.to_thread(source.bring_adapter))
            except ValueError as error:
                raise BrokenArtifact(f"The version can't be loaded: {error}.") from error
        sizes = await asyncio.to_thread(self.sizes, source)
        writer = Writer(
            engine, adapter, words, system_prompt=source.system_prompt, decoding=source.decoding, sizes=sizes
        )
        if adapter is not None:
            when_gone(writer, functools.partial(engine.forget, adapter))
        return writer

    async def keep_only(self, artifacts: Collection[Artifact]) -> None:
        """Give up what was prepared for others than these versions and the base models of the store.

        Raises StoreUnavailable.
        """
        needed = await asyncio.to_thread(self._weights_of, artifacts)
        await self._kind.keep_only(needed | set(self._engines))

    async def close(self) -> None:
        """End all engines."""
        await asyncio.gather(*(engine.close() for engine in list(self._engines.values())))

    def _words_of(self, folder: Path) -> Words:
        """Those of the folder; versions of one base model share them, as they are larger than many an adapter."""
        files = [folder / name for name in WORDS if (folder / name).is_file()]
        key = " ".join(hashlib.sha256(file.read_bytes()).hexdigest() for file in files)
        found = self._words.get(key)
        if found is None:
            found = self._words[key] = _open_words(folder)
        return found

    def _weights_of(self, artifacts: Collection[Artifact]) -> set[str]:
        found = {version_source(self._store, each, self._kind.most_rank).weights_sha256 for each in artifacts}
        bases = [installed(self._store, base_model_id) for base_model_id in self._store.names(FOLDER)]
        return found | {base.sha256 for base in bases if base is not None}

    async def _engine(self, source: Source, folder: Path, words: Words) -> WritingEngine:
        weights, shape = await asyncio.to_thread(source.bring_weights), _shape(folder)
        opening = Opening(
            folder=weights,
            tokenizer=words.tokenizer,
            stop_ids=words.chat.stop_ids,
            sha256=source.weights_sha256,
            shape=shape,
            room=self._room(shape),
            rows=ROWS,
            cache_bytes=self._cache_bytes(shape),
        )
        engine = await self._kind.open(opening)
        self._engines[source.weights_sha256] = engine
        return engine

    def _cache_bytes(self, shape: DecoderShape) -> int:
        return cache_bytes(shape, self._memory_bytes)

    def _room(self, shape: DecoderShape) -> int:
        return room_of(shape, self._memory_bytes)


@dataclass(frozen=True, eq=False)
class LoadableWriter:
    """Implements Loadable. Files are brought and checked once."""

    writers: Writers
    find: Callable[[], Source]

    async def prepare(self) -> None:
        await self.writers.prepare(await self._source())

    async def sizes(self) -> dict[str, int]:
        return await asyncio.to_thread(self.writers.sizes, await self._source())

    async def load(self) -> Writer:
        return await self.writers.load(await self._source())

    async def _source(self) -> Source:
        return await asyncio.to_thread(lambda: self._found)

    @functools.cached_property
    def _found(self) -> Source:
        found = self.find()
        return replace(
            found,
            bring_text_files=functools.cache(found.bring_text_files),
            bring_weights=functools.cache(found.bring_weights),
            bring_adapter=found.bring_adapter and functools.cache(found.bring_adapter),
        )


def _open_words(folder: Path) -> Words:
    process = TemplateProcess(read_template(folder))
    plain = PlainTokenizer(folder, process.write)
    try:
        return Words(open_tokenizer(folder), plain, ChatText(plain), process.thread)
    except NotAConversation as problem:
        raise NotWritable(problem.reason.text) from problem


def _shape(folder: Path) -> DecoderShape:
    try:
        return shape_of(json.loads((folder / CONFIG).read_text(encoding="utf-8")))
    except UnknownDecoder as error:
        raise NotWritable(f"The serving process knows no {error}.") from error
