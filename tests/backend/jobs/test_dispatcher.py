"""The dispatcher as a process of its own: it knows every table, and leads only while its connection lives."""

import os
import subprocess
import sys
import time

import pytest
from sqlalchemy import text

from tuneyard.kit.db import Database
from tuneyard.kit.ids import new_id


@pytest.fixture
def orphan(tmp_path):
    """A result of days ago that nothing refers to."""
    path = tmp_path / "store" / "models" / "ws_gone" / "job_gone-1" / "manifest.json"
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    os.utime(path, (time.time() - 2 * 86_400,) * 2)
    return path


@pytest.fixture
def dispatcher(settings, tmp_path):
    secrets = {name: settings.required(name) for name in ("database_url", "redis_url", "secret", "service_token")}
    environment = {f"TUNEYARD_{name.upper()}": value for name, value in secrets.items()}
    environment |= {
        "TUNEYARD_DATA_DIR": str(tmp_path),
        "TUNEYARD_LEASE_SECONDS": "0.5",
        "TUNEYARD_REAPER_SECONDS": "0.2",
    }
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tuneyard.cli", "dispatcher"], env=os.environ | environment, stderr=log
        )
        yield process
        process.terminate()
        assert process.wait(10) == 0


def test_it_gives_back_a_job_whose_worker_is_gone(dispatcher, database_url, workspace):
    database = Database(database_url)
    job_id = new_id("job")
    with database.workspace(workspace.id) as session:
        session.execute(
            text(
                "INSERT INTO jobs (id, workspace_id, kind, name, queue, spec, status, attempt, lease_token,"
                " lease_expires_at) VALUES (:id, :workspace, 'ingest', 'n', 'data', '{}', 'running', 1, 't',"
                " clock_timestamp())"
            ),
            {"id": job_id, "workspace": workspace.id},
        )
    deadline = time.monotonic() + 30
    found = None
    while found != "queued" and time.monotonic() < deadline:
        time.sleep(0.2)
        with database.workspace(workspace.id) as session:
            found = session.execute(text("SELECT status FROM jobs WHERE id = :id"), {"id": job_id}).scalar_one()
    assert found == "queued"
    events = workspace.client.get(f"/api/v1/jobs/{job_id}/events").json()["data"]
    assert [event["data"]["status"] for event in events] == ["queued"]
    workspace.client.post(f"/api/v1/jobs/{job_id}/cancel")
    database.close()


def test_it_sweeps_by_itself(orphan, dispatcher):
    deadline = time.monotonic() + 30
    while orphan.parent.exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)
