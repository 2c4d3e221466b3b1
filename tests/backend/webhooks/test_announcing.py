"""What happens to jobs and deployments is told to the webhooks that want it, in the same transaction or not at all."""

from typing import Any

import model_versions
import pytest
from fastapi import FastAPI
from hooks import Hook, MakeHook, Sending
from serving_double import report
from sqlalchemy import text
from workspaces import MakeWorkspace, WorkspaceUnderTest, services

from tuneyard.jobs import leases
from tuneyard.jobs import service as jobs
from tuneyard.jobs.models import JobStatus, Outcome
from tuneyard.kit.config import Settings
from tuneyard.kit.queue import Queue
from tuneyard.specs.job import JobKind
from tuneyard.webhooks import outbox
from tuneyard.webhooks.models import WebhookEvent
from webhook_receiver import Receiver

EVERYTHING = tuple(event.value for event in WebhookEvent)


@pytest.fixture
def every(make_hook: MakeHook) -> Hook:
    """A webhook that is told of everything."""
    return make_hook(events=EVERYTHING)


def told(hook: Hook) -> list[tuple[str, dict[str, Any]]]:
    """Types and data of what it is told, the first first."""
    return [(item["type"], item["payload"]["data"]) for item in reversed(hook.deliveries())]


def submit(workspace: WorkspaceUnderTest) -> str:
    own = services(workspace.app)
    with own.database.workspace(workspace.id) as session:
        job = jobs.submit(
            session,
            own.doorbell,
            workspace_id=workspace.id,
            kind=JobKind.INGEST,
            name="tickets",
            spec={},
            queue=Queue.DATA,
        )
        return job.id


def claim(workspace: WorkspaceUnderTest, job_id: str) -> leases.Lease:
    database = services(workspace.app).database
    with database.system() as session:
        session.execute(text("UPDATE jobs SET priority = 1000 WHERE id = :id"), {"id": job_id})
    lease = leases.take(database, Queue.DATA, owner="w", host="h", lease_seconds=60)
    assert lease
    assert lease.job_id == job_id
    return lease


@pytest.mark.parametrize(
    ("status", "outcome", "expected"),
    [
        (JobStatus.SUCCEEDED, Outcome.SUCCEEDED, "job.succeeded"),
        (JobStatus.FAILED, Outcome.FAILED, "job.failed"),
        (JobStatus.QUEUED, Outcome.LOST, None),
    ],
)
def test_the_end_of_an_attempt_is_told_where_the_job_ends(
    every: Hook, status: JobStatus, outcome: Outcome, expected: str | None
) -> None:
    workspace = every.workspace
    job_id = submit(workspace)
    lease = claim(workspace, job_id)
    with services(workspace.app).database.workspace(workspace.id) as session:
        assert leases.finish(session, lease, status, outcome, result={"model_version_id": "mv_1"})
    facts = {
        "id": job_id,
        "kind": "ingest",
        "name": "tickets",
        "status": status.value,
        "dataset_id": None,
        "model_version_id": "mv_1",
        "url": f"http://127.0.0.1:8321/jobs/{job_id}",
    }
    assert told(every) == ([(expected, facts)] if expected else [])
    workspace.client.post(f"/api/v1/jobs/{job_id}/cancel")


def test_what_people_do_and_what_the_reaper_does_is_told_too(every: Hook) -> None:
    workspace = every.workspace
    job_id = submit(workspace)
    for action in ("pause", "pause", "resume"):
        assert workspace.client.post(f"/api/v1/jobs/{job_id}/{action}").is_success
    claim(workspace, job_id)
    with services(workspace.app).database.system() as session:
        session.execute(
            text("UPDATE jobs SET infra_losses = 3, lease_expires_at = '2001-01-01' WHERE id = :id"), {"id": job_id}
        )
        leases.reap(session, grace_seconds=0)
    assert workspace.client.post(f"/api/v1/jobs/{job_id}/retry").is_success
    assert workspace.client.post(f"/api/v1/jobs/{job_id}/cancel").is_success
    assert [kind for kind, _ in told(every)] == ["job.paused", "job.failed", "job.cancelled"]


def test_what_did_not_happen_is_not_told(every: Hook) -> None:
    workspace = every.workspace
    lease = claim(workspace, submit(workspace))
    with (
        pytest.raises(RuntimeError, match="the disk"),
        services(workspace.app).database.workspace(workspace.id) as session,
    ):
        leases.finish(session, lease, JobStatus.SUCCEEDED, Outcome.SUCCEEDED)
        raise RuntimeError("the disk")
    with services(workspace.app).database.workspace(workspace.id) as session:
        leases.finish(session, lease, JobStatus.FAILED, Outcome.FAILED)
        assert not leases.finish(session, lease, JobStatus.SUCCEEDED, Outcome.SUCCEEDED)
    assert [kind for kind, _ in told(every)] == ["job.failed"]


def test_only_who_wants_to_know_is_told_and_all_with_the_same_id(
    make_hook: MakeHook, make_workspace: MakeWorkspace, receiver: Receiver
) -> None:
    wants, wants_too, wants_other = (make_hook(events=(kind,)) for kind in ("job.paused", "job.paused", "job.failed"))
    other = make_workspace()
    of_another = other.client.post("/api/v1/webhooks", json={"url": receiver.url, "events": list(EVERYTHING)}).json()
    job_id = submit(wants.workspace)
    wants.workspace.client.post(f"/api/v1/jobs/{job_id}/pause")
    assert len({hook.deliveries()[0]["message_id"] for hook in (wants, wants_too)}) == 1
    assert wants_other.deliveries() == []
    assert other.client.get(f"/api/v1/webhooks/{of_another['id']}/deliveries").json()["data"] == []
    wants.workspace.client.post(f"/api/v1/jobs/{job_id}/cancel")


def test_a_webhook_that_is_being_deleted_breaks_no_job(every: Hook) -> None:
    """Whoever ends a job waits until the webhook is gone, and ends it."""
    database = services(every.workspace.app).database
    with database.workspace(every.workspace.id) as telling:
        outbox.announce(telling, every.workspace.id, WebhookEvent.JOB_FAILED, {"url": "/"})
        with database.workspace(every.workspace.id) as deleting:
            deleting.execute(text("SET LOCAL lock_timeout = '100ms'"))
            with pytest.raises(Exception, match="lock timeout"):
                deleting.execute(text("DELETE FROM webhooks"))
            deleting.rollback()


def test_deployments_tell_when_they_answer_differently_or_can_not(
    app: FastAPI, settings: Settings, every: Hook, anonymous: Any
) -> None:
    workspace, token = every.workspace, settings.required("service_token")
    versions = [model_versions.publish(workspace, name).id for name in ("one", "two", "three")]
    path = "/api/v1/deployments/desk"
    made = workspace.client.post("/api/v1/deployments", json={"name": "desk", "model_version_id": versions[0]})
    assert made.status_code == 201, made.text
    assert told(every) == []
    report(anonymous, token, versions[0])
    report(anonymous, token, versions[0])
    for version in versions[1:]:
        routes = {"routes": [{"model_version_id": version}]}
        assert workspace.client.patch(path, json=routes).is_success
        report(anonymous, token, version, status="ready" if version == versions[1] else "failed", message="no")
    report(anonymous, token, versions[2], status="failed", message="no")
    # The revision that serves already: nothing answers differently.
    assert workspace.client.post(f"{path}/rollback", json={"revision": 2}).is_success
    assert workspace.client.post(f"{path}/rollback", json={"revision": 1}).is_success
    found = told(every)
    assert [(kind, facts["revision"], facts["model_version_ids"]) for kind, facts in found] == [
        ("deployment.ready", 1, [versions[0]]),
        ("deployment.changed", 2, [versions[1]]),
        ("deployment.failed", 3, [versions[2]]),
        ("deployment.changed", 1, [versions[0]]),
    ]
    assert found[0][1] | {"id": ""} == {
        "id": "",
        "name": "desk",
        "status": "ready",
        "revision": 1,
        "model_version_ids": [versions[0]],
        "url": "http://127.0.0.1:8321/deployments/desk",
    }


def test_the_dispatcher_sends_it(every: Hook, receiver: Receiver, sending: Sending) -> None:
    job_id = submit(every.workspace)
    every.workspace.client.post(f"/api/v1/jobs/{job_id}/cancel")
    sending.all()
    assert receiver.got[0].verified(every.secret)["data"]["id"] == job_id
