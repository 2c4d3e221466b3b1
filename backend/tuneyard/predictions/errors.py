"""What can be wrong with a request for predictions."""

from tuneyard.kit.errors import InvalidRequest, WrongState


class MissingInputColumn(InvalidRequest):
    code = "missing_column"


class UnsupportedParameter(InvalidRequest):
    code = "unsupported_parameter"


class BatchNotFinished(WrongState):
    code = "batch_not_finished"
