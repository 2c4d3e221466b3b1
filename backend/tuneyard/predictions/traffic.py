"""Counts the requests that deployments get: in memory, and every few seconds into the database."""

import asyncio
import contextlib
import time
from bisect import bisect_left
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from tuneyard.auth import beside
from tuneyard.auth.beside import Beside
from tuneyard.deployments import service as deployments
from tuneyard.deployments import traffic
from tuneyard.deployments.models import LATENCY_BUCKETS, LATENCY_EDGES
from tuneyard.deployments.schemas import NAME
from tuneyard.deployments.traffic import Key
from tuneyard.kit.db import Database, Statement
from tuneyard.kit.errors import TuneyardError
from tuneyard.kit.web import HUNG_UP

log = structlog.get_logger()

FLUSH_SECONDS = 2.0
# A database that is away for long must not fill the memory.
MOST_KEYS = 10_000


class TrafficRecorder:
    """Belongs to the event loop of its process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counts: dict[Key, list[int]] = {}

    def record(self, workspace_id: str, name: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._add(Key(workspace_id, name, int(time.time() // 60), status // 100))[
            bisect_left(LATENCY_EDGES, seconds * 1000)
        ] += 1

    async def run(self, stop: asyncio.Event) -> None:
        """Flush until told to stop, and once more then."""
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), FLUSH_SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """Store what has been counted; if that fails it is kept for the next time."""
        counts, self._counts = self._counts, {}
        if not counts:
            return
        try:
            await run_in_threadpool(self._store, counts)
        except SQLAlchemyError as error:
            log.warning("traffic.not_stored", error=str(error).splitlines()[0])
            for key, latencies in counts.items():
                kept = self._add(key)
                kept[:] = [before + more for before, more in zip(kept, latencies, strict=True)]

    def _add(self, key: Key) -> list[int]:
        """The buckets of a key; ones that nobody keeps where there are too many keys."""
        found = self._counts.get(key)
        if found is None:
            found = [0] * LATENCY_BUCKETS
            if len(self._counts) < MOST_KEYS:
                self._counts[key] = found
        return found

    def _store(self, counts: Mapping[Key, Sequence[int]]) -> None:
        with self._database.system() as session:
            traffic.add(session, counts)


class CountedRoute(APIRoute):
    """Counts its requests as traffic of the deployment that they ask."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def handle(request: Request) -> Response:
            started = time.perf_counter()
            beside.put(request, Beside(self.beside))
            try:
                response = await answer(request)
            except Exception as error:
                self._count(request, status_of(error), started)
                raise
            self._count(request, response.status_code, started)
            return response

        return handle

    async def named(self, request: Request) -> str | None:
        """The name of a deployment that the request gives, once its body has been read."""
        return cast("str | None", request.path_params.get("name"))

    def deployment_of(self, request: Request) -> str | None:
        """The one that it has asked."""
        return cast("str | None", request.path_params.get("name"))

    async def beside(self, request: Request) -> Statement | None:
        """What to ask beside the key."""
        name = await self.named(request)
        return deployments.live_here(name) if name and NAME.fullmatch(name) else None

    def _count(self, request: Request, status: int, started: float) -> None:
        caller = getattr(request.state, "caller", None)
        name = self.deployment_of(request)
        if caller is not None and name and NAME.fullmatch(name):
            recorder_of(request.app).record(caller.workspace_id, name, status, time.perf_counter() - started)


def recorder_of(app: FastAPI) -> TrafficRecorder:
    """The one of this process, made when it is first needed."""
    if not hasattr(app.state, "traffic_recorder"):
        app.state.traffic_recorder = TrafficRecorder(app.state.services.database)
    return cast("TrafficRecorder", app.state.traffic_recorder)


@asynccontextmanager
async def recording(app: FastAPI) -> AsyncIterator[None]:
    """While the app runs, what is counted gets into the database."""
    stop = asyncio.Event()
    task = asyncio.create_task(recorder_of(app).run(stop))
    yield
    stop.set()
    await task
    del app.state.traffic_recorder


def status_of(error: Exception) -> int:
    """The status that an error is answered with."""
    if isinstance(error, TuneyardError | HTTPException):
        return error.status_code
    if isinstance(error, ClientDisconnect):
        return HUNG_UP
    return 422 if isinstance(error, RequestValidationError) else 500
