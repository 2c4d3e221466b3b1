"""The engine of models that write, by itself: no processes, no HTTP, random adapters of the usual rank.

`python writing_engine.py MODEL_FOLDER [QUESTIONS_FILE]` prints JSON: tokens a second of `one` stream, of `eight` with
one adapter and of `mixed`, eight of fifty adapters at once, in the median of the turns, `mixed_share` that of each
turn's `mixed` by its `eight`; the milliseconds to the first token of the next turn of a chat, `next_turn`, and of the
`whole` chat, read from its beginning; and its `answers` to the questions of the file, both as lists of token ids.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from tuneyard.specs.text_generation import TextGenerationHyperparameters
from tuneyard_worker.exporters.decoder_folder import write_decoder
from tuneyard_worker.serving.engines.adapters import Adapter
from tuneyard_worker.serving.engines.onnx_decoder import OnnxDecoder
from tuneyard_worker.serving.engines.onnx_writer import OnnxWriter
from tuneyard_worker.serving.engines.writing import Order, Wishes

STREAMS, ADAPTERS, TOKENS, TURNS = 8, 50, 64, 5
QUESTION = list(range(100, 140))
CHAT_TOKENS, TURN_TOKENS = 400, 20
COLD = Wishes(temperature=0)
RANK = TextGenerationHyperparameters().lora_rank


def main() -> None:
    """Measure each way a few times in turn."""
    with tempfile.TemporaryDirectory(prefix="tuneyard-bench-") as folder, ThreadPoolExecutor(1) as computer:
        write_decoder(Path(sys.argv[1]), Path(folder))
        decoder = OnnxDecoder(Path(folder), os.cpu_count() or 1, STREAMS, 512)
        asked = json.loads(Path(sys.argv[2]).read_bytes()) if len(sys.argv) > 2 else []
        print(json.dumps(asyncio.run(measured(decoder, computer, asked))))


async def measured(decoder: OnnxDecoder, computer: ThreadPoolExecutor, asked: list[list[int]]) -> dict[str, Any]:
    engine = OnnxWriter(decoder, no_grammars, computer, most_waiting=STREAMS)
    draw = np.random.default_rng(0)
    adapters = [random_adapter(decoder, draw) for _ in range(ADAPTERS)]
    found: dict[str, list[float]] = {"one": [], "eight": [], "mixed": []}
    for turn in range(TURNS):
        mixed = [adapters[(turn * STREAMS + stream) % ADAPTERS] for stream in range(STREAMS)]
        found["one"].append(await rate(engine, adapters[:1]))
        found["eight"].append(await rate(engine, adapters[:1] * STREAMS))
        found["mixed"].append(await rate(engine, mixed))
    usual: dict[str, Any] = {name: statistics.median(values) for name, values in found.items()}
    usual["mixed_share"] = statistics.median(
        mixed / eight for mixed, eight in zip(found["mixed"], found["eight"], strict=True)
    )
    usual["answers"] = [await answer(engine, each) for each in asked]
    turns = [await next_turn(engine, turn) for turn in range(TURNS)]
    return usual | {"next_turn": min(turn for turn, _ in turns), "whole": min(whole for _, whole in turns)}


async def answer(engine: OnnxWriter, question: list[int]) -> list[int]:
    return [token.id async for token in engine.write(Order(question, TOKENS, frozenset(), COLD))]


async def next_turn(engine: OnnxWriter, number: int) -> tuple[float, float]:
    """Milliseconds to the first token after a chat whose turns went before, and after one that nobody has begun."""
    said = [1000 + (number * CHAT_TOKENS + place) % 3000 for place in range(CHAT_TOKENS)]
    await rest(engine.write(Order(said, TURN_TOKENS, frozenset(), COLD)))
    turn = Order([*said, *range(100, 100 + TURN_TOKENS)], 1, frozenset(), COLD)
    return await first(engine, turn), await first(engine, replace(turn, workspace="another"))


async def first(engine: OnnxWriter, order: Order) -> float:
    started = time.perf_counter()
    await rest(engine.write(order))
    return 1000 * (time.perf_counter() - started)


async def rate(engine: OnnxWriter, adapters: list[Adapter]) -> float:
    """Tokens a second of as many streams, from when all of them write."""
    streams = [engine.write(order(adapter)) for adapter in adapters]
    await asyncio.gather(*(anext(stream) for stream in streams))
    started = time.perf_counter()
    counts = await asyncio.gather(*(rest(stream) for stream in streams))
    return sum(counts) / (time.perf_counter() - started)


async def rest(stream: Any) -> int:
    return len([token async for token in stream])


def order(adapter: Adapter) -> Order:
    return Order(QUESTION, TOKENS, frozenset(), COLD, adapter)


def random_adapter(decoder: OnnxDecoder, draw: np.random.Generator) -> Adapter:
    parts = {
        name: (numbers(draw, inputs, RANK), numbers(draw, RANK, outputs))
        for name, (inputs, outputs) in decoder.facts.linears.items()
    }
    return Adapter(RANK, parts)


def numbers(draw: np.random.Generator, rows: int, columns: int) -> Any:
    return draw.standard_normal((rows, columns), np.float32) * np.float32(0.01)


def no_grammars() -> Any:
    raise NotImplementedError


if __name__ == "__main__":
    main()
