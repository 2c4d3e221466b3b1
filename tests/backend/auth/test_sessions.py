"""Signing in and out: what is handed out, how long it lasts, and who may use it."""

from collections.abc import Iterator
from datetime import timedelta
from http.cookies import SimpleCookie
from statistics import median
from time import perf_counter
from typing import Literal

import pytest
from argon2 import PasswordHasher, extract_parameters
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select, text, update
from workspaces import PASSWORD, WorkspaceUnderTest, services

from tuneyard.auth import passwords
from tuneyard.auth.models import BrowserSession, LoginAttempt, MemberRole
from tuneyard.kit.config import Settings

SESSION = "/api/v1/session"
COOKIE = "tuneyard_session"
MARK = "tuneyard_signed_in"
# Taken before the fixtures replace it.
REAL_HASHER = passwords.HASHER
WRITE = {"origin": "http://testserver", "x-tuneyard-csrf": "1"}


@pytest.fixture(autouse=True)
def no_attempts(app: FastAPI) -> None:
    """All clients of these tests have the same address."""
    with services(app).database.engine.begin() as connection:
        connection.execute(text("TRUNCATE login_attempts"))


@pytest.fixture
def email(workspace: WorkspaceUnderTest) -> str:
    """A member's email address."""
    return workspace.add_user(MemberRole.MEMBER)


def sign_in(client: TestClient, email: str, password: str = PASSWORD) -> int:
    return client.post(SESSION, json={"email": email, "password": password}).status_code


def test_a_member_signs_in_and_is_known(anonymous: TestClient, workspace: WorkspaceUnderTest, email: str) -> None:
    assert sign_in(anonymous, f" {email.upper()}") == 200
    known = anonymous.get(SESSION).json()
    assert known["user"]["email"] == email
    assert known["workspace"]["id"] == workspace.id
    assert known["role"] == "member"
    assert known["scopes"] == ["read", "write", "predict"]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(anonymous: TestClient, email: str) -> None:
    answer = anonymous.post(SESSION, json={"email": email, "password": PASSWORD})
    cookie = SimpleCookie(answer.headers.get_list("set-cookie")[0])[COOKIE]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "lax"
    assert cookie["path"] == "/"
    assert cookie["secure"] == ""
    assert len(cookie.value) == 43


def test_the_mark_comes_and_goes_with_the_session(anonymous: TestClient, email: str) -> None:
    sign_in(anonymous, email)
    assert anonymous.cookies[MARK] == "1"
    assert anonymous.delete(SESSION, headers=WRITE).status_code == 204
    assert not {COOKIE, MARK} & set(anonymous.cookies)


def test_the_token_is_stored_hashed(app: FastAPI, anonymous: TestClient, email: str) -> None:
    sign_in(anonymous, email)
    token = anonymous.cookies[COOKIE]
    with services(app).database.system() as session:
        rows = session.execute(text("SELECT s::text FROM sessions s")).scalars().all()
    assert rows
    assert all(token not in row for row in rows)


def test_after_signing_out_the_cookie_is_worth_nothing(app: FastAPI, anonymous: TestClient, email: str) -> None:
    sign_in(anonymous, email)
    stolen = {COOKIE: anonymous.cookies[COOKIE]}
    assert TestClient(app, cookies=stolen).get(SESSION).status_code == 200
    assert anonymous.delete(SESSION, headers=WRITE).status_code == 204
    assert COOKIE not in anonymous.cookies
    replayed = TestClient(app, cookies=stolen).get(SESSION)
    assert replayed.status_code == 401
    assert replayed.json()["error"]["code"] == "session_ended"


def test_signing_in_again_changes_the_token_and_ends_the_old_one(
    app: FastAPI, anonymous: TestClient, email: str
) -> None:
    sign_in(anonymous, email)
    before = anonymous.cookies[COOKIE]
    sign_in(anonymous, email)
    assert anonymous.cookies[COOKIE] != before
    assert TestClient(app, cookies={COOKIE: before}).get(SESSION).status_code == 401


def test_signing_out_everywhere_ends_the_sessions_of_this_user_only(
    app: FastAPI, workspace: WorkspaceUnderTest, email: str
) -> None:
    here, there, other = TestClient(app), TestClient(app), TestClient(app)
    assert [sign_in(here, email), sign_in(there, email), sign_in(other, workspace.add_user(MemberRole.VIEWER))] == [
        200,
        200,
        200,
    ]
    assert here.delete("/api/v1/sessions", headers=WRITE).status_code == 204
    assert [client.get(SESSION).status_code for client in (here, there, other)] == [401, 401, 200]


@pytest.mark.parametrize(
    ("column", "age", "expected"),
    [
        ("last_seen_at", timedelta(hours=11, minutes=59), 200),
        ("last_seen_at", timedelta(hours=12), 401),
        ("expires_at", timedelta(minutes=-1), 200),
        ("expires_at", timedelta(0), 401),
    ],
)
def test_a_session_ends_by_itself(
    app: FastAPI, anonymous: TestClient, email: str, column: str, age: timedelta, expected: int
) -> None:
    sign_in(anonymous, email)
    with services(app).database.system() as session:
        session.execute(update(BrowserSession).values({column: func.clock_timestamp() - age}))
    assert anonymous.get(SESSION).status_code == expected


def test_use_keeps_a_session_alive(app: FastAPI, anonymous: TestClient, email: str) -> None:
    sign_in(anonymous, email)
    with services(app).database.system() as session:
        hours_ago = func.clock_timestamp() - timedelta(hours=11)
        session.execute(update(BrowserSession).values(last_seen_at=hours_ago))
    anonymous.get(SESSION)
    with services(app).database.system() as session:
        recent = BrowserSession.last_seen_at > func.clock_timestamp() - timedelta(minutes=1)
        assert session.scalars(select(BrowserSession.id).where(recent)).all()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-tuneyard-csrf": "1"},
        {"origin": "http://testserver"},
        {"x-tuneyard-csrf": "1", "origin": "https://evil.example"},
        {"x-tuneyard-csrf": "1", "origin": "null"},
        {"x-tuneyard-csrf": "1", "origin": "http://testserver:8000"},
        {"x-tuneyard-csrf": "1", "origin": "http://testserver.evil.example"},
        {"x-tuneyard-csrf": "1", "origin": "http://testserver:x"},
        {"x-tuneyard-csrf": "1", "referer": "https://evil.example/http://testserver"},
    ],
)
def test_a_write_from_another_site_is_refused(anonymous: TestClient, email: str, headers: dict[str, str]) -> None:
    sign_in(anonymous, email)
    refused = anonymous.delete(SESSION, headers=headers)
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "cross_site_request"
    assert anonymous.get(SESSION).status_code == 200


@pytest.mark.parametrize("source", ["origin", "referer"])
def test_a_write_from_our_own_page_is_taken(anonymous: TestClient, email: str, source: str) -> None:
    sign_in(anonymous, email)
    headers = {"x-tuneyard-csrf": "1", source: "http://testserver" + ("/models" if source == "referer" else "")}
    assert anonymous.delete(SESSION, headers=headers).status_code == 204


def test_another_sites_form_cannot_sign_somebody_in(anonymous: TestClient, email: str) -> None:
    body = {"email": email, "password": PASSWORD}
    assert anonymous.post(SESSION, data=body).status_code == 415
    assert anonymous.post(SESSION, json=body, headers={"origin": "https://evil.example"}).status_code == 403
    assert COOKIE not in anonymous.cookies


def test_the_eleventh_try_on_an_account_is_refused(anonymous: TestClient, email: str) -> None:
    assert {sign_in(anonymous, email, "wrong password") for _ in range(10)} == {401}
    # Only the account's count is to be looked at.
    refused = anonymous.post(SESSION, json={"email": email, "password": PASSWORD})
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 15 * 60
    assert "15 minutes" in refused.json()["error"]["message"]


def test_the_eleventh_try_from_an_address_is_refused(app: FastAPI, workspace: WorkspaceUnderTest) -> None:
    attacker = TestClient(app, client=("203.0.113.9", 5000))
    assert {sign_in(attacker, f"user{number}@example.com") for number in range(10)} == {401}
    assert sign_in(attacker, workspace.add_user(MemberRole.MEMBER)) == 429
    assert sign_in(TestClient(app), workspace.add_user(MemberRole.MEMBER)) == 200


def test_an_account_is_counted_whatever_the_address(app: FastAPI, email: str) -> None:
    for number in range(10):
        assert sign_in(TestClient(app, client=(f"203.0.113.{number}", 5000)), email, "wrong password") == 401
    assert sign_in(TestClient(app, client=("203.0.113.99", 5000)), email) == 429


def test_old_tries_are_forgotten(app: FastAPI, anonymous: TestClient, email: str) -> None:
    for _ in range(10):
        sign_in(anonymous, email, "wrong password")
    with services(app).database.system() as session:
        session.execute(update(LoginAttempt).values(at=func.clock_timestamp() - timedelta(minutes=15)))
    assert sign_in(anonymous, email, "wrong password") == 401
    with services(app).database.system() as session:
        assert session.scalar(select(func.count()).select_from(LoginAttempt)) == 1


def test_a_success_takes_back_the_tries_of_its_account_only(anonymous: TestClient, email: str) -> None:
    for number in range(5):
        sign_in(anonymous, f"victim{number}@example.com", "a guess that is wrong")
        assert sign_in(anonymous, email) == 200
    for number in range(5):
        sign_in(anonymous, f"victim{number}@example.com", "a guess that is wrong")
    assert sign_in(anonymous, email) == 429


def test_an_unknown_account_takes_as_long_as_a_known_one(
    anonymous: TestClient, workspace: WorkspaceUnderTest, real_hashes: list[str]
) -> None:
    email = workspace.add_user(MemberRole.MEMBER)
    seconds: dict[str, list[float]] = {email: [], "nobody@example.com": []}
    for _ in range(5):
        for account, times in seconds.items():
            started = perf_counter()
            assert sign_in(anonymous, account, "a guess that is wrong") == 401
            times.append(perf_counter() - started)
    assert len(real_hashes) == 10
    known, unknown = (median(times) for times in seconds.values())
    assert 0.25 < known / unknown < 4


@pytest.fixture
def real_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Hashes as costly as in production; those that passwords were checked against are listed."""
    checked: list[str] = []

    class Recorder(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            checked.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "HASHER", Recorder.from_parameters(extract_parameters(REAL_HASHER.hash(""))))
    passwords._dummy_hash.cache_clear()
    yield checked
    passwords._dummy_hash.cache_clear()


def test_both_answer_with_the_same_words(anonymous: TestClient, email: str) -> None:
    wrong = {"password": "a guess that is wrong"}
    known = anonymous.post(SESSION, json=wrong | {"email": email})
    assert known.json() == anonymous.post(SESSION, json=wrong | {"email": "nobody@example.com"}).json()


def test_a_new_password_ends_every_other_session(app: FastAPI, anonymous: TestClient, email: str) -> None:
    sign_in(anonymous, email)
    other = TestClient(app)
    sign_in(other, email)
    change = {"current_password": PASSWORD, "new_password": "another long password"}
    assert anonymous.post("/api/v1/password", json=change, headers=WRITE).status_code == 204
    assert anonymous.get(SESSION).status_code == 200
    assert other.get(SESSION).status_code == 401
    assert [sign_in(other, email), sign_in(other, email, "another long password")] == [401, 200]


def test_a_password_is_only_changed_by_who_knows_it(anonymous: TestClient, email: str) -> None:
    sign_in(anonymous, email)
    change = {"current_password": "not the password", "new_password": "another long password"}
    answers = [anonymous.post("/api/v1/password", json=change, headers=WRITE) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert answers[0].json()["error"]["param"] == "current_password"


@pytest.mark.parametrize(
    ("method", "path"), [("DELETE", SESSION), ("DELETE", "/api/v1/sessions"), ("POST", "/api/v1/password")]
)
def test_a_key_has_no_account(client: TestClient, method: str, path: str) -> None:
    body = {"current_password": PASSWORD, "new_password": PASSWORD} if method == "POST" else None
    assert client.request(method, path, json=body).status_code == 403


class TestBehindTls:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"secure_cookies": True, "public_url": "https://tune.example"})

    def test_the_cookie_is_bound_to_this_host(self, app: FastAPI, email: str) -> None:
        client = TestClient(app, base_url="https://tune.example")
        answer = client.post(SESSION, json={"email": email, "password": PASSWORD})
        cookie = SimpleCookie(answer.headers.get_list("set-cookie")[0])[f"__Host-{COOKIE}"]
        assert cookie["secure"] is True
        assert cookie["domain"] == ""
        assert client.get(SESSION).status_code == 200

    def test_the_public_address_counts_as_ours(self, app: FastAPI, email: str) -> None:
        client = TestClient(app, base_url="https://internal:8321")
        sign_in(client, email)
        refused = client.delete(SESSION, headers=WRITE | {"origin": "http://tune.example"})
        assert refused.status_code == 403
        assert client.delete(SESSION, headers=WRITE | {"origin": "https://tune.example"}).status_code == 204


def test_a_body_of_any_size_is_not_read_into_memory(anonymous: TestClient) -> None:
    body = b'{"email": "' + b"a" * 70_000 + b'"}'
    answer = anonymous.post(SESSION, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 413
