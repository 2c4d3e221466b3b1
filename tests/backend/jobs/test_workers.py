"""Who works: the list of workers, and what each workspace may see of it."""

from dataclasses import asdict

import pytest
from sqlalchemy import text
from workspaces import services as services_of

from tuneyard.jobs import leases, service, workers
from tuneyard.jobs.models import JobStatus, Outcome
from tuneyard.jobs.workers import WorkerFacts
from tuneyard.kit.queue import Queue
from tuneyard.specs.events import JobError
from tuneyard.specs.job import JobKind

FACTS = WorkerFacts(
    id="worker_1",
    host="trainer-1",
    queues=["train"],
    device="cpu, 2 threads",
    cores=2,
    memory_bytes=300,
    memory_total_bytes=1000,
    card_memory_bytes=100,
    fast_bf16=True,
    version="0.1.0",
)


@pytest.fixture
def database(app):
    database = services_of(app).database
    with database.system() as session:
        session.execute(text("DELETE FROM worker_processes"))
        session.execute(text("UPDATE jobs SET status = 'cancelled', lease_token = NULL"))
        workers.seen(session, FACTS)
    yield database
    # Its memory would be too small for the jobs of other tests.
    with database.system() as session:
        session.execute(text("DELETE FROM worker_processes"))


@pytest.fixture
def lease(app, database, workspace):
    with database.workspace(workspace.id) as session:
        service.submit(
            session, services_of(app).doorbell, workspace_id=workspace.id, kind=JobKind.FINE_TUNE, name="tickets",
            spec={}, queue=Queue.TRAIN,
        )  # fmt: skip
    return leases.take(database, Queue.TRAIN, owner="worker_1", host="trainer-1", lease_seconds=60)


def test_what_a_worker_is_and_does(client, lease):
    (told,) = client.get("/api/v1/workers").json()["data"]
    assert told["job"]["id"] == lease.job_id
    facts = asdict(FACTS)
    assert {name: told[name] for name in facts} == facts
    assert told["alive"]
    assert told["busy"]
    assert told["device_saying"] == {"code": "processors", "details": {"threads": 2}}
    assert 0 <= told["heartbeat_age_seconds"] < 5


def test_of_another_workspaces_job_is_told_that_the_worker_is_busy(make_workspace, lease):
    answer = make_workspace().client.get("/api/v1/workers")
    (told,) = answer.json()["data"]
    assert (told["busy"], told["job"]) == (True, None)
    assert lease.job_id not in answer.text
    assert "tickets" not in answer.text


def test_a_silent_worker_is_shown_as_such_and_then_forgotten(client, database):
    with database.system() as session:
        session.execute(text("UPDATE worker_processes SET seen_at = clock_timestamp() - interval '31 s'"))
    assert [worker["alive"] for worker in client.get("/api/v1/workers").json()["data"]] == [False]
    with database.system() as session:
        session.execute(text("UPDATE worker_processes SET seen_at = clock_timestamp() - interval '61 min'"))
        workers.seen(session, WorkerFacts(id="worker_2", host="h", queues=["data"]))
    assert [worker["id"] for worker in client.get("/api/v1/workers").json()["data"]] == ["worker_2"]


def test_each_attempt_tells_what_happened(client, database, workspace, lease):
    def end(held, status, outcome, **values):
        with database.workspace(workspace.id) as session:
            assert leases.finish(session, held, status, outcome, **values)

    end(lease, JobStatus.QUEUED, Outcome.LOST, exit_signal=9)
    second = leases.take(database, Queue.TRAIN, owner="worker_2", host="trainer-2", lease_seconds=60)
    error = JobError(code="out_of_memory", message="It needed more.", hint="Take less.", users=True)
    end(second, JobStatus.FAILED, Outcome.OOM, error=error)
    client.post(f"/api/v1/jobs/{lease.job_id}/retry")
    leases.take(database, Queue.TRAIN, owner="worker_2", host="trainer-2", lease_seconds=60)
    told = client.get(f"/api/v1/jobs/{lease.job_id}/attempts").json()["data"]
    assert [(item["attempt"], item["outcome"], item["host"]) for item in told] == [
        (1, "lost", "trainer-1"),
        (2, "oom", "trainer-2"),
        (3, None, "trainer-2"),
    ]
    assert "memory ran out (SIGKILL)" in told[0]["explanation"]
    assert told[1]["error"]["code"] == "out_of_memory"
    assert told[2]["explanation"] == "It is running."
    assert told[1]["finished_at"]
    assert told[2]["finished_at"] is None
