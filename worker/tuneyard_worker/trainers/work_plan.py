"""How much work each stage of a job is expected to be, in seconds of a two-core machine; only the ratios matter."""

from tuneyard.specs.hyperparameters import TextClassificationHyperparameters
from tuneyard_worker.trainers.head_search import candidates, search_epochs
from tuneyard_worker.trainers.training_set import TrainingSet

EMBED_TOKEN = 60e-6
EXAM_CHARACTER = 40e-6
HEAD_ROW = 20e-6
TUNE_TOKEN = 350e-6
PREPARE, EXPORT, EXAM, PACKAGE = 1.5, 1.0, 2.0, 1.0


def plan(taught: TrainingSet, held_out_characters: int, hyper: TextClassificationHyperparameters) -> dict[str, float]:
    """Expected seconds by stage."""
    tokens, rows = sum(taught.tokens.lengths), len(taught)
    passes = rows * search_epochs(hyper.head_epochs, rows) * (len(candidates(hyper)) + 1)
    work = {
        "prepare": PREPARE,
        "embed": tokens * EMBED_TOKEN,
        "search": passes * HEAD_ROW,
        "head": rows * hyper.head_epochs * HEAD_ROW,
        "export": EXPORT,
        "exam": EXAM + held_out_characters * EXAM_CHARACTER,
        "package": PACKAGE,
    }
    if hyper.tuning != "head":
        runs = 2 * hyper.trials + 1
        work["tune"] = min(float(hyper.time_budget_seconds), tokens * hyper.epochs * runs * TUNE_TOKEN)
    return work
