"""A prediction asks the database once: for its key, and in the same breath for the deployment that it names."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from model_versions import Deploy
from sqlalchemy import event
from workspaces import MakeWorkspace

# Its last use is noted once a minute, which is a trip too.
WARM = 1
PARCEL: dict[str, Any] = {"inputs": ["a parcel"]}
CHAT: dict[str, Any] = {"model": "support", "messages": [{"role": "user", "content": "a parcel"}]}


@contextmanager
def trips(app: FastAPI) -> Iterator[list[None]]:
    """One for each time that a connection is taken."""
    found: list[None] = []

    def count(*_: object) -> None:
        found.append(None)

    engine = app.state.services.database.engine
    event.listen(engine, "checkout", count)
    yield found
    event.remove(engine, "checkout", count)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/deployments/support/predict", PARCEL),
        ("/v1/chat/completions", CHAT),
        ("/hf/support", {"inputs": "a parcel"}),
        ("/hf/support/v1/chat/completions", CHAT | {"model": "tgi"}),
    ],
)
def test_in_one_trip(app: FastAPI, client: TestClient, deploy: Deploy, path: str, body: dict[str, Any]) -> None:
    deploy()
    for _ in range(WARM):
        assert client.post(path, json=body).status_code == 200
    with trips(app) as taken:
        assert client.post(path, json=body).status_code == 200
    assert len(taken) == 1


def test_not_in_the_workspace_of_somebody_else(
    client: TestClient, deploy: Deploy, make_workspace: MakeWorkspace
) -> None:
    deploy()
    key = make_workspace().key
    answer = client.post("/v1/chat/completions", json=CHAT, headers={"authorization": f"Bearer {key}"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "model_not_found")


def test_not_with_a_key_whose_secret_is_wrong(client: TestClient, deploy: Deploy) -> None:
    deploy()
    right = client.headers["authorization"]
    wrong = right[:-1] + ("a" if right[-1] != "a" else "b")
    answer = client.post("/v1/chat/completions", json=CHAT, headers={"authorization": wrong})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_api_key")


@pytest.mark.parametrize(
    "body", [b"{", b'{"model": 5}', b"[]", b'"support"', b'{"model": "a\\u0000b"}', b"[" * 100_000]
)
@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_a_body_that_names_none_is_refused_as_ever(client: TestClient, deploy: Deploy, body: bytes, kind: str) -> None:
    deploy()
    answer = client.post("/v1/chat/completions", content=body, headers={"content-type": kind})
    assert answer.status_code in (400, 415)
