"""A fine-tuning, its events and its checkpoint as the OpenAI client reads them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy.orm import Session

from tuneyard.jobs import forecast
from tuneyard.jobs.models import Job, JobEvent, JobStatus
from tuneyard.kit import clock
from tuneyard.kit.errors import NotFound
from tuneyard.openai import repository, results
from tuneyard.openai.errors import BadRequest
from tuneyard.openai.files import seconds
from tuneyard.openai.fine_tuning import State
from tuneyard.openai.fine_tuning_schemas import (
    AUTO,
    FineTuningCheckpoint,
    FineTuningError,
    FineTuningEvent,
    FineTuningRead,
    FineTuningsQuery,
    FineTuningStatus,
)
from tuneyard.openai.models import FineTuning
from tuneyard.openai.tuning_request import method_of
from tuneyard.registry import service as registry
from tuneyard.specs.events import EventType, JobError, ProgressData

LEVELS: dict[str, Literal["info", "warn", "error"]] = {"info": "info", "warning": "warn", "error": "error"}
TOLD = {
    "queued": "The job waits for its turn.",
    "running": "The job has started.",
    "paused": "The job is paused.",
    "succeeded": "The job has succeeded.",
    "failed": "The job has failed.",
    "cancelled": "The job is cancelled.",
    "fetching": "The base model is being fetched.",
    "preparing": "The conversations are being prepared.",
    "training": "The model is being taught.",
    "evaluating": "The model takes its exam.",
    "packaging": "The model is being packaged.",
}
WORDS = {
    "train_loss": "training loss",
    "train_accuracy": "training token accuracy",
    "valid_loss": "validation loss",
    "valid_mean_token_accuracy": "validation token accuracy",
    "train_preference_accuracy": "training preference accuracy",
    "valid_preference_accuracy": "validation preference accuracy",
}
CHOSEN = {"n_epochs": "epochs", "beta": "preference_beta"}
"""What is chosen where `auto` is asked for, and our names of it."""
BIRTH, END = 0, 1
"""Numbers of the events that no job tells; those of a job begin with 1."""


def shown_all(session: Session, states: Sequence[State]) -> list[FineTuningRead]:
    """As the API shows them."""
    places = forecast.places(session, [state.job for state in states if state.job])
    starts = {job_id: place.starts_at for job_id, place in places.items()}
    return [_read(state, starts.get(state.job.id) if state.job else None) for state in states]


def shown(session: Session, state: State) -> FineTuningRead:
    return shown_all(session, [state])[0]


def events(session: Session, state: State, query: FineTuningsQuery) -> list[FineTuningEvent]:
    """Newest first, one more than asked for if there are so many. Raises BadRequest."""
    fine_tuning, before = state.fine_tuning, _sequence(query.after)
    if state.job is None:
        told = [_birth(fine_tuning), *([_ending(fine_tuning)] if fine_tuning.ended_at else [])]
        found = [event for number, event in enumerate(told) if before is None or number < before]
        return found[::-1][: query.limit + 1]
    rows = repository.events(session, fine_tuning.workspace_id, state.job.id, before, query.limit + 1)
    found = [event_read(fine_tuning, row) for row in rows]
    if len(found) <= query.limit and (before is None or before > BIRTH):
        found.append(_birth(fine_tuning))
    return found


def checkpoints(session: Session, state: State) -> list[FineTuningCheckpoint]:
    """The moment whose weights were kept, with what was measured until then; none before there is a model, or after."""
    fine_tuning, job = state.fine_tuning, state.job
    if job is None or fine_tuning.fine_tuned_model is None or not job.result:
        return []
    try:
        version = registry.get_version_by_id(session, fine_tuning.workspace_id, job.result["model_version_id"])
    except NotFound:  # its model was deleted
        return []
    step = int(version.manifest.chosen.details.get("steps", 0))
    figures: dict[str, float] = {}
    metrics = repository.metrics(session, fine_tuning.workspace_id, [job.id])[job.id]
    for at, measured in results.by_step(metrics).items():
        if at <= step:
            figures |= measured
    if "train_accuracy" in figures:
        figures["train_mean_token_accuracy"] = figures.pop("train_accuracy")
    return [
        FineTuningCheckpoint(
            id=f"ftckpt_{_age(fine_tuning)}_{step}",
            created_at=seconds(job.finished_at or job.created_at),
            fine_tuned_model_checkpoint=fine_tuning.fine_tuned_model,
            fine_tuning_job_id=fine_tuning.id,
            step_number=step,
            metrics={"step": step, **figures},
        )
    ]


def event_read(fine_tuning: FineTuning, event: JobEvent) -> FineTuningEvent:
    """An event of the native job."""
    data: dict[str, Any] = {}
    level: Literal["info", "warn", "error"] = "info"
    if event.type == EventType.METRICS:
        figures = results.by_step([event.data]).get(event.data["step"], {})
        data = {"step": event.data["step"], "epoch": event.data["epoch"], **figures}
        named = ", ".join(f"{WORDS[name]} {value:.3f}" for name, value in figures.items())
        message = f"Step {event.data['step']}: {named or 'measured'}."
    elif event.type == EventType.LOG:
        message, level = event.data["message"], LEVELS[event.data["level"]]
    else:
        status, phase = event.data.get("status"), event.data.get("phase")
        message = TOLD.get(status or phase or "", "The job goes on.")
        level = "error" if status == JobStatus.FAILED else "info"
    return _event(fine_tuning, event.sequence, event.at, message, level, data, metrics=event.type == EventType.METRICS)


def _read(state: State, starts_at: datetime | None) -> FineTuningRead:
    fine_tuning, job = state.fine_tuning, state.job
    succeeded = job is not None and job.status == JobStatus.SUCCEEDED
    method, hyperparameters = method_of(fine_tuning), _hyperparameters(fine_tuning, job)
    finished_at = job.finished_at if job else fine_tuning.ended_at
    finish = _finish(job, starts_at)
    return FineTuningRead(
        id=fine_tuning.id,
        created_at=seconds(fine_tuning.created_at),
        finished_at=seconds(finished_at) if finished_at else None,
        estimated_finish=seconds(finish) if finish else None,
        model=fine_tuning.model,
        fine_tuned_model=fine_tuning.fine_tuned_model,
        organization_id=fine_tuning.workspace_id,
        status=_status(fine_tuning, job),
        trained_tokens=int((job.metrics or {}).get("trained_tokens", 0)) if job and succeeded else None,
        training_file=fine_tuning.training_file,
        validation_file=fine_tuning.validation_file,
        result_files=[results.file_id(fine_tuning)] if succeeded else [],
        seed=fine_tuning.seed,
        hyperparameters=hyperparameters,
        method={"type": method, method: {"hyperparameters": hyperparameters}},
        metadata=fine_tuning.tags,
        error=_error(fine_tuning, job),
        user_provided_suffix=fine_tuning.suffix,
        tuneyard_job_id=fine_tuning.job_id,
    )


def _status(fine_tuning: FineTuning, job: Job | None) -> FineTuningStatus:
    if job is not None:
        return FineTuningStatus(job.status.value)
    if fine_tuning.error is not None:
        return FineTuningStatus.FAILED
    return FineTuningStatus.CANCELLED if fine_tuning.ended_at else FineTuningStatus.VALIDATING_FILES


def _hyperparameters(fine_tuning: FineTuning, job: Job | None) -> dict[str, Any]:
    """As asked for; what `auto` stands for is known with the job."""
    asked = fine_tuning.hyperparameters
    if job is None:
        return asked
    used = {name: job.spec["hyperparameters"][own] for name, own in CHOSEN.items() if asked.get(name) == AUTO}
    return asked | used


def _error(fine_tuning: FineTuning, job: Job | None) -> FineTuningError | None:
    if job is None:
        return FineTuningError.model_validate(fine_tuning.error) if fine_tuning.error else None
    if job.error is None:
        return None
    error = JobError.model_validate(job.error)
    message = " ".join(filter(None, [error.message, error.hint]))
    return FineTuningError(code=error.code, message=message, param="training_file" if error.users else None)


def _finish(job: Job | None, starts_at: datetime | None) -> datetime | None:
    if job is None or job.status not in (JobStatus.QUEUED, JobStatus.RUNNING):
        return None
    if job.status == JobStatus.RUNNING:
        left = ProgressData.model_validate(job.progress).eta_seconds if job.progress else job.estimated_seconds
        return clock.now() + timedelta(seconds=left) if left is not None else None
    return starts_at + timedelta(seconds=job.estimated_seconds or 0) if starts_at else None


def _birth(fine_tuning: FineTuning) -> FineTuningEvent:
    names = ", ".join(filter(None, [fine_tuning.training_file, fine_tuning.validation_file]))
    return _event(fine_tuning, BIRTH, fine_tuning.created_at, f"The job was created; it learns from {names}.")


def _ending(fine_tuning: FineTuning) -> FineTuningEvent:
    at = fine_tuning.ended_at or fine_tuning.created_at
    if fine_tuning.error:
        return _event(fine_tuning, END, at, fine_tuning.error["message"], "error")
    return _event(fine_tuning, END, at, TOLD["cancelled"])


def _event(
    fine_tuning: FineTuning,
    number: int,
    at: datetime,
    message: str,
    level: Literal["info", "warn", "error"] = "info",
    data: dict[str, Any] | None = None,
    *,
    metrics: bool = False,
) -> FineTuningEvent:
    return FineTuningEvent(
        id=f"ftevent_{_age(fine_tuning)}_{number}",
        created_at=seconds(at),
        level=level,
        message=message,
        type="metrics" if metrics else "message",
        data=data or {},
    )


def _sequence(after: str | None) -> int | None:
    if after is None:
        return None
    number = after.rpartition("_")[2]
    if not after.startswith("ftevent_") or not number.isdecimal():
        raise BadRequest(f"'{after}' is not the id of an event.", param="after")
    return int(number[:18])


def _age(fine_tuning: FineTuning) -> str:
    return fine_tuning.id.removeprefix("ftjob_")
