"""Writers of a tiny model, whose engine is ours, and what they are asked."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer

from tiny_llama import write_tiny_llama
from tuneyard_worker.data.chat_text import ChatText
from tuneyard_worker.data.plain_tokenizer import PlainTokenizer
from tuneyard_worker.exporters.decoder_folder import write_decoder
from tuneyard_worker.serving.engines.grammar import Grammars
from tuneyard_worker.serving.engines.onnx_decoder import OnnxDecoder
from tuneyard_worker.serving.engines.onnx_writer import OnnxWriter
from tuneyard_worker.serving.engines.writing import Order, Wishes
from tuneyard_worker.serving.writing.schemas import Part, Usage, WriteRequest
from tuneyard_worker.serving.writing.writer import Words, Writer

ROWS, ROOM, MOST_WAITING = 3, 96, 8
COLD = Wishes(temperature=0)
Open = Callable[[], Writer]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model with its graph."""
    folder = tmp_path_factory.mktemp("tiny")
    write_tiny_llama(folder)
    write_decoder(folder, folder / "graph")
    return folder


@pytest.fixture
def computer() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as computer:
        yield computer


@pytest.fixture
def open_writer(folder: Path, computer: ThreadPoolExecutor) -> Open:
    """A writer with an engine of its own."""

    def opened() -> Writer:
        decoder = OnnxDecoder(folder / "graph", threads=1, rows=ROWS, room=ROOM)
        plain, tokenizer = PlainTokenizer(folder), Tokenizer.from_file(str(folder / "tokenizer.json"))
        words = Words(tokenizer, plain, ChatText(plain), templates=computer)
        engine = OnnxWriter(
            decoder,
            lambda: Grammars(tokenizer, decoder.facts.vocabulary, words.chat.stop_ids),
            computer,
            most_waiting=MOST_WAITING,
        )
        return Writer(engine, None, words, system_prompt="")

    return opened


async def written(writer: Writer, order: Order) -> list[int]:
    return [token.id async for token in writer.engine.write(order)]


async def parts_of(writer: Writer, **request: Any) -> tuple[list[Part], Usage]:
    found = [part async for part in writer.parts(WriteRequest(**request))]
    assert isinstance(found[-1], Usage)
    return [part for part in found if isinstance(part, Part)], found[-1]
