"""A chat that serving begins before the database has been heard: nothing of it gets out that would not have anyway."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from serving_double import ServingDouble, report
from sqlalchemy import event
from workspaces import MakeWorkspace, WorkspaceUnderTest, make_key, services
from written_versions import publish_writer

from tuneyard.auth import keys, tokens
from tuneyard.auth.models import Scope
from tuneyard.openai import head_start

CHAT: dict[str, Any] = {"model": "answers", "messages": [{"role": "user", "content": "Where is my parcel?"}]}
LINES = [
    {"index": 0, "text": "It is", "thought": "", "tokens": [], "finish_reason": "stop"},
    {"prompt_tokens": 5, "completion_tokens": 2, "cached_tokens": 3},
]
PATIENCE = 10


@pytest.fixture
def versions(workspace: WorkspaceUnderTest, serving: ServingDouble) -> list[str]:
    """Two that write; the deployment `answers` is of the first."""
    serving.lines = LINES
    found = [publish_writer(workspace).id for _ in range(2)]
    made = workspace.client.post("/api/v1/deployments", json={"name": "answers", "model_version_id": found[0]})
    assert made.status_code == 201, made.text
    for each in found:
        report(workspace.client, serving.token, each)
    return found


@pytest.fixture
def api(address: str, workspace: WorkspaceUnderTest, versions: list[str]) -> Iterator[httpx.Client]:
    """Whose key has been let in once."""
    headers = {"authorization": f"Bearer {workspace.key}"}
    with httpx.Client(base_url=address, headers=headers, timeout=30) as client:
        assert client.post("/v1/chat/completions", json=CHAT).status_code == 200
        yield client


@contextmanager
def slow_database(app: FastAPI, awaited: Event) -> Iterator[list[bool]]:
    """It answers once something else has happened; whether that was so, for each time it was asked."""
    found: list[bool] = []

    def wait(*_: object) -> None:
        found.append(awaited.wait(PATIENCE))

    engine = services(app).database.engine
    event.listen(engine, "checkout", wait)
    yield found
    event.remove(engine, "checkout", wait)


def asked(serving: ServingDouble) -> list[str]:
    """The versions that were asked since the last time."""
    found = [version for version, _ in serving.asked]
    serving.asked.clear()
    return found


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/hf/answers/v1/chat/completions"])
@pytest.mark.parametrize("stream", [True, False])
def test_serving_is_asked_before_the_database_has_answered(
    api: httpx.Client, app: FastAPI, serving: ServingDouble, versions: list[str], path: str, stream: bool
) -> None:
    asked(serving)
    heard = Event()
    serving.on_write = heard.set
    with slow_database(app, heard) as in_time:
        answer = api.post(path, json=CHAT | {"stream": stream})
    assert answer.status_code == 200
    assert "It is" in answer.text
    assert in_time[0]
    assert asked(serving) == [versions[0]]


def test_a_key_that_was_revoked_is_refused_and_what_was_begun_ends(
    api: httpx.Client, app: FastAPI, workspace: WorkspaceUnderTest, serving: ServingDouble
) -> None:
    key = tokens.parse_key(workspace.key)
    assert key is not None
    with services(app).database.workspace(workspace.id) as session:
        keys.revoke(session, workspace.id, key.id)
    serving.thinking = Event()
    with slow_database(app, serving.thinking) as in_time:
        answer = api.post("/v1/chat/completions", json=CHAT)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "revoked_api_key")
    assert in_time[0]
    assert serving.left.wait(PATIENCE)
    asked(serving)
    assert api.post("/v1/chat/completions", json=CHAT).status_code == 401
    assert asked(serving) == []


def test_a_deployment_that_moved_on_answers_by_its_new_version_and_what_was_begun_ends_before(
    api: httpx.Client, app: FastAPI, workspace: WorkspaceUnderTest, serving: ServingDouble, versions: list[str]
) -> None:
    routes = [{"model_version_id": versions[1]}]
    assert workspace.client.patch("/api/v1/deployments/answers", json={"routes": routes}).status_code == 200
    asked(serving)
    over = []
    serving.thinking, serving.thoughts = Event(), 1
    serving.on_write = lambda: over.append(len(serving.asked) == 1 or serving.left.wait(PATIENCE))
    with slow_database(app, serving.thinking):
        answer = api.post("/v1/chat/completions", json=CHAT)
    assert answer.json()["system_fingerprint"] == versions[1]
    assert over == [True, True]
    assert asked(serving) == versions
    api.post("/v1/chat/completions", json=CHAT)
    assert asked(serving) == [versions[1]]


@pytest.mark.parametrize("stream", [True, False])
def test_who_hangs_up_before_the_first_word_is_not_answered_on(
    api: httpx.Client, serving: ServingDouble, stream: bool
) -> None:
    serving.thinking = Event()
    with pytest.raises(httpx.ReadTimeout):
        api.post("/v1/chat/completions", json=CHAT | {"stream": stream}, timeout=0.5)
    assert serving.thinking.is_set()
    assert serving.left.wait(PATIENCE)


def test_what_goes_wrong_in_a_stream_is_told_in_it(api: httpx.Client, serving: ServingDouble) -> None:
    serving.lines = [LINES[0] | {"finish_reason": None}, {"error": {"code": "internal_error", "message": "On fire."}}]
    said = api.post("/v1/chat/completions", json=CHAT | {"stream": True}).text
    assert "It is" in said
    assert "On fire." in said
    assert said.endswith("data: [DONE]\n\n")


def test_of_traffic_that_is_shared_out_nothing_is_begun_ahead(
    api: httpx.Client, workspace: WorkspaceUnderTest, serving: ServingDouble, versions: list[str]
) -> None:
    routes = [{"model_version_id": each} for each in versions]
    assert workspace.client.patch("/api/v1/deployments/answers", json={"routes": routes}).status_code == 200
    api.post("/v1/chat/completions", json=CHAT)
    asked(serving)
    for _ in range(10):
        answer = api.post("/v1/chat/completions", json=CHAT)
        assert asked(serving) == [answer.json()["system_fingerprint"]]


@pytest.mark.parametrize(
    "wrong",
    [
        {"temperature": 5},
        {"messages": []},
        {"stop": ["a"] * 9},
        {"tools": [{"type": "function"}]},
        {"response_format": {"type": "json_schema"}},
    ],
)
def test_what_is_wrong_with_a_request_is_told_as_the_first_time(
    api: httpx.Client, make_workspace: MakeWorkspace, serving: ServingDouble, wrong: dict[str, Any]
) -> None:
    asked(serving)
    second = api.post("/v1/chat/completions", json=CHAT | wrong)
    stranger = {"authorization": f"Bearer {make_workspace().key}"}
    assert second.status_code == 400
    assert api.post("/v1/chat/completions", json=CHAT | wrong).json() == second.json()
    assert len(asked(serving)) <= 1
    other = api.post("/v1/chat/completions", json=CHAT, headers=stranger)
    assert (other.status_code, asked(serving)) == (404, [])


@pytest.mark.parametrize("content", [b"{", b"[]", b'"answers"', b"\xff", b""])
def test_a_body_that_is_none_is_refused_where_the_address_names_the_model(api: httpx.Client, content: bytes) -> None:
    assert api.post("/hf/answers/v1/chat/completions", json=CHAT).status_code == 200
    headers = {"content-type": "application/json"}
    answer = api.post("/hf/answers/v1/chat/completions", content=content, headers=headers)
    assert answer.status_code == 400


def test_what_serving_refuses_is_told_and_not_asked_twice(api: httpx.Client, serving: ServingDouble) -> None:
    asked(serving)
    serving.refuse(429, "Too many.", retry_after="3")
    answer = api.post("/v1/chat/completions", json=CHAT)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "3")
    assert len(asked(serving)) == 1


def test_what_was_let_in_long_ago_waits_for_the_database(
    api: httpx.Client, app: FastAPI, serving: ServingDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(head_start, "KEPT_SECONDS", 0.0)
    monkeypatch.setattr(f"{__name__}.PATIENCE", 0.3)
    heard = Event()
    serving.on_write = heard.set
    with slow_database(app, heard) as in_time:
        assert api.post("/v1/chat/completions", json=CHAT).status_code == 200
    assert not in_time[0]


def test_the_memory_is_bounded(
    api: httpx.Client, app: FastAPI, workspace: WorkspaceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(head_start, "MOST_KEPT", 1)
    for key in (workspace.key, make_key(app, workspace.id, *Scope)):
        headers = {"authorization": f"Bearer {key}"}
        assert api.post("/v1/chat/completions", json=CHAT, headers=headers).status_code == 200
    assert len(app.state.head_starts) == 1


def test_it_goes_with_the_app(app: FastAPI, workspace: WorkspaceUnderTest, versions: list[str]) -> None:
    for _ in range(2):
        with workspace.client as client:
            assert [client.post("/v1/chat/completions", json=CHAT).status_code for _ in range(2)] == [200, 200]
        assert not hasattr(app.state, "head_starts")
