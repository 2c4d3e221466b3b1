"""Search over everything that has a name."""

import pytest
from fastapi.testclient import TestClient
from possessions import fill
from workspaces import MakeWorkspace, WorkspaceUnderTest, services

from tuneyard.datasets.models import Dataset, DatasetStatus
from tuneyard.kit.ids import new_id


def add_datasets(workspace: WorkspaceUnderTest, *names: str) -> None:
    with services(workspace.app).database.workspace(workspace.id) as session:
        for name in names:
            session.add(Dataset(id=new_id("ds"), workspace_id=workspace.id, name=name, status=DatasetStatus.READY))
            session.flush()


def found(client: TestClient, q: str, **more: int) -> list[tuple[str, str]]:
    answer = client.get("/api/v1/search", params={"q": q, **more})
    assert answer.status_code == 200, answer.text
    return [(hit["type"], hit["name"]) for hit in answer.json()["data"]]


def test_it_finds_every_type(workspace: WorkspaceUnderTest) -> None:
    ids = fill(workspace).ids
    types = {ids["dataset_id"]: "dataset", ids["job_id"]: "job", ids["model_id"]: "model"}
    types[ids["deployment_id"]] = "deployment"
    for thing, kind in types.items():
        hits = workspace.client.get("/api/v1/search", params={"q": thing}).json()["data"]
        assert [(hit["type"], hit["id"]) for hit in hits] == [(kind, thing)]


def test_names_that_start_with_it_come_first_then_the_newest(workspace: WorkspaceUnderTest) -> None:
    add_datasets(workspace, "Support 2024", "old support", "SUPPORT 2025", "new support", "sales")
    names = [name for _, name in found(workspace.client, "support")]
    assert names == ["SUPPORT 2025", "Support 2024", "new support", "old support"]
    assert len(found(workspace.client, "support", limit=1)) == 1


@pytest.mark.parametrize("q", ["%", "_", "\\"])
def test_no_sign_is_a_wildcard(workspace: WorkspaceUnderTest, q: str) -> None:
    add_datasets(workspace, "plain", f"with {q} in it")
    assert found(workspace.client, q) == [("dataset", f"with {q} in it")]


def test_spaces_around_it_do_not_count(workspace: WorkspaceUnderTest) -> None:
    add_datasets(workspace, "Support tickets")
    assert found(workspace.client, "  tickets ") == [("dataset", "Support tickets")]
    assert found(workspace.client, "   ") == []


def test_another_workspaces_things_are_not_found(workspace: WorkspaceUnderTest, make_workspace: MakeWorkspace) -> None:
    add_datasets(make_workspace(), "their secret")
    assert found(workspace.client, "secret") == []
