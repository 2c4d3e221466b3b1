"""A chat that serving begins before the database has said whether it may, for a key that was let in a moment ago.

To look up a key and a deployment takes a third of what a request spends on its way to the first token, and serving
needs nothing of it. What serving says is kept back until both are known as ever, and is used only if they lead where
they led before; else it is hung up on, which ends the computing. No answer rests on what is remembered.
"""

import asyncio
import hashlib
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any, cast

from fastapi import Depends, FastAPI, Request
from starlette.requests import HTTPConnection

from tuneyard.deployments.serving_client import ServingClient, serving_client
from tuneyard.openai.asking import Asked, chat_order
from tuneyard.openai.schemas import ChatRequest

Lines = AsyncGenerator[dict[str, Any]]
KEPT_SECONDS = 60.0
# A memory of what is called most; who is not in it waits for the database, as everybody did the first time.
MOST_KEPT = 1_000


@dataclass(frozen=True)
class Way:
    """Where a request was let through to."""

    path: str
    workspace_id: str


FORGOTTEN: tuple[float, Way | None] = (0.0, None)


@dataclass(frozen=True)
class Caller:
    """Who asks for which model: a digest, so that no key is kept."""

    key: bytes
    model: str


class HeadStart:
    """A chat that has been begun."""

    def __init__(self, serving: ServingClient, way: Way, request: Request) -> None:
        self.way, self.taken = way, False
        self._serving = serving
        self._order: dict[str, Any] | None = None
        self._lines: Lines | None = None
        self._first = asyncio.create_task(self._begin(request))

    def is_of(self, way: Way, order: dict[str, Any]) -> bool:
        return self.way == way and self._order == order

    async def lines(self) -> Lines:
        """What serving says, from the first line on."""
        self.taken = True
        try:
            yield await self._first
            if self._lines is not None:
                async for line in self._lines:
                    yield line
        finally:
            await self.end()

    async def end(self) -> None:
        """Hang up, if it is not over."""
        self._first.cancel()
        await asyncio.wait([self._first])
        # What went wrong in it has been told, or is nobody's business.
        if not self._first.cancelled():
            self._first.exception()
        if self._lines is not None:
            await self._lines.aclose()

    async def _begin(self, request: Request) -> dict[str, Any]:
        order = chat_order(ChatRequest.model_validate(await request.json()))
        self._lines = self._serving.write(self.way.path, self.way.workspace_id, order)
        self._order = order
        return await anext(self._lines)


class HeadStarts:
    """One per process; belongs to the event loop."""

    def __init__(self, serving: ServingClient) -> None:
        self._serving = serving
        self._ways: dict[Caller, tuple[float, Way]] = {}

    def __len__(self) -> int:
        return len(self._ways)

    def begin(self, request: Request, model: str) -> None:
        """Begin a chat, if its key was let through to this model a moment ago. The body has been read."""
        caller = _caller(request, model)
        # Until it has been let in again: a key that no longer may begins no second one.
        noted, way = self._ways.pop(caller, FORGOTTEN) if caller else FORGOTTEN
        if way and time.monotonic() - noted < KEPT_SECONDS:
            request.state.head_start = HeadStart(self._serving, way, request)

    async def write(
        self, request: Request, model: str, asked: Asked, workspace_id: str, order: dict[str, Any]
    ) -> Lines:
        """What serving says to whoever has been let in: as begun, if that was just this."""
        way = Way(asked.path, workspace_id)
        if caller := _caller(request, model):
            self._ways.pop(caller, None)
            if asked.settled:
                self._note(caller, way)
        begun = _begun(request)
        if begun is not None and begun.is_of(way, order):
            return begun.lines()
        await give_up(request)
        return self._serving.write(way.path, way.workspace_id, order)

    def _note(self, caller: Caller, way: Way) -> None:
        if len(self._ways) >= MOST_KEPT:
            del self._ways[next(iter(self._ways))]
        self._ways[caller] = (time.monotonic(), way)


async def give_up(request: Request) -> None:
    """End what was begun of it and is not wanted."""
    begun = _begun(request)
    if begun is not None and not begun.taken:
        await begun.end()


async def head_starts(connection: HTTPConnection) -> HeadStarts:
    """Those of this process, made when they are first needed."""
    state = connection.app.state
    if not hasattr(state, "head_starts"):
        state.head_starts = HeadStarts(await serving_client(connection))
    return cast("HeadStarts", state.head_starts)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """What is remembered goes with the app, as its connections to serving do."""
    yield
    if hasattr(app.state, "head_starts"):
        del app.state.head_starts


HeadStartsDep = Annotated[HeadStarts, Depends(head_starts)]


def _begun(request: Request) -> HeadStart | None:
    return cast("HeadStart | None", getattr(request.state, "head_start", None))


def _caller(request: Request, model: str) -> Caller | None:
    """None for who comes without a key."""
    given = request.headers.get("authorization")
    return Caller(hashlib.sha256(given.encode()).digest(), model) if given else None
