"""The supervisor at the edges of an attempt: its end may be cut off anywhere, and nothing half-done may stay or go."""

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tuneyard.jobs import dispatcher, leases
from tuneyard.jobs.models import Job, JobStatus
from tuneyard.kit.db import Database
from tuneyard.kit.queue import Queue
from tuneyard.kit.storage import Store, StoreUnavailable
from tuneyard_worker import supervisor
from tuneyard_worker.forked_trainer import Nursery
from tuneyard_worker.trainer_process import TrainerProcess


class NoStop:
    def raised(self) -> bool:
        return False


class LostAnswer(Database):
    """Commits the end of a job, and never says so."""

    @contextmanager
    def workspace(self, workspace_id: str) -> Iterator[Session]:
        with super().workspace(workspace_id) as session:
            yield session
            ended = session.scalars(select(Job.id).where(Job.status == JobStatus.SUCCEEDED)).all()
        if ended:
            raise OperationalError("COMMIT", None, ConnectionError("server closed the connection"))


class AwayStore(Store):
    """Can't be reached the first `times` that something is published."""

    times = 2

    def publish(self, directory, key):
        self.times -= 1
        if self.times >= 0:
            raise StoreUnavailable("The store of files can't be reached.")
        super().publish(directory, key)


class AwayDatabase(Database):
    """Says nothing but `words`, until it is back."""

    words = ""
    away_until = 0.0

    @contextmanager
    def workspace(self, workspace_id: str) -> Iterator[Session]:
        if time.monotonic() < self.away_until:
            raise OperationalError("SELECT", None, ConnectionError(self.words))
        with super().workspace(workspace_id) as session:
            yield session


@pytest.fixture
def dataset(client, services):
    answer = client.post("/api/v1/datasets", files={"file": ("tickets.csv", b"text,label\n" + b"hello,a\nbye,b\n" * 9)})
    return answer.json()["id"]


def work(services):
    supervisor.work(services, Queue.DATA, "worker_test", NoStop(), Nursery())


def stored(services, workspace):
    return sorted(path.name for path in services.store.path(f"datasets/{workspace.id}").glob("*"))


def job_of(services, workspace, dataset):
    with services.database.workspace(workspace.id) as session:
        return session.scalars(select(Job).where(Job.dataset_id == dataset)).one()


def test_a_commit_whose_answer_is_lost_keeps_what_it_published(client, services, workspace, dataset, settings):
    lossy = LostAnswer(settings.required("database_url"))
    work(replace(services, database=lossy))
    lossy.close()
    assert client.get(f"/api/v1/datasets/{dataset}").json()["status"] == "ready"
    assert client.get(f"/api/v1/datasets/{dataset}/versions/1/rows").status_code == 200


def test_what_a_killed_attempt_had_moved_into_the_store_is_cleared(services, workspace, dataset):
    job = job_of(services, workspace, dataset)
    services.store.path(f"datasets/{workspace.id}/{job.id}-0").mkdir(parents=True)
    work(services)
    assert stored(services, workspace) == [f"{job.id}-1"]


def short_leases(services, store=None):
    """A lease of half a second, which the reaper gives to nobody else unless a test calls it."""
    changed = services.settings.model_copy(update={"lease_seconds": 0.5, "heartbeat_seconds": 0.1})
    return replace(services, settings=changed, store=store or services.store)


def outcomes(services, workspace):
    with services.database.workspace(workspace.id) as session:
        return session.execute(text("SELECT outcome FROM job_attempts ORDER BY attempt")).scalars().all()


def test_a_store_that_is_back_within_a_lease_costs_nothing(services, workspace, dataset):
    work(replace(services, store=AwayStore(services.store.root)))
    assert outcomes(services, workspace) == ["succeeded"]
    assert stored(services, workspace) == [f"{job_of(services, workspace, dataset).id}-1"]


def test_a_store_that_stays_away_is_told_after_the_last_try(services, workspace, dataset, monkeypatch):
    monkeypatch.setattr(leases, "MOST_RETRIES", 1)
    away = AwayStore(services.store.root)
    away.times = 1000
    work(short_leases(services, away))
    assert outcomes(services, workspace) == ["lost"] * 2
    assert job_of(services, workspace, dataset).error["code"] == "store_unavailable"
    assert stored(services, workspace) == []


def test_publishing_may_take_longer_than_a_lease(services, workspace, dataset):
    class SlowStore(Store):
        def publish(self, directory, key):
            for _ in range(4):
                time.sleep(0.4)
                dispatcher.tick(slow, reap=True)
            super().publish(directory, key)

    slow = short_leases(services, SlowStore(services.store.root))
    work(slow)
    assert outcomes(services, workspace) == ["succeeded"]


def test_a_lease_that_is_lost_while_publishing_publishes_nothing(services, workspace, dataset):
    class Robbed(Store):
        def publish(self, directory, key):
            super().publish(directory, key)
            with services.database.system() as session:
                session.execute(text("UPDATE jobs SET lease_token = 'of another' WHERE status = 'running'"))

    work(replace(services, store=Robbed(services.store.root)))
    assert stored(services, workspace) == []
    assert job_of(services, workspace, dataset).status == JobStatus.RUNNING


@pytest.mark.parametrize(
    ("words", "status"),
    [("connection to server failed: Connection refused", JobStatus.SUCCEEDED), ("timeout expired", JobStatus.RUNNING)],
)
def test_only_a_database_that_is_down_for_all_is_waited_for(
    services, workspace, dataset, settings, monkeypatch, words, status
):
    database = AwayDatabase(settings.required("database_url"))
    started = []

    def start(*given):
        database.words, database.away_until = words, time.monotonic() + 3
        started.append(TrainerProcess(*given))
        return started[0]

    monkeypatch.setattr(supervisor, "TrainerProcess", start)
    work(short_leases(replace(services, database=database)))
    database.close()
    assert job_of(services, workspace, dataset).status == status
    assert len(stored(services, workspace)) == (status == JobStatus.SUCCEEDED)
    assert not started[0].running()
    assert list(services.settings.jobs_dir.iterdir()) == []


def test_a_disk_that_is_full_before_the_trainer_starts_is_named(services, workspace, dataset, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(supervisor, "prepare", full)
    work(services)
    assert job_of(services, workspace, dataset).error["code"] == "disk_full"
    with services.database.workspace(workspace.id) as session:
        assert session.execute(text("SELECT outcome FROM job_attempts")).scalar_one() == "disk_full"


def test_what_needs_a_card_is_not_tried_without_one(services, workspace, dataset, monkeypatch):
    job_id = job_of(services, workspace, dataset).id
    with services.database.system() as session:
        spec = text("UPDATE jobs SET spec = spec || CAST(:more AS jsonb) WHERE id = :id")
        session.execute(spec, {"more": '{"hyperparameters": {"tuning": "qlora"}}', "id": job_id})
    for card, status in ((None, JobStatus.QUEUED), ("NVIDIA A10", JobStatus.SUCCEEDED)):
        monkeypatch.setattr(supervisor, "graphics_card", lambda card=card: card)
        work(services)
        assert job_of(services, workspace, dataset).status == status


def test_claims_are_read_committed_whatever_the_server_prefers(settings):
    url = f"{settings.required('database_url')}&options=-c%20default_transaction_isolation%3Dserializable"
    database = Database(url)
    with database.system() as session:
        assert session.execute(text("SHOW transaction_isolation")).scalar_one() == "read committed"
    database.close()
