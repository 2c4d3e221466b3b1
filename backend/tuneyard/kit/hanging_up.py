"""Work that ends when nobody waits for it any more."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Iterator
from contextlib import aclosing, contextmanager
from typing import TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

T = TypeVar("T")


async def unless_disconnected(request: Request, work: Awaitable[T]) -> T:
    """The result of `work`, cancelled when the caller hangs up, so that nobody computes for nobody.

    The body must have been read. Raises ClientDisconnect.
    """
    with _heard(request.receive):
        return await work


class Stream(Response):
    """Pieces as they come; what makes them is closed when the caller hangs up.

    It begins with the first of them: what that raises is answered as if it were not a stream. The body of the request
    must have been read. Starlette's StreamingResponse does the same by groups of tasks, which take as long again as all
    else that a piece needs.
    """

    def __init__(self, pieces: AsyncGenerator[str], media_type: str) -> None:
        self.pieces = pieces
        self.status_code = 200
        self.media_type = media_type
        self.background = None
        self.init_headers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            with _heard(receive):
                async with aclosing(self.pieces) as pieces:
                    await self._send(pieces, send)
        except ClientDisconnect:
            return
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send(self, pieces: AsyncGenerator[str], send: Send) -> None:
        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        first = await anext(pieces, "")
        await send(start)
        await send({"type": "http.response.body", "body": first.encode(self.charset), "more_body": True})
        async for piece in pieces:
            await send({"type": "http.response.body", "body": piece.encode(self.charset), "more_body": True})


@contextmanager
def _heard(receive: Receive) -> Iterator[None]:
    """What is awaited within it is cancelled when the caller hangs up. Raises ClientDisconnect."""
    here = asyncio.current_task()
    assert here is not None  # noqa: S101 - coroutines only
    gone, over = asyncio.create_task(_disconnected(receive)), False

    def hang_up(_: object) -> None:
        # Taken off the list below, it may be on its way already.
        if not over:
            here.cancel()

    gone.add_done_callback(hang_up)
    try:
        yield
    except asyncio.CancelledError:
        if not gone.done():
            raise
        here.uncancel()
        raise ClientDisconnect from None
    finally:
        over = True
        gone.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
