"""Whatever is wrong with a request, the answer has the one shape, a documented status and words that help."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import workspaces
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from routes import Route, api_routes, bodies, call
from sqlalchemy import text
from structlog.testing import capture_logs
from workspaces import WorkspaceUnderTest

from tuneyard import app as app_module
from tuneyard.app import create_app
from tuneyard.kit.config import Settings

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
JSON = {"content-type": "application/json"}
DEEP = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
BODIES: dict[str, tuple[bytes, dict[str, str]]] = {
    "no body": (b"", JSON),
    "half a JSON": (b'{"name": ', JSON),
    "no object": (b'"text"', JSON),
    "not UTF-8": (b'{"name": "\xff"}', JSON),
    "nested deep": (DEEP, JSON),
    "not JSON": (b"name=x", {"content-type": "application/x-www-form-urlencoded"}),
    "no form": (b"x", {"content-type": "multipart/form-data; boundary=y"}),
    "a NUL": (b'{"name": "a\\u0000b"}', JSON),
    "unknown field": (b'{"\\ud800": 1}', JSON),
    "too large": (b'"' + b"x" * (17 * 2**20) + b'"', JSON),
}


def error_of(answer: Response) -> dict[str, Any]:
    """The error of an answer, which must have the one shape and headers that name no other kind."""
    assert answer.headers["content-type"] == "application/json", answer.text[:200]
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "type", "param", "saying"}
    assert body["error"]["code"].replace("_", "").isalpha()
    assert body["error"]["message"].endswith((".", "?", ")"))
    assert answer.headers["x-request-id"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    return body["error"]


@pytest.mark.parametrize("wrong", BODIES)
def test_no_body_gets_an_answer_that_is_not_documented(app: FastAPI, client: TestClient, wrong: str) -> None:
    document, (body, headers) = app.openapi(), BODIES[wrong]
    routes = [route for route in api_routes(app) if route.method in {"POST", "PATCH", "PUT"}]
    assert len(routes) > 12
    for route in routes:
        values = dict.fromkeys(route.parameters, "nothing") | {"number": "1"}
        answer = client.request(route.method, route.filled(values), content=body, headers=headers)
        documented = document["paths"][route.path][route.method.lower()]["responses"]
        assert str(answer.status_code) in documented, f"{route}: {answer.status_code} {answer.text[:200]}"
        assert answer.status_code < 500
        if answer.status_code >= 400 and not route.path.startswith("/hf/"):
            error_of(answer)


def test_half_a_character_is_refused_wherever_it_stands(app: FastAPI, client: TestClient) -> None:
    """JSON may write one half of a surrogate pair; no file, no database and no answer takes it."""
    document = app.openapi()
    tried = 0
    for route in api_routes(app):
        fits = dict(bodies(document, route, {})).get("json")
        for body in spoilt(fits) if isinstance(fits, dict) else ():
            address = route.filled(dict.fromkeys(route.parameters, "nothing") | {"number": "1"})
            answer = client.request(route.method, address, content=json.dumps(body).encode(), headers=JSON)
            assert answer.status_code < 500, f"{route} {body}: {answer.text[:200]}"
            tried += 1
    assert tried > 50


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": "a"}]}),
        ("/v1/completions", {"prompt": "a"}),
        ("/v1/embeddings", {"input": "a"}),
        ("/v1/fine_tuning/jobs", {"training_file": "file-1"}),
    ],
)
def test_a_model_whose_name_has_half_a_character_is_refused(client: TestClient, path: str, body: Any) -> None:
    answer = client.post(path, content=json.dumps(body | {"model": "\ud800"}).encode(), headers=JSON)
    assert answer.status_code in (400, 404), answer.text
    error_of(answer)


def spoilt(value: Any) -> Iterator[Any]:
    """The value, each time with another of its texts, or of its names, made half a character."""
    if isinstance(value, str):
        yield "\ud800"
    elif isinstance(value, dict):
        yield from ({**value, name: other} for name, inner in value.items() for other in spoilt(inner))
        yield value | {"\ud800": "a"}
    elif isinstance(value, list):
        yield from ([*value[:at], other, *value[at + 1 :]] for at, inner in enumerate(value) for other in spoilt(inner))


def test_every_documented_error_has_the_one_shape(app: FastAPI) -> None:
    other = {
        f"{method} {path} {status}"
        for path, item in app.openapi()["paths"].items()
        for method, operation in item.items()
        for status, answer in operation["responses"].items()
        if status >= "400"
        and answer["content"]["application/json"]["schema"]["$ref"] != "#/components/schemas/ErrorBody"
    }
    # The facade speaks as Hugging Face does; readiness says which part is missing.
    paths = {entry.split()[1] for entry in other}
    assert paths == {"/hf/{name}", "/hf/{name}/v1/chat/completions", "/readyz"}


def test_malformed_json_is_told_with_its_place(client: TestClient) -> None:
    answer = client.post("/api/v1/jobs", content=b'{"name": nothing}', headers=JSON)
    assert answer.status_code == 422
    assert error_of(answer)["code"] == "invalid_json"
    assert "at character 10" in error_of(answer)["message"]
    assert error_of(answer)["param"] is None


@pytest.mark.parametrize(
    ("columns", "param"),
    [
        ({"text": 5}, "columns.text"),
        ({"text": ["a", 5]}, "columns.text"),
        ({"body": "a"}, "columns.body"),
        (None, "columns"),
    ],
)
def test_the_place_of_a_fault_is_one_of_the_request(client: TestClient, columns: Any, param: str) -> None:
    body = {"dataset_id": "ds_1", "task": "text_classification"} | ({} if columns is None else {"columns": columns})
    assert error_of(client.post("/api/v1/jobs/estimate", json=body))["param"] == param


def test_what_is_not_sent_as_json_is_told_how_to(client: TestClient) -> None:
    for kind in (None, "text/plain", "application/x-www-form-urlencoded"):
        answer = client.post("/api/v1/jobs", content=b'{"name": "x"}', headers={"content-type": kind} if kind else {})
        assert answer.status_code == 415
        assert error_of(answer)["code"] == "unsupported_media_type"
        assert "Content-Type: application/json" in error_of(answer)["message"]


def test_a_method_that_is_not_taken_is_told_which_are(app: FastAPI, client: TestClient) -> None:
    taken: dict[str, set[str]] = {}
    for route in api_routes(app):
        taken.setdefault(route.path, set()).add(route.method)
    for path, methods in taken.items():
        # HEAD is answered as GET.
        asked = {"HEAD"} if "GET" in methods else set()
        for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - methods - asked:
            # Some paths are also an example of another: `hyperparameters` could be the id of a job.
            answer = call(client, Route(method, path))
            assert answer.status_code in (404, 405) or path.endswith(("/hyperparameters", "/summary")), (method, path)
            if method != "HEAD" and answer.status_code == 405:
                assert methods <= set(answer.headers["allow"].split(", "))
                assert error_of(answer)["code"] == "method_not_allowed"
                assert "See /api/docs." in error_of(answer)["message"]


def test_what_nobody_foresaw_is_told_in_the_same_shape(app: FastAPI, workspace: WorkspaceUnderTest) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a bug")

    with pytest.MonkeyPatch.context() as patch, capture_logs() as logged:
        patch.setattr("tuneyard.jobs.service.page", fail)
        answer = workspace.client.get("/api/v1/jobs")
    assert [str(entry["exc_info"]) for entry in logged] == ["a bug"]
    assert answer.status_code == 500
    assert error_of(answer)["code"] == "internal_error"
    assert "a bug" not in answer.text


class TestWithWebUi:
    @pytest.fixture
    def app(self, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FastAPI]:
        (tmp_path / "ui" / "assets").mkdir(parents=True)
        (tmp_path / "ui" / "index.html").write_text("<title>Tuneyard</title>")
        monkeypatch.setattr(app_module, "WEB_UI", tmp_path / "ui")
        made = create_app(settings)
        yield made
        made.state.services.database.close()

    @pytest.mark.parametrize(
        "path", ["/api", "/api/v1", "/api/v1/nothing", "/v1", "/hf/a/b", "/assets/nothing.js", "/%00"]
    )
    def test_an_unknown_address_is_told(self, client: TestClient, path: str) -> None:
        answer = client.get(path)
        assert answer.status_code == 404
        assert error_of(answer)["code"] == "not_found"
        assert "See /api/docs." in error_of(answer)["message"]

    @pytest.mark.parametrize(
        ("method", "path", "taken"),
        [
            ("POST", "/", "GET"),
            ("DELETE", "/models", "GET"),
            ("GET", "/api/v1/password", "POST"),
            ("PUT", "/api/v1/jobs", "GET, POST"),
            ("OPTIONS", "/api/v1/jobs", "GET, POST"),
        ],
    )
    def test_a_page_does_not_hide_which_methods_are_taken(
        self, client: TestClient, method: str, path: str, taken: str
    ) -> None:
        answer = client.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, taken)
        assert error_of(answer)["code"] == "method_not_allowed"


def test_times_are_utc_whatever_the_server_of_the_database_is_set_to(
    app: FastAPI, workspace: WorkspaceUnderTest
) -> None:
    engine = workspaces.services(app).database.engine
    database = engine.url.database
    with engine.begin() as connection:
        connection.execute(text(f"ALTER DATABASE \"{database}\" SET timezone = 'Asia/Kolkata'"))
    try:
        engine.dispose()
        key = workspace.client.get("/api/v1/api-keys").json()["data"][0]
        assert TIME.fullmatch(key["created_at"]), key
    finally:
        with engine.begin() as connection:
            connection.execute(text(f'ALTER DATABASE "{database}" RESET timezone'))
