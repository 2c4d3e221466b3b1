"""The queue of one version."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from coroutines import run
from tuneyard_worker.serving.batching import BATCH_TEXTS, Batcher
from tuneyard_worker.serving.errors import QueueFull


class Engine:
    """Scores a text by its number; can be held back, and remembers its batches."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.free = threading.Event()
        self.free.set()

    def __call__(self, texts: list[str]) -> np.ndarray:
        self.batches.append(texts)
        assert self.free.wait(10)
        if "boom" in texts:
            raise RuntimeError("boom")
        return np.array([[float(text), 0.0] for text in texts], dtype=np.float32)


@pytest.fixture
def engine():
    return Engine()


@pytest.fixture
def executor():
    with ThreadPoolExecutor(1) as pool:
        yield pool


async def busy(batcher: Batcher, engine: Engine) -> "asyncio.Task[np.ndarray]":
    """One text in computation, held back."""
    engine.free.clear()
    running = asyncio.create_task(batcher.scores(["0"]))
    while not engine.batches:
        await asyncio.sleep(0.001)
    return running


def test_what_arrives_meanwhile_is_computed_together(engine, executor):
    async def scenario():
        batcher = Batcher(engine, executor, limit=100)
        running = await busy(batcher, engine)
        others = [asyncio.create_task(batcher.scores([str(number)])) for number in range(1, 20)]
        await asyncio.sleep(0)
        assert batcher.waiting == 19
        engine.free.set()
        return await asyncio.gather(running, *others)

    answers = run(scenario())
    assert [answer[0, 0] for answer in answers] == list(range(20))
    assert [len(batch) for batch in engine.batches] == [1, 19]


def test_a_long_list_comes_back_in_order_and_does_not_block_a_single_text(engine, executor):
    async def scenario():
        batcher = Batcher(engine, executor, limit=1000)
        running = await busy(batcher, engine)
        long = asyncio.create_task(batcher.scores([str(number) for number in range(500)]))
        await asyncio.sleep(0)
        short = asyncio.create_task(batcher.scores(["1000"]))
        await asyncio.sleep(0)
        engine.free.set()
        await short
        assert not long.done()
        await running
        return await long

    assert run(scenario())[:, 0].tolist() == list(range(500))
    assert "1000" in engine.batches[1]
    assert max(len(batch) for batch in engine.batches) == BATCH_TEXTS


def test_full_queue_is_refused_with_a_time(engine, executor):
    async def scenario():
        batcher = Batcher(engine, executor, limit=3)
        running = await busy(batcher, engine)
        waiting = [asyncio.create_task(batcher.scores(["1"])) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(QueueFull) as refused:
            await batcher.scores(["2"])
        engine.free.set()
        await asyncio.gather(running, *waiting)
        assert (await batcher.scores(["3"]))[0, 0] == 3
        return refused.value

    error = run(scenario())
    assert error.status_code == 429
    assert int(error.headers["Retry-After"]) >= 1


def test_cancelled_requests_are_not_computed(engine, executor):
    async def scenario():
        batcher = Batcher(engine, executor, limit=100)
        running = await busy(batcher, engine)
        cancelled = asyncio.create_task(batcher.scores(["1", "2"]))
        kept = asyncio.create_task(batcher.scores(["3"]))
        await asyncio.sleep(0)
        cancelled.cancel()
        await asyncio.sleep(0)
        assert batcher.waiting == 1
        engine.free.set()
        await asyncio.gather(running, kept)

    run(scenario())
    assert engine.batches == [["0"], ["3"]]


def test_an_error_reaches_those_who_wait_and_nobody_else(engine, executor):
    async def scenario():
        batcher = Batcher(engine, executor, limit=100)
        with pytest.raises(RuntimeError, match="boom"):
            await batcher.scores(["boom"])
        return await batcher.scores(["4"])

    assert run(scenario())[0, 0] == 4
