"""Who works on what: claims, leases and their end. Every time here is by the clock of Postgres.

A write of a worker carries the attempt and the lease token; when it finds no row, the lease is lost, and the worker
must stop at once and publish nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Interval,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from ulid import ULID

from tuneyard.jobs import announcing, fair_share, repository
from tuneyard.jobs.models import NEEDS_CARD, TERMINAL, Checkpoint, Job, JobAttempt, JobStatus, Outcome
from tuneyard.jobs.states import Step, permitted
from tuneyard.kit.db import Database
from tuneyard.kit.ids import new_id
from tuneyard.kit.queue import Queue
from tuneyard.specs.events import EventType, JobError
from tuneyard.specs.job import JobKind

# A lost worker is no fault of the job's; a job that loses its worker each time is.
MOST_RETRIES = 3
NOW = func.clock_timestamp()
# All claims of a queue wait for each other, so what one costs is what all of them cost: it is a single statement behind
# the lock, sent with it and with the commit; it is planned once, and the disk is waited for afterwards.
LOCK_CLAIMS = text("""
SELECT set_config('synchronous_commit', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true),
    pg_advisory_xact_lock(hashtext('claim:' || :queue))
""")
# A commit that has something to write waits until all before it is on the disk too.
FLUSH = text("SELECT pg_logical_emit_message(true, 'tuneyard', 'claimed')")
CLAIM = text(f"""{fair_share.NEXT_JOB},
claimed AS (
    UPDATE jobs SET
        status = 'running', phase = NULL, attempt = attempt + 1, last_event = last_event + 1,
        lease_token = :token, lease_owner = :owner,
        lease_expires_at = clock_timestamp() + make_interval(secs => :lease),
        heartbeat_at = clock_timestamp(), started_at = clock_timestamp(),
        finished_at = NULL, progress = NULL, error = NULL
    FROM next_job WHERE jobs.id = next_job.id
    RETURNING jobs.id, workspace_id, queue, attempt, kind, name, last_event, started_at, turn
),
begun AS (
    INSERT INTO job_attempts (id, workspace_id, job_id, attempt, worker, host, started_at)
    SELECT :attempt_id, workspace_id, id, attempt, :owner, :host, started_at FROM claimed
),
told AS (
    INSERT INTO job_events (job_id, workspace_id, sequence, type, data, at)
    SELECT id, workspace_id, last_event, 'status', jsonb_build_object('status', 'running', 'attempt', attempt),
        started_at FROM claimed
),
turned AS (
    INSERT INTO queue_shares AS share (workspace_id, queue, turns) SELECT workspace_id, queue, turn + 1 FROM claimed
    ON CONFLICT (workspace_id, queue) DO UPDATE SET turns = excluded.turns - 1 + 1 / share.weight
)
SELECT id, workspace_id, attempt, kind, name FROM claimed
""")


@dataclass(frozen=True)
class Lease:
    """The right to work on one attempt of one job."""

    job_id: str
    workspace_id: str
    attempt: int
    token: str
    kind: JobKind
    name: str


@dataclass(frozen=True)
class Wishes:
    """What a heartbeat brings back."""

    cancel: bool
    pause: bool


@dataclass(frozen=True)
class Lost:
    """A job whose lease ran out."""

    job_id: str
    queue: Queue
    status: JobStatus


def take(
    database: Database, queue: Queue, *, owner: str, host: str, lease_seconds: float, card: bool = False
) -> Lease | None:
    """Claim the next job of `queue`; returns once the claim would outlive a crash of Postgres.

    What needs a graphics card is left to those who say that they have one.

    Two statements on purpose: with the lock and the choice in one, quotas overshoot.
    """
    token = str(ULID())
    given = {"queue": queue, "token": token, "owner": owner, "host": host, "lease": lease_seconds, "card": card}
    rows = database.at_once((LOCK_CLAIMS, {"queue": queue}), (CLAIM, given | {"attempt_id": new_id("att")}))
    if not rows:
        return None
    database.at_once((FLUSH, {}))
    job_id, workspace_id, attempt, kind, name = rows[0]
    return Lease(job_id, workspace_id, attempt, token, JobKind(kind), name)


def renew(
    session: Session,
    lease: Lease,
    lease_seconds: float,
    *,
    events: Sequence[dict[str, Any]] = (),
    changes: dict[str, Any] | None = None,
    attempt_changes: dict[str, Any] | None = None,
) -> Wishes | None:
    """Renew the lease, store what the attempt told; None when the lease is lost."""
    row = session.execute(
        _held(lease)
        .values(lease_expires_at=NOW + _seconds(lease_seconds), heartbeat_at=NOW, **(changes or {}))
        .returning(Job.cancel_requested_at, Job.pause_requested_at)
    ).one_or_none()
    if row is None:
        return None
    if events:
        repository.append_events(session, _job(session, lease), events)
    if attempt_changes:
        session.execute(_attempt(lease.job_id, lease.attempt).values(**attempt_changes))
    return Wishes(cancel=row[0] is not None, pause=row[1] is not None)


def wishes(session: Session, lease: Lease) -> Wishes | None:
    """What the job's owner wishes, without renewing the lease; None when it is lost."""
    row = session.execute(select(Job.cancel_requested_at, Job.pause_requested_at).where(*_holding(lease))).one_or_none()
    return None if row is None else Wishes(cancel=row[0] is not None, pause=row[1] is not None)


def hold(session: Session, lease: Lease) -> bool:
    """Lock the job for the rest of the transaction; False when the lease is lost."""
    return session.execute(select(Job.id).where(*_holding(lease)).with_for_update()).one_or_none() is not None


def record_checkpoint(session: Session, lease: Lease, *, location: str, step: int, manifest_sha256: str) -> bool:
    """Note a checkpoint that lies in the store; False when the lease is lost."""
    if not hold(session, lease):
        return False
    row = insert(Checkpoint).values(
        id=new_id("ckpt"),
        workspace_id=lease.workspace_id,
        job_id=lease.job_id,
        attempt=lease.attempt,
        location=location,
        step=step,
        manifest_sha256=manifest_sha256,
    )
    # It may be there already: the answer to a commit can be lost.
    session.execute(row.on_conflict_do_nothing(index_elements=["workspace_id", "job_id", "location"]))
    return True


def give_back_smaller(session: Session, lease: Lease, exit_signal: int | None) -> bool:
    """Queue a job that ran out of memory once more, with half as many rows at a time.

    False if it had that chance before, or the lease is lost; then nothing was written.
    """
    halved = _held(lease).where(Job.batch_parts == 1).values(batch_parts=2).returning(Job.id)
    if session.execute(halved).one_or_none() is None:
        return False
    return finish(session, lease, JobStatus.QUEUED, Outcome.OOM, exit_signal=exit_signal, counts=False)


def finish(
    session: Session,
    lease: Lease,
    status: JobStatus,
    outcome: Outcome,
    *,
    error: JobError | None = None,
    result: dict[str, Any] | None = None,
    metrics: dict[str, float] | None = None,
    exit_signal: int | None = None,
    counts: bool = True,
) -> bool:
    """End the attempt and move the job to `status`; False when the lease is lost, and then nothing was written.

    What its owner has wished meanwhile goes before being queued or paused. With `counts=False` the attempt was no fault
    of the job's and is not counted against it.
    """
    permitted(Step.END, status)
    values: dict[str, Any] = {"lease_token": None, "lease_owner": None, "lease_expires_at": None}
    values |= {"phase": None, "cancel_requested_at": None, "pause_requested_at": None, "last_dispatched_at": None}
    values |= {"error": error.model_dump() if error else None, "result": result}
    if metrics is not None:
        values["metrics"] = metrics
    if status in TERMINAL:
        values |= {"status": status, "finished_at": NOW}
    else:
        values |= {"status": _as_wished(), "finished_at": case((Job.cancel_requested_at.is_not(None), NOW))}
    if status == JobStatus.QUEUED and counts:
        values["infra_losses"] = Job.infra_losses + 1
    moved = session.execute(_held(lease).values(**values).returning(Job.status)).scalar_one_or_none()
    if moved is None:
        return False
    _end_attempt(session, lease.job_id, lease.attempt, outcome, exit_signal, error)
    ending = {"status": moved.value, "attempt": lease.attempt, "outcome": outcome.value}
    tell(session, _job(session, lease), ending)
    return True


def losses(session: Session, lease: Lease) -> int:
    """How often the job has lost its worker so far."""
    return _job(session, lease).infra_losses


def reap(session: Session, grace_seconds: float) -> list[Lost]:
    """Give back the jobs whose lease ran out; nobody is reaped in the first `grace_seconds` after Postgres started."""
    lost: list[Lost] = []
    query = select(Job.id, Job.attempt).where(_expired(grace_seconds)).with_for_update(skip_locked=True)
    for job_id, attempt in session.execute(query).all():
        job = session.scalars(
            # The expiry is checked again: a heartbeat may have come in between.
            update(Job)
            .where(Job.id == job_id, Job.attempt == attempt, _expired(grace_seconds))
            .values(
                status=_as_wished((Job.infra_losses >= MOST_RETRIES, _is(JobStatus.FAILED))),
                infra_losses=Job.infra_losses + 1,
                lease_token=None,
                lease_owner=None,
                lease_expires_at=None,
                last_dispatched_at=None,
                phase=None,
                cancel_requested_at=None,
                pause_requested_at=None,
            )
            .returning(Job)
            .execution_options(populate_existing=True, synchronize_session=False)
        ).one_or_none()
        if job is not None:
            lost.append(_record_loss(session, job))
    return lost


def give_back_all(session: Session) -> None:
    """End every attempt as if its worker had been asked to stop: in a restored copy nobody works on anything."""
    for job in session.scalars(select(Job).where(Job.status == JobStatus.RUNNING)).all():
        lease = Lease(job.id, job.workspace_id, job.attempt, job.lease_token or "", job.kind, job.name)
        finish(session, lease, JobStatus.QUEUED, Outcome.PREEMPTED, counts=False)


def due_jobs(session: Session, queue: Queue, older_than_seconds: float, most: int) -> Sequence[bool]:
    """The jobs of a queue that nobody was told of lately, `most` of them; they count as told from now on.

    Of each, whether it needs a graphics card.
    """
    due = (
        select(Job.id)
        .where(
            Job.queue == queue,
            Job.status == JobStatus.QUEUED,
            func.coalesce(Job.not_before, NOW) <= NOW,
            func.coalesce(Job.last_dispatched_at, text("'-infinity'::timestamptz"))
            < NOW - _seconds(older_than_seconds),
        )
        .order_by(Job.last_dispatched_at.nulls_first())
        .limit(most)
        .with_for_update(skip_locked=True)
        # Looked up once: as a subquery it may be run again for each row, and then takes more than it should.
        .cte("due")
        .prefix_with("MATERIALIZED")
    )
    told = update(Job).where(Job.id.in_(select(due.c.id))).values(last_dispatched_at=NOW)
    return session.scalars(told.returning(literal_column(NEEDS_CARD, Boolean))).all()


def tell(session: Session, job: Job, data: dict[str, Any]) -> None:
    """Append a status event, and tell the webhooks."""
    now = repository.database_time(session)
    repository.append_events(session, job, [{"type": EventType.STATUS, "at": now, "data": data}])
    announcing.announce(session, job)


def out_of_losses() -> JobError:
    return JobError(
        code="worker_lost",
        message=f"The worker was lost {MOST_RETRIES + 1} times while it ran this job.",
        hint="Look into the worker's log for the cause, then try again.",
        details={"times": MOST_RETRIES + 1},
        users=False,
    )


def _as_wished(*others: tuple[ColumnElement[bool], ColumnElement[str]]) -> ColumnElement[str]:
    """Where a job goes whose attempt ended without a result."""
    return case(
        (Job.cancel_requested_at.is_not(None), _is(JobStatus.CANCELLED)),
        (Job.pause_requested_at.is_not(None), _is(JobStatus.PAUSED)),
        *others,
        else_=_is(JobStatus.QUEUED),
    )


def _is(status: JobStatus) -> ColumnElement[str]:
    permitted(Step.REAP, status)
    return literal(status.value)


def _record_loss(session: Session, job: Job) -> Lost:
    error = out_of_losses() if job.status == JobStatus.FAILED else None
    if job.status in TERMINAL:
        ended = {"error": error.model_dump() if error else None, "finished_at": NOW}
        session.execute(_of(job.id).values(**ended))
    _end_attempt(session, job.id, job.attempt, Outcome.LOST, None, error)
    tell(session, job, {"status": job.status.value, "attempt": job.attempt, "outcome": Outcome.LOST.value})
    return Lost(job.id, job.queue, job.status)


def _end_attempt(
    session: Session, job_id: str, attempt: int, outcome: Outcome, exit_signal: int | None, error: JobError | None
) -> None:
    session.execute(
        _attempt(job_id, attempt).values(
            outcome=outcome,
            exit_signal=exit_signal,
            error=error.model_dump() if error else None,
            finished_at=NOW,
        )
    )


def _attempt(job_id: str, attempt: int) -> Any:
    return update(JobAttempt).where(JobAttempt.job_id == job_id, JobAttempt.attempt == attempt)


def _expired(grace_seconds: float) -> Any:
    up = func.pg_postmaster_start_time() < NOW - _seconds(grace_seconds)
    return and_(Job.status == JobStatus.RUNNING, Job.lease_expires_at < NOW, up)


def _of(job_id: str) -> Any:
    return update(Job).where(Job.id == job_id).execution_options(synchronize_session=False)


def _holding(lease: Lease) -> tuple[ColumnElement[bool], ...]:
    return (
        Job.workspace_id == lease.workspace_id,
        Job.id == lease.job_id,
        Job.attempt == lease.attempt,
        Job.lease_token == lease.token,
        Job.status == JobStatus.RUNNING,
    )


def _held(lease: Lease) -> Any:
    return update(Job).where(*_holding(lease)).execution_options(synchronize_session=False)


def _job(session: Session, lease: Lease) -> Job:
    return session.scalars(select(Job).where(Job.id == lease.job_id).execution_options(populate_existing=True)).one()


def _seconds(value: float) -> Any:
    return cast(bindparam(None, f"{value} seconds"), Interval)
