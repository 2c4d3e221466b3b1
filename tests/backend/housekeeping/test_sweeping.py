"""What is kept for a time only, the reasons that are told, and the command."""

import os
import time
from datetime import timedelta
from pathlib import Path

import possessions
import pytest
from possessions import Possessions
from sqlalchemy import select, update
from typer.testing import CliRunner
from workspaces import WorkspaceUnderTest, services

from tuneyard.cli import app as command_line
from tuneyard.housekeeping.sweeping import Removal, sweep
from tuneyard.jobs import repository as jobs
from tuneyard.jobs.models import Checkpoint, Job, JobEvent, JobStatus
from tuneyard.kit import clock
from tuneyard.kit.config import Settings
from tuneyard.predictions.models import Batch
from tuneyard.specs.events import EventType

DAYS = 86_400


@pytest.fixture
def mine(workspace: WorkspaceUnderTest) -> Possessions:
    """One of everything; the job told one event of each type."""
    found = possessions.fill(workspace)
    with services(workspace.app).database.workspace(workspace.id) as session:
        job = session.get_one(Job, found["job_id"])
        jobs.append_events(
            session, job, [{"type": kind, "at": clock.now(), "data": {"message": "x" * 100}} for kind in EventType]
        )
    return found


def ended(workspace: WorkspaceUnderTest, job_id: str, days: float, status: JobStatus = JobStatus.FAILED) -> None:
    with services(workspace.app).database.workspace(workspace.id) as session:
        values = {"status": status, "finished_at": clock.now() - timedelta(days=days), "lease_token": None}
        session.execute(update(Job).where(Job.id == job_id).values(**values))


def swept(workspace: WorkspaceUnderTest, *, dry_run: bool = False) -> list[Removal]:
    own = services(workspace.app)
    return sweep(own.settings, own.database, own.store, dry_run=dry_run)


def left(workspace: WorkspaceUnderTest, table: type) -> int:
    with services(workspace.app).database.workspace(workspace.id) as session:
        return len(session.scalars(select(table)).all())


def old_file(path: Path, days: float = 1.1) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"12345")
    os.utime(path, (time.time() - days * DAYS,) * 2)
    return path


def test_how_it_went_is_forgotten_and_what_came_out_is_kept(workspace: WorkspaceUnderTest, mine: Possessions) -> None:
    ended(workspace, mine["job_id"], 89)
    swept(workspace)
    before = left(workspace, JobEvent)
    ended(workspace, mine["job_id"], 91)
    (removal,) = (item for item in swept(workspace) if mine["job_id"] in item.what and "events" in item.what)
    assert removal.what == f"3 events of {mine['job_id']}"
    assert removal.bytes > 300
    assert removal.reason == "the job ended more than 90 days ago (TUNEYARD_EVENTS_DAYS)"
    assert left(workspace, JobEvent) == before - 3
    events = workspace.client.get(f"/api/v1/jobs/{mine['job_id']}/events").json()["data"]
    assert {event["type"] for event in events} == {"status", "metrics", "samples"}


@pytest.mark.parametrize(
    ("table", "status", "kept", "gone"),
    [
        (Batch, JobStatus.SUCCEEDED, 29, 31),
        (Checkpoint, JobStatus.FAILED, 6, 8),
        (Checkpoint, JobStatus.CANCELLED, 6, 8),
        (Checkpoint, JobStatus.SUCCEEDED, None, 0),
        (Checkpoint, JobStatus.PAUSED, 1000, None),
    ],
)
def test_rows_have_their_time(
    workspace: WorkspaceUnderTest,
    mine: Possessions,
    table: type,
    status: JobStatus,
    kept: float | None,
    gone: float | None,
) -> None:
    for days, rows in ((kept, 1), (gone, 0)):
        if days is not None:
            ended(workspace, mine["job_id"], days, status)
            swept(workspace)
            assert left(workspace, table) == rows


def test_files_that_nothing_refers_to_go_with_a_reason(workspace: WorkspaceUnderTest, mine: Possessions) -> None:
    store = services(workspace.app).store
    orphan = old_file(store.path(f"uploads/{workspace.id}/up_x"))
    kept = old_file(store.path(f"uploads/{workspace.id}/{mine['upload_id']}"))
    young = old_file(store.path(f"models/{workspace.id}/model_y/weights"), days=0.9)
    fetched = old_file(store.path("base_models/mine/model.safetensors"))
    expected = [item for item in swept(workspace, dry_run=True) if workspace.id in item.what]
    assert [(item.what, item.bytes) for item in expected] == [(f"uploads/{workspace.id}/up_x", 5)]
    assert expected[0].reason.startswith("nothing refers to it, and it has not changed since ")
    assert orphan.exists()
    swept(workspace)
    assert [path.exists() for path in (orphan, kept, young, fetched)] == [False, True, True, True]


def test_job_directories_go_when_their_attempt_is_over(workspace: WorkspaceUnderTest, mine: Possessions) -> None:
    running, over = (
        old_file(services(workspace.app).settings.jobs_dir / f"{mine['job_id']}-{attempt}" / "spec.json")
        for attempt in (2, 1)
    )
    with services(workspace.app).database.workspace(workspace.id) as session:
        values = {"status": JobStatus.RUNNING, "attempt": 2, "lease_token": "t"}
        session.execute(update(Job).where(Job.id == mine["job_id"]).values(**values))
    swept(workspace)
    assert (running.exists(), over.parent.exists()) == (True, False)
    ended(workspace, mine["job_id"], 0)


def test_the_command_tells_and_then_does(
    workspace: WorkspaceUnderTest, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    orphan = old_file(settings.store_dir / "models" / workspace.id / "job_x-1" / "weights")
    for name in ("database_url", "secret"):
        monkeypatch.setenv(f"TUNEYARD_{name.upper()}", settings.required(name))
    arguments = ["sweep", "--data-dir", str(settings.data_dir)]
    told = CliRunner().invoke(command_line, [*arguments, "--dry-run"])
    assert told.exit_code == 0, told.output
    assert f"     5 bytes  models/{workspace.id}/job_x-1: nothing refers to it" in told.stdout
    assert "Would remove " in told.stdout
    assert orphan.exists()
    done = CliRunner().invoke(command_line, arguments)
    assert done.stdout == told.stdout.replace("Would remove", "Removed")
    assert not orphan.exists()
