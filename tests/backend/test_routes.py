"""Every route asks who is calling and whether they may; what is open to all is spelled out here."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from routes import Route, all_routes, api_routes, call
from workspaces import WorkspaceUnderTest

from tuneyard import app as app_module
from tuneyard.app import create_app
from tuneyard.auth.models import MemberRole, Scope
from tuneyard.kit.config import Settings

SCRIPT = b"export const words = [];\n" * 100
PUBLIC = {
    Route("GET", "/healthz"),
    Route("GET", "/readyz"),
    Route("GET", "/api/openapi.json"),
    Route("HEAD", "/api/openapi.json"),
    Route("GET", "/api/docs"),
    Route("GET", "/api/v1/setup"),
    Route("POST", "/api/v1/setup"),
    Route("POST", "/api/v1/session"),
}
PAGES = Route("GET", "/{path:path}")
ANY_CALLER = {Route("GET", "/api/v1/session")}
OWN_ACCOUNT = {
    Route("DELETE", "/api/v1/session"),
    Route("DELETE", "/api/v1/sessions"),
    Route("GET", "/api/v1/sessions"),
    Route("POST", "/api/v1/password"),
    Route("PATCH", "/api/v1/profile"),
    Route("POST", "/api/v1/activity/seen"),
}
# All others: READ for GET, WRITE for the rest.
NEEDS = {
    Route("POST", "/api/v1/jobs/estimate"): Scope.READ,
    Route("POST", "/api/v1/jobs/preview"): Scope.READ,
    Route("POST", "/api/v1/deployments/{name}/predict"): Scope.PREDICT,
    Route("POST", "/api/v1/deployments/{name}/batches"): Scope.PREDICT,
    Route("POST", "/hf/{name}"): Scope.PREDICT,
    Route("POST", "/v1/chat/completions"): Scope.PREDICT,
    Route("POST", "/v1/completions"): Scope.PREDICT,
    Route("POST", "/hf/{name}/v1/chat/completions"): Scope.PREDICT,
    Route("POST", "/v1/embeddings"): Scope.PREDICT,
    Route("GET", "/v1/models"): Scope.PREDICT,
    Route("GET", "/v1/models/{name}"): Scope.PREDICT,
    Route("GET", "/api/v1/workers"): Scope.ADMIN,
    Route("GET", "/api/v1/api-keys"): Scope.ADMIN,
    Route("POST", "/api/v1/api-keys"): Scope.ADMIN,
    Route("DELETE", "/api/v1/api-keys/{api_key_id}"): Scope.ADMIN,
    Route("GET", "/api/v1/webhooks"): Scope.ADMIN,
    Route("POST", "/api/v1/webhooks"): Scope.ADMIN,
    Route("GET", "/api/v1/webhooks/{webhook_id}"): Scope.ADMIN,
    Route("PATCH", "/api/v1/webhooks/{webhook_id}"): Scope.ADMIN,
    Route("DELETE", "/api/v1/webhooks/{webhook_id}"): Scope.ADMIN,
    Route("POST", "/api/v1/webhooks/{webhook_id}/secret"): Scope.ADMIN,
    Route("POST", "/api/v1/webhooks/{webhook_id}/test"): Scope.ADMIN,
    Route("GET", "/api/v1/webhooks/{webhook_id}/deliveries"): Scope.ADMIN,
    Route("GET", "/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}"): Scope.ADMIN,
    Route("POST", "/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/resend"): Scope.ADMIN,
}
ROLES = {
    MemberRole.VIEWER: {Scope.READ, Scope.PREDICT},
    MemberRole.MEMBER: {Scope.READ, Scope.PREDICT, Scope.WRITE},
    MemberRole.ADMIN: set(Scope),
    MemberRole.OWNER: set(Scope),
}
REFUSED = (401, 403)


def needed(route: Route) -> Scope:
    return NEEDS.get(route, Scope.READ if route.method == "GET" else Scope.WRITE)


def guarded(app: FastAPI) -> list[Route]:
    """Routes of users that want a certain scope."""
    routes = [route for route in api_routes(app) if route not in PUBLIC | ANY_CALLER | OWN_ACCOUNT]
    assert len(routes) > 40
    return routes


def test_without_credentials_every_route_but_the_public_ones_answers_401(app: FastAPI, anonymous: TestClient) -> None:
    answers = {route: call(anonymous, route) for route in all_routes(app)}
    open_to_all = {route for route, answer in answers.items() if answer.status_code != 401}
    # Pages are there once the web UI is built; TestWithWebUi looks at them.
    assert open_to_all - {PAGES} == PUBLIC
    closed = [answer for route, answer in answers.items() if route not in open_to_all]
    assert all(answer.headers["www-authenticate"] == "Bearer" for answer in closed)
    assert all(answer.json()["error"] for answer in closed)


def test_the_body_is_not_looked_at_before_the_credentials(app: FastAPI, anonymous: TestClient) -> None:
    document = app.openapi()
    answers = {route: call(anonymous, route, document=document).status_code for route in guarded(app)}
    assert set(answers.values()) == {401}


@pytest.mark.parametrize("host", ["x/healthz?", "x/api/v1/setup?", "testserver/healthz#", "x/internal/?"])
def test_no_host_header_makes_a_route_public(anonymous: TestClient, host: str) -> None:
    assert anonymous.get("/api/v1/datasets", headers={"host": host}).status_code in (400, 401)


@pytest.mark.parametrize("path", ["/healthz/../api/v1/datasets", "//api/v1/datasets", "/api/v1/datasets/"])
def test_no_spelling_of_a_path_makes_it_public(anonymous: TestClient, path: str) -> None:
    answer = anonymous.get(path)
    assert answer.status_code in (401, 404) or answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("scope", list(Scope))
def test_a_key_may_do_what_its_scope_says(app: FastAPI, workspace: WorkspaceUnderTest, scope: Scope) -> None:
    client = workspace.client_with(scope)
    answers = {route: call(client, route).status_code for route in guarded(app)}
    expected = {route for route in answers if needed(route) != scope}
    assert {route for route, status in answers.items() if status == 403} == expected
    assert 401 not in answers.values()
    assert not [route for route, status in answers.items() if status >= 500]


@pytest.mark.parametrize("scope", list(Scope))
def test_a_key_has_no_say_over_anybodys_account(workspace: WorkspaceUnderTest, scope: Scope) -> None:
    client = workspace.client_with(scope)
    assert {call(client, route).status_code for route in OWN_ACCOUNT} == {403}
    assert {call(client, route).status_code for route in ANY_CALLER} == {200}


@pytest.mark.parametrize("role", list(MemberRole))
def test_a_member_may_do_what_their_role_says(app: FastAPI, workspace: WorkspaceUnderTest, role: MemberRole) -> None:
    browser = workspace.browser(role)
    answers = {route: call(browser, route).status_code for route in guarded(app)}
    expected = {route for route in answers if needed(route) not in ROLES[role]}
    assert {route for route, status in answers.items() if status in REFUSED} == expected


def test_a_cookie_alone_changes_nothing(app: FastAPI, workspace: WorkspaceUnderTest) -> None:
    browser = workspace.browser()
    del browser.headers["x-tuneyard-csrf"]
    writes = [route for route in {*guarded(app), *OWN_ACCOUNT} if route.method != "GET"]
    codes = {call(browser, route).json()["error"]["code"] for route in writes if not route.path.startswith("/hf/")}
    assert codes == {"cross_site_request"}


def test_head_is_answered_as_get_without_the_body(app: FastAPI, client: TestClient, anonymous: TestClient) -> None:
    gets = [route for route in all_routes(app) if route.method == "GET"]
    for caller in (client, anonymous):
        for route in gets:
            get, head = call(caller, route), call(caller, Route("HEAD", route.path))
            kind = "content-type"
            assert (head.status_code, head.headers[kind]) == (get.status_code, get.headers[kind]), route
            assert head.content == b"", route
    assert client.head("/api/v1/datasets").status_code == 200
    assert client.head("/v1/chat/completions").status_code == 405


def test_refusals_name_what_is_missing(workspace: WorkspaceUnderTest) -> None:
    by_scope = workspace.client_with(Scope.READ).post("/api/v1/jobs").json()["error"]
    assert by_scope["code"] == "forbidden"
    assert "'write'" in by_scope["message"]
    by_role = workspace.browser(MemberRole.VIEWER).post("/api/v1/jobs").json()["error"]
    assert "'viewer'" in by_role["message"]
    assert by_role["type"] == "permission_error"


def test_internal_routes_take_the_service_token_and_nothing_else(
    app: FastAPI, client: TestClient, settings: Settings
) -> None:
    internal = [route for route in all_routes(app) if route.path.startswith("/internal/")]
    assert internal
    assert {call(client, route).status_code for route in internal} == {401}
    service = TestClient(app, headers={"authorization": f"Bearer {settings.required('service_token')}"})
    assert not [route for route in internal if call(service, route).status_code in REFUSED]
    assert {call(service, route).status_code for route in guarded(app)} == {401}


class TestWithWebUi:
    @pytest.fixture
    def app(self, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FastAPI]:
        (tmp_path / "ui" / "assets").mkdir(parents=True)
        (tmp_path / "ui" / "index.html").write_text("<title>Tuneyard</title>")
        script = tmp_path / "ui" / "assets" / "index-1.js"
        script.write_bytes(SCRIPT)
        script.with_name("index-1.js.gz").write_bytes(gzip.compress(SCRIPT, 9))
        monkeypatch.setattr(app_module, "WEB_UI", tmp_path / "ui")
        made = create_app(settings)
        yield made
        made.state.services.database.close()

    @pytest.mark.parametrize("path", ["/", "/models", "/datasets/ds_1", "/healthz-not"])
    def test_pages_are_open_to_all(self, anonymous: TestClient, path: str) -> None:
        assert anonymous.get(path).status_code == 200
        assert anonymous.head(path).status_code == 200

    def test_a_page_marks_a_session_that_has_no_mark(self, anonymous: TestClient) -> None:
        assert "set-cookie" not in anonymous.get("/").headers
        anonymous.cookies.set("tuneyard_session", "a token")
        assert "httponly" not in anonymous.get("/").headers["set-cookie"].lower()
        assert "set-cookie" not in anonymous.get("/").headers

    @pytest.mark.parametrize("path", ["/api/v1/nothing", "/internal/nothing", "/v1/models", "/hf/nothing"])
    def test_addresses_of_the_api_are_not_pages(self, anonymous: TestClient, path: str) -> None:
        assert anonymous.get(path).status_code in (401, 404)

    def test_every_other_route_stays_closed(self, app: FastAPI, anonymous: TestClient) -> None:
        answers = {route: call(anonymous, route, {"path": "nothing"}).status_code for route in all_routes(app)}
        assert {route for route, status in answers.items() if status != 401} == {*PUBLIC, PAGES}

    @pytest.mark.parametrize(("accepted", "encoding"), [("gzip, br", "gzip"), ("identity", None)])
    def test_a_packed_file_goes_to_who_can_unpack_it(
        self, anonymous: TestClient, accepted: str, encoding: str | None
    ) -> None:
        answer = anonymous.get("/assets/index-1.js", headers={"accept-encoding": accepted})
        assert answer.content == SCRIPT
        assert answer.headers.get("content-encoding") == encoding
        assert (int(answer.headers["content-length"]) < len(SCRIPT)) == (encoding is not None)
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["vary"] == "Accept-Encoding"
        assert "immutable" in answer.headers["cache-control"]
