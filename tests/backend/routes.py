"""Every route of the api, and requests that fit them, drawn from the routes and the OpenAPI document themselves."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from httpx2 import Response

PARAMETER = re.compile(r"{([a-z_]+)(?::path)?}")


@dataclass(frozen=True, order=True)
class Route:
    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> list[str]:
        return PARAMETER.findall(self.path)

    def filled(self, values: Mapping[str, str]) -> str:
        return PARAMETER.sub(lambda match: values[match[1]], self.path)


def all_routes(app: FastAPI) -> list[Route]:
    """Those outside the OpenAPI document too."""
    found = {
        Route(method, context.path)
        for context in iter_route_contexts(app.routes)
        for method in context.methods or ()
        if context.path
    }
    return sorted(found)


def api_routes(app: FastAPI) -> list[Route]:
    """Those of users: in the OpenAPI document, and not of the platform's own processes."""
    documented = [Route(method.upper(), path) for path, item in app.openapi()["paths"].items() for method in item]
    return [route for route in sorted(documented) if not route.path.startswith("/internal/")]


def call(
    client: TestClient,
    route: Route,
    values: Mapping[str, str] | None = None,
    document: dict[str, Any] | None = None,
) -> Response:
    """Call a route. Parameters that are not given name nothing; with the document, a body that fits is sent."""
    filled = {parameter: "1" if parameter == "number" else "nothing" for parameter in route.parameters}
    body = dict(bodies(document, route, values or {})) if document else {}
    return client.request(route.method, route.filled(filled | dict(values or {})), **body)


def bodies(document: dict[str, Any], route: Route, values: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    content = document["paths"][route.path][route.method.lower()].get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        yield "files", {"file": ("tickets.csv", b"body,category\nhello,greeting\n", "text/csv")}
    if "application/json" in content:
        yield "json", example(document, content["application/json"]["schema"], values)


def example(document: dict[str, Any], schema: dict[str, Any], values: Mapping[str, str], name: str = "") -> Any:
    """A value that fits a JSON schema; fields called like one of `values` get that."""
    if name in values:
        return values[name]
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    if schema.get("examples"):
        return with_values(schema["examples"][0], values)
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return example(document, schema[key][0], values, name)
    if "properties" in schema:
        required = schema.get("required", [])
        fields = schema["properties"].items()
        return {key: example(document, field, values, key) for key, field in fields if key in required}
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "array":
        return [example(document, schema["items"], values)]
    return {"integer": 1, "number": 1.0, "boolean": True, "object": {}}.get(schema.get("type", ""), "some text")


def with_values(sample: Any, values: Mapping[str, str]) -> Any:
    """An example of the document, naming things that are there."""
    if isinstance(sample, dict):
        return {
            key: values[key] if key.endswith("_id") and key in values else with_values(value, values)
            for key, value in sample.items()
        }
    return [with_values(value, values) for value in sample] if isinstance(sample, list) else sample
