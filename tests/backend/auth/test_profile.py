"""One's own account: where it is signed in, and its email address."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text
from workspaces import PASSWORD, WorkspaceUnderTest, services

PROFILE, SESSIONS = "/api/v1/profile", "/api/v1/sessions"


@pytest.fixture(autouse=True)
def no_attempts(app: FastAPI) -> Iterator[None]:
    """All clients of all tests have the same address."""
    yield
    with services(app).database.engine.begin() as connection:
        connection.execute(text("TRUNCATE login_attempts"))


@pytest.fixture
def browser(workspace: WorkspaceUnderTest) -> TestClient:
    return workspace.browser()


def email_of(client: TestClient) -> str:
    return str(client.get("/api/v1/session").json()["user"]["email"])


def sign_in(app: FastAPI, email: str, agent: str = "test") -> TestClient:
    client = TestClient(app, headers={"origin": "http://testserver", "x-tuneyard-csrf": "1", "user-agent": agent})
    client.post("/api/v1/session", json={"email": email, "password": PASSWORD})
    return client


def test_every_browser_is_listed_and_this_one_marked(
    app: FastAPI, workspace: WorkspaceUnderTest, browser: TestClient
) -> None:
    workspace.browser()
    other = sign_in(app, email_of(browser), "Firefox on a laptop")
    listed = other.get(SESSIONS).json()["data"]
    assert [(row["user_agent"], row["is_current"]) for row in listed] == [
        ("Firefox on a laptop", True),
        ("testclient", False),
    ]
    assert other.delete(SESSIONS).status_code == 204
    assert browser.get(SESSIONS).status_code == 401


def test_the_address_changes_and_is_what_one_signs_in_with(app: FastAPI, browser: TestClient) -> None:
    old, new = email_of(browser), f"{uuid4().hex}@example.com"
    answer = browser.patch(PROFILE, json={"email": new.upper(), "current_password": PASSWORD})
    assert answer.json()["email"] == new == email_of(browser)
    assert [sign_in(app, email).get("/api/v1/session").status_code for email in (old, new)] == [401, 200]


def test_another_accounts_address_is_refused(workspace: WorkspaceUnderTest, browser: TestClient) -> None:
    taken = email_of(workspace.browser())
    answer = browser.patch(PROFILE, json={"email": taken, "current_password": PASSWORD})
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "email_taken"
    assert answer.json()["error"]["param"] == "email"


def test_only_who_knows_the_password_changes_it(browser: TestClient) -> None:
    before = email_of(browser)
    wrong = {"email": "new@example.com", "current_password": "not the password"}
    answers = [browser.patch(PROFILE, json=wrong) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert answers[0].json()["error"]["param"] == "current_password"
    assert email_of(browser) == before
