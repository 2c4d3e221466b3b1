"""The first token of a chat, through a running platform and of the engine by itself, in turns and on the same question.

`python first_token.py API_URL KEY MODEL GRAPH_FOLDER TEXT_FOLDER [ADAPTER_FOLDER]` prints JSON: the milliseconds of
each turn, `through` the api and of the `engine`, which runs in this process, as it does in the serving process, and is
given the question as tokens: what it takes to make them, by itself, is `words`.
"""

import asyncio
import json
import os
import re
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from writing_engine import no_grammars

from tuneyard_worker.data.chat_text import ChatText, token_ids
from tuneyard_worker.data.messages import Message
from tuneyard_worker.data.plain_tokenizer import PlainTokenizer
from tuneyard_worker.serving.engines.adapters import read_adapter
from tuneyard_worker.serving.engines.onnx_decoder import OnnxDecoder
from tuneyard_worker.serving.engines.onnx_writer import OnnxWriter
from tuneyard_worker.serving.engines.writing import Order, Wishes

WARM, TURNS, TOKENS = 3, 120, 4
COLD = Wishes(temperature=0)
LAST_CHUNK = b"\r\n0\r\n\r\n"
TEXT = re.compile(rb'"content": "[^"]')
PROMPT_TOKENS = re.compile(rb'"prompt_tokens": (\d+)')
PAUSE_SECONDS = 0.05
"""Between two turns: what the one before has left to do is done."""


def main(api_url: str, key: str, model: str, graph: str, texts: str, adapter: str | None = None) -> None:
    """Measure."""
    plain = PlainTokenizer(Path(texts))
    chat = ChatText(plain)
    place = urlsplit(api_url)
    api = socket.create_connection((place.hostname, place.port), timeout=120)
    with ThreadPoolExecutor(1) as computer:
        decoder = OnnxDecoder(Path(graph), os.cpu_count() or 1, 8, 512)
        added = read_adapter(Path(adapter), decoder.facts.linears) if adapter else None
        engine = OnnxWriter(decoder, no_grammars, computer, most_waiting=8)
        found: dict[str, list[float]] = {"through": [], "engine": []}
        words: list[float] = []
        for turn in range(WARM + TURNS):
            question = f"Question {turn}: my parcel has not come yet and I paid for it a week ago. Where may it be now?"
            started = time.perf_counter()
            pieces = chat.question([Message("user", question)])
            ids = [number for piece in pieces for number in token_ids(piece, plain)]
            words.append(1000 * (time.perf_counter() - started))
            order = Order(ids, TOKENS, frozenset(), COLD, added)
            # Each is first as often as the other: a machine that slows down slows both.
            for way in sorted(found, reverse=bool(turn % 2)):
                if way == "through":
                    found[way].append(through(api, key, model, question, len(ids)))
                else:
                    found[way].append(asyncio.run(first(engine, order)))
                time.sleep(PAUSE_SECONDS)
    print(json.dumps({name: each[WARM:] for name, each in (found | {"words": words}).items()}))


def through(api: socket.socket, key: str, model: str, question: str, tokens: int) -> float:
    """Milliseconds to the event with the first text; the question has to have so many tokens.

    Bytes out, bytes in: what a client takes to put them together and to read them is none of the gateway's time.
    """
    body = {
        "model": model,
        "messages": [{"role": "user", "content": question}],
        "max_tokens": TOKENS,
        "temperature": 0,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    content = json.dumps(body).encode()
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    heard, milliseconds = b"", 0.0
    started = time.perf_counter()
    api.sendall(head.encode() + content)
    while not heard.endswith(LAST_CHUNK):
        heard += api.recv(65536)
        if not milliseconds and TEXT.search(heard):
            milliseconds = 1000 * (time.perf_counter() - started)
    asked = [int(number) for number in PROMPT_TOKENS.findall(heard)]
    if asked != [tokens] or not milliseconds:
        raise RuntimeError(f"The question has {asked} tokens there and {tokens} here: {heard.decode()}")
    return milliseconds


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
