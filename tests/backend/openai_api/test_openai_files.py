"""Files of the OpenAI API are the datasets of the workspace."""

from collections.abc import Callable
from typing import Any

import pytest
from dataset_factory import CHATS
from fastapi.testclient import TestClient
from model_versions import PublishedVersion
from sqlalchemy import event
from workspaces import WorkspaceUnderTest, services

from tuneyard.datasets import service
from tuneyard.jobs.models import Job
from tuneyard.specs.events import JobError


def test_a_file_is_a_dataset(client: TestClient, upload: Callable[..., Any], read: Callable[..., None]) -> None:
    sent = upload(**{"expires_after[anchor]": "created_at", "expires_after[seconds]": "3600"})
    assert (sent["object"], sent["bytes"], sent["filename"]) == ("file", len(CHATS), "chats.jsonl")
    assert (sent["purpose"], sent["status"], sent["status_details"]) == ("fine-tune", "uploaded", None)
    assert client.get(f"/api/v1/datasets/{sent['id']}").json()["name"] == "chats"
    read(sent["id"])
    assert client.get(f"/v1/files/{sent['id']}").json()["status"] == "processed"
    assert client.get(f"/v1/files/{sent['id']}/content").content == CHATS
    assert client.delete(f"/v1/files/{sent['id']}").json() == {"id": sent["id"], "object": "file", "deleted": True}
    assert client.get(f"/v1/files/{sent['id']}").status_code == 404


def test_why_a_file_could_not_be_read_is_told(
    client: TestClient, upload: Callable[..., Any], workspace: WorkspaceUnderTest
) -> None:
    sent = upload()
    with services(workspace.app).database.workspace(workspace.id) as session:
        error = JobError(code="broken", message="Line 3 is no JSON.", hint="Correct it.")
        service.ingest_failed(session, workspace_id=workspace.id, dataset_id=sent["id"], error=error)
    found = client.get(f"/v1/files/{sent['id']}").json()
    assert (found["status"], found["status_details"]) == ("error", "Line 3 is no JSON. Correct it.")


def test_lines_that_are_left_out_are_told(
    client: TestClient, upload: Callable[..., Any], read: Callable[..., None], workspace: WorkspaceUnderTest
) -> None:
    sent = upload()
    read(sent["id"])
    told = {"rejected_lines": "Line 3: Broken.", "duplicate_rows": "Twice.", "not_a_conversation": "Line 5: No answer."}
    with services(workspace.app).database.workspace(workspace.id) as session:
        version = service.get_version(session, workspace.id, sent["id"], None)
        findings = [{"code": code, "severity": "warning", "message": message} for code, message in told.items()]
        version.profile = version.profile | {"findings": findings}
    found = client.get(f"/v1/files/{sent['id']}").json()
    assert (found["status"], found["status_details"]) == ("processed", "Line 3: Broken. Line 5: No answer.")
    assert found in client.get("/v1/files").json()["data"]


def test_files_come_in_pages(client: TestClient, upload: Callable[..., Any]) -> None:
    ids = [upload(f"{number}.jsonl")["id"] for number in range(3)]
    first = client.get("/v1/files?limit=2").json()
    assert ([file["id"] for file in first["data"]], first["has_more"]) == ([ids[2], ids[1]], True)
    rest = client.get(f"/v1/files?limit=2&after={ids[1]}").json()
    assert (rest["data"][0]["id"], rest["has_more"]) == (ids[0], False)
    for wrong in ("nothing", "ds-1"):
        assert client.get(f"/v1/files?after={wrong}").json()["error"]["param"] == "after"
    oldest = client.get("/v1/files?order=asc").json()["data"]
    assert [file["id"] for file in oldest][-3:] == ids
    assert client.get("/v1/files?purpose=fine-tune-results").json()["data"] == []


def test_figures_are_not_read_to_list_them(
    client: TestClient,
    upload: Callable[..., Any],
    create: Callable[..., Any],
    succeed: Callable[..., PublishedVersion],
    workspace: WorkspaceUnderTest,
) -> None:
    losses = [{"train_loss": 2.5, "validation_loss": 1e-05}, {"train_loss": 1.25}, {"learning_rate": 1.0}]
    for count in (2, 3):
        last = succeed(create(upload()["id"], hyperparameters={"n_epochs": 1})["id"], *losses[:count])
    database = services(workspace.app).database
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    found = client.get("/v1/files?purpose=fine-tune-results").json()["data"]
    assert len(found) == 2
    assert asked
    assert [each for each in asked if "job_events" in each] == []

    def measured() -> list[int]:
        return [len(client.get(f"/v1/files/{each['id']}/content").content) for each in found]

    assert [each["bytes"] for each in found] == measured()
    # As it is of jobs from before sizes were kept.
    with database.workspace(workspace.id) as session:
        session.get_one(Job, last.job_id).result = {"model_version_id": last.id}
    assert [each["bytes"] for each in client.get("/v1/files").json()["data"] if each["id"] in str(found)] == measured()


@pytest.mark.parametrize(
    ("form", "file", "param"),
    [
        ({}, b"{}", "purpose"),
        ({"purpose": "batch"}, b"{}", "purpose"),
        ({"purpose": "fine-tune"}, b"", "file"),
        ({"purpose": "fine-tune"}, None, "file"),
    ],
)
def test_what_is_no_file_to_learn_from_is_a_400(
    client: TestClient, form: dict[str, str], file: bytes | None, param: str
) -> None:
    parts = {"other": (None, "x")} if file is None else {"file": ("a.jsonl", file)}
    answer = client.post("/v1/files", files=parts, data=form)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


def test_an_unknown_address_has_the_shape_of_openai(client: TestClient) -> None:
    answer = client.get("/v1/assistants")
    assert (answer.status_code, answer.json()["error"]["type"]) == (404, "invalid_request_error")
    assert answer.headers["x-request-id"]
