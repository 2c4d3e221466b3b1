"""What is going on: running jobs, and news of those that ended."""

from datetime import timedelta

from fastapi.testclient import TestClient
from workspaces import WorkspaceUnderTest, services

from tuneyard.jobs.models import Job, JobStatus
from tuneyard.kit import clock
from tuneyard.kit.ids import new_id
from tuneyard.kit.queue import Queue
from tuneyard.specs.job import JobKind

ACTIVITY = "/api/v1/activity"


def add_job(workspace: WorkspaceUnderTest, status: JobStatus, *, minutes_ago: float = 0, **columns: object) -> str:
    over = status in (JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED)
    job = Job(
        id=new_id("job"),
        workspace_id=workspace.id,
        kind=JobKind.FINE_TUNE,
        name="tickets",
        queue=Queue.TRAIN,
        spec={},
        status=status,
        lease_token="x" if status == JobStatus.RUNNING else None,
        finished_at=clock.now() - timedelta(minutes=minutes_ago) if over else None,
        **columns,
    )
    with services(workspace.app).database.workspace(workspace.id) as session:
        session.add(job)
    return job.id


def news(client: TestClient) -> list[tuple[str, bool]]:
    return [(job["id"], job["is_new"]) for job in client.get(ACTIVITY).json()["ended"]]


def test_what_waits_or_runs_is_told(workspace: WorkspaceUnderTest) -> None:
    progress = {"step": 1, "total_steps": 4, "epoch": 0, "fraction": 0.25, "eta_seconds": 9}
    active = [
        add_job(workspace, JobStatus.RUNNING, progress=progress),
        add_job(workspace, JobStatus.QUEUED),
        add_job(workspace, JobStatus.PAUSED),
    ]
    add_job(workspace, JobStatus.SUCCEEDED)
    told = workspace.client.get(ACTIVITY).json()
    assert [job["id"] for job in told["active"]] == active[::-1]
    assert told["active"][-1]["progress"]["fraction"] == 0.25
    assert told["active_count"] == 3


def test_news_is_what_finished_or_failed_the_last_first(workspace: WorkspaceUnderTest) -> None:
    error = {"code": "out_of_memory", "message": "It needed too much memory.", "hint": "Choose a smaller model."}
    older = add_job(workspace, JobStatus.SUCCEEDED, minutes_ago=5, result={"model_version_id": "mv_1"})
    newer = add_job(workspace, JobStatus.FAILED, minutes_ago=1, error=error)
    add_job(workspace, JobStatus.CANCELLED)
    told = workspace.client.get(ACTIVITY).json()["ended"]
    assert [job["id"] for job in told] == [newer, older]
    assert told[0]["error"]["message"] == "It needed too much memory."
    assert told[1]["model_version_id"] == "mv_1"


def test_what_was_seen_is_no_news_any_more_in_any_browser_of_ones_own(workspace: WorkspaceUnderTest) -> None:
    browser, somebody_else = workspace.browser(), workspace.browser()
    first = add_job(workspace, JobStatus.SUCCEEDED, minutes_ago=1)
    assert news(browser) == [(first, True)]
    assert browser.post(f"{ACTIVITY}/seen").status_code == 204
    second = add_job(workspace, JobStatus.FAILED)
    assert news(browser) == [(second, True), (first, False)]
    assert news(somebody_else) == [(second, True), (first, True)]


def test_a_key_reads_the_news_and_has_none_of_its_own(workspace: WorkspaceUnderTest) -> None:
    job = add_job(workspace, JobStatus.SUCCEEDED)
    assert news(workspace.client) == [(job, True)]
    assert workspace.client.post(f"{ACTIVITY}/seen").status_code == 403
