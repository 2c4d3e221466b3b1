"""Continuous batching over an OnnxDecoder: a text joins and leaves between two tokens of the others."""

import asyncio
import itertools
import math
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tuneyard_worker.serving.engines.adapters import Adapter, read_adapter
from tuneyard_worker.serving.engines.choosing import Chooser, Scores
from tuneyard_worker.serving.engines.grammar import Grammars
from tuneyard_worker.serving.engines.onnx_decoder import TOKENS_AT_ONCE, OnnxDecoder
from tuneyard_worker.serving.engines.turns import Turns
from tuneyard_worker.serving.engines.writing import Order, Token
from tuneyard_worker.serving.errors import QueueFull, VersionNotReady

LONGEST_WAIT = 60
# To find and to move fewer tokens takes about as long as to read them.
LEAST_SHARED = 16
PASSING_ON_SECONDS = 0.002
"""After the first token of a text: the next step takes every core, and would keep it from whoever waits for it."""


@dataclass(eq=False)
class Text:
    """A text in the making."""

    order: Order
    chooser: Chooser
    adapter: Adapter | None
    told: "asyncio.Queue[Token | Exception]" = field(default_factory=asyncio.Queue)
    read: int = 0
    """Tokens of the order that the decoder has taken."""
    written: int = 0
    next_id: int | None = None
    """Chosen, but not yet taken by the decoder."""
    begun: float = field(default_factory=time.monotonic)
    gone: bool = False
    """Nobody waits for it any more, or it is finished."""

    @property
    def workspace(self) -> str:
        return self.order.workspace

    @property
    def position(self) -> int:
        """Tokens that the decoder has taken."""
        return self.read + max(0, self.written - 1)


class OnnxWriter:
    """Implements WritingEngine on the CPU. All its methods belong to the event loop; the executor computes one step."""

    def __init__(
        self, decoder: OnnxDecoder, grammars: Callable[[], Grammars], executor: Executor, most_waiting: int
    ) -> None:
        self._decoder = decoder
        self._make_grammars = grammars
        self._grammars: Grammars | None = None
        self._executor = executor
        self._queue: Turns[Text] = Turns(most_waiting)
        self._rows: list[Text] = []
        """By their rows; one that is still being read is the last."""
        self._running: asyncio.Task[None] | None = None
        self._seconds_per_text = 1.0

    @property
    def room(self) -> int:
        return self._decoder.room

    @property
    def waiting(self) -> int:
        return len(self._queue)

    async def load(self, adapter: Path) -> Adapter:
        return await asyncio.to_thread(read_adapter, adapter, self._decoder.facts.linears)

    async def forget(self, adapter: Any) -> None:
        pass

    async def write(self, order: Order) -> AsyncGenerator[Token]:
        """Raises QueueFull, and SchemaRefused for a schema that can't be kept."""
        text = await self._text(order)
        out = self._queue.add(text)
        if out is text:
            raise self._full()
        if out is not None:
            self._tell(out, self._full())
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        try:
            while not (text.gone and text.told.empty()):
                token = await text.told.get()
                if isinstance(token, Exception):
                    raise token
                yield token
        finally:
            text.gone = True

    async def close(self) -> None:
        if self._running:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        self._rows += self._queue
        self._fail(VersionNotReady("Serving is being stopped."))

    async def _text(self, order: Order) -> Text:
        grammar = None
        if order.wishes.schema is not None:
            if self._grammars is None:
                self._grammars = await asyncio.to_thread(self._make_grammars)
            grammar = await asyncio.to_thread(self._grammars.of, order.wishes.schema)
        return Text(order, Chooser(order.wishes, grammar), order.adapter)

    def _full(self) -> QueueFull:
        waiting = len(self._queue)
        return QueueFull(waiting, min(max(1, math.ceil(waiting * self._seconds_per_text)), LONGEST_WAIT))

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._drop() or self._queue:
                self._admit()
                if not self._rows:
                    continue
                try:
                    told = await loop.run_in_executor(self._executor, self._step)
                except asyncio.CancelledError:
                    raise
                # Whatever the engine raises belongs to those who wait for it; a library's panic is no Exception.
                except BaseException as error:
                    self._fail(error)
                    continue
                for text, token in told:
                    self._tell(text, token)
                if any(text.written == 1 and not text.gone for text, _ in told):
                    await asyncio.sleep(PASSING_ON_SECONDS)
        finally:
            self._running = None
            if not self._rows:
                self._decoder.rest()

    def _drop(self) -> list[Text]:
        """Let go of texts that nobody waits for; those that are left."""
        for text in [each for each in self._rows if each.gone]:
            self._remove(self._rows.index(text))
        self._queue.drop()
        return self._rows

    def _remove(self, row: int) -> None:
        """Take a row out; the last of those that are written takes its place, and one that is read stays the last."""
        reads = self._rows[-1].next_id is None
        last = len(self._rows) - (2 if reads else 1)
        places = [row, last, len(self._rows) - 1] if row < last else [row, len(self._rows) - 1]
        for target, source in itertools.pairwise(places):
            if source != target:
                self._decoder.move(source, target, self._rows[source].position)
                self._rows[target] = self._rows[source]
        self._rows.pop()

    def _admit(self) -> None:
        """One at a time is read, so that each begins as soon as it can."""
        reads = bool(self._rows) and self._rows[-1].next_id is None
        if self._queue and not reads and len(self._rows) < self._decoder.rows:
            text = self._queue.take(Counter(each.workspace for each in self._rows))
            self._take_over(text)
            self._rows.append(text)

    def _take_over(self, text: Text) -> None:
        """Have read what a row has read already that begins alike: all that one model is asked may begin so."""
        shared = [_shared(each, text) for each in self._rows]
        if shared and max(shared) >= LEAST_SHARED:
            text.read = max(shared)
            self._decoder.move(shared.index(text.read), len(self._rows), text.read)

    def _step(self) -> list[tuple[Text, Token | Exception]]:
        """In the executor: read some of the newest text, and write a token of all others."""
        told: list[tuple[Text, Token | Exception]] = []
        writing = [each for each in self._rows if each.next_id is not None]
        if len(writing) < len(self._rows):
            told += self._read(self._rows[-1], len(writing))
        if writing:
            ids = [each.next_id or 0 for each in writing]
            adapters = [each.adapter for each in writing]
            scores = self._decoder.step(ids, [each.position for each in writing], adapters)
            told += [(text, _chosen(text, row)) for text, row in zip(writing, scores, strict=True)]
        return told

    def _read(self, text: Text, row: int) -> list[tuple[Text, Token | Exception]]:
        part = text.order.ids[text.read : text.read + TOKENS_AT_ONCE]
        scores = self._decoder.read(row, part, text.read, text.adapter)
        text.read += len(part)
        return [(text, _chosen(text, scores))] if text.read == len(text.order.ids) else []

    def _tell(self, text: Text, token: Token | Exception) -> None:
        if isinstance(token, Exception):
            text.gone = True
            text.told.put_nowait(token)
            return
        text.next_id = token.id
        text.written += 1
        if token.id in text.order.stop_ids or token.ends or text.written == text.order.most:
            text.gone = True
            took = time.monotonic() - text.begun
            self._seconds_per_text += 0.2 * (took / self._decoder.rows - self._seconds_per_text)
        text.told.put_nowait(token)

    def _fail(self, error: BaseException) -> None:
        told = error if isinstance(error, Exception) else RuntimeError(f"The engine failed: {error}")
        for text in self._rows:
            text.gone = True
            text.told.put_nowait(told)


def _shared(known: Text, text: Text) -> int:
    """How many tokens of `text` a row holds; the last one is read anew, for what comes next."""
    most = min(known.read, len(text.order.ids) - 1) if known.adapter is text.adapter else 0
    pairs = zip(known.order.ids[:most], text.order.ids[:most], strict=True)
    return next((place for place, (one, other) in enumerate(pairs) if one != other), most)


def _chosen(text: Text, scores: Scores) -> Token | Exception:
    """The next token of a text, or what keeps it from having one: that must not be the trouble of the others."""
    try:
        return text.chooser.choose(scores)
    except Exception as error:
        return error
