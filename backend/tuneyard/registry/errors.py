"""What can be wrong with a request about models."""

from tuneyard.kit.errors import TuneyardError


class ModelInUse(TuneyardError):
    status_code, code = 409, "model_in_use"
    hint = "Delete the deployments that use it, or did so in an earlier revision, and try again."


class FormatNotMade(TuneyardError):
    status_code, code = 422, "format_not_made"
    hint = "Classifiers come as `transformers` and `onnx`, models that write as `transformers` or `adapter`."


class ArtifactDamaged(TuneyardError):
    status_code, code = 500, "artifact_damaged"
    hint = "Restore the server's store from a backup, or train the version again."
