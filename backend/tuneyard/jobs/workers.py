"""Worker processes: each keeps a row for as long as it lives, with what it is and what it uses."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tuneyard.base_models.machines import Machine
from tuneyard.jobs.models import Job, JobStatus, WorkerProcess
from tuneyard.kit.queue import Queue
from tuneyard.specs.device import is_card

# A worker tells of itself every few seconds.
ALIVE_SECONDS = 30.0
FORGOTTEN_AFTER_SECONDS = 3600.0


@dataclass(frozen=True)
class WorkerFacts:
    """What a worker tells of itself."""

    id: str
    host: str
    queues: list[str]
    device: str = ""
    cores: int = 0
    memory_bytes: int = 0
    memory_total_bytes: int = 0
    card_memory_bytes: int = 0
    fast_bf16: bool = False
    version: str = ""


@dataclass(frozen=True)
class AtWork:
    """A worker, how long ago it was seen, and the job in its hands."""

    process: WorkerProcess
    seen_seconds_ago: float
    job: Job | None

    @property
    def alive(self) -> bool:
        return self.seen_seconds_ago <= ALIVE_SECONDS


def seen(session: Session, facts: WorkerFacts) -> None:
    """Note that a worker is alive."""
    values = asdict(facts)
    row = insert(WorkerProcess).values(**values)
    session.execute(row.on_conflict_do_update(index_elements=["id"], set_=values | {"seen_at": func.clock_timestamp()}))
    session.execute(delete(WorkerProcess).where(WorkerProcess.seen_at < _ago(FORGOTTEN_AFTER_SECONDS)))


def gone(session: Session, worker_id: str) -> None:
    """A worker says good-bye."""
    session.execute(delete(WorkerProcess).where(WorkerProcess.id == worker_id))


def at_work(session: Session) -> Sequence[AtWork]:
    """Every worker of the platform, the longest running first; those that fell silent too, until they are forgotten."""
    age = func.extract("epoch", func.clock_timestamp() - WorkerProcess.seen_at)
    held = and_(Job.lease_owner == WorkerProcess.id, Job.status == JobStatus.RUNNING)
    query = select(WorkerProcess, age, Job).outerjoin(Job, held).order_by(WorkerProcess.started_at, WorkerProcess.id)
    return [AtWork(process, float(seconds), job) for process, seconds, job in session.execute(query)]


def count_alive(session: Session, queue: Queue) -> int:
    """How many workers serve a queue."""
    serves = WorkerProcess.queues.contains([queue.value])
    query = select(func.count()).where(WorkerProcess.seen_at > _ago(ALIVE_SECONDS), serves)
    return session.scalars(query).one()


def hands(session: Session, queue: Queue) -> dict[str, bool]:
    """The workers alive that serve a queue, by their ids, and whether each has a graphics card."""
    serves = WorkerProcess.queues.contains([queue.value])
    query = select(WorkerProcess.id, WorkerProcess.device).where(WorkerProcess.seen_at > _ago(ALIVE_SECONDS), serves)
    return {worker_id: is_card(device) for worker_id, device in session.execute(query)}


def machines(session: Session, queue: Queue) -> list[Machine]:
    """Where the workers of a queue compute: those alive, else those that are remembered; empty if there is none."""
    alive = WorkerProcess.seen_at > _ago(ALIVE_SECONDS)
    serves = WorkerProcess.queues.contains([queue.value])
    query = select(WorkerProcess, alive).where(serves, WorkerProcess.memory_total_bytes > 0)
    known = session.execute(query).all()
    heard = [process for process, is_alive in known if is_alive] or [process for process, _ in known]
    return [
        Machine(
            memory=process.memory_total_bytes,
            card=is_card(process.device),
            card_memory=process.card_memory_bytes,
            fast_bf16=process.fast_bf16,
        )
        for process in heard
    ]


def _ago(seconds: float) -> ColumnElement[datetime]:
    return func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 0, 0, seconds)
