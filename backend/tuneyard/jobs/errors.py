"""What can be wrong with a request for a job."""

from tuneyard.kit.errors import TuneyardError


class MissingColumn(TuneyardError):
    status_code, code = 422, "missing_column"


class UnsuitableColumn(TuneyardError):
    """Base of what keeps a column from playing its role."""

    status_code, code = 422, "unsuitable_column"


class ColumnGivenTwice(UnsuitableColumn):
    code = "column_given_twice"
    hint = "Pick another column for one of them."


class ColumnWithoutText(UnsuitableColumn):
    code = "column_without_text"
    hint = "Pick a column with words in it."


class LabelsSeenOnce(UnsuitableColumn):
    code = "labels_seen_once"
    hint = "Pick a column whose values repeat."


class UnknownSplitValue(UnsuitableColumn):
    code = "split_value_unknown"
    hint = "Correct these rows, or train without a split column."


class SplitWithoutTrain(UnsuitableColumn):
    code = "split_without_train"
    hint = "Mark the rows to learn from as train, or train without a split column."


class UnsuitableBaseModel(TuneyardError):
    status_code, code = 422, "unsuitable_base_model"


class SingleClassLabel(TuneyardError):
    status_code, code = 422, "single_class_label"
    hint = "Pick another label column, or add rows of a second class."


class TooFewRows(TuneyardError):
    status_code, code = 422, "too_few_rows"
    hint = "Add rows: ten of every class are a start, fifty are better."


class NoGraphicsCard(TuneyardError):
    status_code, code = 422, "no_graphics_card"
    hint = "Set 'tuning' to lora, or start a worker on a machine with a CUDA card."


class NotEnoughMemory(TuneyardError):
    status_code, code = 422, "not_enough_memory"


class NothingToShow(TuneyardError):
    """A row whose lesson can't be shown before training."""

    status_code, code = 422, "nothing_to_show"
    hint = "Choose another row, or start without looking."
