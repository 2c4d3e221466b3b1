"""Micro-batching: texts that arrive while the processor is busy are answered together."""

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from tuneyard_worker.serving.engines.onnx_classifier import Scores
from tuneyard_worker.serving.errors import QueueFull

BATCH_TEXTS = 64
# What one request gets of a batch while others wait, so that a long list does not block a single text.
SHARE = 16
LONGEST_WAIT = 60


Item = TypeVar("Item")


@dataclass(eq=False)
class _Waiting(Generic[Item]):
    texts: list[Item]
    answer: "asyncio.Future[Scores]"
    taken: int = 0
    scores: Scores | None = None
    answered: int = 0

    @property
    def left(self) -> int:
        return 0 if self.answer.done() else len(self.texts) - self.taken

    def take(self, most: int) -> slice:
        start, self.taken = self.taken, min(self.taken + most, len(self.texts))
        return slice(start, self.taken)

    def give(self, part: slice, scores: Scores) -> None:
        if self.scores is None:
            self.scores = np.empty((len(self.texts), scores.shape[1]), dtype=np.float32)
        self.scores[part] = scores
        self.answered += part.stop - part.start
        if self.answered == len(self.texts) and not self.answer.done():
            self.answer.set_result(self.scores)


class Batcher(Generic[Item]):
    """The queue of one version. All its methods belong to the event loop; only `score` runs in the executor.

    There is no window in which a batch waits to fill: a text that finds the version idle is computed at once, and
    whatever arrives meanwhile makes up the next batch.
    """

    def __init__(self, score: Callable[[list[Item]], Scores], executor: Executor, limit: int) -> None:
        self._score = score
        self._executor = executor
        self._limit = limit
        self._queue: deque[_Waiting[Item]] = deque()
        self._running: asyncio.Task[None] | None = None
        self._seconds_per_text = 0.005

    @property
    def waiting(self) -> int:
        """Texts that are not being computed yet."""
        return sum(request.left for request in self._queue)

    async def scores(self, texts: list[Item]) -> Scores:
        """Probabilities in the order of the texts; raises QueueFull. Cancelling it drops the texts that still wait."""
        waiting = self.waiting
        if waiting >= self._limit:
            raise QueueFull(waiting, self._retry_after(waiting))
        request = _Waiting(texts, asyncio.get_running_loop().create_future())
        self._queue.append(request)
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await request.answer

    async def _run(self) -> None:
        try:
            while batch := self._next_batch():
                await self._compute(batch)
        finally:
            self._running = None

    def _next_batch(self) -> list[tuple[_Waiting[Item], slice]]:
        batch: list[tuple[_Waiting[Item], slice]] = []
        room = BATCH_TEXTS
        while self._queue and room:
            request = self._queue.popleft()
            if not request.left:
                continue
            part = request.take(min(SHARE, room))
            batch.append((request, part))
            room -= part.stop - part.start
            if request.left:
                self._queue.append(request)
        return batch

    async def _compute(self, batch: list[tuple[_Waiting[Item], slice]]) -> None:
        texts = [text for request, part in batch for text in request.texts[part]]
        started = time.perf_counter()
        try:
            scores = await asyncio.get_running_loop().run_in_executor(self._executor, self._score, texts)
        except Exception as error:  # whatever the engine raises belongs to those who wait for it
            for request, _ in batch:
                if not request.answer.done():
                    request.answer.set_exception(error)
            return
        self._seconds_per_text += 0.2 * ((time.perf_counter() - started) / len(texts) - self._seconds_per_text)
        row = 0
        for request, part in batch:
            count = part.stop - part.start
            request.give(part, scores[row : row + count])
            row += count

    def _retry_after(self, waiting: int) -> int:
        return min(max(1, math.ceil(waiting * self._seconds_per_text)), LONGEST_WAIT)
