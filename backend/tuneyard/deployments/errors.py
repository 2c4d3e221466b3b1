"""What can be wrong with a request about deployments."""

from typing import Any

from tuneyard.kit.errors import TuneyardError, WrongState


class NothingToRollBackTo(WrongState):
    code = "nothing_to_roll_back_to"
    hint = "Change its routes, or train a better version and deploy that."


class WrongKindOfModel(TuneyardError):
    """A model that writes was asked for labels, or a classifier for a text."""

    status_code, code = 409, "wrong_kind_of_model"
    hint = "Ask a model that writes at /v1/chat/completions, and a classifier at …/predict or there."

    def __init__(self, message: str, **more: Any) -> None:
        super().__init__(message, **more)
        # It would be no different the next time.
        self.headers["x-should-retry"] = "false"


class ContextTooLong(TuneyardError):
    status_code, code = 400, "context_length_exceeded"


class RevisionNotChecked(WrongState):
    code = "revision_not_checked"
    hint = "Choose a revision that has served before; its history shows which have."


class RepeatedRoute(TuneyardError):
    status_code, code = 422, "repeated_route"
    hint = "Name every model version once and give it a larger weight instead."


class ServingUnreachable(TuneyardError):
    status_code, code = 503, "serving_unreachable"
    hint = "Try again in a few seconds; `GET /readyz` shows which part is not ready."


class ServingBusy(TuneyardError):
    status_code, code = 429, "serving_busy"


class VersionLoading(TuneyardError):
    status_code, code = 503, "version_loading"


class DeploymentStarting(TuneyardError):
    status_code, code = 503, "deployment_starting"
    hint = "Try again in a few seconds."


class DeploymentFailed(TuneyardError):
    status_code, code = 409, "deployment_failed"
