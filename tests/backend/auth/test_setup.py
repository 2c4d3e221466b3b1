"""The first account: made once, by one person, who then owns what the command line has made before."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from workspaces import PASSWORD, make_workspace

SETUP = "/api/v1/setup"
OWNER = {"email": "Ada@Example.com", "password": PASSWORD, "workspace": "Acme"}


pytestmark = pytest.mark.usefixtures("empty_database")


def test_the_first_account_owns_its_workspace_and_is_signed_in(anonymous: TestClient) -> None:
    assert anonymous.get(SETUP).json() == {"needed": True}
    made = anonymous.post(SETUP, json=OWNER)
    assert made.status_code == 201
    assert made.json()["user"]["email"] == "ada@example.com"
    assert made.json()["workspace"]["name"] == "Acme"
    assert made.json()["role"] == "owner"
    assert anonymous.get("/api/v1/session").json() == made.json()
    assert anonymous.get(SETUP).json() == {"needed": False}


def test_setup_works_only_once(anonymous: TestClient) -> None:
    assert anonymous.post(SETUP, json=OWNER).status_code == 201
    refused = anonymous.post(SETUP, json=OWNER | {"email": "eve@example.com"})
    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "already_set_up"
    assert "set-cookie" not in refused.headers


def test_of_many_at_once_one_becomes_the_owner(app: FastAPI) -> None:
    def attempt(number: int) -> int:
        body = OWNER | {"email": f"user{number}@example.com", "workspace": f"Workspace {number}"}
        return TestClient(app).post(SETUP, json=body).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == [201, 409, 409, 409]


def test_the_owner_finds_what_the_command_line_has_made(app: FastAPI, anonymous: TestClient) -> None:
    made = make_workspace(app)
    answer = anonymous.post(SETUP, json=OWNER).json()
    assert answer["workspace"] == {"id": made.id, "name": "Acme"}
    assert made.client.get("/api/v1/session").status_code == 200


def test_of_several_workspaces_none_is_given_away(app: FastAPI, anonymous: TestClient) -> None:
    others = {make_workspace(app).id, make_workspace(app).id}
    assert anonymous.post(SETUP, json=OWNER).json()["workspace"]["id"] not in others


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("password", "eleven char"),
        ("password", "x" * 1025),
        ("email", "nobody"),
        ("email", "a\x00b@example.com"),
        ("workspace", " "),
    ],
)
def test_an_unusable_field_is_named(anonymous: TestClient, field: str, value: str) -> None:
    refused = anonymous.post(SETUP, json=OWNER | {field: value})
    assert refused.status_code == 422
    assert refused.json()["error"]["param"] == field
    assert value.strip() == "" or value not in refused.text
    assert anonymous.get(SETUP).json() == {"needed": True}


def test_a_page_of_another_site_cannot_set_up(anonymous: TestClient) -> None:
    assert anonymous.post(SETUP, json=OWNER, headers={"origin": "https://evil.example"}).status_code == 403
    assert anonymous.get(SETUP).json() == {"needed": True}
