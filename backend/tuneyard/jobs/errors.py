"""What can be wrong with a request for a job."""

from tuneyard.kit.errors import TuneyardError, WrongState


class MissingColumn(TuneyardError):
    status_code, code = 422, "missing_column"


class UnsuitableColumn(TuneyardError):
    status_code, code = 422, "unsuitable_column"


class SingleClassLabel(TuneyardError):
    status_code, code = 422, "single_class_label"
    hint = "Pick another label column, or add rows of a second class."


class TooFewRows(TuneyardError):
    status_code, code = 422, "too_few_rows"
    hint = "Add rows: ten of every class are a start, fifty are better."


class JobNotStoppable(WrongState):
    hint = "Only a queued, running or paused job can be stopped."


class JobNotPausable(WrongState):
    hint = "Only a queued or running job can be paused."


class JobNotResumable(WrongState):
    hint = "Only a paused job can be resumed."


class JobNotRetryable(WrongState):
    hint = "Only a failed or cancelled job can be tried again."
