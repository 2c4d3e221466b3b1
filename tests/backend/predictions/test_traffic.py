"""Requests of a deployment, counted by the minute: what is told, what is kept, and what happens when it can't be."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from model_versions import Deploy
from serving_double import ServingDouble
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from workspaces import MakeWorkspace, WorkspaceUnderTest, services

from coroutines import run
from tuneyard.deployments import traffic as deployment_traffic
from tuneyard.deployments.models import LATENCY_BUCKETS, LATENCY_EDGES
from tuneyard.housekeeping.sweeping import sweep
from tuneyard.predictions import traffic

URL = "/api/v1/deployments/support"
HELLO = {"inputs": ["invoice"]}


@pytest.fixture(autouse=True)
def flushed_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "FLUSH_SECONDS", 0.05)


def seen(client: TestClient, requests: int, period: str = "hour") -> dict[str, Any]:
    """The traffic, once so many requests are in it."""
    deadline = time.monotonic() + 20
    while True:
        answer = client.get(f"{URL}/traffic", params={"period": period})
        assert answer.status_code == 200, answer.text
        if answer.json()["total"]["requests"] >= requests or time.monotonic() > deadline:
            return answer.json()
        time.sleep(0.02)


def put(workspace: WorkspaceUnderTest, age: timedelta, status_class: int = 2, **buckets: int) -> None:
    """Requests of an earlier minute; `b3=2` means two in bucket 3."""
    latencies = [buckets.get(f"b{place}", 0) for place in range(LATENCY_BUCKETS)]
    statement = text(
        "INSERT INTO deployment_traffic SELECT workspace_id, id, :minute, :status, :latencies FROM deployments"
        " WHERE name = 'support'"
    )
    with services(workspace.app).database.workspace(workspace.id) as session:
        minute = (datetime.now(UTC) - age).replace(second=0, microsecond=0)
        session.execute(statement, {"minute": minute, "status": status_class, "latencies": latencies})


def test_every_address_counts_and_errors_are_told_apart(
    client: TestClient, deploy: Deploy, serving: ServingDouble
) -> None:
    deploy()
    chat = {"model": "support", "messages": [{"role": "user", "content": "invoice"}]}
    assert client.post(f"{URL}/predict", json=HELLO).status_code == 200
    assert client.post("/hf/support", json={"inputs": "invoice"}).status_code == 200
    assert client.post("/v1/chat/completions", json=chat).status_code == 200
    assert client.post(f"{URL}/predict", json={"inputs": []}).status_code == 422
    assert client.post("/v1/chat/completions", json=chat | {"n": 5}).status_code == 400
    serving.refuse(429)
    assert client.post(f"{URL}/predict", json=HELLO).status_code == 429
    serving.refuse(500)
    assert client.post("/hf/support", json={"inputs": "invoice"}).status_code == 503
    found = seen(client, 7)
    assert {name: found["total"][name] for name in ("requests", "refused", "failed")} == {
        "requests": 7,
        "refused": 3,
        "failed": 1,
    }
    assert 0 < found["total"]["p50_ms"] <= found["total"]["p95_ms"] < 20_000
    assert (found["period"], found["step_seconds"], len(found["points"])) == ("hour", 60, 60)
    assert sum(point["requests"] for point in found["points"][-2:]) == 7
    assert found["points"][0] | {"start": ""} == {
        "start": "", "requests": 0, "refused": 0, "failed": 0, "p50_ms": None, "p95_ms": None
    }  # fmt: skip
    recent = client.get("/api/v1/deployments").json()["data"][0]["traffic"]
    assert 7 / 6 <= recent["requests_per_minute"] <= 7 / 5
    assert recent["errors_per_minute"] == pytest.approx(recent["requests_per_minute"] * 4 / 7)
    assert recent["p50_ms"] == found["total"]["p50_ms"]
    assert client.get(URL).json()["traffic"]["requests_per_minute"] > 0


def test_two_flushes_in_one_minute_add_up(client: TestClient, deploy: Deploy) -> None:
    deploy()
    for number in range(1, 4):
        client.post(f"{URL}/predict", json=HELLO)
        assert seen(client, number)["total"]["requests"] == number


def test_requests_about_nothing_leave_no_trace(
    client: TestClient, deploy: Deploy, workspace: WorkspaceUnderTest, make_workspace: MakeWorkspace
) -> None:
    deploy()
    stranger = {"authorization": f"Bearer {make_workspace().key}"}
    for path in ("support", "nothing", "%00", "x" * 80):
        status = client.post(f"/api/v1/deployments/{path}/predict", json=HELLO, headers=stranger).status_code
        assert status in (404, 422), path
    assert client.post(f"{URL}/predict", json=HELLO, headers={"authorization": "Bearer no"}).status_code == 401
    client.post(f"{URL}/predict", json=HELLO)
    assert seen(client, 1)["total"] | {"p50_ms": 0, "p95_ms": 0} == {
        "requests": 1, "refused": 0, "failed": 0, "p50_ms": 0, "p95_ms": 0
    }  # fmt: skip


@pytest.mark.parametrize(
    ("period", "inside", "outside", "points"),
    [("hour", 59, 61, 60), ("day", 60 * 23, 60 * 25, 144), ("week", 60 * 166, 60 * 170, 168),
     ("month", 60 * 24 * 29, 60 * 24 * 31, 120)],
)  # fmt: skip
def test_periods(
    client: TestClient,
    deploy: Deploy,
    workspace: WorkspaceUnderTest,
    period: str,
    inside: int,
    outside: int,
    points: int,
) -> None:
    deploy()
    put(workspace, timedelta(minutes=inside), b3=4)
    put(workspace, timedelta(minutes=outside), b3=8)
    found = seen(client, 4, period)
    assert (found["total"]["requests"], len(found["points"])) == (4, points)
    assert [point["requests"] for point in found["points"] if point["requests"]] == [4]
    assert client.get(f"{URL}/traffic", params={"period": "year"}).status_code == 422


def test_latency_of_answers_only(client: TestClient, deploy: Deploy, workspace: WorkspaceUnderTest) -> None:
    """Refusals are fast and failures slow; neither says how long an answer takes."""
    deploy()
    put(workspace, timedelta(minutes=1), 2, b4=100)
    put(workspace, timedelta(minutes=1), 4, b0=1000)
    put(workspace, timedelta(minutes=1), 5, b26=1000)
    total = seen(client, 2100)["total"]
    assert LATENCY_EDGES[3] < total["p50_ms"] < total["p95_ms"] <= LATENCY_EDGES[4]


def test_quantiles() -> None:
    nothing = [0] * LATENCY_BUCKETS
    assert deployment_traffic.quantile(nothing, 0.5) is None
    spread = [*[10] * 10, *nothing[10:]]
    assert deployment_traffic.quantile(spread, 0.5) == LATENCY_EDGES[4]
    assert deployment_traffic.quantile([10, *nothing[1:]], 0.5) == 0.5
    assert deployment_traffic.quantile([*nothing[1:], 3], 0.95) == LATENCY_EDGES[-1]


def test_old_minutes_are_forgotten_and_deleting_takes_the_rest(
    client: TestClient, deploy: Deploy, workspace: WorkspaceUnderTest
) -> None:
    deploy()
    own = services(workspace.app)
    put(workspace, timedelta(days=own.settings.traffic_days, minutes=2), b0=1)
    put(workspace, timedelta(days=own.settings.traffic_days, minutes=-2), b0=1)
    rows = text("SELECT count(*) FROM deployment_traffic")
    sweep(own.settings, own.database, own.store)
    with own.database.workspace(workspace.id) as session:
        assert session.scalar(rows) == 1
    assert client.delete(URL).status_code == 204
    with own.database.workspace(workspace.id) as session:
        assert session.scalar(rows) == 0


def test_what_could_not_be_stored_is_kept_for_the_next_time(
    client: TestClient, deploy: Deploy, workspace: WorkspaceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy()
    recorder = traffic.TrafficRecorder(services(workspace.app).database)
    recorder.record(workspace.id, "support", 200, 0.002)
    with monkeypatch.context() as patch:
        patch.setattr(deployment_traffic, "add", away)
        run(recorder.flush())
    recorder.record(workspace.id, "support", 200, 0.002)
    assert seen(client, 0)["total"]["requests"] == 0
    run(recorder.flush())
    assert seen(client, 2)["total"]["requests"] == 2


def test_its_memory_is_bounded(workspace: WorkspaceUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "MOST_KEYS", 3)
    recorder = traffic.TrafficRecorder(services(workspace.app).database)
    for number in range(10):
        recorder.record(workspace.id, f"name-{number}", 200, 0.002)
    assert len(recorder._counts) == 3


def away(*_: object) -> None:
    raise OperationalError("INSERT", {}, Exception("the database is away"))
