"""The first token of a chat, through a running platform and of the engine by itself, in turns and on the same question.

`python first_token.py API_URL KEY MODEL GRAPH_FOLDER TEXT_FOLDER [ADAPTER_FOLDER]` prints JSON: the milliseconds of
each turn, `through` the api and of the `engine`, which runs in this process, as it does in the serving process.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from writing_engine import no_grammars

from tuneyard_worker.data.chat_text import ChatText, token_ids
from tuneyard_worker.data.messages import Message
from tuneyard_worker.data.plain_tokenizer import PlainTokenizer
from tuneyard_worker.serving.engines.adapters import read_adapter
from tuneyard_worker.serving.engines.onnx_decoder import OnnxDecoder
from tuneyard_worker.serving.engines.onnx_writer import OnnxWriter
from tuneyard_worker.serving.engines.writing import Order, Wishes

WARM, TURNS, TOKENS = 3, 24, 4
COLD = Wishes(temperature=0)
PAUSE_SECONDS = 0.05
"""Between two turns: what the one before has left to do is done."""


def main(api_url: str, key: str, model: str, graph: str, texts: str, adapter: str | None = None) -> None:
    """Measure."""
    plain = PlainTokenizer(Path(texts))
    chat = ChatText(plain)
    # The leanest client there is: what it takes is none of the gateway's time.
    api = HTTPConnection(urlsplit(api_url).netloc, timeout=120)
    with ThreadPoolExecutor(1) as computer:
        decoder = OnnxDecoder(Path(graph), os.cpu_count() or 1, 8, 512)
        added = read_adapter(Path(adapter), decoder.facts.linears) if adapter else None
        engine = OnnxWriter(decoder, no_grammars, computer, most_waiting=8)
        found: dict[str, list[float]] = {"through": [], "engine": []}
        for turn in range(WARM + TURNS):
            question = f"Question {turn}: my parcel has not come yet and I paid for it a week ago. Where may it be now?"
            pieces = chat.question([Message("user", question)])
            ids = [number for piece in pieces for number in token_ids(piece, plain)]
            order = Order(ids, TOKENS, frozenset(), COLD, added)
            found["through"].append(through(api, key, model, question, len(ids)))
            time.sleep(PAUSE_SECONDS)
            found["engine"].append(asyncio.run(first(engine, order)))
            time.sleep(PAUSE_SECONDS)
    print(json.dumps({name: each[WARM:] for name, each in found.items()}))


def through(api: HTTPConnection, key: str, model: str, question: str, tokens: int) -> float:
    """Milliseconds to the event with the first text; the question has to have so many tokens."""
    body = {
        "model": model,
        "messages": [{"role": "user", "content": question}],
        "max_tokens": TOKENS,
        "temperature": 0,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    milliseconds = 0.0
    started = time.perf_counter()
    api.request("POST", "/v1/chat/completions", json.dumps(body), headers)
    for event in events(api.getresponse()):
        if not milliseconds and event["choices"] and event["choices"][0]["delta"].get("content"):
            milliseconds = 1000 * (time.perf_counter() - started)
        asked = (event["usage"] or {}).get("prompt_tokens", tokens)
        if asked != tokens:
            raise RuntimeError(f"The question has {asked} tokens there and {tokens} here.")
    return milliseconds


def events(answer: HTTPResponse) -> Iterator[Any]:
    """What is told."""
    for line in answer:
        if line.startswith(b"data: {"):
            yield json.loads(line.removeprefix(b"data: "))


async def first(engine: OnnxWriter, order: Order) -> float:
    """Milliseconds to the first token."""
    started = time.perf_counter()
    stream = engine.write(order)
    await anext(stream)
    milliseconds = 1000 * (time.perf_counter() - started)
    async for _ in stream:
        pass
    return milliseconds


if __name__ == "__main__":
    main(*sys.argv[1:])
