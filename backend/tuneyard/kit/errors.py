"""The one shape of every error: `{"error": {"code", "message", "type", "param"}}`; the message says the cure."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import BaseModel, Field

from tuneyard.specs.sayings import Saying

ErrorType = Literal[
    "invalid_request_error", "authentication_error", "permission_error", "rate_limit_error", "server_error"
]


class ErrorDetail(BaseModel):
    code: str = Field(description="Stable, for programs.", examples=["not_found"])
    message: str = Field(description="What happened and what to do next.", examples=["There is no dataset 'ds_1'."])
    type: ErrorType = Field(description="The family of the error.")
    param: str | None = Field(None, description="The field that is at fault.", examples=["columns.label"])
    saying: Saying | None = Field(
        None, description="What the message says, for other languages; null where `code` says as much as there is."
    )


class ErrorBody(BaseModel):
    error: ErrorDetail = Field(description="What is wrong.")


class TuneyardError(Exception):
    """Base of the errors that reach a user. Subclasses are nouns that know their status and their cure."""

    status_code: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    hint: ClassVar[str | None] = None

    def __init__(
        self,
        message: str,
        *,
        param: str | None = None,
        hint: str | None = None,
        saying: Saying | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.param = param
        self.advice = hint or self.hint
        self.saying = saying
        self.headers = dict(headers or {})

    @property
    def body(self) -> ErrorBody:
        message = f"{self.args[0]} {self.advice}" if self.advice else str(self.args[0])
        return ErrorBody(
            error=ErrorDetail(
                code=self.code,
                message=message,
                type=error_type(self.status_code),
                param=self.param,
                saying=self.saying,
            )
        )


def error_type(status_code: int) -> ErrorType:
    """The family of an HTTP status."""
    families: dict[int, ErrorType] = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
    return families.get(status_code, "server_error" if status_code >= 500 else "invalid_request_error")


class NotFound(TuneyardError):
    status_code, code = 404, "not_found"
    hint = "Check the id, and that it belongs to this workspace."


class NameTaken(TuneyardError):
    status_code, code = 409, "name_taken"
    hint = "Choose another name."


class WrongState(TuneyardError):
    status_code, code = 409, "wrong_state"


class InvalidRequest(TuneyardError):
    status_code, code = 422, "invalid_request"


class Unavailable(TuneyardError):
    status_code, code = 503, "unavailable"
    hint = "Try again in a few seconds."
