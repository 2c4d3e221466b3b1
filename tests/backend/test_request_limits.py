"""What is too large, unknown or unstorable is refused in the one shape."""

import pytest


def test_a_body_over_the_limit_is_refused_before_anybody_is_asked_who_they_are(anonymous):
    answer = anonymous.post("/api/v1/jobs", json={"name": "x" * 2**20})
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


@pytest.mark.parametrize("path", ["/api/v1/datasets/a%00b", "/api/v1/jobs/a%00", "/api/v1/jobs?cursor=%00"])
def test_a_nul_is_refused(client, path):
    answer = client.get(path)
    assert answer.status_code in {404, 422}
    assert answer.json()["error"]["message"]


def test_every_field_of_the_openapi_file_is_described(app):
    schemas = app.openapi()["components"]["schemas"]
    bare = [
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, facts in schema.get("properties", {}).items()
        # A reference says what the schema it leads to says.
        if "description" not in facts
        and "description" not in schemas.get(facts.get("$ref", "").rpartition("/")[2], {})
        and name not in {"HTTPValidationError", "ValidationError"}
    ]
    assert bare == []


def test_every_route_has_a_summary_and_a_good_answer(app):
    bare = [
        f"{method} {path}"
        for path, methods in app.openapi()["paths"].items()
        for method, route in methods.items()
        if not route.get("summary") or not any(status.startswith("2") for status in route["responses"])
    ]
    assert bare == []
