"""Faults for a running platform: its servers taken away, its processes killed, and what must be true afterwards."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from journey import submit, until, until_gone
from sqlalchemy import create_engine, text
from stack import SETTINGS, Stack, running

from processes import folder_of, working_in
from tuneyard.embedded import data_directory, server
from tuneyard.embedded.account import database_account
from tuneyard.embedded.postgres import Postgres
from tuneyard.embedded.server import Server
from tuneyard.embedded.valkey import Valkey

PASSWORD = "of-a-server-that-lives-for-one-test"
LEASE_SECONDS = float(SETTINGS["TUNEYARD_LEASE_SECONDS"])
# The whole encoder, for long enough to be caught in the middle several times.
LONG = {"tuning": "full", "epochs": 50, "batch_size": 2, "early_stopping_patience": 50}
SLOW = {"hyperparameters": LONG | {"time_budget_seconds": 18}}


class Removable:
    """A server that a test takes away and brings back."""

    def __init__(self, served: Server, log: Path) -> None:
        self._served = served
        self._log = log
        self.bring_back()

    def take_away(self) -> None:
        self._child.stop()

    def bring_back(self) -> None:
        self._child = server.start(self._served, self._log)


@dataclass(frozen=True)
class FaultyPlatform:
    """A platform whose Postgres and Valkey belong to the test."""

    stack: Stack
    postgres: Removable
    valkey: Removable

    def job(self, job_id: str) -> dict[str, Any]:
        return self.stack.api.get(f"/jobs/{job_id}").json()

    def train(self, dataset: dict[str, Any], name: str, **changes: Any) -> dict[str, Any]:
        """A job that is training."""
        job = submit(self.stack.api, dataset, name=name, **SLOW | changes)
        return until(lambda: self.job(job["id"]), lambda found: found["phase"] == "training")

    def attempts(self, job_id: str) -> list[dict[str, Any]]:
        return self.rows("SELECT * FROM job_attempts WHERE job_id = :id ORDER BY attempt", id=job_id)

    def rows(self, query: str, **values: Any) -> list[dict[str, Any]]:
        """What the database says, whichever workspace it belongs to."""
        engine = create_engine(self.stack.run_state()["environment"]["TUNEYARD_DATABASE_URL"])
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL ROLE tuneyard_system"))
            found = [dict(row) for row in connection.execute(text(query), values).mappings()]
        engine.dispose()
        return found

    def trainers(self) -> list[psutil.Process]:
        """Processes that work in a job directory of this platform."""
        return working_in(self.stack.folder / "jobs")

    def trains_again(self, job_id: str, attempt: int) -> dict[str, Any]:
        """The job, once that attempt of it trains."""
        return until(
            lambda: self.job(job_id), lambda found: (found["attempt"], found["phase"]) == (attempt, "training"), 60
        )

    def processes(self, which: str) -> list[psutil.Process]:
        """The worker for trainings, its child that supervises, the trainers, or the process they are forked from."""
        worker = psutil.Process(self.worker_pid())
        if which == "worker":
            return [worker]
        if which == "trainer":
            return self.trainers()
        supervisors = worker.children()
        if which == "supervisor":
            return supervisors
        jobs = self.stack.folder / "jobs"
        return [process for each in supervisors for process in each.children() if folder_of(process) == jobs]

    def worker_pid(self) -> int:
        return next(part["pid"] for part in self.stack.run_state()["parts"] if part["name"] == "worker-train")

    def assert_sound(self, *job_ids: str) -> None:
        """Each job succeeded and published once; nothing of its attempts is left."""
        for job_id in job_ids:
            assert self.job(job_id)["status"] == "succeeded", self.job(job_id)
            made = self.rows("SELECT id FROM model_versions WHERE job_id = :id", id=job_id)
            assert len(made) == 1, (made, self.attempts(job_id))
            outcomes = [attempt["outcome"] for attempt in self.attempts(job_id)]
            assert outcomes.count("succeeded") == 1, outcomes
            assert outcomes[-1] == "succeeded", outcomes
            kept = list((self.stack.folder / "store").glob(f"**/{job_id}-*"))
            assert len(kept) == 1, kept
            until_gone(self.stack.folder / "jobs", f"{job_id}-*")
        assert self.trainers() == []


@contextmanager
def faulty_platform() -> Iterator[FaultyPlatform]:
    """A platform on servers of the test's own."""
    with running_servers() as (postgres, valkey, settings), running(**settings) as stack:
        yield FaultyPlatform(stack, postgres, valkey)


@contextmanager
def running_servers() -> Iterator[tuple[Removable, Removable, Mapping[str, str]]]:
    parent = Path(tempfile.mkdtemp(prefix="tuneyard-faults-", dir="/tmp"))
    data_directory.prepare(parent, database_account())
    served = Postgres(parent / "postgres", PASSWORD, database_account()), Valkey(parent / "valkey", PASSWORD)
    postgres, valkey = (Removable(item, parent / f"{type(item).__name__}.log") for item in served)
    try:
        yield postgres, valkey, {"TUNEYARD_DATABASE_URL": served[0].url, "TUNEYARD_REDIS_URL": served[1].url}
    finally:
        valkey.take_away()
        postgres.take_away()
        shutil.rmtree(parent)


def killed(process: psutil.Process) -> float:
    """When it was killed, by the clock that the database reads too."""
    now = time.time()
    process.kill()
    return now


@contextmanager
def busy_cores() -> Iterator[None]:
    """Every core has more to do than it can."""
    spinning = [sys.executable, "-c", "while True: pass"]
    spinners = [subprocess.Popen(spinning) for _ in range(2 * (os.cpu_count() or 1))]
    try:
        yield
    finally:
        for spinner in spinners:
            spinner.kill()
            spinner.wait()


@contextmanager
def another_worker(platform: FaultyPlatform, queue: str = "train") -> Iterator[subprocess.Popen[bytes]]:
    """One more worker process, started by hand as on another machine."""
    environment = os.environ | platform.stack.run_state()["environment"] | SETTINGS
    command = [sys.executable, "-m", "tuneyard.cli", "worker", "--queues", queue]
    worker = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    known = len(platform.rows("SELECT id FROM worker_processes"))
    try:
        until(lambda: len(platform.rows("SELECT id FROM worker_processes")), lambda count: count > known, 60)
        yield worker
    finally:
        if worker.poll() is None:
            worker.send_signal(signal.SIGTERM)
            worker.wait(60)
