"""The OpenAPI document is valid and complete, and its examples work."""

from typing import Any

import jsonschema
import possessions
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from openapi_spec_validator import validate
from possessions import Possessions
from routes import Route, api_routes, bodies
from trainable import COLUMNS, make_trainable
from workspaces import WorkspaceUnderTest

# Sent by tests of their own: the first account, and what ends or needs a signed-in browser.
ACCOUNT_ROUTES = {
    Route("POST", "/api/v1/setup"),
    Route("POST", "/api/v1/session"),
    Route("PATCH", "/api/v1/profile"),
    Route("POST", "/api/v1/password"),
}
# The path and the body are fine, but nobody serves in these tests, and rows are not in the store.
REFUSED_FOR_OTHER_REASONS = {
    Route("POST", "/api/v1/jobs/preview"): 404,
    Route("POST", "/hf/{name}"): 503,
    Route("POST", "/api/v1/deployments/{name}/predict"): 503,
    Route("POST", "/v1/chat/completions"): 503,
    Route("POST", "/hf/{name}/v1/chat/completions"): 503,
    Route("POST", "/v1/completions"): 503,
    Route("POST", "/v1/embeddings"): 503,
    # A file without its purpose, and one that is not there.
    Route("POST", "/v1/files"): 400,
    Route("POST", "/v1/fine_tuning/jobs"): 400,
    # Its model does not write; what is asked of one that does has tests of its own.
    Route("POST", "/api/v1/models/{model_id}/versions/{number}/judgements"): 404,
    Route("PUT", "/api/v1/models/{model_id}/versions/{number}/comparisons/{row}"): 404,
}


def schemas_of(document: dict[str, Any]) -> dict[str, Any]:
    return document["components"]["schemas"]


def test_it_is_an_openapi_document(app: FastAPI) -> None:
    validate(app.openapi())


def test_every_parameter_is_described(app: FastAPI) -> None:
    bare = [
        f"{method} {path} {parameter['name']}"
        for path, item in app.openapi()["paths"].items()
        for method, operation in item.items()
        for parameter in operation.get("parameters", [])
        if not parameter.get("description")
    ]
    assert bare == []


def test_every_body_and_answer_has_a_schema_whose_fields_are_described(app: FastAPI) -> None:
    for path, item in app.openapi()["paths"].items():
        for method, operation in item.items():
            contents = [operation.get("requestBody", {}), *operation["responses"].values()]
            for kind, content in ((k, c) for each in contents for k, c in each.get("content", {}).items()):
                assert content["schema"], f"{method} {path} {kind}"
                for name, field in content["schema"].get("properties", {}).items():
                    assert field.get("description"), f"{method} {path} {kind} {name}"


def test_every_operation_says_which_refusals_it_can_give(app: FastAPI) -> None:
    for route in api_routes(app):
        operation = app.openapi()["paths"][route.path][route.method.lower()]
        statuses = set(operation["responses"])
        assert ("401" in statuses) == (operation["security"] != []), route
        assert {"422", "500", "503"} <= statuses, route
        assert "404" in statuses or not route.parameters, route
        assert "413" in statuses or route.method == "GET", route


def test_every_example_fits_its_schema(app: FastAPI) -> None:
    document = app.openapi()
    checked = 0
    for name, schema in schemas_of(document).items():
        samples = [(schema, sample) for sample in schema.get("examples", [])]
        fields = schema.get("properties", {}).values()
        samples += [(field, sample) for field in fields for sample in field.get("examples", [])]
        for part, sample in samples:
            whole = {**part, "components": document["components"]}
            jsonschema.validate(sample, whole, format_checker=jsonschema.FormatChecker())
            checked += 1
        assert name
    assert checked > 80


@pytest.fixture
def things(workspace: WorkspaceUnderTest) -> Possessions:
    return possessions.fill(workspace)


def test_every_example_of_a_request_works(app: FastAPI, workspace: WorkspaceUnderTest, things: Possessions) -> None:
    document = app.openapi()
    make_trainable(workspace, things["dataset_version_id"], COLUMNS)
    routes = [
        route
        for route in api_routes(app)
        if "requestBody" in document["paths"][route.path][route.method.lower()] and route not in ACCOUNT_ROUTES
    ]
    assert len(routes) >= 12
    # In one event loop, as the connections to serving belong to one.
    with workspace.client as client:
        for route in routes:
            for kind, body in bodies(document, route, things.ids):
                answer = client.request(route.method, route.filled(things.ids), **{kind: body})
                expected = REFUSED_FOR_OTHER_REASONS.get(route)
                fine = answer.status_code == expected if expected else answer.is_success
                assert fine, f"{route} {kind} {body}: {answer.status_code} {answer.text}"


def test_the_examples_of_accounts_work(app: FastAPI, empty_database: None, anonymous: TestClient) -> None:
    document = app.openapi()
    sent = {route.path: dict(bodies(document, route, {}))["json"] for route in ACCOUNT_ROUTES}
    browser = TestClient(app, headers={"origin": "http://testserver", "x-tuneyard-csrf": "1"})
    assert browser.post("/api/v1/setup", json=sent["/api/v1/setup"]).status_code == 201
    assert browser.post("/api/v1/session", json=sent["/api/v1/session"]).status_code == 200
    assert browser.patch("/api/v1/profile", json=sent["/api/v1/profile"]).is_success
    assert browser.post("/api/v1/password", json=sent["/api/v1/password"]).status_code == 204
