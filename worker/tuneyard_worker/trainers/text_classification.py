"""Text classification: a head on a frozen encoder first, then, if asked for, the encoder itself."""

import time

from tuneyard.specs.job import JobPhase, TextClassificationSpec
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.room import Room
from tuneyard_worker.stopping import Stopped
from tuneyard_worker.trainers.checkpoints import Checkpoints
from tuneyard_worker.trainers.compute import Compute, set_up
from tuneyard_worker.trainers.continuing import open_checkpoints
from tuneyard_worker.trainers.encoder_runs import Budget
from tuneyard_worker.trainers.encoder_search import TRAINING_PER_EMBEDDING, tune_encoder
from tuneyard_worker.trainers.exam import examine
from tuneyard_worker.trainers.features import embed_depths
from tuneyard_worker.trainers.head_search import Features, depths_of, search
from tuneyard_worker.trainers.head_training import teach_head
from tuneyard_worker.trainers.lesson import Lesson, prepare
from tuneyard_worker.trainers.outcome import Outcome
from tuneyard_worker.trainers.packaging import artifact_bytes, export, package
from tuneyard_worker.trainers.progress import Progress
from tuneyard_worker.trainers.work_plan import plan


class TextClassificationTrainer:
    """Implements Trainer."""

    def run(self, spec: TextClassificationSpec, job: JobDirectory) -> None:
        """Prepare, teach, examine and package a classifier. Raises JobFailure with words for the user."""
        began = time.monotonic()
        compute = set_up(spec.budget.threads, spec.seed, spec.budget.batch_parts)
        progress = Progress(job)
        job.phase(JobPhase.PREPARING)
        lesson = prepare(spec, job)
        progress.plan(plan(lesson.rows, lesson.held_out_characters, spec.hyperparameters))
        progress.update("prepare", 1)
        prepared = time.monotonic() - began
        room = Room((job.root, *([spec.earlier] if spec.earlier else [])), spec.budget.disk_bytes)
        checkpoints = open_checkpoints(spec, job, room, progress)
        job.phase(JobPhase.TRAINING)
        try:
            with job.stop.postponed():
                outcome = teach(spec, job, lesson, compute, progress, checkpoints)
            seconds = prepared + checkpoints.seconds()
            room.ensure(artifact_bytes(outcome), "the model")
            job.phase(JobPhase.EVALUATING)
            model, serving = export(job.artifact, outcome, lesson)
            progress.update("export", 1)
            evaluation = examine(spec, job, lesson, serving, progress)
            job.phase(JobPhase.PACKAGING)
            package(spec, job, lesson, outcome, model, serving, evaluation, compute, seconds)
        except Stopped:
            checkpoints.write_finished()
            raise
        progress.finish()


def teach(
    spec: TextClassificationSpec,
    job: JobDirectory,
    lesson: Lesson,
    compute: Compute,
    progress: Progress,
    checkpoints: Checkpoints,
) -> Outcome:
    """Teach the head, and the encoder where the settings ask for it and validation rows prefer it.

    The time budget counts the time worked over all attempts.
    """
    features, embed_seconds = read_texts(job, lesson, compute, progress, checkpoints)
    choice = search(
        features,
        lesson.rows,
        spec.hyperparameters,
        spec.seed,
        lambda share: progress.update("search", share),
        checkpoints.part,
    )
    for reason in choice.reasons():
        job.log(reason.code, reason.message, "info", **reason.details)
    score = choice.best.score
    job.metrics({"validation_accuracy": score.accuracy, "validation_loss": score.loss}, step=0, epoch=0)
    if spec.hyperparameters.tuning == "head":
        return teach_head(spec, job, lesson, features, choice, progress, checkpoints.part("head"))
    left = spec.hyperparameters.time_budget_seconds - checkpoints.seconds()
    budget = Budget(left, embed_seconds * TRAINING_PER_EMBEDDING, checkpoints.seconds)
    return tune_encoder(spec, job, lesson, features, choice, compute, progress, budget, checkpoints)


def read_texts(
    job: JobDirectory, lesson: Lesson, compute: Compute, progress: Progress, checkpoints: Checkpoints
) -> tuple[Features, float]:
    """Features of all rows by the base model as it came, and how long reading takes."""
    device = compute.describe()
    job.log(
        "reading_texts",
        f"Reading {len(lesson.rows):,} texts once with the base model ({device.message}).",
        "info",
        texts=len(lesson.rows),
        device=device.code,
        **device.details,
    )
    depths = depths_of(lesson.base.depth, len(lesson.rows))
    features = embed_depths(
        lesson.base.encoder,
        lesson.rows.tokens,
        depths,
        compute,
        lambda share: progress.update("embed", share),
        checkpoints.part("features"),
    )
    progress.update("embed", 1)
    return features, checkpoints.part("reading-seconds").once(checkpoints.seconds)
