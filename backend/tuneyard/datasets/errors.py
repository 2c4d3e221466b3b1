"""What can be wrong with an upload or a request about datasets."""

from tuneyard.kit.errors import TuneyardError, WrongState
from tuneyard.specs.events import JobError
from tuneyard.specs.sayings import Saying


class UploadTooLarge(TuneyardError):
    status_code, code = 413, "upload_too_large"
    hint = "Split the file, or ask whoever runs this server to raise TUNEYARD_UPLOAD_MAX_BYTES."


class QuotaExceeded(TuneyardError):
    status_code, code = 413, "quota_exceeded"
    hint = (
        "Delete datasets that you no longer need, or deployments with their batches, or ask for a larger "
        "TUNEYARD_WORKSPACE_MAX_BYTES."
    )


class EmptyFile(TuneyardError):
    status_code, code = 422, "empty_file"
    hint = "Check that it was saved, and upload it again."


class MissingFile(TuneyardError):
    status_code, code = 422, "missing_file"
    hint = "Send it as multipart/form-data in the field 'file'."


class UnreadableForm(TuneyardError):
    status_code, code = 422, "unreadable_form"
    hint = "Send multipart/form-data with the file in the field 'file'."


class UnreadableThatWay(TuneyardError):
    """What the parser said of a reading that was asked for."""

    status_code, code = 422, "unreadable_that_way"

    def __init__(self, error: JobError) -> None:
        super().__init__(error.message, hint=error.hint, saying=Saying(code=error.code, details=error.details))


class PreviewTooSlow(TuneyardError):
    status_code, code = 422, "preview_too_slow"
    hint = "Choose how to read the file without a preview."


class DatasetInUse(WrongState):
    code = "dataset_in_use"
    hint = "Keep it, so that it stays known what those models learned from."


class RepairNotNeeded(TuneyardError):
    status_code, code = 422, "repair_not_needed"
    hint = "Choose among the `repairs` of the version."


class DatasetNotReady(WrongState):
    code = "dataset_not_ready"
    hint = "Wait until its status is 'ready'."


class PageTooLarge(TuneyardError):
    status_code, code = 413, "page_too_large"
    hint = "Ask for fewer rows with `limit`, or download it as Parquet."
