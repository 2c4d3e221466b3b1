"""The engines that models can write on, and which of them this process uses."""

import asyncio
import functools
import sys
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tokenizers import Tokenizer

from tuneyard.kit.config import Settings
from tuneyard_worker.device import graphics_card
from tuneyard_worker.exporters.decoder_graph import graph_bytes, weight_count
from tuneyard_worker.exporters.decoder_shape import DecoderShape
from tuneyard_worker.serving.engines.grammar import Grammars
from tuneyard_worker.serving.engines.onnx_decoder import OnnxDecoder
from tuneyard_worker.serving.engines.onnx_writer import OnnxWriter
from tuneyard_worker.serving.engines.vllm_server import MOST_RANK, Launch, VllmServer, has_vllm
from tuneyard_worker.serving.engines.vllm_writer import VllmWriter
from tuneyard_worker.serving.engines.writing import WritingEngine
from tuneyard_worker.serving.lifetimes import when_gone
from tuneyard_worker.serving.writing.graphs import Graphs

AUTO = "auto"


class EngineMissing(ValueError):
    """The engine that was asked for can't be used here; the message says the cure."""


@dataclass(frozen=True)
class Opening:
    """A base model that is to be opened."""

    folder: Path
    """With config.json, tokenizer and weights."""
    tokenizer: Tokenizer
    stop_ids: list[int]
    """Tokens that end an answer."""
    sha256: str
    """Of the weights."""
    shape: DecoderShape
    room: int
    """Tokens of a text."""
    rows: int
    """Texts of that length that memory is there for."""
    cache_bytes: int
    """What the earlier tokens of all of them may take."""


class EngineKind(Protocol):
    """One kind of engine, as this process uses it."""

    most_rank: int | None
    """Adapters with more are served merged into the base model; None for any."""

    def weight_bytes(self, shape: DecoderShape) -> int:
        """About what the base model takes."""
        ...

    async def prepare(self, sha256: str, bring: Callable[[], Path]) -> None:
        """What may take minutes the first time that such weights are served; `bring` gives their folder.

        Raises BrokenArtifact, NotWritable and what `bring` does.
        """
        ...

    async def open(self, opening: Opening) -> WritingEngine:
        """Raises BrokenArtifact, NotWritable, VersionNotReady."""
        ...

    async def keep_only(self, sha256s: Collection[str]) -> None:
        """Give up what was prepared for other weights."""
        ...


class OnnxEngines:
    """Implements EngineKind on the processor, everywhere."""

    most_rank: int | None = None

    def __init__(self, settings: Settings, computer: Executor) -> None:
        self._graphs = Graphs(settings.graph_dir)
        self._threads = settings.threads
        self._queue = settings.serving_queue
        self._computer = computer

    def weight_bytes(self, shape: DecoderShape) -> int:
        return graph_bytes(shape)

    async def prepare(self, sha256: str, bring: Callable[[], Path]) -> None:
        if not self._graphs.has(sha256):
            await self._graphs.of(await asyncio.to_thread(bring), sha256)

    async def open(self, opening: Opening) -> OnnxWriter:
        graph = await self._graphs.of(opening.folder, opening.sha256)
        decoder = await asyncio.to_thread(OnnxDecoder, graph, self._threads, opening.rows, opening.room)
        grammars = functools.partial(Grammars, opening.tokenizer, decoder.facts.vocabulary, opening.stop_ids)
        return OnnxWriter(decoder, grammars, self._computer, self._queue)

    async def keep_only(self, sha256s: Collection[str]) -> None:
        await self._graphs.keep_only(sha256s)


class VllmEngines:
    """Implements EngineKind on a CUDA card: a process of vLLM for each base model. Not measured."""

    most_rank: int | None = MOST_RANK

    def __init__(self, settings: Settings, computer: Executor) -> None:
        self._python = vllm_python(settings)
        self._queue = settings.serving_queue

    def weight_bytes(self, shape: DecoderShape) -> int:
        return 2 * weight_count(shape)

    async def prepare(self, sha256: str, bring: Callable[[], Path]) -> None:
        pass

    async def open(self, opening: Opening) -> VllmWriter:
        launch = Launch(self._python, opening.folder.absolute(), opening.room, opening.cache_bytes, self._queue)
        server = VllmServer(launch.command)
        await server.ready()
        engine = VllmWriter(server, opening.room, opening.shape.vocabulary)
        when_gone(engine, server.stop)
        return engine

    async def keep_only(self, sha256s: Collection[str]) -> None:
        pass


ENGINES: Mapping[str, type[OnnxEngines] | type[VllmEngines]] = {"vllm": VllmEngines, "onnx": OnnxEngines}


def chosen_engines(settings: Settings) -> type[OnnxEngines] | type[VllmEngines]:
    """Those of the settings; for AUTO, those that suit the machine. Raises EngineMissing."""
    wanted, python = settings.writing_engine, vllm_python(settings)
    if wanted == AUTO:
        wanted = "vllm" if graphics_card() and has_vllm(python) else "onnx"
    elif wanted == "vllm" and not has_vllm(python):
        raise EngineMissing(
            f"TUNEYARD_WRITING_ENGINE is vllm, but {python} has no package vllm. Set TUNEYARD_VLLM_PYTHON to the "
            "Python of an environment that has it, or set TUNEYARD_WRITING_ENGINE=onnx."
        )
    return ENGINES[wanted]


def vllm_python(settings: Settings) -> Path:
    """What runs vLLM."""
    return settings.vllm_python or Path(sys.executable)
