"""The dispatcher as a process of its own: it knows every table, and leads only while its connection lives."""

import os
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import text
from workspaces import services

from tuneyard.jobs import dispatcher as dispatching
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
    wait_for(lambda: not orphan.parent.exists())


def test_other_duties_last_as_long_as_it_leads(app):
    """With its connection goes the lock, and another process may do them."""
    told: list[threading.Event] = []
    stop = threading.Event()
    given = {"duties": [lambda _, over: told.append(over)]}
    leader = threading.Thread(target=dispatching.run, args=(services(app), stop), kwargs=given, daemon=True)
    leader.start()
    wait_for(lambda: len(told) == 1)
    with services(app).database.engine.connect() as connection:
        cut = text(
            "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database AS d ON d.oid = database"
            " WHERE locktype = 'advisory' AND objid = :lock AND datname = current_database()"
        )
        assert connection.execute(cut, {"lock": dispatching.LOCK}).scalar_one()
    wait_for(lambda: len(told) == 2)
    assert [over.is_set() for over in told] == [True, False]
    stop.set()
    leader.join(10)
    assert told[1].is_set()


def wait_for(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)
