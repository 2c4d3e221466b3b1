"""Base models through the front door."""

from pathlib import Path

from fastapi.testclient import TestClient
from model_folder import make_model_folder
from workspaces import WorkspaceUnderTest, services

from tuneyard.auth.models import Scope
from tuneyard.base_models import requirements, service
from tuneyard.base_models.catalogue import CATALOGUE, DEFAULT

ADDRESS = "/api/v1/base-models"


def test_the_catalogue_is_listed_with_what_is_installed(
    client: TestClient, workspace: WorkspaceUnderTest, tmp_path: Path
) -> None:
    listed = client.get(ADDRESS).json()
    assert listed["next_cursor"] is None
    assert [entry["id"] for entry in listed["data"]] == list(CATALOGUE)
    assert not any(entry["installed"] for entry in listed["data"])
    default = listed["data"][0]
    assert (default["id"], default["default"], default["licence"]) == (DEFAULT, True, "Apache-2.0")
    assert default["memory"]["head_training"] < default["memory"]["full_training"]
    store = services(workspace.app).store
    service.pull(store, "mine", str(make_model_folder(tmp_path / "m")), lambda *_: None)
    mine = client.get(ADDRESS).json()["data"][-1]
    assert (mine["id"], mine["installed"], mine["default"]) == ("mine", True, False)
    assert client.get(f"{ADDRESS}/mine").json() == mine
    assert str(tmp_path) not in str(mine)


def test_one_that_does_not_exist_is_not_found(client: TestClient) -> None:
    answer = client.get(f"{ADDRESS}/nothing")
    assert answer.status_code == 404
    assert DEFAULT in answer.json()["error"]["message"]


def test_a_key_that_may_not_read_sees_none(workspace: WorkspaceUnderTest) -> None:
    assert workspace.client_with(Scope.PREDICT).get(ADDRESS).status_code == 403


def test_whether_it_fits_is_said_with_the_reason() -> None:
    entry = CATALOGUE["xlm-roberta-base"]
    need = requirements.memory_need(entry)
    assert requirements.fit(entry, need.full_training)[0]
    head_only = requirements.fit(entry, need.full_training - 1)
    assert head_only[0]
    assert "fast" in head_only[1].message
    too_small = requirements.fit(entry, need.head_training - 1)
    assert not too_small[0]
    assert "this machine has" in too_small[1].message
