"""Text classification: a head on a frozen encoder first, then, if asked for, the encoder itself."""

import time

from tuneyard.specs.job import FineTuneSpec, JobPhase
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.trainers.compute import Compute, set_up
from tuneyard_worker.trainers.encoder_runs import Budget
from tuneyard_worker.trainers.encoder_search import TRAINING_PER_EMBEDDING, tune_encoder
from tuneyard_worker.trainers.exam import examine
from tuneyard_worker.trainers.features import embed_depths
from tuneyard_worker.trainers.head_search import depths_of, search
from tuneyard_worker.trainers.head_training import teach_head
from tuneyard_worker.trainers.lesson import Lesson, prepare
from tuneyard_worker.trainers.outcome import Outcome
from tuneyard_worker.trainers.packaging import export, package
from tuneyard_worker.trainers.progress import Progress
from tuneyard_worker.trainers.work_plan import plan


class TextClassificationTrainer:
    """Implements Trainer."""

    def run(self, spec: FineTuneSpec, job: JobDirectory) -> None:
        """Prepare, teach, examine and package a classifier. Raises JobFailure with words for the user."""
        began = time.monotonic()
        compute = set_up(spec.budget.threads, spec.seed)
        progress = Progress(job)
        job.phase(JobPhase.PREPARING)
        lesson = prepare(spec, job)
        progress.plan(plan(lesson.rows, lesson.held_out_characters, spec.hyperparameters))
        progress.update("prepare", 1)
        job.phase(JobPhase.TRAINING)
        outcome = teach(spec, job, lesson, compute, progress)
        seconds = time.monotonic() - began
        job.phase(JobPhase.EVALUATING)
        model, serving = export(job.artifact, outcome, lesson)
        progress.update("export", 1)
        evaluation = examine(spec, job, lesson, serving, progress)
        job.phase(JobPhase.PACKAGING)
        package(spec, job, lesson, outcome, model, serving, evaluation, compute, seconds)
        progress.finish()


def teach(spec: FineTuneSpec, job: JobDirectory, lesson: Lesson, compute: Compute, progress: Progress) -> Outcome:
    """Teach the head, and the encoder where the settings ask for it and validation rows prefer it."""
    job.log(
        "reading_texts",
        f"Reading {len(lesson.rows):,} texts once with the base model ({compute.describe()}).",
        texts=len(lesson.rows),
        device=compute.describe(),
    )
    began = time.monotonic()
    depths = depths_of(lesson.base.depth, len(lesson.rows))
    features = embed_depths(
        lesson.base.encoder, lesson.rows.tokens, depths, compute, lambda share: progress.update("embed", share)
    )
    embed_seconds = time.monotonic() - began
    choice = search(
        features, lesson.rows, spec.hyperparameters, spec.seed, lambda share: progress.update("search", share)
    )
    for reason in choice.reasons():
        job.log(reason.code, reason.message, "info", **reason.details)
    score = choice.best.score
    job.metrics({"validation_accuracy": score.accuracy, "validation_loss": score.loss}, step=0, epoch=0)
    if spec.hyperparameters.tuning == "head":
        return teach_head(spec, job, lesson, features, choice, progress)
    left = spec.hyperparameters.time_budget_seconds - (time.monotonic() - began)
    budget = Budget(left, embed_seconds * TRAINING_PER_EMBEDDING)
    return tune_encoder(spec, job, lesson, features, choice, compute, progress, budget)
