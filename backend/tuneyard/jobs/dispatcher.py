"""The dispatcher: gives back jobs whose worker is gone, and rings again for jobs that nobody heard of.

One at a time works, whichever holds the advisory lock; the others wait for it.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import structlog
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import InternalError, OperationalError, SQLAlchemyError

from tuneyard.jobs import leases
from tuneyard.kit.errors import TuneyardError
from tuneyard.kit.queue import Queue
from tuneyard.kit.services import Services

log = structlog.get_logger()

LOCK = 7_248_110
TICK_SECONDS = 1.0
# A worker that is awake goes on until its queue is empty, so there need not be more than there are workers.
MOST_RINGS = 32
SWEEP_SECONDS = 3600.0

Sweep = Callable[[Services], None]
"""Removes what a domain no longer keeps."""
Duty = Callable[[Services, threading.Event], None]
"""Something else to be done by one process only, until it is told to stop; in a thread, with connections of its own."""


def run(services: Services, stop: threading.Event, sweeps: Sequence[Sweep] = (), duties: Sequence[Duty] = ()) -> None:
    """Work until told to stop; a database that is away is waited for."""
    while not stop.is_set():
        try:
            with services.database.engine.connect() as connection:
                # Never back into the pool: with the connection goes its lock.
                connection.detach()
                if _wait_for_lock(connection, stop):
                    with _beside(services, duties):
                        _lead(services, connection, stop, sweeps)
        except (OperationalError, InternalError) as error:
            log.warning("dispatcher.database_unavailable", error=str(error).splitlines()[0])
            stop.wait(TICK_SECONDS)


def tick(services: Services, *, reap: bool) -> None:
    """One round: reap if it is time, then ring for what is due."""
    settings = services.settings
    if reap:
        with services.database.system() as session:
            # While Postgres was away nobody could renew: each gets one lease's time to do so.
            lost = leases.reap(session, grace_seconds=settings.lease_seconds)
        for item in lost:
            log.warning("job.lost", job_id=item.job_id, status=item.status.value)
    for queue in Queue:
        with services.database.system() as session:
            due = leases.due_jobs(session, queue, settings.redispatch_seconds, MOST_RINGS)
        # Once for each job, as when it was submitted: one ring wakes one worker.
        for needs_card in due:
            if not services.doorbell.ring(queue, card=needs_card):
                break


def _wait_for_lock(connection: Connection, stop: threading.Event) -> bool:
    """Take the lock, for as long as the connection lives; False when told to stop before."""
    while not connection.execute(select(func.pg_try_advisory_lock(LOCK))).scalar_one():
        connection.rollback()
        if stop.wait(TICK_SECONDS):
            return False
    connection.commit()
    log.info("dispatcher.leading")
    return True


@contextmanager
def _beside(services: Services, duties: Sequence[Duty]) -> Iterator[None]:
    """Other duties, for as long as this process leads; nobody waits for them."""
    over = threading.Event()
    for duty in duties:
        threading.Thread(target=duty, args=(services, over), name=duty.__module__, daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _lead(services: Services, connection: Connection, stop: threading.Event, sweeps: Sequence[Sweep]) -> None:
    """Work with the lock on `connection`; returns when told to stop, raises when the connection breaks."""
    reaped = swept = float("-inf")
    sweeping: threading.Thread | None = None
    while not stop.wait(TICK_SECONDS):
        # The lock lives as long as its connection: a broken one must end the turn.
        connection.execute(select(1))
        connection.rollback()
        reap = time.monotonic() - reaped >= services.settings.reaper_seconds
        tick(services, reap=reap)
        if reap:
            reaped = time.monotonic()
        if time.monotonic() - swept >= SWEEP_SECONDS and not (sweeping and sweeping.is_alive()):
            swept = time.monotonic()
            sweeping = _sweep_aside(services, sweeps)


def _sweep_aside(services: Services, sweeps: Sequence[Sweep]) -> threading.Thread:
    """Lost jobs do not wait while files are removed. Cut off, a sweep is taken up by the next."""

    def run() -> None:
        for sweep in sweeps:
            try:
                sweep(services)
            except (SQLAlchemyError, OSError, TuneyardError) as error:
                log.warning("sweep.failed", error=str(error).splitlines()[0])

    thread = threading.Thread(target=run, name="sweep", daemon=True)
    thread.start()
    return thread
