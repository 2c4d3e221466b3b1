"""How errors become answers, and which headers every answer carries."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from sqlalchemy.exc import DataError, OperationalError, TimeoutError
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from ulid import ULID

from tuneyard.kit.errors import ErrorBody, ErrorDetail, TuneyardError, Unavailable, error_type
from tuneyard.kit.wording import what_is_wrong

log = structlog.get_logger()

Shape = Callable[[JSONResponse], JSONResponse]

# Bodies are read before anybody is asked who they are: every router says how much it takes.
LARGEST_BODY = 2**20
UNCOUNTED = 2**63
# Every address that is not one of the API's is a page.
WEB_UI_ROUTE = "/{path:path}"
# In the scope of a request whose errors have a shape of their own: what makes it of the one shape.
ERROR_SHAPE = "tuneyard.error_shape"
API_PREFIXES = ("/api/", "/internal/", "/hf/", "/v1/")
SHOWN_PATH_CHARS = 200
# As nginx notes it; nobody is left to read it.
HUNG_UP = 499
NOT_JSON = "The body is not sent as JSON. Send JSON with the header `Content-Type: application/json`."
UNSTORABLE = "The request has a character that no text may have, such as NUL or half of a surrogate pair."
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "content-security-policy": "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI entries for the errors a route can answer with."""
    return {status: {"model": ErrorBody, "description": _DESCRIPTIONS[status]} for status in statuses}


class Replay(Exception):
    """Ends a request that was answered before: with that answer, in JSON."""

    def __init__(self, status_code: int, answer: str) -> None:
        super().__init__(status_code)
        self.status_code = status_code
        self.answer = answer


def add_error_handlers(app: FastAPI) -> None:
    """Give every error the one shape."""
    app.add_exception_handler(TuneyardError, _tuneyard_error)
    app.add_exception_handler(Replay, _replay)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(OperationalError, _database_gone)
    app.add_exception_handler(TimeoutError, _database_gone)
    app.add_exception_handler(DataError, _unstorable)
    app.add_exception_handler(UnicodeEncodeError, _unstorable)
    app.add_exception_handler(ClientDisconnect, _hung_up)
    app.add_exception_handler(Exception, _unexpected)


class Answers:
    """ASGI middleware: a request id on every answer, the headers a browser goes by, and the shape of what went wrong.

    It passes on what streams send as it comes; Starlette's `BaseHTTPMiddleware` hands each piece from task to task.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else f"req_{str(ULID()).lower()}"
        begun = refused = False

        async def send_headed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        async def send_shaped(message: Message) -> None:
            nonlocal refused
            if is_plain_413(message):
                refused = True
                refusal = _too_large()
                shape: Shape | None = scope.get(ERROR_SHAPE)
                await (shape(refusal) if shape else refusal)(scope, receive, send_headed)
            elif not refused:
                await send_headed(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_shaped)
            except Exception as error:  # the boundary of a request: record the cause, and answer like any other
                if begun:
                    raise
                await _unexpected(Request(scope), error)(scope, receive, send_headed)


def is_plain_413(message: Message) -> bool:
    """Whether this begins the answer that FastAPI gives to too large a body."""
    if message["type"] != "http.response.start" or message["status"] != 413:
        return False
    return Headers(raw=message["headers"]).get("content-type", "").startswith("text/plain")


class HeadAsGet:
    """ASGI middleware: HEAD is answered as GET would be, but for the body; no route needs to know of it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            # The answer is complete with its head, so what would go on streaming hears that nobody listens.
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body"})

        await self._app({**scope, "method": "GET"}, receive, send_head)


_DESCRIPTIONS = {
    400: "The request cannot be understood.",
    401: "No valid credentials.",
    403: "These credentials may not do this.",
    404: "There is no such thing in this workspace.",
    409: "It is in a state, or has a name, that forbids this.",
    413: "Larger than allowed.",
    415: "The body is not JSON; send it with `Content-Type: application/json`.",
    422: "A field is missing or wrong; `param` names it.",
    429: "Too many requests; `Retry-After` says when to try again.",
    500: "Something is wrong on the server; its log has the cause.",
    503: "A part of the server is not ready.",
    507: "The server's disk is full.",
}


def answer(error: TuneyardError) -> JSONResponse:
    """The one shape of an error, with its status."""
    headers = dict(error.headers)
    if error.status_code == 409 and "retry-after" not in headers:
        headers["x-should-retry"] = "false"
    return JSONResponse(error.body.model_dump(), status_code=error.status_code, headers=headers)


def _tuneyard_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TuneyardError)  # noqa: S101 - registered for this class only
    return answer(error)


def _replay(_request: Request, replay: Exception) -> Response:
    assert isinstance(replay, Replay)  # noqa: S101 - registered for this class only
    headers = {"idempotent-replayed": "true"}
    return Response(replay.answer, replay.status_code, headers=headers, media_type="application/json")


def is_unread(error: RequestValidationError) -> bool:
    """Whether there is a body that was not looked at, because the header does not say that it is JSON."""
    return isinstance(error.body, bytes)


def validation_problem(error: RequestValidationError) -> tuple[str, str | None]:
    """What is wrong with a request, and the field that is at fault."""
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        place = f"at character {first['loc'][-1] + 1}: {first['ctx']['error']}"
        return f"The body is not valid JSON, {place}. Correct it and send it again.", None
    source, *parts = first["loc"]
    if source == "body":
        parts = _sent(error.body, parts, missing=first["type"] == "missing")
    elif source not in ("query", "path"):
        parts = [source, *parts]
    where = ".".join(map(str, parts)) or None
    place = f"'{where}'" if where else "The body"
    return f"{place}{what_is_wrong(first)}.", where


def _sent(body: Any, parts: Sequence[int | str], *, missing: bool) -> list[int | str]:
    """The parts of a place that are of the request: pydantic names the member of a union among them."""
    found: list[int | str] = []
    for number, part in enumerate(parts, start=1):
        if isinstance(body, dict) and (part in body or (missing and number == len(parts))):
            body = body.get(part)
        elif isinstance(body, list) and isinstance(part, int) and part < len(body):
            body = body[part]
        else:
            continue
        found.append(part)
    return found


def _validation_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
    if is_unread(error):
        return _shaped(415, "unsupported_media_type", NOT_JSON)
    message, param = validation_problem(error)
    code = "invalid_json" if error.errors()[0]["type"] == "json_invalid" else "invalid_request"
    return _shaped(422, code, message, param=param)


def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    if error.status_code in (404, 405):
        return _no_such_address(request)
    if error.status_code == 400 and error.__cause__ is not None:
        # So FastAPI calls a body that its JSON parser gave up on without a place.
        message = "The body can't be read as JSON: it is not UTF-8, or nested too deep. Correct it and send it again."
        return _shaped(422, "invalid_json", message)
    if error.status_code == 413:
        return _too_large()
    return _shaped(error.status_code, "invalid_request", str(error.detail), headers=dict(error.headers or {}))


def _no_such_address(request: Request) -> JSONResponse:
    path = request.scope["path"][:SHOWN_PATH_CHARS]
    methods = methods_at(request)
    if not methods or request.method in methods:
        return _shaped(404, "not_found", f"There is no address '{path}'. See /api/docs.")
    taken = ", ".join(methods)
    message = f"'{path}' does not take {request.method}, only {taken}. See /api/docs."
    return _shaped(405, "method_not_allowed", message, headers={"allow": taken})


def methods_at(request: Request) -> list[str]:
    """What the address of a request takes, whatever method it came with; pages take GET."""
    path = request.scope["path"]
    found: set[str] = set()
    pages = False
    for route in iter_route_contexts(request.app.routes):
        if route.path == WEB_UI_ROUTE:
            pages = True
        elif route.path and route.methods and compile_path(route.path)[0].match(path):
            found |= route.methods
    return sorted(found) or (["GET"] if pages and not path.startswith(API_PREFIXES) else [])


def _database_gone(_request: Request, error: Exception) -> JSONResponse:
    log.warning("database.unavailable", error=str(error).splitlines()[0])
    return answer(Unavailable("The database does not answer.", headers={"retry-after": "5"}))


def _hung_up(_request: Request, _error: Exception) -> Response:
    return Response(status_code=HUNG_UP)


def _unstorable(_request: Request, _error: Exception) -> JSONResponse:
    return _shaped(422, "invalid_request", UNSTORABLE)


def _unexpected(_request: Request, error: Exception) -> JSONResponse:
    log.error("request.failed", exc_info=error)
    return _shaped(500, "internal_error", "Something went wrong on the server. The log has the cause.")


def _too_large() -> JSONResponse:
    return _shaped(413, "too_large", "The request is larger than this address takes. Send less at once.")


def _shaped(
    status: int, code: str, message: str, *, param: str | None = None, headers: dict[str, str] | None = None
) -> JSONResponse:
    detail = ErrorDetail(code=code, message=message, type=error_type(status), param=param)
    return JSONResponse(ErrorBody(error=detail).model_dump(), status_code=status, headers=headers)
