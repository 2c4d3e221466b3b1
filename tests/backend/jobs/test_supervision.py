"""The supervisor at the edges of an attempt: its end may be cut off anywhere, and nothing half-done may stay or go."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from workspaces import services as services_of

from tuneyard.jobs.models import Job, JobStatus
from tuneyard.kit.db import Database
from tuneyard.kit.queue import Queue
from tuneyard_worker import supervisor


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


@pytest.fixture
def services(app):
    services = services_of(app)
    with services.database.system() as session:
        session.execute(text("UPDATE jobs SET status = 'cancelled', lease_token = NULL WHERE status <> 'succeeded'"))
    return services


@pytest.fixture
def dataset(client, services):
    answer = client.post("/api/v1/datasets", files={"file": ("tickets.csv", b"text,label\n" + b"hello,a\nbye,b\n" * 9)})
    return answer.json()["id"]


def work(services):
    supervisor.work(services, Queue.DATA, "worker_test", NoStop())


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


def test_a_disk_that_is_full_before_the_trainer_starts_is_named(services, workspace, dataset, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(supervisor, "prepare", full)
    work(services)
    assert job_of(services, workspace, dataset).error["code"] == "disk_full"
    with services.database.workspace(workspace.id) as session:
        assert session.execute(text("SELECT outcome FROM job_attempts")).scalar_one() == "disk_full"


def test_claims_are_read_committed_whatever_the_server_prefers(settings):
    url = f"{settings.required('database_url')}&options=-c%20default_transaction_isolation%3Dserializable"
    database = Database(url)
    with database.system() as session:
        assert session.execute(text("SHOW transaction_isolation")).scalar_one() == "read committed"
    database.close()
