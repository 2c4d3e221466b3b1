"""What can be done with jobs. The table of states is the only authority on what follows what."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from tuneyard.datasets import service as datasets
from tuneyard.datasets.errors import DatasetInUse
from tuneyard.jobs import leases, repository
from tuneyard.jobs.models import TERMINAL, Job, JobAttempt, JobEvent, JobStatus
from tuneyard.jobs.states import TRANSITIONS, Action, target
from tuneyard.kit import clock
from tuneyard.kit.db import after_commit
from tuneyard.kit.errors import NotFound, WrongState
from tuneyard.kit.ids import new_id
from tuneyard.kit.pagination import PageRequest
from tuneyard.kit.queue import Doorbell, Queue
from tuneyard.kit.storage import Store
from tuneyard.specs.events import EventType, LogData
from tuneyard.specs.job import JobKind
from tuneyard.specs.sayings import Saying

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
    validation_version_id: str | None = None,
    estimated_seconds: float | None = None,
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
        validation_version_id=validation_version_id,
        status=JobStatus.QUEUED,
        estimated_seconds=estimated_seconds,
        last_dispatched_at=repository.database_time(session),
    )
    session.add(job)
    session.flush()
    session.refresh(job)
    leases.tell(session, job, {"status": JobStatus.QUEUED.value})
    after_commit(session, lambda: _announce(doorbell, job))
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
        if not count:
            raise DatasetInUse(
                f"{refusal} A fine-tune that was asked for waits for it.", saying=Saying(code="dataset_awaited")
            ) from refusal
        names = ", ".join(f"'{job.name}'" for job in found) + (" …" if count > len(found) else "")
        jobs = "1 job" if count == 1 else f"{count:,} jobs"
        raise DatasetInUse(
            f"{refusal} What learned from it: {jobs} ({names}).",
            saying=Saying(code="dataset_in_use", details={"count": count, "jobs": [job.name for job in found]}),
        ) from refusal


def page(
    session: Session, workspace_id: str, request: PageRequest, *, status: JobStatus | None, kind: JobKind | None
) -> tuple[Sequence[Job], str | None]:
    return repository.page(session, workspace_id, request, status=status, kind=kind)


def matching(session: Session, workspace_id: str, text: str, limit: int) -> Sequence[Job]:
    """Those whose name or id fits what somebody types into a search box, the best first."""
    return repository.matching(session, workspace_id, text, limit)


def events(session: Session, workspace_id: str, job_id: str, after: int, limit: int) -> Sequence[JobEvent]:
    get(session, workspace_id, job_id)
    return repository.events(session, workspace_id, job_id, after, limit)


def act(session: Session, doorbell: Doorbell, workspace_id: str, job_id: str, action: Action) -> Job:
    """Do what a person asks for, as far as the table of states allows; asked twice, it is as if asked once.

    A running job is told to its worker, whose ending moves it. Raises WrongState, NotFound.
    """
    job = _locked(session, workspace_id, job_id)
    before = job.status
    _apply(session, job, action)
    if before != JobStatus.QUEUED == job.status:
        after_commit(session, lambda: _announce(doorbell, job))
    return job


def tell(session: Session, workspace_id: str, job_id: str, told: LogData) -> None:
    """Add a line to the log of a job."""
    job = _locked(session, workspace_id, job_id)
    event = {"type": EventType.LOG, "at": repository.database_time(session), "data": told.model_dump(mode="json")}
    repository.append_events(session, job, [event])


def cancel(session: Session, workspace_id: str, job_id: str) -> Job:
    """Stop a job: at once if nobody works on it, else as soon as its worker has ended the trainer."""
    job = _locked(session, workspace_id, job_id)
    _apply(session, job, Action.CANCEL)
    return job


def set_priority(session: Session, job_id: str, priority: int) -> None:
    """Let a job go before those of every workspace, so in a transaction of the engine. Raises NotFound."""
    if not repository.set_priority(session, job_id, priority):
        raise NotFound(f"There is no job '{job_id}'.")


def attempts(session: Session, workspace_id: str, job_id: str) -> Sequence[JobAttempt]:
    """What became of each start of a job, the first first."""
    get(session, workspace_id, job_id)
    return repository.attempts(session, workspace_id, job_id)


def asked(job: Job) -> Action | None:
    """What its owner wants of a running job, and its worker has not done yet."""
    if job.cancel_requested_at is not None:
        return Action.CANCEL
    return Action.PAUSE if job.pause_requested_at is not None else None


def _apply(session: Session, job: Job, action: Action) -> None:
    goal = target(action, job.status)
    if goal is None:
        allowed = ", ".join(TRANSITIONS[action])
        raise WrongState(f"The job is {job.status}.", hint=f"To {action} it, it has to be one of: {allowed}.")
    if job.status == JobStatus.RUNNING:
        _tell_worker(job, action)
    elif goal != job.status:
        _move(session, job, goal)


def _tell_worker(job: Job, action: Action) -> None:
    if action == Action.CANCEL:
        job.cancel_requested_at = job.cancel_requested_at or clock.now()
    elif asked(job) == Action.CANCEL:
        raise WrongState("The job is being cancelled.", hint="Wait until it is cancelled; then it can be tried again.")
    elif action == Action.PAUSE:
        job.pause_requested_at = job.pause_requested_at or clock.now()
    elif action == Action.RESUME:
        job.pause_requested_at = None


def _move(session: Session, job: Job, status: JobStatus) -> None:
    if status == JobStatus.QUEUED:
        if job.status in TERMINAL:  # it begins anew
            job.infra_losses, job.error = 0, None
        job.finished_at = None
        job.last_dispatched_at = repository.database_time(session)
    elif status in TERMINAL:
        job.finished_at = clock.now()
    job.status = status
    session.flush()
    leases.tell(session, job, {"status": status.value})


def _announce(doorbell: Doorbell, job: Job) -> None:
    doorbell.ring(job.queue, card=job.needs_card)


def _locked(session: Session, workspace_id: str, job_id: str) -> Job:
    return _found(repository.get(session, workspace_id, job_id, lock=True), job_id)


def _found(job: Job | None, job_id: str) -> Job:
    if job is None:
        raise NotFound(f"There is no job '{job_id}'.")
    return job
