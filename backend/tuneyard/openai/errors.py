"""What can be wrong with a request that the OpenAI client sends; statuses and codes are those of OpenAI."""

from tuneyard.kit.errors import ErrorBody, NotFound, TuneyardError, WrongState


class BadRequest(TuneyardError):
    status_code, code = 400, "invalid_request"


class Reworded(BadRequest):
    """An error of a domain, with the status of OpenAI and, if given, the parameter as it is called there."""

    def __init__(self, error: TuneyardError, *, param: str | None = None) -> None:
        super().__init__(str(error), param=param or error.param, hint=error.advice, headers=error.headers)
        self._code = error.code

    @property
    def body(self) -> ErrorBody:
        return ErrorBody(error=super().body.error.model_copy(update={"code": self._code}))


class UnsupportedParameter(BadRequest):
    code = "unsupported_parameter"


class UnknownBaseModel(BadRequest):
    code = "model_not_available"


class ModelNotFound(NotFound):
    code = "model_not_found"
    hint = "A model is called by the name of its deployment; GET /v1/models lists those of this workspace."


class BaseModelKept(TuneyardError):
    status_code, code = 403, "base_model"
    hint = "It belongs to the installation and is shared by all workspaces."


class StillValidating(WrongState):
    code = "still_validating"
    hint = "Wait until its status is 'queued' or 'running', or cancel it."


class ResultOfJob(WrongState):
    code = "result_of_job"
    hint = "It stays as long as the job that it tells about."
