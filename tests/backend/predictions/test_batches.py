"""Batches: a file in, a job, the same file with predictions out."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from model_versions import Deploy, PublishedVersion
from serving_double import ServingDouble, report
from workspaces import MakeWorkspace, WorkspaceUnderTest, services
from written_versions import publish_writer

from tuneyard.jobs import service as jobs
from tuneyard.jobs.models import JobStatus
from tuneyard.kit.config import Settings
from tuneyard.predictions import service
from tuneyard.specs.tasks import Task

URL = "/api/v1/deployments/support/batches"
FILE = {"file": ("tickets.csv", b"body\nWhere is my invoice?\n", "text/csv")}


def send(client: TestClient, **fields: str) -> dict[str, Any]:
    answer = client.post(URL, files=FILE, data=fields)
    assert answer.status_code == 202, answer.text
    return answer.json()


def store_of(workspace: WorkspaceUnderTest) -> Path:
    return services(workspace.app).store.path(f"batches/{workspace.id}")


def finish(workspace: WorkspaceUnderTest, batch: dict[str, Any], content: bytes = b"body,prediction\n") -> None:
    """What the worker does once the job is done."""
    own = services(workspace.app)
    key = f"batches/{workspace.id}/{batch['id']}/result"
    own.store.path(key).mkdir(parents=True)
    (own.store.path(key) / "result.csv").write_bytes(content)
    with own.database.workspace(workspace.id) as session:
        service.complete_batch(session, workspace_id=workspace.id, job_id=batch["job_id"], result_key=key)
        jobs.get(session, workspace.id, batch["job_id"]).status = JobStatus.SUCCEEDED


def test_file_becomes_a_queued_job(client: TestClient, workspace: WorkspaceUnderTest, deploy: Deploy) -> None:
    version = deploy()
    batch = send(client)
    assert (batch["deployment"], batch["filename"], batch["status"]) == ("support", "tickets.csv", "queued")
    assert batch["model_version_id"] == version.id
    assert client.get(f"/api/v1/batches/{batch['id']}").json() == batch
    assert client.get(URL).json() == {"data": [batch], "next_cursor": None}
    assert client.get(f"/api/v1/jobs/{batch['job_id']}").json()["kind"] == "batch_predict"
    own = services(workspace.app)
    with own.database.workspace(workspace.id) as session:
        inputs = service.batch_inputs(session, workspace.id, batch["id"])
        assert jobs.get(session, workspace.id, batch["job_id"]).queue == "data"
    assert own.store.path(inputs.input_key).read_bytes() == b"body\nWhere is my invoice?\n"
    assert inputs.input_key == f"batches/{workspace.id}/{batch['id']}/input"
    assert (inputs.filename, inputs.text_columns) == ("tickets.csv", None)
    assert own.store.path(inputs.model_storage_key) == version.path


@pytest.mark.parametrize(
    ("given", "columns"), [("body", ["body"]), ('["subject", "body"]', ["subject", "body"]), ("", None)]
)
def test_text_columns_reach_the_worker(
    client: TestClient, workspace: WorkspaceUnderTest, deploy: Deploy, given: str, columns: list[str] | None
) -> None:
    deploy()
    batch = send(client, text_columns=given)
    with services(workspace.app).database.workspace(workspace.id) as session:
        assert service.batch_inputs(session, workspace.id, batch["id"]).text_columns == columns


def test_result_once_the_job_has_succeeded(client: TestClient, workspace: WorkspaceUnderTest, deploy: Deploy) -> None:
    deploy()
    batch = send(client)
    url = f"/api/v1/batches/{batch['id']}/result"
    early = client.get(url)
    assert (early.status_code, early.json()["error"]["code"]) == (409, "batch_not_finished")
    assert "queued" in early.json()["error"]["message"]
    finish(workspace, batch, b"body,prediction\nWhere is my invoice?,billing\n")
    assert client.get(f"/api/v1/batches/{batch['id']}").json()["status"] == "succeeded"
    result = client.get(url)
    assert result.content == b"body,prediction\nWhere is my invoice?,billing\n"
    assert result.headers["content-type"] == "text/csv; charset=utf-8"
    assert result.headers["content-disposition"] == 'attachment; filename="tickets-predictions.csv"'


def test_why_a_batch_failed_is_told(client: TestClient, workspace: WorkspaceUnderTest, deploy: Deploy) -> None:
    deploy()
    batch = send(client)
    with services(workspace.app).database.workspace(workspace.id) as session:
        job = jobs.get(session, workspace.id, batch["job_id"])
        job.status = JobStatus.FAILED
        job.error = {"code": "missing_column", "message": "The file has no column 'body'.", "hint": "Name it."}
    shown = client.get(f"/api/v1/batches/{batch['id']}").json()
    assert shown["error"]["hint"] == "Name it."
    refused = client.get(f"/api/v1/batches/{batch['id']}/result")
    assert refused.status_code == 409
    assert "failed: The file has no column 'body'." in refused.json()["error"]["message"]


@pytest.fixture
def writer(client: TestClient, workspace: WorkspaceUnderTest, serving: ServingDouble) -> PublishedVersion:
    """A model that writes, which answers."""
    version = publish_writer(workspace)
    made = client.post("/api/v1/deployments", json={"name": "support", "model_version_id": version.id})
    assert made.status_code == 201, made.text
    report(client, serving.token, version.id, "ready")
    return version


def test_a_model_that_writes_takes_batches_of_its_questions(
    client: TestClient, workspace: WorkspaceUnderTest, writer: PublishedVersion
) -> None:
    assert client.get("/api/v1/deployments/support").json()["text_columns"] == ["question"]
    batch = send(client, answer_length="80")
    own = services(workspace.app)
    with own.database.workspace(workspace.id) as session:
        inputs = service.batch_inputs(session, workspace.id, batch["id"])
        # Where a file is only read nobody waits behind hours of writing.
        assert jobs.get(session, workspace.id, batch["job_id"]).queue == "train"
    assert (inputs.task, inputs.answer_length) == (Task.TEXT_GENERATION, 80)
    assert own.store.path(inputs.model_storage_key) == writer.path
    assert send(client, answer_length="")["status"] == "queued"


def test_the_length_of_an_answer_has_bounds_and_a_label_has_none(
    client: TestClient, workspace: WorkspaceUnderTest, deploy: Deploy
) -> None:
    deploy()
    for given, code in (("0", "invalid_request"), ("5000", "invalid_request"), ("80", "unsupported_parameter")):
        error = client.post(URL, files=FILE, data={"answer_length": given}).json()["error"]
        assert (error["code"], error["param"]) == (code, "answer_length")
    assert not list(store_of(workspace).glob("*"))


def refusals(client: TestClient) -> list[tuple[int, str, str | None]]:
    answers = [
        client.post(URL, files={"text_columns": (None, b"body")}),
        client.post(URL, files={"file": ("empty.csv", b"", "text/csv")}),
        client.post(URL, files=FILE, data={"text_columns": "[1"}),
        client.post(URL, files=FILE, data={"text_columns": "[]"}),
        client.post(URL, files=FILE, data={"text_columns": ["subject", "body"]}),
        client.post(URL, files=FILE, data={"text_column": "body"}),
        client.post(URL, json={"file": "x"}),
    ]
    errors = [answer.json()["error"] for answer in answers]
    return [(answer.status_code, error["code"], error["param"]) for answer, error in zip(answers, errors, strict=True)]


def test_bad_forms_are_refused_and_leave_nothing_behind(
    client: TestClient, workspace: WorkspaceUnderTest, deploy: Deploy
) -> None:
    deploy()
    assert refusals(client) == [
        (422, "missing_file", "file"),
        (422, "empty_file", "file"),
        (422, "invalid_request", "text_columns"),
        (422, "invalid_request", "text_columns"),
        (422, "unreadable_form", None),
        (422, "invalid_request", "text_column"),
        (422, "unreadable_form", None),
    ]
    assert client.get(URL).json()["data"] == []
    assert not list(store_of(workspace).glob("*"))


def test_too_large_files_are_refused_and_leave_nothing_behind(
    client: TestClient, workspace: WorkspaceUnderTest, deploy: Deploy, settings: Settings
) -> None:
    deploy()
    settings.upload_max_bytes = 1000
    refused = client.post(URL, files={"file": ("big.csv", b"x" * 1001, "text/csv")})
    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "upload_too_large")
    assert not list(store_of(workspace).glob("*"))


def test_batches_count_among_what_a_workspace_may_keep(
    client: TestClient, workspace: WorkspaceUnderTest, deploy: Deploy, settings: Settings
) -> None:
    deploy()
    content = FILE["file"][1]
    settings.workspace_max_bytes = 2 * len(content)
    finish(workspace, send(client), content)
    refused = client.post(URL, files=FILE)
    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "quota_exceeded")
    assert len(client.get(URL).json()["data"]) == 1


def test_only_a_deployment_that_answers_takes_batches(client: TestClient, deploy: Deploy) -> None:
    missing = client.post(URL, files=FILE)
    assert missing.status_code == 404
    deploy(status=None)
    early = client.post(URL, files=FILE)
    assert (early.status_code, early.json()["error"]["code"]) == (503, "deployment_starting")


def test_deleting_the_deployment_stops_jobs_and_removes_files(
    client: TestClient, workspace: WorkspaceUnderTest, deploy: Deploy
) -> None:
    deploy()
    waiting, finished = send(client), send(client)
    finish(workspace, finished)
    assert len(list(store_of(workspace).iterdir())) == 2
    assert client.delete("/api/v1/deployments/support").status_code == 204
    assert list(store_of(workspace).iterdir()) == []
    assert client.get(f"/api/v1/batches/{waiting['id']}").status_code == 404
    with services(workspace.app).database.workspace(workspace.id) as session:
        assert jobs.get(session, workspace.id, waiting["job_id"]).status == JobStatus.CANCELLED
        # A worker that was at it comes too late, and that is no error.
        service.complete_batch(session, workspace_id=workspace.id, job_id=waiting["job_id"], result_key="gone")


def test_another_workspace_sees_nothing(client: TestClient, deploy: Deploy, make_workspace: MakeWorkspace) -> None:
    deploy()
    batch = send(client)
    headers = {"authorization": f"Bearer {make_workspace().key}"}
    for path in (URL, f"/api/v1/batches/{batch['id']}", f"/api/v1/batches/{batch['id']}/result"):
        assert client.get(path, headers=headers).status_code == 404, path
    assert client.post(URL, files=FILE, headers=headers).status_code == 404
