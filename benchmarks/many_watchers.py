"""Event streams of many watchers on jobs that run: leased and told of by the worker's own code, without trainers."""

import asyncio
import json
import multiprocessing
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import psutil
from sqlalchemy import text

from tuneyard.jobs import leases
from tuneyard.jobs.leases import Lease
from tuneyard.jobs.models import JobStatus, Outcome
from tuneyard.kit import clock
from tuneyard.kit.db import Database
from tuneyard.kit.queue import Queue
from tuneyard.specs.events import EventType

LEASE_SECONDS = 600.0
# As a trainer tells it (trainers/progress.py) and a supervisor adds to it (resource_meter.py).
PROGRESS_SECONDS = 1.0
RESOURCES_EVERY = 2
SETTLE_SECONDS = 5.0


@dataclass
class Watcher:
    """What one stream has brought."""

    job_id: str
    sequences: list[int] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    ended: bool = False


@dataclass
class Watched:
    """The watchers, how many events each job had, and the share of a core that the api took."""

    watchers: list[Watcher]
    events: dict[str, int]
    share: float

    @property
    def wrong(self) -> int:
        """Watchers that did not see every event of their job, in order, once."""
        return sum(
            not each.ended or each.sequences != list(range(1, self.events[each.job_id] + 1)) for each in self.watchers
        )

    @property
    def late(self) -> list[float]:
        return sorted(seconds for each in self.watchers for seconds in each.late)


def watch(api: httpx.Client, process: psutil.Process, database_url: str, watchers: int, seconds: float) -> Watched:
    """Take every job that waits, tell of all of them for so long, and end them, while `watchers` streams follow."""
    context = multiprocessing.get_context("spawn")
    jobs: Any = context.Queue()
    begin = context.Event()
    teller = context.Process(target=_tell, args=(database_url, seconds + 2 * SETTLE_SECONDS, jobs, begin))
    teller.start()
    job_ids = jobs.get()
    following = [Watcher(job_ids[number % len(job_ids)]) for number in range(watchers)]
    share = asyncio.run(_follow(api, process, following, begin, seconds))
    teller.join()
    return Watched(following, jobs.get(), share)


async def _follow(
    api: httpx.Client, process: psutil.Process, watchers: list[Watcher], begin: Any, seconds: float
) -> float:
    limits = httpx.Limits(max_connections=None)
    client = httpx.AsyncClient(base_url=api.base_url, headers=api.headers, limits=limits, timeout=None, trust_env=False)
    async with client:
        streams = [asyncio.create_task(_stream(client, each)) for each in watchers]
        while not all(each.sequences for each in watchers):
            await asyncio.sleep(0.1)
        begin.set()
        await asyncio.sleep(SETTLE_SECONDS)
        before, began = busy(process), time.monotonic()
        await asyncio.sleep(seconds)
        share = (busy(process) - before) / (time.monotonic() - began)
        await asyncio.wait_for(asyncio.gather(*streams), 60)
    return share


async def _stream(client: httpx.AsyncClient, watcher: Watcher) -> None:
    headers = {"accept": "text/event-stream"}
    async with client.stream("GET", f"/jobs/{watcher.job_id}/events", headers=headers) as answer:
        answer.raise_for_status()
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                event = json.loads(line.removeprefix("data: "))
                watcher.sequences.append(event["sequence"])
                if event["type"] == EventType.PROGRESS:
                    watcher.late.append((datetime.now(UTC) - datetime.fromisoformat(event["at"])).total_seconds())
    watcher.ended = True


def _tell(database_url: str, seconds: float, jobs: Any, begin: Any) -> None:
    """In a process of its own: the supervisors of all jobs."""
    database = Database(database_url, pool_size=1)
    held: list[Lease] = []
    while lease := leases.take(database, Queue.TRAIN, owner="bench", host="bench", lease_seconds=LEASE_SECONDS):
        held.append(lease)
    jobs.put([lease.job_id for lease in held])
    begin.wait()
    began = time.monotonic()
    for number in range(int(seconds / PROGRESS_SECONDS)):
        for place, lease in enumerate(held):
            due = began + (number + place / len(held)) * PROGRESS_SECONDS
            time.sleep(max(0.0, due - time.monotonic()))
            _renew(database, lease, number)
    for lease in held:
        with database.workspace(lease.workspace_id) as session:
            leases.finish(session, lease, JobStatus.CANCELLED, Outcome.CANCELLED)
    with database.system() as session:
        rows = session.execute(text("SELECT id, last_event FROM jobs WHERE lease_owner IS NULL")).all()
    jobs.put({row.id: row.last_event for row in rows})
    database.close()


def _renew(database: Database, lease: Lease, number: int) -> None:
    progress = {"step": number, "total_steps": 1000, "epoch": 0.0, "fraction": number / 1000, "eta_seconds": 60.0}
    rows: list[dict[str, Any]] = [{"type": EventType.PROGRESS, "at": clock.now(), "data": progress}]
    if number % RESOURCES_EVERY == 0:
        used = {"memory_bytes": 10**9, "memory_total_bytes": 10**10, "processors": 1.5, "processors_total": 2}
        rows.append({"type": EventType.RESOURCES, "at": clock.now(), "data": used})
    with database.workspace(lease.workspace_id) as session:
        leases.renew(session, lease, LEASE_SECONDS, events=rows, changes={"progress": progress})


def busy(process: psutil.Process) -> float:
    """Seconds of processor time so far."""
    times = process.cpu_times()
    return times.user + times.system
