"""The reference page: complete, and nothing on it that the content security policy forbids."""

import re

from fastapi import FastAPI
from fastapi.testclient import TestClient

from tuneyard import api_docs


def test_every_operation_is_on_the_page(app: FastAPI, anonymous: TestClient) -> None:
    page = anonymous.get("/api/docs")
    assert page.status_code == 200
    for path, item in app.openapi()["paths"].items():
        assert f"<code>{path}</code>" in page.text
        for operation in item.values():
            assert operation["summary"]


def test_the_page_needs_no_script_and_no_other_server(anonymous: TestClient) -> None:
    page = anonymous.get("/api/docs")
    assert "<script" not in page.text
    assert re.findall(r'(?:href|src)="([^"]*)"', page.text) == ["/api/openapi.json"]
    assert "default-src 'self'" in page.headers["content-security-policy"]


def test_words_of_the_document_stay_words() -> None:
    document = {
        "info": {"title": "<script>alert(1)</script>"},
        "paths": {"/<b>": {"get": {"summary": "<i>", "description": "<img onerror=x>"}}},
        "components": {"schemas": {"<u>": {"properties": {"<a>": {"type": "<s>", "description": "<p>"}}}}},
    }
    page = api_docs.page(document)
    assert not re.findall(r"<(script|b>|i>|img|u>|a>|s>)", page)
