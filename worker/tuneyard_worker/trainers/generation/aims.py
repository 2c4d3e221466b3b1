"""What a job is to teach, from the rows of its lesson."""

import random
from typing import Any

from tuneyard.specs.job import TextGenerationSpec
from tuneyard.specs.tasks import learns_preferences
from tuneyard_worker.data.facts import counted
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.trainers.checkpoints import Checkpoints
from tuneyard_worker.trainers.compute import Compute
from tuneyard_worker.trainers.generation.lesson import Lesson
from tuneyard_worker.trainers.generation.objectives import Answers, Objective
from tuneyard_worker.trainers.generation.preferences import Pair, Preferences, references

# Of the time for teaching, to weigh pairs before the first step, which reads each three times as long: what is not
# weighed by then could not be learnt from once.
WEIGHING, WEIGHING_VALIDATION = 0.2, 0.05


def aim(
    spec: TextGenerationSpec,
    job: JobDirectory,
    lesson: Lesson,
    model: Any,
    compute: Compute,
    checkpoints: Checkpoints,
    seconds: float,
) -> Objective:
    """What `model`, which has learnt nothing yet, is to learn in so many seconds."""
    splits, pad, most = lesson.splits, lesson.pad_token_id, lesson.max_length
    # Without a row to spare, the best moment is chosen by the rows that are learnt from.
    choosing = splits.validation or splits.train
    if not learns_preferences(spec.columns):
        return Answers(lesson.examples(splits.train), lesson.examples(choosing), pad, most)
    train, validation = lesson.pairs(splits.train), lesson.pairs(choosing)
    # So the first of them are any of them.
    random.Random(spec.seed).shuffle(train)  # noqa: S311 - it must be repeatable, not secret

    def weigh(name: str, pairs: list[Pair], share: float) -> list[float]:
        part = checkpoints.part(f"references-{name}")
        return references(model, pairs, pad, compute, part=part, seconds=share * seconds, clock=checkpoints.seconds)

    if checkpoints.part("references-train").result() is None:
        job.log(
            "weighing_pairs",
            f"Before the first step, both answers of {counted(len(train), 'pair')} are weighed, as far as a quarter of "
            "the time for teaching goes.",
            pairs=len(train),
        )
    looked_at = weigh("validation", validation, WEIGHING_VALIDATION)
    learnt = weigh("train", train, WEIGHING)
    if len(learnt) < len(train):
        job.log(
            "pairs_without_time",
            f"There is time to learn from {len(learnt):,} of {len(train):,} pairs of answers.",
            "warning",
            count=len(learnt),
            pairs=len(train),
        )
    return Preferences(
        train[: len(learnt)],
        validation[: len(looked_at)],
        learnt,
        looked_at,
        spec.hyperparameters.preference_beta,
        pad,
        most,
        share=len(learnt) / len(train),
    )
