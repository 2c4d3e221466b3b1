"""What can be done with jobs. The table of states is the only authority on what follows what."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from tuneyard.datasets import service as datasets
from tuneyard.datasets.errors import DatasetInUse
from tuneyard.jobs import leases, repository
from tuneyard.jobs.errors import JobNotPausable, JobNotResumable, JobNotRetryable, JobNotStoppable
from tuneyard.jobs.models import NEXT, TERMINAL, Job, JobEvent, JobStatus
from tuneyard.kit import clock
from tuneyard.kit.db import after_commit
from tuneyard.kit.errors import NotFound, WrongState
from tuneyard.kit.ids import new_id
from tuneyard.kit.pagination import PageRequest
from tuneyard.kit.queue import Doorbell, Queue
from tuneyard.kit.storage import Store
from tuneyard.specs.job import JobKind

NAMED_JOBS = 3


def submit(
    session: Session,
    doorbell: Doorbell,
    *,
    workspace_id: str,
    kind: JobKind,
    name: str,
    spec: dict[str, Any],
    queue: Queue,
    dataset_id: str | None = None,
    dataset_version_id: str | None = None,
) -> Job:
    """Store a queued job; the doorbell rings once it is committed."""
    job = Job(
        id=new_id("job"),
        workspace_id=workspace_id,
        kind=kind,
        name=name,
        spec=spec,
        queue=queue,
        dataset_id=dataset_id,
        dataset_version_id=dataset_version_id,
        status=JobStatus.QUEUED,
        last_dispatched_at=repository.database_time(session),
    )
    session.add(job)
    session.flush()
    session.refresh(job)
    leases.tell(session, job, {"status": JobStatus.QUEUED.value})
    after_commit(session, lambda: _announce(doorbell, queue))
    return job


def get(session: Session, workspace_id: str, job_id: str) -> Job:
    """One job of the workspace."""
    return _found(repository.get(session, workspace_id, job_id), job_id)


def made_from(session: Session, workspace_id: str, dataset_id: str, limit: int) -> tuple[Sequence[Job], int]:
    """The newest jobs that learned from a dataset and so keep it, and how many there are. Raises NotFound."""
    datasets.get(session, workspace_id, dataset_id)
    return repository.made_from(session, workspace_id, dataset_id, limit)


def remove_dataset(session: Session, store: Store, workspace_id: str, dataset_id: str) -> None:
    """Delete a dataset that no job learned from. Raises NotFound, and DatasetInUse that names such jobs."""
    try:
        datasets.remove(session, store, workspace_id, dataset_id)
    except DatasetInUse as refusal:
        found, count = repository.made_from(session, workspace_id, dataset_id, NAMED_JOBS)
        names = ", ".join(f"'{job.name}'" for job in found) + (" …" if count > len(found) else "")
        jobs = "1 job" if count == 1 else f"{count:,} jobs"
        raise DatasetInUse(f"{refusal} What learned from it: {jobs} ({names}).") from refusal


def page(
    session: Session, workspace_id: str, request: PageRequest, *, status: JobStatus | None, kind: JobKind | None
) -> tuple[Sequence[Job], str | None]:
    return repository.page(session, workspace_id, request, status=status, kind=kind)


def matching(session: Session, workspace_id: str, text: str, limit: int) -> Sequence[Job]:
    """Those whose name or id fits what somebody types into a search box, the best first."""
    return repository.matching(session, workspace_id, text, limit)


def queue_position(session: Session, job: Job) -> int | None:
    return repository.queue_position(session, job) if job.status == JobStatus.QUEUED else None


def events(session: Session, workspace_id: str, job_id: str, after: int, limit: int) -> Sequence[JobEvent]:
    get(session, workspace_id, job_id)
    return repository.events(session, workspace_id, job_id, after, limit)


def cancel(session: Session, workspace_id: str, job_id: str) -> Job:
    """Stop a job: at once if nobody works on it, else as soon as its worker has ended the trainer."""
    job = _locked(session, workspace_id, job_id)
    if job.status == JobStatus.RUNNING:
        job.cancel_requested_at = job.cancel_requested_at or clock.now()
    elif job.status != JobStatus.CANCELLED:
        _move(session, job, JobStatus.CANCELLED, JobNotStoppable)
    return job


def pause(session: Session, workspace_id: str, job_id: str) -> Job:
    """Set a job aside; a running one is stopped first."""
    job = _locked(session, workspace_id, job_id)
    if job.status == JobStatus.RUNNING:
        job.pause_requested_at = job.pause_requested_at or clock.now()
    elif job.status != JobStatus.PAUSED:
        _move(session, job, JobStatus.PAUSED, JobNotPausable)
    return job


def resume(session: Session, doorbell: Doorbell, workspace_id: str, job_id: str) -> Job:
    """Queue a paused job again."""
    job = _locked(session, workspace_id, job_id)
    if job.status == JobStatus.RUNNING and job.pause_requested_at is not None:
        job.pause_requested_at = None
    elif job.status == JobStatus.PAUSED:
        _queue_again(session, doorbell, job)
    elif job.status not in (JobStatus.QUEUED, JobStatus.RUNNING):
        raise JobNotResumable(f"The job is {job.status}.")
    return job


def retry(session: Session, doorbell: Doorbell, workspace_id: str, job_id: str) -> Job:
    """Queue a failed or cancelled job again."""
    job = _locked(session, workspace_id, job_id)
    if job.status not in (JobStatus.FAILED, JobStatus.CANCELLED):
        raise JobNotRetryable(f"The job is {job.status}.")
    job.infra_losses = 0
    job.error = None
    job.finished_at = None
    _queue_again(session, doorbell, job)
    return job


def _queue_again(session: Session, doorbell: Doorbell, job: Job) -> None:
    _move(session, job, JobStatus.QUEUED, WrongState)
    job.last_dispatched_at = repository.database_time(session)
    after_commit(session, lambda: _announce(doorbell, job.queue))


def _move(session: Session, job: Job, status: JobStatus, refusal: type[WrongState]) -> None:
    if status not in NEXT[job.status]:
        raise refusal(f"The job is {job.status}.")
    job.status = status
    if status in TERMINAL:
        job.finished_at = clock.now()
    session.flush()
    leases.tell(session, job, {"status": status.value})


def _announce(doorbell: Doorbell, queue: Queue) -> None:
    doorbell.ring(queue)


def _locked(session: Session, workspace_id: str, job_id: str) -> Job:
    return _found(repository.get(session, workspace_id, job_id, lock=True), job_id)


def _found(job: Job | None, job_id: str) -> Job:
    if job is None:
        raise NotFound(f"There is no job '{job_id}'.")
    return job
