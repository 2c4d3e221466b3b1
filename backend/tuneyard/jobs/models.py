"""Jobs, their attempts and events. Postgres is the truth about all of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, false, func, text
from sqlalchemy.orm import Mapped, mapped_column

from tuneyard.kit.db import Base, Created
from tuneyard.kit.queue import Queue
from tuneyard.kit.references import StoreKey
from tuneyard.kit.tenancy import WorkspaceRow, tenant_key, tenant_reference, workspace_reference
from tuneyard.specs.events import EventType
from tuneyard.specs.job import JobKind, JobPhase


class JobStatus(StrEnum):
    """What may follow what is told by jobs.states."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """How one attempt ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    LOST = "lost"
    OOM = "oom"
    PREEMPTED = "preempted"
    STALLED = "stalled"
    DISK_FULL = "disk_full"


TERMINAL = frozenset({JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED})
# As the indexes say it, so that the planner knows that a query may use them.
ACTIVE = "status IN ('queued', 'running', 'paused')"
ENDED = "status IN ('succeeded', 'failed')"
ON_CARDS_ONLY = "qlora"
"""What is trained in a way that no processor computes."""
NEEDS_CARD = f"(spec #>> '{{hyperparameters,tuning}}' IS NOT DISTINCT FROM '{ON_CARDS_ONLY}')"


class Job(WorkspaceRow, Base, Created):
    __tablename__ = "jobs"
    __table_args__ = (
        tenant_key(),
        workspace_reference(),
        # The job that has read a file does not keep the dataset; one that used a version does, by the next line.
        tenant_reference("dataset_id", "datasets", ondelete="SET NULL (dataset_id)"),
        tenant_reference("dataset_version_id", "dataset_versions"),
        tenant_reference("validation_version_id", "dataset_versions"),
        CheckConstraint("(status = 'running') = (lease_token IS NOT NULL)", name="lease"),
        Index(
            "ix_jobs_claim",
            "queue",
            "workspace_id",
            text("priority DESC"),
            "id",
            postgresql_where=text("status = 'queued'"),
        ),
        Index("ix_jobs_lease", "lease_expires_at", postgresql_where=text("status = 'running'")),
        Index("ix_jobs_running", "workspace_id", "queue", postgresql_where=text("status = 'running'")),
        Index("ix_jobs_active", "workspace_id", "id", postgresql_where=text(ACTIVE)),
        Index("ix_jobs_ended", "workspace_id", "finished_at", postgresql_where=text(ENDED)),
    )

    kind: Mapped[JobKind]
    name: Mapped[str]
    queue: Mapped[Queue]
    priority: Mapped[int] = mapped_column(server_default="0")
    spec: Mapped[dict[str, Any]] = mapped_column(comment="What was asked for; the worker adds paths and budget.")
    dataset_id: Mapped[str | None]
    dataset_version_id: Mapped[str | None]
    validation_version_id: Mapped[str | None] = mapped_column(comment="Whose rows choose the best moment, if given.")
    status: Mapped[JobStatus]
    phase: Mapped[JobPhase | None]
    attempt: Mapped[int] = mapped_column(server_default="0", comment="The fencing number.")
    estimated_seconds: Mapped[float | None] = mapped_column(comment="About how long it takes, told before.")
    infra_losses: Mapped[int] = mapped_column(server_default="0")
    batch_parts: Mapped[int] = mapped_column(
        server_default="1", comment="Parts a batch is computed in: 2 after the job ran out of memory."
    )
    not_before: Mapped[datetime | None]
    cancel_requested_at: Mapped[datetime | None]
    pause_requested_at: Mapped[datetime | None]
    lease_token: Mapped[str | None]
    lease_owner: Mapped[str | None] = mapped_column(comment="Id of the worker process.")
    lease_expires_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    progress: Mapped[dict[str, Any] | None] = mapped_column(comment="specs.events.ProgressData.")
    metrics: Mapped[dict[str, Any] | None]
    error: Mapped[dict[str, Any] | None] = mapped_column(comment="specs.events.JobError.")
    result: Mapped[dict[str, Any] | None] = mapped_column(comment="What came out, as {model_version_id}.")
    last_event: Mapped[int] = mapped_column(BigInteger, server_default="0", comment="Sequence of its newest event.")
    last_dispatched_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    @property
    def needs_card(self) -> bool:
        """Whether only a worker with a graphics card can run it, as NEEDS_CARD has it."""
        return (self.spec.get("hyperparameters") or {}).get("tuning") == ON_CARDS_ONLY


class JobAttempt(WorkspaceRow, Base):
    __tablename__ = "job_attempts"
    __table_args__ = (
        tenant_key(),
        workspace_reference(),
        tenant_reference("job_id", "jobs", ondelete="CASCADE"),
        Index("uq_job_attempts_job_id_attempt", "job_id", "attempt", unique=True),
    )

    job_id: Mapped[str]
    attempt: Mapped[int]
    worker: Mapped[str]
    host: Mapped[str]
    outcome: Mapped[Outcome | None]
    exit_signal: Mapped[int | None]
    error: Mapped[dict[str, Any] | None] = mapped_column(comment="specs.events.JobError.")
    continued_from_step: Mapped[int | None] = mapped_column(
        comment="Where an earlier attempt was; null: from the start."
    )
    started_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    finished_at: Mapped[datetime | None]


class Checkpoint(WorkspaceRow, Base, Created):
    __tablename__ = "checkpoints"
    __table_args__ = (
        tenant_key(),
        workspace_reference(),
        tenant_reference("job_id", "jobs", ondelete="CASCADE"),
        Index("uq_checkpoints_location", "workspace_id", "job_id", "location", unique=True),
    )

    job_id: Mapped[str]
    attempt: Mapped[int]
    step: Mapped[int]
    location: Mapped[StoreKey] = mapped_column(comment="Key in the store; those of a job sort by age.")
    manifest_sha256: Mapped[str]


class JobEvent(Base):
    """One event; the sequence of a job has no gap."""

    __tablename__ = "job_events"
    __table_args__ = (workspace_reference(), tenant_reference("job_id", "jobs", ondelete="CASCADE"))

    job_id: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    workspace_id: Mapped[str]
    type: Mapped[EventType]
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class QueueShare(Base):
    """What a workspace may have of a queue, and what it has had. No row: the defaults, and nothing yet."""

    __tablename__ = "queue_shares"
    __table_args__ = (
        workspace_reference(),
        CheckConstraint("weight > 0", name="weight"),
        CheckConstraint("most_running >= 0", name="most_running"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    queue: Mapped[Queue] = mapped_column(primary_key=True)
    weight: Mapped[float] = mapped_column(server_default="1")
    most_running: Mapped[int | None] = mapped_column(comment="Jobs at a time; no limit if null.")
    turns: Mapped[float] = mapped_column(server_default="0", comment="Each claim adds 1 / weight; see jobs.fair_share.")


class WorkerProcess(Base):
    """A worker that is alive; the same for all workspaces."""

    __tablename__ = "worker_processes"

    id: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str]
    queues: Mapped[list[str]]
    device: Mapped[str] = mapped_column(server_default="", comment="What its jobs compute on.")
    cores: Mapped[int] = mapped_column(server_default="0", comment="Of the machine.")
    memory_bytes: Mapped[int] = mapped_column(BigInteger, server_default="0", comment="In use by it and its trainer.")
    memory_total_bytes: Mapped[int] = mapped_column(BigInteger, server_default="0", comment="Of the machine.")
    card_memory_bytes: Mapped[int] = mapped_column(BigInteger, server_default="0", comment="Of its smallest card.")
    fast_bf16: Mapped[bool] = mapped_column(server_default=false(), comment="What computes multiplies bfloat16 itself.")
    version: Mapped[str] = mapped_column(server_default="", comment="Of Tuneyard.")
    started_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    seen_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
