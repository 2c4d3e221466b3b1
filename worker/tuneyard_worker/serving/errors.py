"""Why a prediction is refused or a version can't be served."""

from tuneyard.kit.errors import TuneyardError


class Unauthorized(TuneyardError):
    status_code, code = 401, "unauthorized"
    hint = "Send the service token as a bearer token."


class NoSuchRoute(TuneyardError):
    status_code, code = 404, "not_found"


class MethodNotAllowed(TuneyardError):
    status_code, code = 405, "method_not_allowed"


class InvalidBody(TuneyardError):
    status_code, code = 422, "invalid_request"


class NotEmbeddable(InvalidBody):
    code = "not_embeddable"


class NoSuchBaseModel(TuneyardError):
    status_code, code = 404, "not_found"


class VersionNotAssigned(TuneyardError):
    status_code, code = 404, "version_not_assigned"
    hint = "Deploy the version first."


class VersionNotReady(TuneyardError):
    status_code, code = 503, "version_not_ready"


class QueueFull(TuneyardError):
    status_code, code = 429, "queue_full"

    def __init__(self, waiting: int, retry_after: int) -> None:
        super().__init__(
            f"{waiting} texts are waiting already. Send this again in {retry_after} s.",
            headers={"Retry-After": str(retry_after)},
        )


class BrokenArtifact(TuneyardError):
    status_code, code = 503, "broken_artifact"
    hint = "Train the version again, or restore its files from a backup."


class ModelTooLarge(TuneyardError):
    status_code, code = 503, "model_too_large"
    hint = "Raise TUNEYARD_SERVING_MEMORY_BYTES, or use a smaller base model."


class NotWritable(TuneyardError):
    status_code, code = 503, "not_servable"
    hint = "Choose a base model of another kind, or download the model and serve it elsewhere."


class TooLong(TuneyardError):
    status_code, code = 400, "context_length_exceeded"
    hint = "Shorten the messages, or ask for fewer tokens."


class Unwritable(TuneyardError):
    """Messages or wishes that this model can't follow."""

    status_code, code = 400, "invalid_request"


class WrongKind(TuneyardError):
    status_code, code = 409, "wrong_kind_of_model"
