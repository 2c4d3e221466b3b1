"""API keys: shown once, limited by scopes, over when they expire or are revoked."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select, text, update
from workspaces import MakeWorkspace, WorkspaceUnderTest, keyed_client, services

from tuneyard.auth import repository, tokens
from tuneyard.auth.models import ApiKey, MemberRole, Membership, Scope
from tuneyard.kit.db import APP_ROLE

KEYS = "/api/v1/api-keys"
WHO_AM_I = "/api/v1/session"


def test_a_new_key_works_and_is_shown_once(app: FastAPI, client: TestClient) -> None:
    made = client.post(KEYS, json={"name": "website", "scopes": ["read", "predict"]})
    assert made.status_code == 201
    key = made.json()["key"]
    assert tokens.parse_key(key)
    answer = keyed_client(app, key).get(WHO_AM_I)
    assert answer.status_code == 200
    assert answer.json()["scopes"] == ["read", "predict"]
    listed = client.get(KEYS)
    assert listed.json()["data"][0]["id"] == made.json()["id"]
    assert key.split("_", 2)[2] not in listed.text
    assert "hmac" not in listed.text


def test_only_an_hmac_is_stored(app: FastAPI, workspace: WorkspaceUnderTest) -> None:
    parsed = tokens.parse_key(workspace.key)
    assert parsed
    with services(app).database.system() as session:
        stored = session.scalars(select(ApiKey).where(ApiKey.id == parsed.id)).one()
    assert stored.secret_hmac not in workspace.key
    assert len(stored.secret_hmac) == 64


def test_what_is_asked_beside_a_key_is_asked_within_its_workspace(app: FastAPI, workspace: WorkspaceUnderTest) -> None:
    parsed = tokens.parse_key(workspace.key)
    assert parsed
    who = (text("SELECT current_user, current_setting('app.workspace')"), {})
    key, rows = repository.key_in_use(services(app).database, parsed.id, who)
    assert key
    assert (key.workspace_id, rows) == (workspace.id, [(APP_ROLE, workspace.id)])
    assert repository.key_in_use(services(app).database, parsed.id, None) == (key, [])
    # One that nobody has leads into no workspace.
    assert repository.key_in_use(services(app).database, "key_unknown", who) == (None, [(APP_ROLE, "")])


def test_a_revoked_key_is_refused_with_the_next_request(app: FastAPI, client: TestClient) -> None:
    made = client.post(KEYS, json={"name": "leaked"}).json()
    holder = keyed_client(app, made["key"])
    assert holder.get(WHO_AM_I).status_code == 200
    assert client.delete(f"{KEYS}/{made['id']}").status_code == 204
    refused = holder.get(WHO_AM_I)
    assert refused.status_code == 401
    assert refused.json()["error"]["code"] == "revoked_api_key"
    assert client.delete(f"{KEYS}/{made['id']}").status_code == 204


def test_an_expired_key_says_when_and_what_to_do(app: FastAPI, client: TestClient) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    made = client.post(KEYS, json={"name": "trial", "expires_at": soon.isoformat()}).json()
    holder = keyed_client(app, made["key"])
    assert holder.get(WHO_AM_I).status_code == 200
    with services(app).database.system() as session:
        past = datetime(2024, 2, 29, tzinfo=UTC)
        session.execute(update(ApiKey).where(ApiKey.id == made["id"]).values(expires_at=past))
    refused = holder.get(WHO_AM_I)
    assert refused.status_code == 401
    assert refused.json()["error"]["code"] == "expired_api_key"
    assert "expired on 2024-02-29. Make a new one." in refused.json()["error"]["message"]


def test_a_key_that_would_have_expired_already_is_refused(client: TestClient) -> None:
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    refused = client.post(KEYS, json={"name": "late", "expires_at": past})
    assert refused.status_code == 422
    assert refused.json()["error"]["param"] == "expires_at"


@pytest.mark.parametrize(
    "credential",
    ["", "ty_", "ty_x_y", "sk-123", "ty_01k9f3w2m8q4t6v8x0z2b4d6f8_" + "a" * 43, "ty_\x7f_ä"],
    ids=["empty", "prefix", "short", "foreign", "unknown", "odd"],
)
def test_what_is_no_key_is_refused(app: FastAPI, credential: str) -> None:
    refused = TestClient(app, headers={"authorization": f"Bearer {credential}".encode()}).get(WHO_AM_I)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"


def test_a_wrong_secret_is_refused(app: FastAPI, workspace: WorkspaceUnderTest) -> None:
    flipped = workspace.key[:-1] + ("A" if workspace.key[-1] != "A" else "B")
    assert keyed_client(app, workspace.key).get(WHO_AM_I).status_code == 200
    assert keyed_client(app, flipped).get(WHO_AM_I).status_code == 401


def test_a_key_cannot_give_more_than_it_has(workspace: WorkspaceUnderTest) -> None:
    maker = workspace.client_with(Scope.ADMIN, Scope.READ)
    refused = maker.post(KEYS, json={"name": "more", "scopes": ["read", "write"]})
    assert refused.status_code == 403
    assert refused.json()["error"]["param"] == "scopes"
    assert "write" in refused.json()["error"]["message"]
    assert maker.post(KEYS, json={"name": "same", "scopes": ["read"]}).status_code == 201


def test_a_key_falls_with_the_role_of_its_maker(app: FastAPI, workspace: WorkspaceUnderTest) -> None:
    made = workspace.browser(MemberRole.ADMIN).post(KEYS, json={"name": "mine", "scopes": ["read", "write"]}).json()
    holder = keyed_client(app, made["key"])
    assert holder.get(WHO_AM_I).json()["scopes"] == ["read", "write"]
    with services(app).database.system() as session:
        demoted = update(Membership).where(Membership.workspace_id == workspace.id).values(role=MemberRole.VIEWER)
        session.execute(demoted)
    assert holder.get(WHO_AM_I).json()["scopes"] == ["read"]
    with services(app).database.system() as session:
        session.delete(session.scalars(select(Membership).where(Membership.workspace_id == workspace.id)).one())
    assert holder.get(WHO_AM_I).json()["error"]["code"] == "revoked_api_key"


def test_use_is_noted_at_most_once_a_minute(app: FastAPI, workspace: WorkspaceUnderTest) -> None:
    def last_used() -> str:
        keys = workspace.client.get(KEYS).json()["data"]
        return str(keys[0]["last_used_at"])

    first = last_used()
    assert last_used() == first != "None"
    with services(app).database.system() as session:
        hour_ago = func.clock_timestamp() - timedelta(hours=1)
        session.execute(update(ApiKey).where(ApiKey.workspace_id == workspace.id).values(last_used_at=hour_ago))
    assert last_used() > first


def test_another_workspaces_keys_are_out_of_reach(make_workspace: MakeWorkspace) -> None:
    mine, theirs = make_workspace(), make_workspace()
    their_key = theirs.client.get(KEYS).json()["data"][0]["id"]
    assert their_key not in mine.client.get(KEYS).text
    assert mine.client.delete(f"{KEYS}/{their_key}").status_code == 404
    assert theirs.client.get(KEYS).status_code == 200


@pytest.mark.parametrize("name", ["", "   ", "a\x00b", "x" * 81, "\ud800"])
def test_an_unusable_name_is_refused(client: TestClient, name: str) -> None:
    body = json.dumps({"name": name})
    refused = client.post(KEYS, content=body, headers={"content-type": "application/json"})
    assert refused.status_code == 422
    assert refused.json()["error"]["param"] == "name"
