"""What the operator sets on the machine of the server: shares of workspaces, and priorities of jobs."""

import pytest
from typer.testing import CliRunner
from workspaces import services as services_of

from tuneyard.commands import jobs as jobs_command
from tuneyard.commands import workspaces as workspaces_command
from tuneyard.jobs import fair_share, service
from tuneyard.jobs.fair_share import Standing
from tuneyard.kit.queue import Queue
from tuneyard.specs.job import JobKind


@pytest.fixture
def run(app, settings, monkeypatch):
    monkeypatch.setenv("TUNEYARD_DATABASE_URL", settings.required("database_url"))
    monkeypatch.setenv("TUNEYARD_SECRET", settings.required("secret"))
    monkeypatch.setenv("COLUMNS", "200")
    return lambda command, *arguments: CliRunner().invoke(command.app, arguments)


def standing(workspace, queue):
    with services_of(workspace.app).database.system() as session:
        return fair_share.standings(session, queue).get(workspace.id, Standing())


def test_the_share_of_a_workspace_is_set_and_shown(run, workspace):
    assert run(workspaces_command, "set", workspace.name, "--weight", "2").exit_code == 0
    assert run(workspaces_command, "set", workspace.name, "--most-running", "3", "--queue", "train").exit_code == 0
    assert standing(workspace, Queue.TRAIN) == Standing(weight=2.0, most_running=3)
    assert standing(workspace, Queue.DATA) == Standing(weight=2.0)
    lines = run(workspaces_command).stdout.splitlines()
    (line,) = [text for text in lines if workspace.name in text and "train" in text]
    assert [cell.strip() for cell in line.split("│")[2:-1]] == ["train", "2", "3", "0", "0"]
    assert run(workspaces_command, "set", workspace.name, "--no-limit").exit_code == 0
    assert standing(workspace, Queue.TRAIN) == Standing(weight=2.0)


def test_what_can_not_be_meant_is_refused(run, workspace):
    assert run(workspaces_command, "set", workspace.name).exit_code == 2
    assert run(workspaces_command, "set", workspace.name, "--weight", "0").exit_code == 2
    assert "no workspace" in str(run(workspaces_command, "set", "nobody", "--weight", "1").exception)


def test_a_job_is_let_go_first(run, workspace):
    own = services_of(workspace.app)
    with own.database.workspace(workspace.id) as session:
        values = {"kind": JobKind.INGEST, "name": "n", "spec": {}, "queue": Queue.DATA}
        ids = [service.submit(session, own.doorbell, workspace_id=workspace.id, **values).id for _ in range(2)]
    assert run(jobs_command, "priority", ids[1], "7").exit_code == 0
    told = {job["id"]: job["queue_position"] for job in workspace.client.get("/api/v1/jobs").json()["data"]}
    assert told[ids[1]] < told[ids[0]]
    assert "no job" in str(run(jobs_command, "priority", "job_nothing", "1").exception)
