"""Queries of the OpenAI facade about one workspace."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from tuneyard.datasets.models import Dataset, DatasetVersion, Upload
from tuneyard.jobs.models import Job, JobEvent, JobStatus
from tuneyard.openai.models import FineTuning
from tuneyard.specs.events import EventType

Query = TypeVar("Query", bound=Select[*tuple[Any, ...]])
File = tuple[Dataset, Upload, list[dict[str, Any]]]
"""A dataset with its newest upload and the findings of its newest version: specs.dataset.Finding."""


def file(session: Session, workspace_id: str, dataset_id: str) -> File | None:
    found = session.execute(_files(workspace_id).where(Dataset.id == dataset_id)).one_or_none()
    return None if found is None else (found[0], found[1], found[2] or [])


def files(session: Session, workspace_id: str, after: str | None, limit: int, *, ascending: bool) -> list[File]:
    """By age; `after` is the part of an id that sorts."""
    query = _behind(_files(workspace_id), Dataset.id, f"ds_{after}" if after else None, ascending)
    return [(row[0], row[1], row[2] or []) for row in session.execute(query.limit(limit))]


def fine_tuning(
    session: Session, workspace_id: str, fine_tuning_id: str, *, lock: bool = False
) -> tuple[FineTuning, Job | None] | None:
    """A fine-tuning with its job, if there is one yet; only the former is locked."""
    if lock:
        # First, and by itself: what has waited for the lock would still see no job, if one was started meanwhile.
        locked = select(FineTuning.id).where(FineTuning.workspace_id == workspace_id, FineTuning.id == fine_tuning_id)
        session.execute(locked.with_for_update())
    query = _fine_tunings(workspace_id).where(FineTuning.id == fine_tuning_id)
    found = session.execute(query).one_or_none()
    return None if found is None else (found[0], found[1])


def fine_tunings(
    session: Session,
    workspace_id: str,
    after: str | None,
    limit: int,
    *,
    tags: dict[str, str] | None = None,
    ascending: bool = False,
    succeeded: bool = False,
) -> list[tuple[FineTuning, Job | None]]:
    """By age, those with all of `tags`, without any if it is empty, and if wanted only those that succeeded."""
    query = _fine_tunings(workspace_id)
    if tags is not None:
        query = query.where(FineTuning.tags.contains(tags) if tags else FineTuning.tags == {})
    if succeeded:
        query = query.where(Job.status == JobStatus.SUCCEEDED)
    query = _behind(query, FineTuning.id, f"ftjob_{after}" if after else None, ascending)
    return [(row[0], row[1]) for row in session.execute(query.limit(limit))]


def waiting_for(session: Session, workspace_id: str, dataset_id: str) -> Sequence[FineTuning]:
    """Those that wait for a file, locked, the first one first."""
    waits = or_(FineTuning.training_dataset_id == dataset_id, FineTuning.validation_dataset_id == dataset_id)
    query = select(FineTuning).where(FineTuning.workspace_id == workspace_id, waits)
    return session.scalars(query.order_by(FineTuning.id).with_for_update()).all()


def of_job(session: Session, workspace_id: str, job_id: str) -> FineTuning | None:
    query = select(FineTuning).where(FineTuning.workspace_id == workspace_id, FineTuning.job_id == job_id)
    return session.scalars(query).one_or_none()


def events(session: Session, workspace_id: str, job_id: str, before: int | None, limit: int) -> Sequence[JobEvent]:
    """What is told of a job, the newest first; not how far it is and what it uses of the machine."""
    query = select(JobEvent).where(
        JobEvent.workspace_id == workspace_id,
        JobEvent.job_id == job_id,
        JobEvent.type.in_((EventType.STATUS, EventType.METRICS, EventType.LOG)),
    )
    if before is not None:
        query = query.where(JobEvent.sequence < before)
    return session.scalars(query.order_by(JobEvent.sequence.desc()).limit(limit)).all()


def metrics(session: Session, workspace_id: str, job_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """By job what was measured, the first first: specs.events.MetricsData."""
    query = select(JobEvent.job_id, JobEvent.data).where(
        JobEvent.workspace_id == workspace_id, JobEvent.job_id.in_(job_ids), JobEvent.type == EventType.METRICS
    )
    found: dict[str, list[dict[str, Any]]] = {job_id: [] for job_id in job_ids}
    for job_id, data in session.execute(query.order_by(JobEvent.job_id, JobEvent.sequence)):
        found[job_id].append(data)
    return found


def _files(workspace_id: str) -> Select[Dataset, Upload, Any]:
    other = aliased(Upload)
    newest = (
        select(func.max(other.id))
        .where(other.workspace_id == Dataset.workspace_id, other.dataset_id == Dataset.id)
        .correlate(Dataset)
        .scalar_subquery()
    )
    joined = and_(Upload.workspace_id == Dataset.workspace_id, Upload.id == newest)
    version = and_(
        DatasetVersion.workspace_id == Dataset.workspace_id,
        DatasetVersion.dataset_id == Dataset.id,
        DatasetVersion.number == Dataset.latest_version,
    )
    query = select(Dataset, Upload, DatasetVersion.profile["findings"])
    query = query.select_from(Dataset).join(Upload, joined).outerjoin(DatasetVersion, version)
    return query.where(Dataset.workspace_id == workspace_id)


def _fine_tunings(workspace_id: str) -> Select[FineTuning, Job]:
    joined = and_(Job.workspace_id == FineTuning.workspace_id, Job.id == FineTuning.job_id)
    return select(FineTuning, Job).outerjoin(Job, joined).where(FineTuning.workspace_id == workspace_id)


def _behind(query: Query, key: InstrumentedAttribute[str], after: str | None, ascending: bool) -> Query:
    if after is not None:
        behind: ColumnElement[bool] = key > after if ascending else key < after
        query = query.where(behind)
    return query.order_by(key.asc() if ascending else key.desc())
