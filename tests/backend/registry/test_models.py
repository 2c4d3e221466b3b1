"""Models and versions: what they show, rename, delete, download."""

import hashlib
import io
import zipfile

import pytest
from model_versions import METRICS, publish
from structlog.testing import capture_logs
from workspaces import MakeWorkspace, WorkspaceUnderTest, services

from tuneyard.auth.models import Scope
from tuneyard.deployments import service as deployments
from tuneyard.registry import service as registry


def test_models_are_listed_with_their_newest_version(workspace: WorkspaceUnderTest) -> None:
    publish(workspace, "tickets")
    publish(workspace, "reviews")
    second = publish(workspace, "tickets")
    found = workspace.client.get("/api/v1/models").json()
    assert [model["name"] for model in found["data"]] == ["reviews", "tickets"]
    newest = found["data"][1]["latest_version"]
    assert (newest["id"], newest["number"], newest["metrics"]) == (second.id, 2, METRICS)
    assert (newest["base_model"], newest["dataset"], newest["dataset_version"]) == (
        "all-MiniLM-L6-v2",
        "support-tickets",
        2,
    )
    assert found["next_cursor"] is None


def test_lists_come_in_pages(workspace: WorkspaceUnderTest) -> None:
    for name in ("a", "b", "c"):
        version = publish(workspace, name)
    publish(workspace, "c")
    first = workspace.client.get("/api/v1/models", params={"limit": 2}).json()
    rest = workspace.client.get("/api/v1/models", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [model["name"] for model in first["data"] + rest["data"]] == ["c", "b", "a"]
    assert rest["next_cursor"] is None
    url = f"/api/v1/models/{version.model_id}/versions"
    newest = workspace.client.get(url, params={"limit": 1}).json()
    oldest = workspace.client.get(url, params={"limit": 1, "cursor": newest["next_cursor"]}).json()
    assert [page["data"][0]["number"] for page in (newest, oldest)] == [2, 1]


def test_version_tells_how_it_came_to_be(workspace: WorkspaceUnderTest) -> None:
    version = publish(workspace)
    shown = workspace.client.get(version.url).json()
    assert shown == workspace.client.get(f"/api/v1/model-versions/{version.id}").json()
    assert (shown["id"], shown["model_name"], shown["job_id"]) == (version.id, "tickets", version.job_id)
    assert shown["labels"] == ["billing", "refund", "shipping"]
    assert shown["columns"] == {"text": ["body"], "label": "category"}
    assert shown["hyperparameters"]["tuning"] == "head"
    assert shown["splits"]["test"] == 60
    assert {entry["path"] for entry in shown["files"]} >= {"model/model.safetensors", "onnx/model.onnx", "README.md"}
    assert len(shown["manifest_sha256"]) == 64


def test_publishing_again_for_the_same_job_changes_nothing(workspace: WorkspaceUnderTest) -> None:
    version = publish(workspace)
    own = services(workspace.app)
    with own.database.workspace(workspace.id) as session:
        found = registry.get_version_by_id(session, workspace.id, version.id)
        again = registry.publish_version(
            session,
            workspace_id=workspace.id,
            model_name="tickets",
            job_id=version.job_id,
            storage_key="models/other",
            manifest=found.manifest,
            manifest_sha256="other",
        )
        assert (again.id, again.storage_key) == (version.id, found.version.storage_key)
    assert workspace.client.get(f"/api/v1/models/{version.model_id}").json()["latest_version"]["number"] == 1


def test_rename(workspace: WorkspaceUnderTest) -> None:
    version = publish(workspace, "tickets")
    publish(workspace, "reviews")
    url = f"/api/v1/models/{version.model_id}"
    assert workspace.client.patch(url, json={"name": " router "}).json()["name"] == "router"
    assert workspace.client.get(url).json()["name"] == "router"
    assert workspace.client.patch(url, json={"name": "router"}).status_code == 200
    taken = workspace.client.patch(url, json={"name": "reviews"})
    assert (taken.status_code, taken.json()["error"]["code"]) == (409, "name_taken")
    assert taken.json()["error"]["param"] == "name"
    assert workspace.client.patch(url, json={"name": "  "}).status_code == 422
    next_version = publish(workspace, "router")
    assert (next_version.model_id, next_version.number) == (version.model_id, 2)


def test_delete_takes_versions_and_files(workspace: WorkspaceUnderTest) -> None:
    first, second = publish(workspace), publish(workspace)
    assert workspace.client.delete(f"/api/v1/models/{first.model_id}").status_code == 204
    assert workspace.client.get(second.url).status_code == 404
    assert not first.path.exists()
    assert not second.path.exists()


def test_deployed_model_cannot_be_deleted(workspace: WorkspaceUnderTest) -> None:
    version = publish(workspace)
    with services(workspace.app).database.workspace(workspace.id) as session:
        deployments.create(session, lambda: None, workspace.id, "support", version.id)
    refused = workspace.client.delete(f"/api/v1/models/{version.model_id}")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "model_in_use")
    assert version.path.exists()
    assert workspace.client.get(version.url).status_code == 200


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("transformers", {"config.json", "model.safetensors", "tokenizer.json", "README.md"}),
        ("onnx", {"model.onnx", "encoder.onnx.data", "tokenizer.json", "labels.json", "README.md"}),
    ],
)
def test_download_unpacks_to_what_a_library_loads(workspace: WorkspaceUnderTest, wanted: str, names: set[str]) -> None:
    version = publish(workspace, "My tickets / 1", weights=b"w" * 3_000_000)
    answer = workspace.client.get(f"{version.url}/download", params={"format": wanted})
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == f'attachment; filename="My-tickets-1-v1-{wanted}.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert set(archive.namelist()) == names
        if wanted == "transformers":
            assert archive.read("model.safetensors") == b"w" * 3_000_000


def test_full_download_holds_every_file_of_the_manifest(workspace: WorkspaceUnderTest) -> None:
    version = publish(workspace)
    content = workspace.client.get(f"{version.url}/download", params={"format": "full"}).content
    shown = workspace.client.get(version.url).json()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
    assert found.pop("manifest.json") == shown["manifest_sha256"]
    assert found == {entry["path"]: entry["sha256"] for entry in shown["files"]}


def test_download_of_missing_files_is_refused(workspace: WorkspaceUnderTest) -> None:
    version = publish(workspace)
    (version.path / "model" / "model.safetensors").unlink()
    refused = workspace.client.get(f"{version.url}/download")
    assert (refused.status_code, refused.json()["error"]["code"]) == (500, "artifact_damaged")
    assert "model/model.safetensors" in refused.json()["error"]["message"]


def test_altered_file_breaks_the_download_off(workspace: WorkspaceUnderTest) -> None:
    version = publish(workspace, weights=b"weights")
    (version.path / "model" / "model.safetensors").write_bytes(b"WEIGHTS")
    with capture_logs() as logs, pytest.raises(RuntimeError):
        workspace.client.get(f"{version.url}/download")
    assert logs[0]["event"] == "artifact.altered"
    assert logs[0]["path"].endswith("model/model.safetensors")


def test_card_is_markdown(workspace: WorkspaceUnderTest) -> None:
    answer = workspace.client.get(f"{publish(workspace).url}/card")
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer.text == "# tickets – modèle\n"


def test_card_is_there_in_chinese_too(workspace: WorkspaceUnderTest) -> None:
    answer = workspace.client.get(f"{publish(workspace).url}/card", params={"language": "zh-CN"})
    assert (answer.headers["content-language"], answer.text) == ("zh-CN", "# 工单\n")
    assert workspace.client.get(f"{publish(workspace).url}/card", params={"language": "fr"}).status_code == 422


def test_unknown_things_are_404(workspace: WorkspaceUnderTest) -> None:
    version = publish(workspace)
    for path in (
        "/models/m_0",
        f"/models/{version.model_id}/versions/9",
        "/model-versions/mv_0",
        "/models/m_0/versions",
    ):
        missing = workspace.client.get(f"/api/v1{path}")
        assert (missing.status_code, missing.json()["error"]["code"]) == (404, "not_found"), path
    assert workspace.client.get(f"{version.url}/download", params={"format": "gguf"}).status_code == 422


def test_another_workspace_sees_nothing(workspace: WorkspaceUnderTest, make_workspace: MakeWorkspace) -> None:
    version, stranger = publish(workspace), make_workspace()
    model = f"/api/v1/models/{version.model_id}"
    assert stranger.client.get("/api/v1/models").json()["data"] == []
    for path in (model, f"{model}/versions", version.url, f"{version.url}/download", f"{version.url}/card"):
        assert stranger.client.get(path).status_code == 404, path
    assert stranger.client.get(f"/api/v1/model-versions/{version.id}").status_code == 404
    assert stranger.client.patch(model, json={"name": "mine"}).status_code == 404
    assert stranger.client.delete(model).status_code == 404
    assert workspace.client.get(version.url).status_code == 200
    publish(stranger, "tickets")
    assert workspace.client.get(model).json()["latest_version"]["number"] == 1


def test_scopes(workspace: WorkspaceUnderTest) -> None:
    version = publish(workspace)
    reader, predictor = workspace.client_with(Scope.READ), workspace.client_with(Scope.PREDICT)
    assert reader.get(version.url).status_code == 200
    assert reader.delete(f"/api/v1/models/{version.model_id}").status_code == 403
    assert predictor.get(version.url).status_code == 403
