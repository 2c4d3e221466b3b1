"""Queries about jobs of one workspace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, delete, func, literal_column, or_, select, text, update
from sqlalchemy.orm import Session

from tuneyard.datasets.models import DatasetVersion
from tuneyard.jobs.models import ACTIVE, ENDED, TERMINAL, Checkpoint, Job, JobAttempt, JobEvent, JobStatus
from tuneyard.kit.db import storable
from tuneyard.kit.matching import best_matches
from tuneyard.kit.pagination import PageRequest, fetch_page
from tuneyard.specs.events import EventType
from tuneyard.specs.hyperparameters import HYPERPARAMETERS, Hyperparameters
from tuneyard.specs.job import JobKind

PASSING = (EventType.PROGRESS, EventType.LOG, EventType.RESOURCES)
"""Of interest while a job runs and some time after. State changes and metrics are kept as long as the job."""

EVENTS_OF = select(JobEvent).from_statement(
    text("""
        SELECT event.* FROM unnest(CAST(:job_ids AS text[]), CAST(:after AS bigint[]), CAST(:last AS bigint[]))
            AS wanted (job_id, after, last)
        JOIN job_events AS event ON event.job_id = wanted.job_id AND sequence > after AND sequence <= last
        ORDER BY event.job_id, sequence
    """)
)


def get(session: Session, workspace_id: str, job_id: str, *, lock: bool = False) -> Job | None:
    query = select(Job).where(Job.workspace_id == workspace_id, Job.id == job_id)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def page(
    session: Session, workspace_id: str, request: PageRequest, *, status: JobStatus | None, kind: JobKind | None
) -> tuple[Sequence[Job], str | None]:
    query: Select[Any] = select(Job).where(Job.workspace_id == workspace_id)
    if status is not None:
        query = query.where(Job.status == status)
    if kind is not None:
        query = query.where(Job.kind == kind)
    return fetch_page(session, query, Job.id, request)


def matching(session: Session, workspace_id: str, wanted: str, limit: int) -> Sequence[Job]:
    query = select(Job).where(Job.workspace_id == workspace_id)
    return session.scalars(best_matches(query, Job.name, Job.id, wanted, limit)).all()


def active(session: Session, workspace_id: str, limit: int) -> Sequence[Job]:
    """Jobs that wait or run, the newest first."""
    query = select(Job).where(Job.workspace_id == workspace_id, text(ACTIVE))
    return session.scalars(query.order_by(Job.id.desc()).limit(limit)).all()


def active_count(session: Session, workspace_id: str) -> int:
    query = select(func.count()).select_from(Job).where(Job.workspace_id == workspace_id, text(ACTIVE))
    return session.scalars(query).one()


def ended_last(session: Session, workspace_id: str, limit: int) -> Sequence[Job]:
    """Jobs that succeeded or failed, the last to end first."""
    query = select(Job).where(Job.workspace_id == workspace_id, text(ENDED))
    return session.scalars(query.order_by(Job.finished_at.desc()).limit(limit)).all()


def made_from(session: Session, workspace_id: str, dataset_id: str, limit: int) -> tuple[Sequence[Job], int]:
    """The newest jobs that used a version of a dataset, and how many there are."""
    learned = and_(Job.dataset_id == dataset_id, Job.dataset_version_id.is_not(None))
    versions = select(DatasetVersion.id).where(
        DatasetVersion.workspace_id == workspace_id, DatasetVersion.dataset_id == dataset_id
    )
    query = select(Job).where(Job.workspace_id == workspace_id, or_(learned, Job.validation_version_id.in_(versions)))
    count = session.scalars(select(func.count()).select_from(query.subquery())).one()
    return session.scalars(query.order_by(Job.id.desc()).limit(limit)).all(), count


def newest_of_dataset(session: Session, workspace_id: str, dataset_id: str, kind: JobKind) -> Job | None:
    query = select(Job).where(Job.workspace_id == workspace_id, Job.dataset_id == dataset_id, Job.kind == kind)
    return session.scalars(query.order_by(Job.id.desc()).limit(1)).one_or_none()


def set_priority(session: Session, job_id: str, priority: int) -> bool:
    """In a transaction of the engine; whether there is such a job."""
    change = update(Job).where(Job.id == job_id).values(priority=priority).returning(Job.id)
    return session.execute(change).one_or_none() is not None


def attempts(session: Session, workspace_id: str, job_id: str) -> Sequence[JobAttempt]:
    query = select(JobAttempt).where(JobAttempt.workspace_id == workspace_id, JobAttempt.job_id == job_id)
    return session.scalars(query.order_by(JobAttempt.attempt)).all()


def events(session: Session, workspace_id: str, job_id: str, after: int, limit: int) -> Sequence[JobEvent]:
    query = (
        select(JobEvent)
        .where(JobEvent.workspace_id == workspace_id, JobEvent.job_id == job_id, JobEvent.sequence > after)
        .order_by(JobEvent.sequence)
        .limit(limit)
    )
    return session.scalars(query).all()


def newest_events(session: Session, job_ids: Sequence[str]) -> Sequence[Row[str, int, JobStatus]]:
    """Id, sequence of the newest event and state; in a transaction of the engine: the jobs may be of any workspace."""
    return session.execute(select(Job.id, Job.last_event, Job.status).where(Job.id.in_(job_ids))).all()


def events_of(session: Session, places: Mapping[str, tuple[int, int]]) -> dict[str, list[JobEvent]]:
    """By job the events above one sequence and up to another, in order; in a transaction of the engine."""
    found: dict[str, list[JobEvent]] = {job_id: [] for job_id in places}
    if places:
        after, last = zip(*places.values(), strict=True)
        for event in session.scalars(EVENTS_OF, {"job_ids": list(places), "after": list(after), "last": list(last)}):
            found[event.job_id].append(event)
    return found


def append_events(session: Session, job: Job, items: Sequence[dict[str, Any]]) -> None:
    """Append `{type, at, data}` items; the row of `job` must be locked by this transaction, so that no gap appears."""
    last = session.scalar(
        update(Job)
        .where(Job.workspace_id == job.workspace_id, Job.id == job.id)
        .values(last_event=Job.last_event + len(items))
        .returning(Job.last_event)
        .execution_options(synchronize_session=False)
    )
    first = int(last or 0) - len(items) + 1
    session.add_all(
        JobEvent(
            job_id=job.id,
            workspace_id=job.workspace_id,
            sequence=first + index,
            **item | {"data": storable(item["data"])},
        )
        for index, item in enumerate(items)
    )
    session.flush()


def checkpoints(session: Session, workspace_id: str, job_id: str) -> Sequence[Checkpoint]:
    """Those of a job, the newest first."""
    query = select(Checkpoint).where(Checkpoint.workspace_id == workspace_id, Checkpoint.job_id == job_id)
    return session.scalars(query.order_by(Checkpoint.location.desc())).all()


def remove_checkpoints(session: Session, workspace_id: str, job_id: str, locations: Sequence[str]) -> None:
    """Remove the rows of these; their files are the caller's business."""
    of_job = (Checkpoint.workspace_id == workspace_id, Checkpoint.job_id == job_id)
    session.execute(delete(Checkpoint).where(*of_job, Checkpoint.location.in_(locations)))


@dataclass(frozen=True)
class ForgottenEvents:
    """What was removed of the trail of a job."""

    job_id: str
    count: int
    bytes: int


def forget_events(session: Session, before: datetime) -> list[ForgottenEvents]:
    """Remove how it went from jobs that ended before then; what happened and what came out stays.

    In a transaction of the engine: of every workspace.
    """
    size = func.pg_column_size(literal_column(JobEvent.__tablename__))
    gone = (
        delete(JobEvent)
        .where(JobEvent.workspace_id == Job.workspace_id, JobEvent.job_id == Job.id, JobEvent.type.in_(PASSING))
        .where(Job.status.in_(TERMINAL), Job.finished_at < before)
        .returning(JobEvent.job_id, size.label("bytes"))
        .cte("gone")
    )
    query = select(gone.c.job_id, func.count(), func.sum(gone.c.bytes)).group_by(gone.c.job_id)
    return [ForgottenEvents(*row) for row in session.execute(query.order_by(gone.c.job_id))]


def forget_checkpoints(session: Session, before: datetime) -> list[tuple[str, int]]:
    """Forget those of jobs that succeeded, or ended before then; each with its job and step.

    In a transaction of the engine: of every workspace. The files are left to the sweep of the store.
    """
    over = or_(Job.status == JobStatus.SUCCEEDED, and_(Job.status.in_(TERMINAL), Job.finished_at < before))
    gone = (
        delete(Checkpoint)
        .where(Checkpoint.workspace_id == Job.workspace_id, Checkpoint.job_id == Job.id, over)
        .returning(Checkpoint.job_id, Checkpoint.step)
        .execution_options(synchronize_session=False)
    )
    return [(row.job_id, row.step) for row in session.execute(gone)]


def running_attempts(session: Session) -> set[tuple[str, int]]:
    """Job and attempt of all that runs, in a transaction of the engine: only these may still record what they made."""
    query = select(Job.id, Job.attempt).where(Job.status == JobStatus.RUNNING)
    return {(row.id, row.attempt) for row in session.execute(query)}


@dataclass(frozen=True)
class FinishedFineTune:
    """How long a fine-tune took for how much text."""

    seconds: float
    characters: int
    hyperparameters: Hyperparameters
    metrics: dict[str, Any]

    @property
    def seconds_per_character(self) -> float | None:
        """Of learning from its text once; None where it was not told."""
        told = self.metrics.get("epoch_seconds")
        return float(told) / self.characters if told and self.characters else None


def finished_fine_tunes(
    session: Session, workspace_id: str, base_model: str, limit: int = 20
) -> Sequence[FinishedFineTune]:
    """The newest fine-tunes of a base model that succeeded."""
    seconds = func.extract("epoch", Job.finished_at - Job.started_at)
    query = (
        select(seconds, Job.spec["characters"].as_integer(), Job.spec["hyperparameters"], Job.metrics)
        .where(
            Job.workspace_id == workspace_id,
            Job.kind == JobKind.FINE_TUNE,
            Job.status == JobStatus.SUCCEEDED,
            text(ENDED),
            Job.spec["base_model"].as_string() == base_model,
        )
        .order_by(Job.finished_at.desc())
        .limit(limit)
    )
    return [
        FinishedFineTune(float(duration), int(characters), HYPERPARAMETERS.validate_python(hyperparameters), told or {})
        for duration, characters, hyperparameters, told in session.execute(query)
    ]


def database_time(session: Session) -> datetime:
    now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return now
