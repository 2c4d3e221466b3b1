"""The reference of the REST API as one plain page: no script and nothing from elsewhere, as the CSP demands."""

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter()

JSON = "application/json"
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24 }
details { border: 1px solid #d0d7de; border-radius: 6px; margin: .5rem 0; padding: .4rem .8rem }
summary { cursor: pointer } code, pre { font: 14px/1.5 ui-monospace, monospace }
pre { background: #f6f8fa; padding: .6rem; overflow-x: auto; border-radius: 6px }
b.method { display: inline-block; min-width: 4.5rem } td, th { text-align: left; padding: .2rem 1rem .2rem 0 }
td, th { vertical-align: top }
@media (prefers-color-scheme: dark) { body { background: #0d1117; color: #e6edf3 } pre { background: #161b22 } }
"""


@router.get("/api/docs", include_in_schema=False, response_class=HTMLResponse)
async def docs(request: Request) -> HTMLResponse:
    """The page, drawn from the same document that programs read."""
    return HTMLResponse(page(request.app.openapi()))


def page(document: Mapping[str, Any]) -> str:
    """The whole of an OpenAPI document as HTML."""
    info = document["info"]
    schemas = document.get("components", {}).get("schemas", {})
    parts = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(info["title"])} API</title>',
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>',
        f"<h1>{escape(info['title'])} API</h1><p>{escape(info.get('summary', ''))}</p>",
        "<p>Send an API key with every request: <code>Authorization: Bearer ty_…</code>. "
        'Programs read <a href="/api/openapi.json">openapi.json</a>.</p>',
    ]
    for tag, operations in _by_tag(document).items():
        parts.append(f"<h2>{escape(tag.capitalize())}</h2>")
        parts += [_operation(method, path, operation) for method, path, operation in operations]
    parts.append("<h2>Shapes</h2>")
    parts += [_schema(name, schema) for name, schema in sorted(schemas.items())]
    return "".join([*parts, "</html>"])


def _by_tag(document: Mapping[str, Any]) -> dict[str, list[tuple[str, str, Mapping[str, Any]]]]:
    found: dict[str, list[tuple[str, str, Mapping[str, Any]]]] = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            tag = (operation.get("tags") or ["other"])[0]
            found.setdefault(tag, []).append((method.upper(), path, operation))
    return found


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    title = f'<b class="method">{method}</b> <code>{escape(path)}</code> {escape(operation.get("summary", ""))}'
    return (
        f"<details><summary>{title}</summary><p>{escape(operation.get('description', ''))}</p>"
        f"{_table('Parameters', _parameters(operation))}{_body(operation)}{_table('Answers', _answers(operation))}"
        "</details>"
    )


def _parameters(operation: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for parameter in operation.get("parameters", []):
        needed = "" if parameter.get("required") else ", optional"
        yield f"{parameter['name']} ({parameter['in']}{needed})", parameter.get("description", "")


def _answers(operation: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for status, answer in operation.get("responses", {}).items():
        shape = _shape(answer.get("content", {}).get(JSON, {}).get("schema", {}))
        yield status, " · ".join(text for text in (answer.get("description", ""), shape) if text)


def _body(operation: Mapping[str, Any]) -> str:
    parts = []
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        schema = content.get("schema", {})
        parts.append(f"<h4>Body <code>{escape(media_type)}</code> {escape(_shape(schema))}</h4>")
        parts.append(_table("", _fields(schema)))
    return "".join(parts)


def _schema(name: str, schema: Mapping[str, Any]) -> str:
    examples = "".join(
        f"<pre>{escape(json.dumps(example, indent=2, ensure_ascii=False))}</pre>"
        for example in schema.get("examples", [])
    )
    values = ", ".join(json.dumps(value, ensure_ascii=False) for value in schema.get("enum", []))
    return (
        f"<details><summary><code>{escape(name)}</code></summary><p>{escape(schema.get('description', ''))}</p>"
        f"<p>{escape(values)}</p>{_table('Fields', _fields(schema))}{examples}</details>"
    )


def _fields(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    required = schema.get("required", [])
    for name, field in schema.get("properties", {}).items():
        needed = "" if name in required else ", optional"
        yield f"{name} ({_shape(field)}{needed})", field.get("description", "")


def _shape(schema: Mapping[str, Any]) -> str:
    """A schema in a few words: `string`, `list of JobRead`, `integer or null`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return " or ".join(_shape(option) for option in schema[key])
    if schema.get("type") == "array":
        return f"list of {_shape(schema.get('items', {})) or 'anything'}"
    return str(schema.get("const") or schema.get("type", ""))


def _table(title: str, rows: Iterator[tuple[str, str]]) -> str:
    body = "".join(f"<tr><td><code>{escape(name)}</code><td>{escape(text)}" for name, text in rows)
    heading = f"<h4>{title}</h4>" if title and body else ""
    return f"{heading}<table>{body}</table>" if body else ""
