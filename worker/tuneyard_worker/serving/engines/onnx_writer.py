"""Continuous batching over an OnnxDecoder: a text joins and leaves between two tokens of the others."""

import asyncio
import itertools
import math
import time
import weakref
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tuneyard_worker.serving.engines.adapters import Adapter, read_adapter
from tuneyard_worker.serving.engines.choosing import Chooser, Scores
from tuneyard_worker.serving.engines.grammar import Grammars
from tuneyard_worker.serving.engines.kept_rows import LEAST_SHARED, KeptRows, Whose, shared
from tuneyard_worker.serving.engines.onnx_decoder import TOKENS_AT_ONCE, OnnxDecoder
from tuneyard_worker.serving.engines.turns import Turns
from tuneyard_worker.serving.engines.writing import Order, Token
from tuneyard_worker.serving.errors import QueueFull, VersionNotReady

LONGEST_WAIT = 60
KEPT_SECONDS = 300.0
"""For so long after the last text its memory is kept: people take their time for the next question."""
PASSING_ON_SECONDS = 0.002
"""After the first token of a text: the next step takes every core, and would keep it from whoever waits for it."""


@dataclass(eq=False)
class Text:
    """A text in the making."""

    order: Order
    chooser: Chooser
    adapter: Adapter | None
    told: "asyncio.Queue[Token | Exception]" = field(default_factory=asyncio.Queue)
    held: list[int] = field(default_factory=list)
    """Tokens that the decoder has taken."""
    cached: int = 0
    """Of them, those that it had taken before this text."""
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
    def whose(self) -> Whose:
        return Whose(self.order.workspace, self.adapter)

    @property
    def rest(self) -> list[int]:
        """Tokens of the order that the decoder has not taken."""
        return self.order.ids[len(self.held) :]


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
        self._kept = KeptRows(decoder.rows)
        self._forgetting: asyncio.TimerHandle | None = None
        self._running: asyncio.Task[None] | None = None
        self._seconds_per_text = 1.0

    @property
    def room(self) -> int:
        return self._decoder.room

    @property
    def vocabulary(self) -> int:
        return self._decoder.facts.vocabulary

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
        if self._forgetting:
            self._forgetting.cancel()
        try:
            while not (text.gone and text.told.empty()):
                token = await text.told.get()
                if isinstance(token, Exception):
                    raise token
                yield token
        finally:
            text.gone = True

    async def close(self) -> None:
        if self._forgetting:
            self._forgetting.cancel()
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
            while self._rows or self._queue:
                try:
                    self._drop()
                    self._admit()
                    if not self._rows:
                        continue
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
                # One that nobody uses any more must not wait for that.
                self._forgetting = loop.call_later(KEPT_SECONDS, _clear, weakref.ref(self))

    def clear(self) -> None:
        """Give back the memory of what was written, unless something is being written."""
        if self._running is None:
            self._kept.clear()
            self._decoder.forget()

    def _drop(self) -> None:
        """Let go of texts that nobody waits for."""
        for text in [each for each in self._rows if each.gone]:
            self._remove(self._rows.index(text))
        self._queue.drop()

    def _remove(self, row: int) -> None:
        """Take a row out; the last of those that are written takes its place, and one that is read stays the last.

        What it holds is kept behind them.
        """
        reads = self._rows[-1].next_id is None
        last = len(self._rows) - (2 if reads else 1)
        places = [row, last, len(self._rows) - 1] if row < last else [row, len(self._rows) - 1]
        for one, other in itertools.pairwise(places):
            if one != other:
                self._decoder.swap(one, len(self._rows[one].held), other, len(self._rows[other].held))
                self._rows[one], self._rows[other] = self._rows[other], self._rows[one]
        gone = self._rows.pop()
        self._kept.keep(len(self._rows), gone.held, gone.whose)

    def _admit(self) -> None:
        """One at a time is read, so that each begins as soon as it can."""
        reads = bool(self._rows) and self._rows[-1].next_id is None
        if self._queue and not reads and len(self._rows) < self._decoder.rows:
            text = self._queue.take(Counter(each.workspace for each in self._rows))
            self._rows.append(text)
            self._take_over(text, len(self._rows) - 1)

    def _take_over(self, text: Text, row: int) -> None:
        """Have read what a row holds already that begins alike, as the turns of a chat do, and what one model is told.

        A row that is kept is gone on with if there is little else in it. Else the one that can best be spared is
        written over.
        """
        source, count = self._kept.best(text.order.ids, text.whose)
        goes_on = count >= LEAST_SHARED and 2 * count >= self._kept.length(source)
        if not goes_on:
            written = [
                (shared(each.held, text.order.ids) if each.whose.same(text.whose) else 0, place)
                for place, each in enumerate(self._rows[:row])
            ]
            count, source = max([(count, source), *written])
        known = count >= LEAST_SHARED
        if goes_on and source != row:
            self._decoder.swap(source, count, row, self._kept.length(row))
            self._kept.swap(source, row)
        elif not goes_on:
            spared = self._kept.oldest(row, source if known else None)
            if spared != row:
                self._decoder.move(row, spared, self._kept.length(row))
                self._kept.swap(spared, row)
            if known and source != row:
                self._decoder.move(source, row, count)
        if known:
            text.held, text.cached = text.order.ids[:count], count
        self._kept.forget(row)

    def _step(self) -> list[tuple[Text, Token | Exception]]:
        """In the executor: read some of the newest text, and write a token of all others."""
        told: list[tuple[Text, Token | Exception]] = []
        writing = [each for each in self._rows if each.next_id is not None]
        if len(writing) < len(self._rows):
            told += self._read(self._rows[-1], len(writing))
        if writing:
            ids = [each.next_id or 0 for each in writing]
            adapters = [each.adapter for each in writing]
            scores = self._decoder.step(ids, [len(each.held) for each in writing], adapters)
            for text, taken in zip(writing, ids, strict=True):
                text.held.append(taken)
            told += [(text, _chosen(text, row)) for text, row in zip(writing, scores, strict=True)]
        return told

    def _read(self, text: Text, row: int) -> list[tuple[Text, Token | Exception]]:
        part = text.rest[:TOKENS_AT_ONCE]
        scores = self._decoder.read(row, part, len(text.held), text.adapter)
        text.held += part
        if text.rest:
            return []
        token = _chosen(text, scores)
        return [(text, replace(token, cached=text.cached) if isinstance(token, Token) else token)]

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
        # Who knows what the rows hold now.
        self._rows.clear()
        self._kept.clear()


def _clear(engine: "weakref.ref[OnnxWriter]") -> None:
    if (found := engine()) is not None:
        found.clear()


def _chosen(text: Text, scores: Scores) -> Token | Exception:
    """The next token of a text, or what keeps it from having one: that must not be the trouble of the others."""
    try:
        return text.chooser.choose(scores)
    except Exception as error:
        return error
