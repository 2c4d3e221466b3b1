"""What can be wrong with a request for a job."""

from tuneyard.kit.errors import TuneyardError


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


class NotEnoughMemory(TuneyardError):
    status_code, code = 422, "not_enough_memory"
