"""A queue with few and with many jobs in it: what claims and submits cost."""

import multiprocessing
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import create_engine, text

from tuneyard.embedded import data_directory, secrets, server
from tuneyard.embedded.account import database_account
from tuneyard.embedded.postgres import Postgres
from tuneyard.jobs import leases
from tuneyard.jobs.models import JobStatus, Outcome
from tuneyard.kit import migrations
from tuneyard.kit.db import Database
from tuneyard.kit.queue import Queue

WORKSPACES = 10
CLAIMS = 300
SUBMITS = 100
WORKERS = 8
EACH = 100
LEASE_SECONDS = 600.0


@contextmanager
def database() -> Iterator[str]:
    """URL of a Postgres as `tuneyard up` starts it, with workspaces and without workers."""
    folder = Path(tempfile.mkdtemp(prefix="tuneyard-bench-", dir="/tmp"))
    data_directory.prepare(folder, database_account())
    password = secrets.load_or_create(folder).database_password
    postgres = Postgres(folder / "postgres", password, database_account())
    child = server.start(postgres, folder / "postgres.log")
    try:
        migrations.upgrade(postgres.url)
        with create_engine(postgres.url).begin() as connection:
            connection.execute(text("SET LOCAL ROLE tuneyard_system"))
            names = [{"id": f"ws_{number}"} for number in range(WORKSPACES)]
            connection.execute(text("INSERT INTO workspaces (id, name) VALUES (:id, :id)"), names)
        yield postgres.url
    finally:
        child.stop()
        shutil.rmtree(folder)


def enqueue(url: str, jobs: int) -> None:
    """Add jobs that wait, of every workspace in turn."""
    with create_engine(url).begin() as connection:
        connection.execute(text("SET LOCAL ROLE tuneyard_system"))
        start = connection.execute(text("SELECT count(*) FROM jobs")).scalar_one()
        connection.execute(
            text(
                "INSERT INTO jobs (id, workspace_id, kind, name, queue, spec, status, last_dispatched_at)"
                " SELECT 'job_' || lpad(n::text, 12, '0'), w.id, 'fine_tune', 'job ' || n, 'train', '{}', 'queued',"
                " now()"
                " FROM generate_series(CAST(:first AS int), CAST(:last AS int)) n"
                " JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS all_of_them"
                " FROM workspaces) w ON w.place = n % w.all_of_them"
            ),
            {"first": start + 1, "last": start + jobs},
        )
    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("ANALYZE jobs"))


def claim_p95s(urls: list[str]) -> list[float]:
    """Seconds of a claim on each database, in turns, while as many jobs wait all the time."""
    owns = [Database(url, pool_size=1) for url in urls]
    took: list[list[float]] = [[] for _ in owns]
    for _ in range(CLAIMS):
        for own, seconds in zip(owns, took, strict=True):
            started = time.perf_counter()
            lease = leases.take(own, Queue.TRAIN, owner="bench", host="bench", lease_seconds=LEASE_SECONDS)
            seconds.append(time.perf_counter() - started)
            assert lease is not None
            with own.workspace(lease.workspace_id) as session:
                leases.finish(session, lease, JobStatus.QUEUED, Outcome.PREEMPTED, counts=False)
    for own in owns:
        own.close()
    return [p95(seconds) for seconds in took]


def claims_a_second(url: str) -> float:
    """Of several worker processes together."""
    context = multiprocessing.get_context("spawn")
    gate, ended = context.Barrier(WORKERS + 1), context.Barrier(WORKERS + 1)
    workers = [context.Process(target=_claim_many, args=(url, gate, ended)) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    gate.wait()
    started = time.perf_counter()
    ended.wait()
    seconds = time.perf_counter() - started
    for worker in workers:
        worker.join()
    with create_engine(url).connect() as connection:
        connection.execute(text("SET LOCAL ROLE tuneyard_system"))
        claimed = connection.execute(text("SELECT count(*) FROM jobs WHERE status = 'running'")).scalar_one()
    assert claimed == WORKERS * EACH
    return WORKERS * EACH / seconds


def _claim_many(url: str, gate: Any, ended: Any) -> None:
    own = Database(url, pool_size=1)
    with own.system() as session:
        session.execute(text("SELECT 1"))
    gate.wait()
    for _ in range(EACH):
        leases.take(own, Queue.TRAIN, owner="bench", host="bench", lease_seconds=LEASE_SECONDS)
    ended.wait()


def submit_p95(api: httpx.Client, dataset: dict[str, Any]) -> float:
    """Seconds of `POST /jobs`."""
    request = {"dataset_id": dataset["id"], "task": "text_classification", "preset": "fast"}
    request |= {"columns": {"text": "text", "label": "label"}}
    took = []
    for _ in range(SUBMITS):
        started = time.perf_counter()
        api.post("/jobs", json=request).raise_for_status()
        took.append(time.perf_counter() - started)
    return p95(took)


def p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[-1]
