"""Whatever people and workers do, in any order: a sweep never takes a file that a row refers to, or is about to."""

import dataclasses
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import possessions
import pytest
import workspaces
from dataset_factory import Publisher, upload
from fastapi import FastAPI
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from model_versions import manifest_of, sha256
from serving_double import report
from sqlalchemy import text, update
from workspaces import WorkspaceUnderTest, services

from tuneyard.datasets import service as datasets
from tuneyard.datasets.receiving import ReceivedFile
from tuneyard.housekeeping.sweeping import sweep
from tuneyard.jobs import leases
from tuneyard.jobs import service as jobs
from tuneyard.jobs.leases import Lease
from tuneyard.jobs.models import Checkpoint, Job, JobStatus, Outcome
from tuneyard.kit import clock
from tuneyard.kit.ids import new_id
from tuneyard.kit.queue import Queue
from tuneyard.kit.references import item_of, referenced
from tuneyard.kit.storage import Store
from tuneyard.predictions import service as predictions
from tuneyard.predictions.models import Batch
from tuneyard.registry import service as registry
from tuneyard.specs.job import JobKind
from tuneyard.specs.manifest import ModelManifest

# Written out, so that a column that is not marked as a reference is noticed.
REFERENCES = text("""
    SELECT storage_key FROM uploads UNION SELECT storage_key FROM dataset_versions
    UNION SELECT storage_key FROM model_versions UNION SELECT location FROM checkpoints
    UNION SELECT input_key FROM batches UNION SELECT result_key FROM batches WHERE result_key IS NOT NULL
""")
LONG = 400


@dataclass
class Time:
    """The clock of the platform, which the test sets forward."""

    days: int = 0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(days=self.days)


@dataclass(eq=False)
class Attempt:
    """A worker with a job in hand, and what it has made of it so far."""

    lease: Lease
    steps: int = 0
    published: bool = False


@dataclass(eq=False)
class Arriving:
    """A file that has come in, of which no row knows yet."""

    key: str
    day: int


class Life(RuleBasedStateMachine):
    """One workspace: its people through the api, its worker through the services, and a sweep at any time."""

    datasets, arriving = Bundle("datasets"), Bundle("arriving")
    attempts, models, deployments = Bundle("attempts"), Bundle("models"), Bundle("deployments")

    def __init__(self, app: FastAPI, time: Time, folder: Path) -> None:
        super().__init__()
        self.time = time
        self.time.days = 0
        app.state.services = dataclasses.replace(services(app), store=Store(folder / new_id("life")))
        self.workspace = workspaces.make_workspace(app)
        self.id = self.workspace.id
        self.client = self.workspace.client
        self.own = services(app)
        self.seen: dict[Path, bytes] = {}
        self.working: list[Attempt] = []
        self.waiting: list[Arriving] = []

    @rule(target=datasets)
    def upload(self):
        dataset_id = upload(self.client)["id"]
        Publisher(self.workspace).publish(dataset_id, [["It crashes", "bug"]])
        return dataset_id

    @rule(target=arriving)
    def begin_upload(self):
        found = Arriving(f"uploads/{self.id}/{new_id('up')}", self.time.days)
        self.write(found.key, b"text,label\n")
        self.waiting.append(found)
        return found

    @rule(target=datasets, found=consumes(arriving))
    def end_upload(self, found):
        self.waiting.remove(found)
        if self.time.days > found.day:
            return multiple()
        with self.own.database.workspace(self.id) as session:
            file = ReceivedFile(found.key, "late.csv", 11, "0" * 64)
            made = datasets.create(session, self.own.settings, workspace_id=self.id, name=None, file=file)
        return made[0].id

    @rule(dataset_id=consumes(datasets))
    def delete_dataset(self, dataset_id):
        assert self.client.delete(f"/api/v1/datasets/{dataset_id}").status_code == 204

    @rule(target=attempts)
    def train(self):
        kind = JobKind.FINE_TUNE
        with self.own.database.workspace(self.id) as session:
            jobs.submit(
                session, self.own.doorbell, workspace_id=self.id, kind=kind, name="m", spec={}, queue=Queue.TRAIN
            )
        return self.claimed(Queue.TRAIN)

    @rule(attempt=attempts)
    def checkpoint(self, attempt):
        attempt.steps += 1
        key = f"checkpoints/{self.id}/{attempt.lease.job_id}-{attempt.lease.attempt}/{attempt.steps}"
        self.write(f"{key}/weights", bytes([attempt.steps]))
        named = {"job_id": attempt.lease.job_id, "attempt": attempt.lease.attempt, "step": attempt.steps}
        with self.own.database.workspace(self.id) as session:
            row = Checkpoint(id=new_id("ck"), workspace_id=self.id, location=key, manifest_sha256="0" * 64, **named)
            session.add(row)

    @rule(attempt=attempts)
    def publish(self, attempt):
        """The file comes first; until the commit, nothing but the lease says whose it is."""
        self.put(attempt)

    @rule(target=models, attempt=consumes(attempts))
    def record(self, attempt):
        self.put(attempt)
        key, made = self.key(attempt), multiple()
        with self.own.database.workspace(self.id) as session:
            assert leases.hold(session, attempt.lease)
            if attempt.lease.kind == JobKind.FINE_TUNE:
                path = self.artifact(attempt) / "manifest.json"
                made = registry.publish_version(
                    session, workspace_id=self.id, model_name=attempt.lease.job_id, job_id=attempt.lease.job_id,
                    storage_key=key, manifest=ModelManifest.model_validate_json(path.read_bytes()),
                    manifest_sha256=sha256(path),
                )  # fmt: skip
            else:
                predictions.complete_batch(
                    session, workspace_id=self.id, job_id=attempt.lease.job_id, result_key=f"{key}/result.csv"
                )
            leases.finish(session, attempt.lease, JobStatus.SUCCEEDED, Outcome.SUCCEEDED)
        self.working.remove(attempt)
        return made

    @rule(attempt=consumes(attempts))
    def fail(self, attempt):
        self.finish(attempt, JobStatus.FAILED, Outcome.FAILED)

    @rule(target=attempts, attempt=consumes(attempts))
    def lose_the_worker(self, attempt):
        self.finish(attempt, JobStatus.QUEUED, Outcome.LOST)
        return self.claimed(
            Queue.TRAIN if attempt.lease.kind == JobKind.FINE_TUNE else Queue.DATA, attempt.lease.job_id
        )

    @rule(target=deployments, version=models)
    def deploy(self, version):
        name = new_id("d").replace("_", "-")
        answer = self.client.post("/api/v1/deployments", json={"name": name, "model_version_id": version.id})
        if answer.status_code == 404:
            return multiple()
        report(self.client, self.own.settings.required("service_token"), version.id)
        return name

    @rule(target=attempts, name=deployments)
    def send_batch(self, name):
        file = {"file": ("tickets.csv", b"body\nWhere is my invoice?\n", "text/csv")}
        answer = self.client.post(f"/api/v1/deployments/{name}/batches", files=file)
        assert answer.status_code == 202, answer.text
        return self.claimed(Queue.DATA, answer.json()["job_id"])

    @rule(version=models)
    def delete_model(self, version):
        assert self.client.delete(f"/api/v1/models/{version.model_id}").status_code in (204, 404, 409)

    @rule(name=consumes(deployments))
    def delete_deployment(self, name):
        assert self.client.delete(f"/api/v1/deployments/{name}").status_code == 204

    @rule(days=st.sampled_from([2, 0, 40]))
    def sweep(self, days):
        self.time.days += days
        told = sweep(self.own.settings, self.own.database, self.own.store, dry_run=True)
        before = self.files()
        went = sweep(self.own.settings, self.own.database, self.own.store)
        assert went == told
        gone = {item_of(path.relative_to(self.root).as_posix()) for path in before - self.files()}
        assert gone <= {removal.what for removal in went}
        self.look()

    @invariant()
    def files_are_as_old_as_the_clock_says(self):
        for path in self.files() - self.seen.keys():
            self.seen[path] = path.read_bytes()
            os.utime(path, (self.time.now().timestamp(),) * 2)

    def look(self) -> None:
        """Everything that a row refers to, or is about to, is there and as it was."""
        for key in self.referenced():
            known = [path for path in self.seen if path.is_relative_to(self.root / key)]
            assert known, key
            assert all(path.exists() and path.read_bytes() == self.seen[path] for path in known), key
        young = [found.key for found in self.waiting if found.day == self.time.days]
        made = [self.key(attempt) for attempt in self.working if attempt.published]
        assert all((self.root / key).exists() for key in young + made)

    def teardown(self):
        """In the end, when nobody works any more, nothing is left but what a row refers to."""
        for attempt in list(self.working):
            self.finish(attempt, JobStatus.FAILED, Outcome.FAILED)
        self.waiting.clear()
        self.time.days += LONG
        sweep(self.own.settings, self.own.database, self.own.store)
        self.look()
        left = {item_of(path.relative_to(self.root).as_posix()) for path in self.files()}
        assert left == {item_of(key) for key in self.referenced()}

    @property
    def root(self) -> Path:
        return self.own.store.root.resolve()

    def files(self) -> set[Path]:
        return {path for path in self.root.glob(f"*/{self.id}/**/*") if path.is_file()}

    def referenced(self) -> list[str]:
        with self.own.database.workspace(self.id) as session:
            return list(session.scalars(REFERENCES))

    def write(self, key: str, content: bytes) -> None:
        with self.own.store.create(key) as file:
            file.write(content)

    def put(self, attempt: Attempt) -> None:
        """What the worker moves into the store, once."""
        if attempt.published:
            return
        attempt.published = True
        if attempt.lease.kind == JobKind.FINE_TUNE:
            manifest = manifest_of(attempt.lease.job_id, ["body"], [])
            self.write(f"{self.key(attempt)}/model/weights", b"weights")
            self.write(f"{self.key(attempt)}/manifest.json", manifest.model_dump_json(by_alias=True).encode())
        else:
            self.write(f"{self.key(attempt)}/result.csv", b"body,prediction\n")

    def key(self, attempt: Attempt) -> str:
        area = "models" if attempt.lease.kind == JobKind.FINE_TUNE else "batches"
        return f"{area}/{self.id}/{attempt.lease.job_id}-{attempt.lease.attempt}"

    def artifact(self, attempt: Attempt) -> Path:
        return self.own.store.path(self.key(attempt))

    def claimed(self, queue: Queue, job_id: str | None = None) -> Attempt:
        """The job, or the newest, is this worker's; others' jobs that wait in the database are passed over."""
        mine = update(Job).where(Job.workspace_id == self.id, Job.status == JobStatus.QUEUED, Job.queue == queue)
        with self.own.database.workspace(self.id) as session:
            session.execute(
                (mine.where(Job.id == job_id) if job_id else mine.where(Job.kind != JobKind.INGEST)).values(
                    priority=1000
                )
            )
        lease = leases.take(self.own.database, queue, owner="worker", host="host", lease_seconds=3600)
        assert lease is not None
        assert lease.workspace_id == self.id
        self.working.append(Attempt(lease))
        return self.working[-1]

    def finish(self, attempt: Attempt, status: JobStatus, outcome: Outcome) -> None:
        with self.own.database.workspace(self.id) as session:
            leases.finish(session, attempt.lease, status, outcome)
        self.working.remove(attempt)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Iterator[Time]:
    time = Time()
    monkeypatch.setattr(clock, "now", time.now)
    return time


def test_every_column_that_names_a_file_is_a_reference(workspace: WorkspaceUnderTest) -> None:
    mine = possessions.fill(workspace)
    with services(workspace.app).database.workspace(workspace.id) as session:
        session.execute(update(Batch).where(Batch.id == mine["batch_id"]).values(result_key="batches/a/b/result.csv"))
        named = session.scalars(REFERENCES).all()
        assert len(named) == 6
        assert referenced(session) == set(named)


def test_references_are_known_before_anything_else_is_loaded() -> None:
    code = (
        "from types import SimpleNamespace; from tuneyard.kit.references import referenced;"
        "referenced(SimpleNamespace(execute=lambda query: print(query) or []))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.count("SELECT") == 6


def test_a_sweep_takes_what_nobody_needs_and_nothing_else(app: FastAPI, time: Time, tmp_path: Path) -> None:
    run_machine(
        lambda: Life(app, time, tmp_path),
        settings=settings(max_examples=10, stateful_step_count=30, deadline=None, database=None, print_blob=True),
    )
