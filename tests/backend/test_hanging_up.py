"""What is computed for a caller ends when the caller hangs up, and only then."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import pytest
from starlette.requests import ClientDisconnect, Request

from coroutines import run
from tuneyard.kit.hanging_up import Stream, unless_disconnected

Message = dict[str, Any]


async def hung_up() -> Message:
    return {"type": "http.disconnect"}


async def waiting() -> Message:
    await asyncio.sleep(30)
    return await hung_up()


class Making:
    """Pieces that come one by one, and what became of them."""

    def __init__(self, *pieces: str | Exception, waits: bool = False) -> None:
        self.pieces, self.waits, self.closed = pieces, waits, False

    async def run(self) -> AsyncGenerator[str]:
        try:
            for piece in self.pieces:
                if isinstance(piece, Exception):
                    raise piece
                yield piece
            if self.waits:
                await asyncio.sleep(30)
        finally:
            self.closed = True


def sent(making: Making, receive: Callable[[], Awaitable[Message]]) -> list[Message]:
    found: list[Message] = []

    async def send(message: Any) -> None:
        found.append(message)
        await asyncio.sleep(0)

    run(Stream(making.run(), "text/plain")({"type": "http"}, receive, send))
    return found


def test_pieces_are_sent_as_they_come() -> None:
    start, *bodies = sent(making := Making("one", "two"), waiting)
    assert (start["type"], start["status"]) == ("http.response.start", 200)
    assert (b"content-type", b"text/plain; charset=utf-8") in start["headers"]
    assert [(each["body"], each["more_body"]) for each in bodies] == [(b"one", True), (b"two", True), (b"", False)]
    assert making.closed


def test_hanging_up_closes_what_makes_them() -> None:
    messages = sent(making := Making("one", waits=True), hung_up)
    assert all(each.get("more_body", True) for each in messages)
    assert making.closed


def test_also_before_the_first_piece() -> None:
    assert sent(making := Making(waits=True), hung_up) == []
    assert making.closed


def test_what_goes_wrong_before_the_first_piece_is_an_answer_of_its_own() -> None:
    found: list[Any] = []

    async def scenario() -> None:
        async def send(message: Any) -> None:
            found.append(message)

        await Stream(Making(ValueError("no")).run(), "text/plain")({"type": "http"}, waiting, send)

    with pytest.raises(ValueError, match="no"):
        run(scenario())
    assert not found


def test_who_else_cancels_is_heard() -> None:
    making = Making("one", waits=True)

    async def scenario() -> None:
        async def send(_: Any) -> None:
            pass

        task = asyncio.ensure_future(Stream(making.run(), "text/plain")({"type": "http"}, waiting, send))
        await asyncio.sleep(0.01)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        run(scenario())
    assert making.closed


def test_who_hangs_up_as_the_answer_comes_cancels_nothing_else() -> None:
    async def scenario() -> int:
        loop = asyncio.get_running_loop()
        gone, answer = asyncio.Event(), loop.create_future()

        async def receive() -> Message:
            await gone.wait()
            return await hung_up()

        def together() -> None:
            # In the next turn of the loop the answer comes, and right after it the hang-up is heard.
            loop.call_soon(answer.set_result, "answer")
            gone.set()

        loop.call_later(0.01, together)
        assert await unless_disconnected(Request({"type": "http"}, receive), answer) == "answer"
        for _ in range(5):
            await asyncio.sleep(0)
        here = asyncio.current_task()
        assert here is not None
        return here.cancelling()

    assert run(scenario()) == 0


def test_work_is_cancelled_too() -> None:
    making = Making(waits=True)

    async def work() -> None:
        async for _ in making.run():
            pass

    async def scenario() -> None:
        with pytest.raises(ClientDisconnect):
            await unless_disconnected(Request({"type": "http"}, hung_up), work())
        await asyncio.sleep(0)

    run(scenario())
    assert making.closed
