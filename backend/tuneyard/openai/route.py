"""Refusals as OpenAI words them: a request that does not fit is a 400, whatever the native API calls it."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from tuneyard.deployments.errors import ContextTooLong
from tuneyard.kit.db import Statement
from tuneyard.kit.errors import TuneyardError
from tuneyard.kit.web import NOT_JSON, UNSTORABLE, is_unread, validation_problem
from tuneyard.openai.errors import BadRequest, Reworded
from tuneyard.openai.head_start import give_up, head_starts
from tuneyard.predictions.schemas import LONGEST_TEXT
from tuneyard.predictions.traffic import CountedRoute

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
UNPROCESSABLE = 422


class OpenAIRoute(APIRoute):
    """A route of `/v1`."""

    def get_route_handler(self) -> Handler:
        return refusing_with_400(super().get_route_handler())


class ModelRoute(CountedRoute):
    """A route of `/v1` whose requests are counted as traffic of the model that they name."""

    def get_route_handler(self) -> Handler:
        return refusing_with_400(super().get_route_handler())

    async def named(self, request: Request) -> str | None:
        """In the body, or in the address as others have it."""
        if (name := await super().named(request)) is not None:
            return name
        try:
            body = await request.json()
        # What is wrong with it is told where it is needed.
        except (ValueError, RecursionError):
            return None
        found = body.get("model") if isinstance(body, dict) else None
        return found if isinstance(found, str) else None

    def deployment_of(self, request: Request) -> str | None:
        """What the endpoint has noted, once it has read the body."""
        return getattr(request.state, "deployment", None)


class ChatRoute(ModelRoute):
    """A route of chats, which serving may begin before the database has been heard."""

    def get_route_handler(self) -> Handler:
        answer = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await answer(request)
            finally:
                await give_up(request)

        return handle

    async def beside(self, request: Request) -> Statement | None:
        if (name := await self.named(request)) is not None:
            (await head_starts(request)).begin(request, name)
        return await super().beside(request)


def refusing_with_400(answer: Handler) -> Handler:
    """The same handler; what the native API refuses with 422 is a BadRequest."""

    async def handle(request: Request) -> Response:
        try:
            return await answer(request)
        except RequestValidationError as error:
            raise _refusal(error) from error
        except TuneyardError as error:
            if error.status_code == UNPROCESSABLE:
                raise Reworded(error) from error
            raise
        except (DataError, UnicodeEncodeError) as error:
            raise BadRequest(UNSTORABLE) from error
        except HTTPException as error:
            if error.status_code == 400:
                raise BadRequest("The body can't be read as JSON: it is not UTF-8, or nested too deep.") from error
            raise

    return handle


def _refusal(error: RequestValidationError) -> TuneyardError:
    if is_unread(error):
        return BadRequest(NOT_JSON)
    message, param = validation_problem(error)
    first = error.errors()[0]
    if first["type"] == "string_too_long" and first["ctx"]["max_length"] == LONGEST_TEXT:
        return ContextTooLong(f"{message} It is longer than the model's context length.", param=param)
    return BadRequest(message, param=param)
