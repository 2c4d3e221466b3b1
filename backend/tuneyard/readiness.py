"""Whether the api lives, and whether every part of the platform is ready."""

import asyncio
import contextlib
from collections.abc import Mapping

import httpx
import redis
from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from tuneyard.jobs.dispatcher import LOCK as DISPATCHER_LOCK
from tuneyard.jobs.workers import ALIVE_SECONDS
from tuneyard.kit.config import Settings
from tuneyard.kit.db import SYSTEM_ROLE, normalised
from tuneyard.kit.queue import Queue
from tuneyard.kit.services import ServicesDep

router = APIRouter(tags=["health"])

# `tuneyard status` waits five seconds for all of it; libpq takes no less than two for a connection.
DATABASE_SECONDS = 2
REDIS_SECONDS = 1
SERVING_SECONDS = 1


class Health(BaseModel):
    status: str = Field(description="Always `ok`: the api answers.", examples=["ok"])


class PartState(BaseModel):
    ready: bool = Field(description="Whether it can do its work.")
    detail: str | None = Field(None, description="Why not.", examples=["does not answer"])


class Readiness(BaseModel):
    ready: bool = Field(description="Whether every part is ready.")
    parts: dict[str, PartState] = Field(description="postgres, redis, worker, dispatcher and serving.")


READY = PartState(ready=True, detail=None)


@router.get("/healthz", response_model=Health, summary="Whether the api lives")
async def healthz() -> Health:
    """Looks at nothing else."""
    return Health(status="ok")


@router.get(
    "/readyz",
    response_model=Readiness,
    responses={503: {"model": Readiness, "description": "A part is not ready."}},
    summary="Whether every part is ready",
)
async def readyz(services: ServicesDep, response: Response) -> Readiness:
    """Part by part; 503 with the same body if one is not ready."""
    settings = services.settings
    # Threads of their own: those of requests may all be waiting for a database that hangs.
    database, broker, serving = await asyncio.gather(
        asyncio.to_thread(database_parts, settings), asyncio.to_thread(redis_part, settings), serving_part(settings)
    )
    parts = {"postgres": database["postgres"], "redis": broker, **database, "serving": serving}
    ready = all(part.ready for part in parts.values())
    response.status_code = 200 if ready else 503
    return Readiness(ready=ready, parts=parts)


def database_parts(settings: Settings) -> Mapping[str, PartState]:
    """postgres, and worker and dispatcher as it knows them."""
    # Not from the pool: a pooled connection to a server that hangs would be waited for without end.
    engine = create_engine(
        normalised(settings.required("database_url")),
        poolclass=NullPool,
        connect_args={"connect_timeout": DATABASE_SECONDS, "options": f"-c statement_timeout={DATABASE_SECONDS}s"},
    )
    try:
        with engine.begin() as connection:
            connection.execute(text(f"SET LOCAL ROLE {SYSTEM_ROLE}"))
            worker, dispatcher = _worker(connection), _dispatcher(connection)
    except OperationalError:
        return _without_database("does not answer")
    except ProgrammingError:
        return _without_database("its tables are not up to date: run `tuneyard db upgrade`")
    return {"postgres": READY, "worker": worker, "dispatcher": dispatcher}


def redis_part(settings: Settings) -> PartState:
    """redis, by a ping."""
    client = redis.Redis.from_url(
        settings.required("redis_url"),
        socket_connect_timeout=REDIS_SECONDS,
        socket_timeout=REDIS_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    with contextlib.closing(client):
        try:
            client.ping()
        except redis.RedisError:
            return PartState(ready=False, detail="does not answer")
    return READY


async def serving_part(settings: Settings) -> PartState:
    """serving, by its own health check."""
    try:
        async with httpx.AsyncClient(timeout=SERVING_SECONDS, trust_env=False) as client:
            answer = await client.get(f"{settings.serving_url}/healthz")
    except (httpx.HTTPError, httpx.InvalidURL):
        return PartState(ready=False, detail="does not answer")
    if answer.status_code != 200:
        return PartState(ready=False, detail=f"answers with status {answer.status_code}")
    return READY


def _worker(connection: Connection) -> PartState:
    seen = text(
        "SELECT DISTINCT jsonb_array_elements_text(queues) FROM worker_processes"
        " WHERE seen_at > clock_timestamp() - make_interval(secs => :seconds)"
    )
    queues = set(connection.execute(seen, {"seconds": ALIVE_SECONDS}).scalars())
    missing = [queue.value for queue in Queue if queue.value not in queues]
    if missing:
        detail = f"nobody works on the queue {' and '.join(missing)}: start `tuneyard worker`, or see /settings/workers"
        return PartState(ready=False, detail=detail)
    return READY


def _dispatcher(connection: Connection) -> PartState:
    # A lock of one number: its upper half is classid, its lower half objid.
    held = text(
        "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
        " AND classid = 0 AND objid = :lock"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
    )
    if not connection.execute(held, {"lock": DISPATCHER_LOCK}).scalar_one():
        return PartState(ready=False, detail="does not run")
    return READY


def _without_database(detail: str) -> Mapping[str, PartState]:
    unknown = PartState(ready=False, detail="not known without the database")
    return {"postgres": PartState(ready=False, detail=detail), "worker": unknown, "dispatcher": unknown}
