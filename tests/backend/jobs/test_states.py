"""Cancel, pause, resume and retry through the API, in every state."""

from pathlib import Path

import pytest
from sqlalchemy import text

from tuneyard.jobs import states
from tuneyard.jobs.models import TERMINAL, JobStatus
from tuneyard.jobs.states import Action
from tuneyard.kit.db import Database
from tuneyard.kit.ids import new_id

DOCS = Path(__file__).parents[3] / "docs" / "jobs.md"
# Where each action leads, in words of its own: a change of the table has to be meant.
LEADS = {
    "cancel": {"queued": "cancelled", "running": "running", "paused": "cancelled", "cancelled": "cancelled"},
    "pause": {"queued": "paused", "running": "running", "paused": "paused"},
    "resume": {"queued": "queued", "running": "running", "paused": "queued"},
    "retry": {"queued": "queued", "running": "running", "failed": "queued", "cancelled": "queued"},
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
@pytest.mark.parametrize("action", LEADS)
def test_action_in_state_twice_is_as_if_once(client, make_job, action, status):
    job_id = make_job(status)
    before = client.get(f"/api/v1/jobs/{job_id}").json()
    first, second = (client.post(f"/api/v1/jobs/{job_id}/{action}") for _ in range(2))
    assert (first.status_code, steady(first)) == (second.status_code, steady(second))
    if status in LEADS[action]:
        assert (first.status_code, first.json()["status"]) == (200, LEADS[action][status])
    else:
        assert (first.status_code, first.json()["error"]["code"]) == (409, "wrong_state")
        assert f"The job is {status}." in first.json()["error"]["message"]
        assert client.get(f"/api/v1/jobs/{job_id}").json() == before
    changes = action in before["actions"]
    assert changes == (LEADS[action].get(status, status) != status or (status, action) in TOLD_TO_THE_WORKER)


TOLD_TO_THE_WORKER = {("running", "pause"), ("running", "cancel")}


def steady(answer):
    """An answer without the moment it is expected to start, which is counted from now."""
    return {name: value for name, value in answer.json().items() if name != "expected_start_at"}


def test_from_what_is_over_only_a_person_leads_back():
    ways = [moves for name, moves in states.TRANSITIONS.items() if name != Action.RETRY]
    left = {status for moves in ways for status in TERMINAL if moves.get(status, (status,)) != (status,)}
    assert left == set()


def test_the_docs_have_the_table_of_states():
    assert states.table() in DOCS.read_text(encoding="utf-8")


def test_a_pause_can_be_taken_back_until_the_worker_has_stopped_the_job(client, make_job):
    job_id = make_job("running")
    pausing = client.post(f"/api/v1/jobs/{job_id}/pause").json()
    assert (pausing["asked"], pausing["actions"]) == ("pause", ["cancel", "resume"])
    assert client.post(f"/api/v1/jobs/{job_id}/resume").json()["asked"] is None


def test_a_job_that_is_being_cancelled_can_neither_be_paused_nor_tried_again(client, make_job):
    job_id = make_job("running")
    client.post(f"/api/v1/jobs/{job_id}/cancel")
    for action in ("pause", "resume", "retry"):
        answer = client.post(f"/api/v1/jobs/{job_id}/{action}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "wrong_state")
    told = client.get(f"/api/v1/jobs/{job_id}").json()
    assert (told["asked"], told["actions"]) == ("cancel", [])
    assert client.post(f"/api/v1/jobs/{job_id}/cancel").status_code == 200


def test_pause_and_resume(client, make_job):
    job_id = make_job("queued")
    assert client.post(f"/api/v1/jobs/{job_id}/pause").json()["status"] == "paused"
    assert client.post(f"/api/v1/jobs/{job_id}/resume").json()["status"] == "queued"
    events = client.get(f"/api/v1/jobs/{job_id}/events").json()["data"]
    assert [event["data"]["status"] for event in events] == ["paused", "queued"]
