"""What can be wrong with a request that the OpenAI client sends; statuses and codes are those of OpenAI."""

from tuneyard.kit.errors import NotFound, TuneyardError


class BadRequest(TuneyardError):
    status_code, code = 400, "invalid_request"


class UnsupportedParameter(BadRequest):
    code = "unsupported_parameter"


class ModelNotFound(NotFound):
    code = "model_not_found"
    hint = "A model is called by the name of its deployment; GET /v1/models lists those of this workspace."
