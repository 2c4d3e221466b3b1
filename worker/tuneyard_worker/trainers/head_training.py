"""The final head on a frozen encoder, taught from all rows that are not held out."""

from collections.abc import Sequence

from tuneyard.specs.job import TextClassificationSpec
from tuneyard.specs.manifest import Chosen
from tuneyard.specs.sayings import Remark
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.trainers.checkpoints import Part
from tuneyard_worker.trainers.head import TellEpoch, class_weights, fit_head
from tuneyard_worker.trainers.head_search import Features, HeadChoice
from tuneyard_worker.trainers.lesson import Lesson
from tuneyard_worker.trainers.outcome import Outcome
from tuneyard_worker.trainers.progress import Progress


def teach_head(
    spec: TextClassificationSpec,
    job: JobDirectory,
    lesson: Lesson,
    features: Features,
    choice: HeadChoice,
    progress: Progress,
    part: Part,
    because: Sequence[Remark] = (),
) -> Outcome:
    """Train the chosen head on training and validation rows together; the held-out rows stay unseen.

    `because` is why it is to be the head alone, where that was not asked for.
    """
    rows, best = lesson.rows, choice.best
    settings = best.settings
    job.log(
        "teaching_head",
        f"Teaching the {settings.name} from all {len(rows):,} rows that are not held out.",
        head=settings.name,
        rows=len(rows),
    )
    head = fit_head(
        features[best.depth],
        rows.targets,
        rows.classes,
        settings,
        weights=class_weights(rows.targets, rows.classes, spec.hyperparameters.class_weights),
        seed=spec.seed,
        tell=tell_epochs(job, progress, settings.epochs),
        part=part,
    )
    reasons = [*because, *choice.reasons()]
    chosen = Chosen(
        tuning="head",
        reason=" ".join(reason.message for reason in reasons),
        reasons=[reason.apart for reason in reasons],
        validation_accuracy=best.score.accuracy,
        epochs=settings.epochs,
        details={
            "head": settings.name,
            "dropout": settings.dropout,
            "weight_decay": settings.weight_decay,
            "learning_rate": settings.learning_rate,
            "layers": best.depth,
            "temperature": round(best.temperature, 4),
        },
    )
    return Outcome(lesson.base.cut(best.depth), head.fold(best.temperature), chosen)


def tell_epochs(job: JobDirectory, progress: Progress, epochs: int) -> TellEpoch:
    """Reports each epoch of a head."""

    def tell(epoch: int, loss: float, rate: float) -> None:
        job.metrics({"train_loss": loss, "learning_rate": rate}, step=epoch, epoch=epoch)
        progress.update("head", epoch / epochs, step=epoch, total_steps=epochs, epoch=epoch)

    return tell
