"""Worker processes that are alive."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tuneyard.jobs.models import WorkerProcess

FORGOTTEN_AFTER_SECONDS = 3600.0


def seen(session: Session, worker_id: str, host: str, queues: list[str]) -> None:
    """Note that a worker is alive."""
    row = insert(WorkerProcess).values(id=worker_id, host=host, queues=queues)
    session.execute(row.on_conflict_do_update(index_elements=["id"], set_={"seen_at": func.clock_timestamp()}))
    session.execute(delete(WorkerProcess).where(WorkerProcess.seen_at < _ago(FORGOTTEN_AFTER_SECONDS)))


def gone(session: Session, worker_id: str) -> None:
    """A worker says good-bye."""
    session.execute(delete(WorkerProcess).where(WorkerProcess.id == worker_id))


def alive(session: Session, within_seconds: float) -> list[WorkerProcess]:
    """Workers that were seen lately."""
    return list(session.scalars(select(WorkerProcess).where(WorkerProcess.seen_at > _ago(within_seconds))))


def _ago(seconds: float) -> ColumnElement[datetime]:
    return func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 0, 0, seconds)
