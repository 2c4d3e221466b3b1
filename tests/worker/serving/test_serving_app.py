"""The serving process through its routes, with a small api beside it."""

import errno
import json
import os
import time
from pathlib import Path

import httpx
import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from buckets import s3_server
from tuneyard.kit.config import Settings
from tuneyard.kit.storage import open_store
from tuneyard_worker.serving.app import create_app
from tuneyard_worker.serving.parity import compare
from tuneyard_worker.serving.versions import Versions

TOKEN = "t" * 32
BEARER = {"Authorization": f"Bearer {TOKEN}"}


class FakeApi(httpx.AsyncBaseTransport):
    """The api's two internal routes."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.versions: dict[str, dict] = {}
        self.reports: list[dict] = []
        self.down = False
        self.deleted: set[str] = set()

    def want(self, version_id: str, artifact: Path, *, verified: bool = False) -> None:
        folder = artifact.relative_to(self.store).as_posix()
        self.versions[version_id] = {"model_version_id": version_id, "artifact": folder, "verified": verified}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("refused")
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        if request.method == "GET" and request.url.path == "/internal/serving/assignments":
            return httpx.Response(200, json={"versions": list(self.versions.values())}, request=request)
        assert (request.method, request.url.path) == ("POST", "/internal/serving/reports")
        report = json.loads(request.content)
        if report["model_version_id"] in self.deleted:
            return httpx.Response(404, request=request)
        self.reports.append(report)
        self.versions[report["model_version_id"]]["verified"] = report["status"] == "ready"
        return httpx.Response(204, request=request)


@pytest.fixture
def store(tmp_path):
    return tmp_path / "data" / "store"


@pytest.fixture
def api(store):
    return FakeApi(store)


@pytest.fixture
def start(tmp_path, api):
    clients = []

    def start(**settings) -> TestClient:
        chosen = Settings(data_dir=tmp_path / "data", service_token=TOKEN, threads=1, **settings)
        client = TestClient(create_app(chosen, transport=api), headers=BEARER, raise_server_exceptions=False)
        clients.append(client)
        client.__enter__()
        return client

    yield start
    for client in clients:
        client.__exit__(None, None, None)


def until(condition, seconds: float = 10):
    """Wait for what happens in the background."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
    return found


def states(client: TestClient) -> dict[str, str]:
    return {each["model_version_id"]: each["state"] for each in client.get("/status").json()["versions"]}


def loaded(client: TestClient) -> set[str]:
    return {each["model_version_id"] for each in client.get("/status").json()["versions"] if each["loaded"]}


def answer(client: TestClient, version_id: str, *texts: str, **more) -> httpx.Response:
    return client.post(f"/versions/{version_id}/predict", json={"inputs": texts, **more})


def test_new_version_passes_the_gate_and_answers(api, start, store, make_artifact):
    api.want("mv_1", make_artifact(store / "mv_1"))
    client = start()
    until(lambda: api.reports)

    report = api.reports[0]
    assert (report["model_version_id"], report["status"], report["message"]) == ("mv_1", "ready", None)
    assert report["parity"]["rows"] == report["parity"]["agreeing"] == 60
    assert report["parity"]["largest_difference"] < 1e-5

    found = answer(client, "mv_1", "please refund", "my invoice", "")
    assert found.status_code == 200
    predictions = found.json()["predictions"]
    assert [each["label"] for each in predictions[:2]] == ["refund", "billing"]
    assert predictions[0]["score"] == max(predictions[0]["scores"].values())
    assert sum(predictions[2]["scores"].values()) == pytest.approx(1, abs=1e-5)
    assert list(answer(client, "mv_1", "refund", top_k=1).json()["predictions"][0]["scores"]) == ["refund"]


def test_altered_weights_fail_by_their_checksum(api, start, store, make_artifact):
    artifact = make_artifact(store / "mv_1")
    with (artifact / "onnx" / "head.onnx").open("ab") as stream:
        stream.write(b"\0")
    api.want("mv_1", artifact)
    start()
    until(lambda: api.reports)
    assert api.reports[0]["status"] == "failed"
    assert "'onnx/head.onnx' of the version was altered" in api.reports[0]["message"]


def test_a_version_comes_from_the_bucket_and_waits_while_that_is_away(api, start, store, make_artifact, tmp_path):
    with s3_server() as server:
        where = server.new_store()
        settings = {**where, "store_options": json.loads(where["store_options"])}
        away = settings | {"store_options": settings["store_options"] | {"endpoint_url": "http://127.0.0.1:9"}}
        key = "models/ws/mv_1"
        made = make_artifact(tmp_path / "made")
        (made / "model.safetensors").write_bytes(b"weights that serving does not need")
        open_store(Settings(data_dir=tmp_path / "trainer", **settings)).publish(made, key)
        api.want("mv_1", store / key)

        with capture_logs() as logs:
            waiting = start(**away)
            until(lambda: "model.unreachable" in [log["event"] for log in logs])
        assert states(waiting) == {"mv_1": "unchecked"}
        assert api.reports == []

        client = start(**settings)
        until(lambda: api.reports)
        assert api.reports[0]["status"] == "ready", api.reports
        assert answer(client, "mv_1", "please refund").json()["predictions"][0]["label"] == "refund"
        copies = tmp_path / "data" / "cache" / key
        assert (copies / "onnx" / "encoder.onnx").exists()
        assert not (copies / "model.safetensors").exists()


def test_missing_weights_are_named(api, start, store, make_artifact):
    artifact = make_artifact(store / "mv_1")
    (artifact / "onnx" / "encoder.onnx").unlink()
    api.want("mv_1", artifact)
    start()
    until(lambda: api.reports)
    assert "The file 'encoder.onnx' of the version can't be read: No such file" in api.reports[0]["message"]


def alter_head(artifact: Path, write_json) -> None:
    """Other weights with a manifest that fits them: only the parity gate can notice."""
    path = artifact / "onnx" / "head.onnx"
    model = onnx.load(path)
    weights = numpy_helper.to_array(model.graph.initializer[0])
    model.graph.initializer[0].CopyFrom(numpy_helper.from_array(np.roll(weights, 1, axis=1), "weights"))
    onnx.save(model, str(path))
    write_json()


def test_other_answers_than_in_the_evaluation_fail_the_gate(api, start, store, make_artifact, rewrite_manifest):
    artifact = make_artifact(store / "mv_1")
    alter_head(artifact, lambda: rewrite_manifest(artifact))
    api.want("mv_1", artifact)
    client = start()
    until(lambda: api.reports)

    report = api.reports[0]
    assert report["status"] == "failed"
    assert report["message"].startswith("Of the held-out texts, the deployed model answers 60 of 60 differently")
    assert report["parity"]["agreeing"] == 0
    until(lambda: states(client) == {"mv_1": "failed"})
    assert loaded(client) == set()
    refused = answer(client, "mv_1", "refund")
    assert refused.status_code == 503
    assert "failed its check" in refused.json()["error"]["message"]


def test_failed_version_is_tried_again_when_told(api, start, store, make_artifact, rewrite_manifest):
    artifact = make_artifact(store / "mv_1")
    good = (artifact / "onnx" / "head.onnx").read_bytes()
    alter_head(artifact, lambda: rewrite_manifest(artifact))
    api.want("mv_1", artifact)
    client = start()
    until(lambda: api.reports)
    (artifact / "onnx" / "head.onnx").write_bytes(good)
    rewrite_manifest(artifact)
    assert client.post("/sync").status_code == 202
    until(lambda: len(api.reports) == 2)
    assert api.reports[1]["status"] == "ready"
    assert answer(client, "mv_1", "refund").status_code == 200


def test_restart_serves_verified_versions_without_a_second_check(api, start, store, make_artifact):
    api.want("mv_1", make_artifact(store / "mv_1"), verified=True)
    client = start()
    until(lambda: loaded(client) == {"mv_1"})
    assert answer(client, "mv_1", "refund").json()["predictions"][0]["label"] == "refund"
    assert api.reports == []


def test_waits_for_an_api_that_starts_later(api, start, store, make_artifact):
    api.down = True
    api.want("mv_1", make_artifact(store / "mv_1"), verified=True)
    client = start()
    early = answer(client, "mv_1", "refund")
    assert (early.status_code, early.json()["error"]["code"]) == (503, "version_not_ready")
    assert early.headers["retry-after"]
    api.down = False
    until(lambda: answer(client, "mv_1", "refund").status_code == 200)


def test_versions_that_are_not_wanted_any_more_go(api, start, store, make_artifact):
    api.want("mv_1", make_artifact(store / "mv_1"), verified=True)
    client = start()
    until(lambda: loaded(client))
    api.versions.clear()
    client.post("/sync")
    until(lambda: states(client) == {})
    gone = answer(client, "mv_1", "refund")
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "version_not_assigned")
    assert client.get("/status").json()["memory_bytes"] == 0


def test_version_deleted_while_it_is_checked_does_not_hold_up_the_next(api, start, store, make_artifact):
    for number in range(2):
        api.want(f"mv_{number}", make_artifact(store / f"mv_{number}", head_seed=number))
    api.deleted.add("mv_0")
    start()
    until(lambda: api.reports)
    assert api.reports[0]["model_version_id"] == "mv_1"


def test_a_version_that_can_not_be_run_does_not_hold_up_the_next(api, start, store, make_artifact, monkeypatch):
    check = Versions.check

    async def full(self, version):
        if version.assignment.model_version_id == "mv_0":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return await check(self, version)

    monkeypatch.setattr(Versions, "check", full)
    for number in range(2):
        api.want(f"mv_{number}", make_artifact(store / f"mv_{number}", head_seed=number))
    start()
    until(lambda: len(api.reports) > 1)
    found = {report["model_version_id"]: report for report in api.reports}
    assert found["mv_1"]["status"] == "ready"
    assert found["mv_0"]["status"] == "failed"
    assert "No space left on device" in found["mv_0"]["message"]


def test_shared_encoders_count_once(api, start, store, make_artifact):
    for number in range(3):
        artifact = make_artifact(store / f"mv_{number}", head_seed=number, ballast=1_000_000)
        api.want(f"mv_{number}", artifact, verified=True)
    client = start()
    until(lambda: len(loaded(client)) == 3)
    assert 1_000_000 < client.get("/status").json()["memory_bytes"] < 1_100_000


def test_least_recently_used_version_makes_room_and_comes_back(api, start, store, make_artifact):
    for number in range(3):
        artifact = make_artifact(store / f"mv_{number}", encoder_seed=number, ballast=1_000_000)
        api.want(f"mv_{number}", artifact, verified=True)
    client = start(serving_memory_bytes=2_200_000)
    until(lambda: len(loaded(client)) == 2)
    for number in (0, 1, 0, 2):
        assert answer(client, f"mv_{number}", "refund").status_code == 200
    assert loaded(client) == {"mv_0", "mv_2"}
    assert answer(client, "mv_1", "refund").json()["predictions"][0]["label"] == "refund"
    assert loaded(client) == {"mv_2", "mv_1"}
    assert client.get("/status").json()["memory_bytes"] <= 2_200_000


def test_model_larger_than_the_limit_is_refused_with_the_setting(api, start, store, make_artifact):
    api.want("mv_1", make_artifact(store / "mv_1", ballast=1_000_000))
    start(serving_memory_bytes=500_000)
    until(lambda: api.reports)
    assert api.reports[0]["status"] == "failed"
    assert "TUNEYARD_SERVING_MEMORY_BYTES" in api.reports[0]["message"]


def test_artifact_outside_of_the_store_is_refused(api, start):
    api.versions["mv_1"] = {"model_version_id": "mv_1", "artifact": "../../etc", "verified": False}
    start()
    until(lambda: api.reports)
    assert "outside of the store" in api.reports[0]["message"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/status"), ("POST", "/sync"), ("POST", "/versions/mv_1/predict"), ("GET", "/nothing-here")],
)
@pytest.mark.parametrize("header", ["", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ü"])
def test_every_route_wants_the_token(start, method, path, header):
    refused = start().request(method, path, headers={"Authorization": header.encode()})
    assert refused.status_code == 401
    assert refused.json()["error"]["type"] == "authentication_error"


def test_health_check_is_open(start):
    assert start().get("/healthz", headers={"Authorization": ""}).json() == {"status": "ok"}


def test_does_not_start_without_a_token(tmp_path):
    with pytest.raises(ValueError, match="TUNEYARD_SERVICE_TOKEN"):
        create_app(Settings(data_dir=tmp_path, service_token=None))


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b"not json", None),
        (b"{}", "inputs"),
        (b'{"inputs": []}', "inputs"),
        (b'{"inputs": [1]}', "inputs.0"),
        (b'{"inputs": ["a"], "top_k": 0}', "top_k"),
        (json.dumps({"inputs": ["a"] * 1001}).encode(), "inputs"),
    ],
)
def test_bad_bodies_name_the_field(start, body, param):
    refused = start().post("/versions/mv_1/predict", content=body)
    assert refused.status_code == 422
    assert refused.json()["error"]["param"] == param


def test_unknown_routes_and_methods_have_the_error_shape(start):
    client = start()
    assert client.get("/nothing-here").json()["error"]["code"] == "not_found"
    assert client.get("/sync").json()["error"]["code"] == "method_not_allowed"


def test_rows_with_level_scores_may_change_their_label():
    expected = np.array([[0.5002, 0.4998], [0.9, 0.1]])
    level = compare(expected, np.array([[0.4999, 0.5001], [0.9, 0.1]], dtype=np.float32))
    assert level.agreeing == 2
    assert compare(expected, np.array([[0.4999, 0.5001], [0.9, np.nan]], dtype=np.float32)).agreeing == 1
