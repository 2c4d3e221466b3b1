"""Cancel, pause, resume and retry through the API, in every state."""

import pytest
from sqlalchemy import text

from tuneyard.jobs.models import JobStatus
from tuneyard.kit.db import Database
from tuneyard.kit.ids import new_id

ALLOWED = {
    "cancel": {"queued", "running", "paused", "cancelled"},
    "pause": {"queued", "running", "paused"},
    "resume": {"queued", "running", "paused"},
    "retry": {"failed", "cancelled"},
}


@pytest.fixture
def make_job(database_url, workspace):
    database = Database(database_url)

    def make(status):
        job_id = new_id("job")
        with database.workspace(workspace.id) as session:
            session.execute(
                text(
                    "INSERT INTO jobs (id, workspace_id, kind, name, queue, spec, status, lease_token) "
                    "VALUES (:id, :workspace, 'ingest', 'n', 'train', '{}', :status, :token)"
                ),
                {
                    "id": job_id,
                    "workspace": workspace.id,
                    "status": status,
                    "token": "t" if status == "running" else None,
                },
            )
        return job_id

    yield make
    with database.workspace(workspace.id) as session:
        session.execute(text("DELETE FROM jobs"))
    database.close()


@pytest.mark.parametrize("status", [status.value for status in JobStatus])
@pytest.mark.parametrize("action", ALLOWED)
def test_action_in_state(client, make_job, action, status):
    answer = client.post(f"/api/v1/jobs/{make_job(status)}/{action}")
    if status in ALLOWED[action]:
        assert answer.status_code == 200
    else:
        assert answer.status_code == 409
        assert answer.json()["error"]["code"] == "wrong_state"
        assert f"The job is {status}." in answer.json()["error"]["message"]


def test_a_queued_job_is_cancelled_at_once_and_twice_is_the_same(client, make_job):
    job_id = make_job("queued")
    first = client.post(f"/api/v1/jobs/{job_id}/cancel").json()
    assert first["status"] == "cancelled"
    assert client.post(f"/api/v1/jobs/{job_id}/cancel").json() == first


def test_a_running_job_keeps_running_until_its_worker_has_stopped_it(client, make_job):
    answer = client.post(f"/api/v1/jobs/{make_job('running')}/cancel")
    assert answer.json()["status"] == "running"


def test_pause_and_resume(client, make_job):
    job_id = make_job("queued")
    assert client.post(f"/api/v1/jobs/{job_id}/pause").json()["status"] == "paused"
    assert client.post(f"/api/v1/jobs/{job_id}/resume").json()["status"] == "queued"
    events = client.get(f"/api/v1/jobs/{job_id}/events").json()["data"]
    assert [event["data"]["status"] for event in events] == ["paused", "queued"]
