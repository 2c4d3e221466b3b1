"""The platform on a bucket: every file that one machine stores, another reads through its own copies."""

import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from model_versions import publish
from workspaces import WorkspaceUnderTest, services

from buckets import S3, s3_server
from tuneyard.housekeeping.sweeping import sweep
from tuneyard.kit import clock
from tuneyard.kit.config import Settings
from tuneyard.kit.queue import Queue
from tuneyard.kit.services import Services
from tuneyard.kit.storage import open_store
from tuneyard_worker import supervisor
from tuneyard_worker.forked_trainer import Nursery

CSV = b"text,label\n" + b"hello,a\nbye,b\n" * 9


class NoStop:
    def raised(self) -> bool:
        return False


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    with s3_server() as server:
        yield server


@pytest.fixture
def settings(settings: Settings, s3: S3) -> Settings:
    where = s3.new_store()
    return settings.model_copy(update={**where, "store_options": json.loads(where["store_options"])})


@pytest.fixture
def other_machine(workspace: WorkspaceUnderTest, settings: Settings, tmp_path: Path) -> Services:
    own = settings.model_copy(update={"data_dir": tmp_path / "other machine"})
    return replace(services(workspace.app), settings=own, store=open_store(own))


def test_a_dataset_is_read_where_it_was_not_uploaded(client: TestClient, other_machine: Services, s3: S3) -> None:
    answer = client.post("/api/v1/datasets", files={"file": ("tickets.csv", CSV)})
    assert answer.status_code == 202, answer.text
    url = f"/api/v1/datasets/{answer.json()['id']}"
    supervisor.work(other_machine, Queue.DATA, "worker_elsewhere", NoStop(), Nursery())
    assert client.get(url).json()["status"] == "ready"
    assert client.get(f"{url}/versions/1/rows?limit=1").json()["rows"][0]["values"] == ["hello", "a"]
    assert client.get(f"{url}/versions/1/download?format=original").content == CSV
    assert client.get(f"{url}/versions/1/download").content.count(b"\n") == 19
    assert client.get(f"{url}/preview").status_code == 200
    assert not list(other_machine.settings.jobs_dir.iterdir())
    assert client.delete(url).status_code == 204
    assert [*other_machine.store.files("uploads"), *other_machine.store.files("datasets")] == []


def test_a_refused_upload_leaves_nothing_in_the_bucket(client: TestClient, other_machine: Services) -> None:
    assert client.post("/api/v1/datasets", files={"file": ("empty.csv", b"")}).status_code == 422
    assert list(other_machine.store.files("uploads")) == []


def test_a_version_is_downloaded_where_it_was_not_trained(
    workspace: WorkspaceUnderTest, other_machine: Services, tmp_path: Path
) -> None:
    version = publish(workspace)
    made = shutil.move(version.path, tmp_path / "made")
    other_machine.store.publish(Path(made), f"models/{workspace.id}/{version.path.name}")
    assert workspace.client.get(f"{version.url}/card").text == "# tickets – modèle\n"
    content = workspace.client.get(f"{version.url}/download?format=full").content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.read("model/model.safetensors") == b"weights"


def test_a_sweep_takes_what_nothing_refers_to(
    client: TestClient, workspace: WorkspaceUnderTest, other_machine: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = client.post("/api/v1/datasets", files={"file": ("tickets.csv", CSV)})
    supervisor.work(other_machine, Queue.DATA, "worker_elsewhere", NoStop(), Nursery())
    url = f"/api/v1/datasets/{answer.json()['id']}/versions/1/download"
    own, orphan = services(workspace.app), f"uploads/{workspace.id}/up_of_nobody"
    with own.store.create(orphan) as file:
        file.write(b"12345")
    before = {item.key for item in own.store.files("")}
    later = datetime.now(UTC) + timedelta(days=1.1)
    monkeypatch.setattr(clock, "now", lambda: later)
    for dry_run in (True, False):
        removals = sweep(own.settings, own.database, own.store, dry_run=dry_run)
        assert [(item.what, item.bytes) for item in removals if workspace.id in item.what] == [(orphan, 5)]
    assert before - {item.key for item in own.store.files("")} == {orphan}
    shutil.rmtree(own.settings.cache_dir)
    assert client.get(url).content.count(b"\n") == 19


def test_an_upload_to_a_bucket_that_is_away_is_refused_in_one_shape(
    client: TestClient, workspace: WorkspaceUnderTest
) -> None:
    held = services(workspace.app)
    gone = held.settings.model_copy(update={"store_url": "s3://nobody-made-this/prefix"})
    workspace.app.state.services = replace(held, store=open_store(gone))
    answer = client.post("/api/v1/datasets", files={"file": ("tickets.csv", CSV)})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "store_unavailable")
    assert client.get("/api/v1/datasets").json()["data"] == []
