"""Claims jobs and sees each through: a fresh child process does the work, this one keeps the lease and tells the world.

Nothing here computes. Every write about the job is fenced by the lease: when it is lost, the child is killed and
nothing is published.
"""

import shutil
import socket
import time
from typing import Any, Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from tuneyard.jobs import leases
from tuneyard.jobs.leases import Lease, Wishes
from tuneyard.jobs.models import JobStatus, Outcome
from tuneyard.kit import clock
from tuneyard.kit.errors import TuneyardError
from tuneyard.kit.queue import Queue
from tuneyard.kit.services import Services
from tuneyard.kit.storage import naming_full_disk
from tuneyard.specs.events import EventType, JobError
from tuneyard_worker.event_log import EventLog
from tuneyard_worker.preparing import prepare
from tuneyard_worker.publishing import clear_unpublished, forget, publish
from tuneyard_worker.resource_meter import ResourceMeter
from tuneyard_worker.runner import explained
from tuneyard_worker.trainer_process import OUTCOMES, TrainerProcess

log = structlog.get_logger()

TICK_SECONDS = 0.1
TELL_SECONDS = 0.3


class StopSign(Protocol):
    """Whether this worker was asked to end."""

    def raised(self) -> bool: ...


def work(services: Services, queue: Queue, worker_id: str, stop: StopSign) -> None:
    """Run jobs of `queue` until there is none left or the worker is to stop."""
    settings = services.settings
    while not stop.raised():
        lease = leases.take(
            services.database,
            queue,
            owner=worker_id,
            host=socket.gethostname(),
            lease_seconds=settings.lease_seconds,
        )
        if lease is None:
            return
        with structlog.contextvars.bound_contextvars(job_id=lease.job_id, attempt=lease.attempt):
            log.info("job.claimed", kind=lease.kind.value)
            Supervision(services, lease, stop).run()


class Supervision:
    """One attempt of one job."""

    def __init__(self, services: Services, lease: Lease, stop: StopSign) -> None:
        self.services = services
        self.lease = lease
        self.stop = stop
        self.directory = services.settings.jobs_dir / f"{lease.job_id}-{lease.attempt}"
        self.events = EventLog(self.directory / "events.jsonl")
        self._renewed = time.monotonic()
        self._meter: ResourceMeter | None = None

    def run(self) -> None:
        """See the attempt through to its end; whatever happens is recorded with its cause."""
        try:
            with naming_full_disk("this job"):
                self._start_and_watch()
        except TuneyardError as error:
            users = error.status_code < 500
            self._fail(JobError(code=error.code, message=str(error), hint=error.advice, users=users))
        except SQLAlchemyError as error:
            # The lease runs out and the reaper gives the job to somebody who can reach the database.
            log.error("job.database_lost", error=str(error).splitlines()[0])
        except Exception as error:  # the boundary of a job: record the cause, then end the attempt
            log.error("job.supervision_failed", exc_info=error)
            self._fail(explained(error))
        finally:
            shutil.rmtree(self.directory, ignore_errors=True)

    def _start_and_watch(self) -> None:
        # What an attempt left that was cut off; the lease says that nobody works there any more.
        for stale in self.directory.parent.glob(f"{self.lease.job_id}-*"):
            shutil.rmtree(stale, ignore_errors=True)
        clear_unpublished(self.services, self.lease)
        self.directory.mkdir(parents=True)
        timeout = prepare(self.services, self.lease, self.directory)
        trainer = TrainerProcess(self.directory, self.services.settings)
        self._meter = ResourceMeter(trainer.pid)
        try:
            ending = self._watch(trainer, timeout)
        finally:
            trainer.kill()
        if ending is None:
            return
        status, outcome, error = ending
        self._tell()
        if status == JobStatus.SUCCEEDED:
            self._publish()
        elif status == JobStatus.QUEUED and outcome == Outcome.LOST:
            self._give_back_lost(trainer.exit_signal)
        else:
            self._finish(status, outcome, error=error, exit_signal=trainer.exit_signal)

    def _watch(
        self, trainer: TrainerProcess, timeout: float | None
    ) -> tuple[JobStatus, Outcome, JobError | None] | None:
        """Until the attempt is over: how it ended; None when the lease was lost."""
        started = told = time.monotonic()
        while trainer.running():
            time.sleep(TICK_SECONDS)
            if self.stop.raised():
                trainer.stop(self.services.settings.cancel_grace_seconds)
                return JobStatus.QUEUED, Outcome.PREEMPTED, None
            if timeout is not None and time.monotonic() - started > timeout:
                return JobStatus.FAILED, Outcome.STALLED, too_slow(timeout)
            if time.monotonic() - told < TELL_SECONDS:
                continue
            told = time.monotonic()
            wishes = self._tell()
            if wishes is None:
                log.warning("job.lease_lost")
                return None
            if wishes.cancel or wishes.pause:
                trainer.stop(self.services.settings.cancel_grace_seconds)
                return (
                    (JobStatus.CANCELLED, Outcome.CANCELLED, None)
                    if wishes.cancel
                    else (JobStatus.PAUSED, Outcome.PAUSED, None)
                )
        return trainer.ending()

    def _tell(self) -> Wishes | None:
        """Store what the trainer told since last time, and renew the lease if it is time; None: the lease is lost."""
        told = self.events.read()
        used = self._meter.measure() if self._meter and self._meter.due() else None
        if used is not None:
            told.rows.append({"type": EventType.RESOURCES, "at": clock.now(), "data": used.model_dump(mode="json")})
        due = time.monotonic() - self._renewed >= self.services.settings.heartbeat_seconds
        settings = self.services.settings
        try:
            with self.services.database.workspace(self.lease.workspace_id) as session:
                if not told.rows and not due:
                    return leases.wishes(session, self.lease)
                wishes = leases.renew(
                    session, self.lease, settings.lease_seconds, events=told.rows, changes=told.changes
                )
        except SQLAlchemyError as error:
            # Postgres is away: the child goes on, and what it told is told again when the database is back.
            log.warning("job.database_unavailable", error=str(error).splitlines()[0])
            self.events.rewind(told)
            return Wishes(cancel=False, pause=False)
        self._renewed = time.monotonic()
        return wishes

    def _publish(self) -> None:
        """Move the artifact into the store and record it, in one transaction with the end of the job."""
        key = publish(self.services, self.lease, self.directory)
        try:
            with self.services.database.workspace(self.lease.workspace_id) as session:
                published = leases.hold(session, self.lease)
                if published:
                    result, metrics = key.record(session)
                    leases.finish(
                        session, self.lease, JobStatus.SUCCEEDED, Outcome.SUCCEEDED, result=result, metrics=metrics
                    )
        except SQLAlchemyError:
            # The commit may have gone through although its answer was lost: what the rows point to must stay. If it
            # did not, the next attempt clears this away.
            raise
        except Exception:
            self.services.store.delete([key.storage_key])
            raise
        if not published:
            log.warning("job.lease_lost")
            self.services.store.delete([key.storage_key])

    def _give_back_lost(self, exit_signal: int | None) -> None:
        with self.services.database.workspace(self.lease.workspace_id) as session:
            again = leases.losses(session, self.lease) < leases.MOST_RETRIES
        if again:
            self._finish(JobStatus.QUEUED, Outcome.LOST, exit_signal=exit_signal)
        else:
            self._finish(JobStatus.FAILED, Outcome.LOST, error=leases.out_of_losses(), exit_signal=exit_signal)

    def _fail(self, error: JobError) -> None:
        self._finish(JobStatus.FAILED, OUTCOMES.get(error.code, Outcome.FAILED), error=error)

    def _finish(
        self, status: JobStatus, outcome: Outcome, *, error: JobError | None = None, exit_signal: int | None = None
    ) -> None:
        extra: dict[str, Any] = {"counts": outcome != Outcome.PREEMPTED, "exit_signal": exit_signal, "error": error}
        with self.services.database.workspace(self.lease.workspace_id) as session:
            held = leases.finish(session, self.lease, status, outcome, **extra)
            if held and status == JobStatus.FAILED and error is not None:
                forget(session, self.lease, error)
        log.info("job.ended", status=status.value, outcome=outcome.value, held=held)


def too_slow(timeout: float) -> JobError:
    return JobError(
        code="too_slow",
        message=f"The work was stopped after {timeout:.0f} seconds.",
        hint="Use a smaller file, or raise the limit in the settings.",
    )
