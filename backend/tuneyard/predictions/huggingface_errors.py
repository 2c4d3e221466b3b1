"""Errors as the clients of Hugging Face read them: `{"error": "text"}`, in the words of the rest of the api."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from tuneyard.kit.web import ERROR_SHAPE
from tuneyard.predictions.schemas import HuggingFaceError

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def in_one_text(answer: Handler) -> Handler:
    """The same handler; whatever goes wrong in it is told in that shape."""

    async def handle(request: Request) -> Response:
        request.scope[ERROR_SHAPE] = _as_text
        try:
            return await answer(request)
        except ClientDisconnect:
            raise
        except Exception as error:  # the boundary of a request: it is recorded by whoever words it
            return _reshaped(request, error)

    return handle


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI entries for the errors a route can answer with."""
    return {status: {"model": HuggingFaceError, "description": "In words."} for status in statuses}


def event(message: str, code: str) -> dict[str, str]:
    """What goes wrong in a stream."""
    return {"error": message, "error_type": code}


def _reshaped(request: Request, error: Exception) -> Response:
    handlers = request.app.exception_handlers
    handler = next(handlers[kind] for kind in type(error).__mro__ if kind in handlers)
    return _as_text(handler(request, error))


def _as_text(shaped: JSONResponse) -> JSONResponse:
    """An error in the one shape of the rest of the api, as one text."""
    message = json.loads(bytes(shaped.body))["error"]["message"]
    headers = {name: value for name, value in shaped.headers.items() if not name.startswith("content-")}
    return JSONResponse({"error": message}, status_code=shaped.status_code, headers=headers)
