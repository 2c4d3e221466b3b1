"""Claims jobs and sees each through: a child process does the work, this one keeps the lease and tells the world.

Nothing here computes. Every write about the job is fenced by the lease: when it is lost, the child is killed and
nothing is published.
"""

import shutil
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, Protocol, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from tuneyard.base_models.entries import BaseModelEntry
from tuneyard.base_models.importing import alone, installed, keep
from tuneyard.jobs import leases
from tuneyard.jobs.leases import Lease, Wishes
from tuneyard.jobs.models import JobStatus, Outcome
from tuneyard.kit import clock
from tuneyard.kit.db import is_down
from tuneyard.kit.errors import TuneyardError
from tuneyard.kit.queue import Queue
from tuneyard.kit.services import Services
from tuneyard.kit.storage import StoreUnavailable, naming_full_disk
from tuneyard.specs.events import EventType, JobError
from tuneyard.specs.job import JobKind, JobPhase
from tuneyard_worker.checkpoint_store import CheckpointStore
from tuneyard_worker.child_process import ChildProcess
from tuneyard_worker.device import graphics_card
from tuneyard_worker.endings import GIVEN_BACK, OUTCOMES, AskedToEnd, Ending, as_wished, job_error, too_slow
from tuneyard_worker.event_log import EventLog
from tuneyard_worker.fetching import FetcherProcess, missing
from tuneyard_worker.forked_trainer import Nursery
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.preparing import prepare
from tuneyard_worker.publishing import artifact_key, clear_unpublished, forget, publish
from tuneyard_worker.resource_meter import ResourceMeter
from tuneyard_worker.room import is_full
from tuneyard_worker.runner import explained
from tuneyard_worker.trainer_process import TrainerProcess

log = structlog.get_logger()

T = TypeVar("T")

TICK_SECONDS = 0.1
TELL_SECONDS = 0.3


class StopSign(Protocol):
    """Whether this worker was asked to end."""

    def raised(self) -> bool: ...


def work(services: Services, queue: Queue, worker_id: str, stop: StopSign, nursery: Nursery) -> None:
    """Run jobs of `queue` until there is none left or the worker is to stop."""
    settings = services.settings
    # On a machine that only works there is no data directory before its first job.
    settings.jobs_dir.mkdir(parents=True, exist_ok=True)
    while not stop.raised():
        if is_full(settings.jobs_dir):
            # Whatever is claimed now would fail; the dispatcher rings again, so the queue goes on once there is room.
            log.warning("worker.disk_full", path=str(settings.jobs_dir))
            return
        lease = leases.take(
            services.database,
            queue,
            owner=worker_id,
            host=socket.gethostname(),
            lease_seconds=settings.lease_seconds,
            card=graphics_card() is not None,
        )
        if lease is None:
            return
        with structlog.contextvars.bound_contextvars(job_id=lease.job_id, attempt=lease.attempt):
            log.info("job.claimed", kind=lease.kind.value)
            Supervision(services, lease, stop, nursery).run()


class LeaseLost(Exception):
    """Somebody else may work on the job, so this attempt must end and publish nothing."""


class Supervision:
    """One attempt of one job."""

    def __init__(self, services: Services, lease: Lease, stop: StopSign, nursery: Nursery) -> None:
        self.services = services
        self.lease = lease
        self.stop = stop
        self.nursery = nursery if preloading_pays(lease.kind) else None
        self.directory = services.settings.jobs_dir / f"{lease.job_id}-{lease.attempt}"
        self.events = EventLog(self.directory / "events.jsonl")
        self.checkpoints = CheckpointStore(services, lease)
        self._renewed = time.monotonic()
        self._heard = True
        self._meter: ResourceMeter | None = None

    def run(self) -> None:
        """See the attempt through to its end; whatever happens is recorded with its cause."""
        try:
            with naming_full_disk("this job"):
                self._start_and_watch()
        except LeaseLost:
            log.warning("job.lease_lost")
        except StoreUnavailable as error:
            # Another machine may reach it.
            self._give_back_lost(error=job_error(error))
        except TuneyardError as error:
            self._fail(job_error(error))
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
        self._with_store(self.checkpoints.clean)
        for stale in self.directory.parent.glob(f"{self.lease.job_id}-*"):
            self._take_checkpoints(stale)
            shutil.rmtree(stale, ignore_errors=True)
        self.directory.mkdir(parents=True)
        self._with_store(lambda: clear_unpublished(self.services, self.lease))
        entry = self._with_store(lambda: missing(self.services, self.lease))
        if entry is not None and not self._fetch(entry):
            return
        timeout = self._with_store(lambda: prepare(self.services, self.lease, self.directory))
        if self._see_through(TrainerProcess(self.directory, self.services.settings, self.nursery), timeout):
            self._publish()

    def _fetch(self, entry: BaseModelEntry) -> bool:
        """Bring the job's base model into the store; False if the attempt has ended instead. Raises LeaseLost."""
        store, job = self.services.store, JobDirectory(self.directory)
        job.phase(JobPhase.FETCHING)
        try:
            with alone(store, entry.id, self._wait_for_other(job, entry)) as folder:
                if self._with_store(lambda: installed(store, entry.id)) is None:
                    fetcher = FetcherProcess(self.directory, entry.id, folder)
                    if not self._see_through(fetcher, self.services.settings.job_seconds):
                        return False
                    self._with_store(lambda: keep(store, entry.id, folder))
        except AskedToEnd as asked:
            status, outcome, _ = asked.ending
            self._finish(status, outcome)
            return False
        return True

    def _wait_for_other(self, job: JobDirectory, entry: BaseModelEntry) -> Callable[[], None]:
        """What to do, again and again, while another job fetches the same. It raises AskedToEnd, LeaseLost."""
        told = False

        def wait() -> None:
            nonlocal told
            if not told:
                job.log("base_model_awaited", f"Another job is fetching {entry.name}; waiting for it.", name=entry.name)
                told = True
            time.sleep(TELL_SECONDS)
            ending = as_wished(self._tell())
            if self.stop.raised():
                ending = GIVEN_BACK
            if ending is not None:
                raise AskedToEnd(ending)

        return wait

    def _see_through(self, child: ChildProcess, timeout: float) -> bool:
        """Whether the child did its work; if it did not, the attempt is ended. Raises LeaseLost."""
        try:
            status, outcome, error = self._watch(child, timeout)
        finally:
            child.kill()
            self._meter = None
        self._confirm()
        if status == JobStatus.SUCCEEDED:
            return True
        self._take_checkpoints(self.directory)
        if outcome == Outcome.OOM and self._give_back_smaller(child.exit_signal):
            return False
        if status == JobStatus.QUEUED and outcome == Outcome.LOST:
            self._give_back_lost(exit_signal=child.exit_signal)
        else:
            self._finish(status, outcome, error=error, exit_signal=child.exit_signal)
        return False

    def _watch(self, child: ChildProcess, timeout: float) -> Ending:
        """Until the child has ended: how. Raises LeaseLost."""
        started = told = time.monotonic()
        while child.running():
            if self._meter is None and child.pid is not None:
                self._meter = ResourceMeter(child.pid)
            time.sleep(TICK_SECONDS)
            if self.stop.raised():
                child.stop(self.services.settings.cancel_grace_seconds)
                return GIVEN_BACK
            if time.monotonic() - started > timeout:
                return JobStatus.FAILED, Outcome.STALLED, too_slow(timeout)
            if time.monotonic() - told < TELL_SECONDS:
                continue
            told = time.monotonic()
            ending = as_wished(self._tell())
            self._take_checkpoints(self.directory)
            if ending is not None:
                child.stop(self.services.settings.cancel_grace_seconds)
                return ending
        return child.ending()

    def _with_store(self, step: Callable[[], T]) -> T:
        """Do what may take long beside the heartbeat; again while the store is away, for as long as a lease lasts.

        Raises StoreUnavailable, LeaseLost.
        """
        deadline = time.monotonic() + self.services.settings.lease_seconds
        while True:
            # No thread is left when the next trainer is forked.
            with ThreadPoolExecutor(1, "store") as thread:
                done = thread.submit(step)
                while not wait([done], TELL_SECONDS).done:
                    self._tell()
            try:
                return done.result()
            except StoreUnavailable:
                if time.monotonic() > deadline:
                    raise
            time.sleep(TELL_SECONDS)
            self._tell()

    def _confirm(self) -> None:
        """Hear from the database that the lease is held, once more before the end is told. Raises LeaseLost."""
        self._tell()
        while not self._heard:
            if self.stop.raised():
                raise LeaseLost
            time.sleep(TELL_SECONDS)
            self._tell()

    def _tell(self) -> Wishes:
        """Store what the trainer told since last time, and renew the lease if it is time. Raises LeaseLost."""
        told = self.events.read()
        used = self._meter.measure() if self._meter and self._meter.due() else None
        if used is not None:
            told.rows.append({"type": EventType.RESOURCES, "at": clock.now(), "data": used.model_dump(mode="json")})
        due = time.monotonic() - self._renewed >= self.services.settings.heartbeat_seconds
        lease_seconds = self.services.settings.lease_seconds
        asked = time.monotonic()
        try:
            with self.services.database.workspace(self.lease.workspace_id) as session:
                if renewing := bool(told.rows) or due:
                    wishes = leases.renew(
                        session,
                        self.lease,
                        lease_seconds,
                        events=told.rows,
                        changes=told.changes,
                        attempt_changes=told.attempt_changes,
                    )
                else:
                    wishes = leases.wishes(session, self.lease)
        except SQLAlchemyError as error:
            # The child goes on, and what it told is told again. Once the lease has run out somebody else may have the
            # job, unless the database is away for all: they get a lease's time when it is back.
            log.warning("job.database_unavailable", error=str(error).splitlines()[0])
            self.events.rewind(told)
            self._heard = False
            if time.monotonic() - self._renewed > lease_seconds and not is_down(error):
                raise LeaseLost from error
            return Wishes(cancel=False, pause=False)
        if wishes is None:
            raise LeaseLost
        self._heard = True
        if renewing:
            self._renewed = asked
        return wishes

    def _publish(self) -> None:
        """Move the artifact into the store and record it, in one transaction with the end of the job."""
        try:
            published = self._with_store(lambda: publish(self.services, self.lease, self.directory))
            with self.services.database.workspace(self.lease.workspace_id) as session:
                if not leases.hold(session, self.lease):
                    raise LeaseLost
                result, metrics = published.record(session)
                self.checkpoints.forget(session)
                leases.finish(
                    session, self.lease, JobStatus.SUCCEEDED, Outcome.SUCCEEDED, result=result, metrics=metrics
                )
        except SQLAlchemyError:
            # The commit may have gone through although its answer was lost: what the rows point to must stay. If it
            # did not, the next attempt clears this away.
            raise
        except Exception:
            self.services.store.delete([artifact_key(self.lease)])
            raise

    def _take_checkpoints(self, directory: Path) -> None:
        """Bring what is complete into the store, beside the heartbeat. Raises DiskFull, LeaseLost."""
        if self.checkpoints.waiting(directory):
            self._with_store(lambda: self.checkpoints.take(directory))

    def _give_back_smaller(self, exit_signal: int | None) -> bool:
        """Queue a fine-tune that ran out of memory once more, with half as many rows at a time, if that is new."""
        if self.lease.kind != JobKind.FINE_TUNE:
            return False
        with self.services.database.workspace(self.lease.workspace_id) as session:
            return leases.give_back_smaller(session, self.lease, exit_signal)

    def _give_back_lost(self, *, exit_signal: int | None = None, error: JobError | None = None) -> None:
        """Queue the job again; after too many losses it fails, with the last one's cause if there is one."""
        with self.services.database.workspace(self.lease.workspace_id) as session:
            again = leases.losses(session, self.lease) < leases.MOST_RETRIES
        if again:
            self._finish(JobStatus.QUEUED, Outcome.LOST, exit_signal=exit_signal)
        else:
            error = error or leases.out_of_losses()
            self._finish(JobStatus.FAILED, Outcome.LOST, error=error, exit_signal=exit_signal)

    def _fail(self, error: JobError) -> None:
        self._finish(JobStatus.FAILED, OUTCOMES.get(error.code, Outcome.FAILED), error=error)

    def _finish(
        self, status: JobStatus, outcome: Outcome, *, error: JobError | None = None, exit_signal: int | None = None
    ) -> None:
        extra: dict[str, Any] = {"counts": outcome != Outcome.PREEMPTED, "exit_signal": exit_signal, "error": error}
        with self.services.database.workspace(self.lease.workspace_id) as session:
            held = leases.finish(session, self.lease, status, outcome, **extra)
            if held and status == JobStatus.FAILED and error is not None:
                forget(self.services, session, self.lease, error)
        log.info("job.ended", status=status.value, outcome=outcome.value, held=held)


def preloading_pays(kind: JobKind) -> bool:
    """Whether such a job loads torch, where that may be loaded before a fork: CUDA does not survive one."""
    return kind == JobKind.FINE_TUNE and graphics_card() is None
