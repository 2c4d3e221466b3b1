"""What was read or written before is not read again."""

import asyncio
import gc
import random
import weakref
from typing import Any

import pytest
from tiny_writers import COLD, ROWS, Open, parts_of, written

from coroutines import run
from tuneyard_worker.serving.engines import onnx_writer
from tuneyard_worker.serving.engines.writing import Order
from tuneyard_worker.serving.writing.schemas import Usage
from tuneyard_worker.serving.writing.writer import Writer

QUESTION = [5 + (7 * place) % 200 for place in range(40)]
MORE = [3, 1, 4, 1, 5]


def counting_reads(writer: Writer) -> list[int]:
    """How many tokens are read at each call from here on."""
    decoder, found = writer.engine._decoder, []  # type: ignore[attr-defined]
    read = decoder.read

    def counted(row: int, ids: Any, *rest: Any) -> Any:
        found.append(len(ids))
        return read(row, ids, *rest)

    decoder.read = counted
    return found


def asking(ids: list[int], workspace: str = "", most: int = 4) -> Order:
    return Order(ids, most, frozenset(), COLD, workspace=workspace)


def test_the_next_turn_of_a_chat_reads_what_is_new(open_writer: Open) -> None:
    async def scenario() -> tuple[list[int], list[int], list[int]]:
        writer = open_writer()
        reads = counting_reads(writer)
        said = await written(writer, asking(QUESTION))
        turn = asking([*QUESTION, *said, *MORE])
        again = await written(writer, turn)
        return reads, again, await written(open_writer(), turn)

    reads, again, afresh = run(scenario())
    # The last token of an answer was not taken by the decoder yet.
    assert reads == [len(QUESTION), len(MORE) + 1]
    assert again == afresh


@pytest.mark.parametrize(("workspace", "begins_with"), [("a", 20), ("b", 40), ("a", 10)])
def test_what_others_asked_or_little_of_it_is_read_anew(open_writer: Open, workspace: str, begins_with: int) -> None:
    question = [*QUESTION[:begins_with], *reversed(QUESTION)]

    async def scenario() -> list[int]:
        writer = open_writer()
        reads = counting_reads(writer)
        await written(writer, asking(QUESTION, "a"))
        await written(writer, asking(question, workspace))
        # What both began with did not cost the first one its place.
        await written(writer, asking([*QUESTION, *MORE], "a"))
        return reads

    shares = workspace == "a" and begins_with >= 16
    assert run(scenario()) == [40, len(question) - (begins_with if shares else 0), len(MORE)]


def test_texts_that_come_and_go_and_share_beginnings_are_those_of_each_alone(open_writer: Open) -> None:
    draw = random.Random(3)
    beginnings = [[draw.randrange(5, 200) for _ in range(length)] for length in (17, 24, 40)]
    orders = [
        asking([*draw.choice(beginnings), *(draw.randrange(5, 200) for _ in range(draw.randrange(1, 9)))], most=most)
        for most in draw.choices(range(1, 12), k=24)
    ]

    async def together() -> list[list[int]]:
        writer = open_writer()
        places = asyncio.Semaphore(ROWS + 1)

        async def one(each: Order) -> list[int]:
            async with places:
                return await written(writer, each)

        return list(await asyncio.gather(*map(one, orders)))

    async def alone() -> list[list[int]]:
        return [await written(open_writer(), each) for each in orders]

    found, expected = run(together()), run(alone())
    # Rounding differs with the number of rows, so a tie may fall the other way.
    assert sum(one == other for one, other in zip(found, expected, strict=True)) >= len(orders) - 3


def test_what_is_kept_is_given_back_when_nobody_asks_any_more(
    open_writer: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_writer, "KEPT_SECONDS", 0.2)

    async def scenario() -> list[int]:
        writer = open_writer()
        reads = counting_reads(writer)
        memory = writer.engine._decoder._memory["0.k"].array  # type: ignore[attr-defined]
        await written(writer, asking(QUESTION))
        assert memory.any()
        await written(writer, asking(QUESTION))
        while memory.any():
            await asyncio.sleep(0.05)
        await written(writer, asking(QUESTION))
        return reads

    assert run(scenario()) == [40, 1, 40]


def test_an_engine_that_nobody_uses_is_gone_at_once(open_writer: Open) -> None:
    async def scenario() -> bool:
        writer = open_writer()
        await written(writer, asking(QUESTION))
        await asyncio.sleep(0)
        engine = weakref.ref(writer.engine)
        del writer
        gc.collect()
        return engine() is None

    assert run(scenario())


def test_rows_that_can_not_be_moved_fail_nobody_but_those_who_wait(open_writer: Open) -> None:
    async def scenario() -> tuple[list[Any], list[int], list[int]]:
        writer = open_writer()
        decoder = writer.engine._decoder  # type: ignore[attr-defined]
        move = decoder.move

        def broken(*_: Any) -> None:
            raise MemoryError

        await written(writer, asking(QUESTION))
        decoder.move = broken
        failed = await asyncio.gather(
            *(written(writer, asking([*QUESTION[:20], place, 9])) for place in (7, 8)), return_exceptions=True
        )
        decoder.move = move
        again = asking([*QUESTION[:20], 7, 9])
        return failed, await written(writer, again), await written(open_writer(), again)

    failed, again, afresh = run(scenario())
    assert any(isinstance(each, MemoryError) for each in failed)
    assert again == afresh


def test_how_much_of_a_question_was_known_is_told(open_writer: Open) -> None:
    async def scenario() -> list[Usage]:
        writer = open_writer()
        return [(await parts_of(writer, prompt=QUESTION, most=2, n=n, seed=1))[1] for n in (1, 2)]

    first, second = run(scenario())
    assert (first.prompt_tokens, first.cached_tokens) == (40, 0)
    assert second.cached_tokens == 39
