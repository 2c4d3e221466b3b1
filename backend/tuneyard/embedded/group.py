"""The process group behind `tuneyard up`: starts every part in order, keeps it running, stops all of it."""

import dataclasses
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType

from structlog.typing import FilteringBoundLogger

from tuneyard.embedded import leftovers, run_file
from tuneyard.embedded.data_directory import private_folder
from tuneyard.embedded.errors import PartFailed
from tuneyard.embedded.logs import tail
from tuneyard.embedded.plan import Plan
from tuneyard.embedded.processes import Part, ProcessId
from tuneyard.embedded.run_file import RunState
from tuneyard.embedded.supervised import Supervised

LOOK_SECONDS = 0.2
CHECK_SECONDS = 0.3
READY_SECONDS = 180
DEATHS_AT_START = 3
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequested(Exception):
    """Somebody asked the group to stop while it was starting."""


class Group:
    """Runs a plan until it is told to stop. Hold the lock of the data directory around it."""

    def __init__(self, plan: Plan, log: FilteringBoundLogger, *, ready_seconds: float = READY_SECONDS) -> None:
        self._plan = plan
        self._log = log
        self._ready_seconds = ready_seconds
        self._id = secrets.token_hex(8)
        self._logs_dir = private_folder(plan.data_dir / "logs")
        self._servers: list[Supervised] = []
        self._parts: list[Supervised] = []
        self._stop_requests = 0
        self._state = RunState(
            group_id=self._id,
            supervisor=ProcessId.of(os.getpid()),
            address=plan.address,
            api_url=plan.api_url,
            environment=dict(plan.environment),
        )

    def run(self, announce: Callable[[], None]) -> None:
        """Start, call `announce` once every part is ready, keep all running until SIGINT, SIGTERM or SIGHUP.

        Raises PartFailed if a part does not start. Nothing is left running, whichever way it ends.
        """
        with self._signals(), self._guarded():
            try:
                self._start()
                announce()
                while not self._stop_requests:
                    self._tend()
                    time.sleep(LOOK_SECONDS)
            except StopRequested:
                self._log.info("group.stopped_while_starting")
            finally:
                self._stop()

    def _start(self) -> None:
        if earlier := run_file.read(self._plan.data_dir):
            self._log.info("group.leftovers", supervisor=earlier.supervisor.pid)
            leftovers.end(earlier)
        self._record()
        for server in self._plan.servers:
            server.install()
            supervised = self._supervise(server.part(), server=True)
            self._servers.append(supervised)
            supervised.start()
            self._wait(server.is_ready, partial("{} does not answer".format, supervised.part.name))
            server.provision()
        self._migrate()
        for part in self._plan.parts:
            supervised = self._supervise(part, server=False)
            self._parts.append(supervised)
            supervised.start()
        self._wait(lambda: self._plan.check().ready, lambda: f"not ready: {self._plan.check().missing}")
        self._state.ready = True
        self._record()
        self._log.info("group.ready", address=self._plan.address)

    def _migrate(self) -> None:
        """Bring the tables up to date; however long that takes."""
        if self._plan.migration is None:
            return
        migration = self._supervise(self._plan.migration, server=False)
        self._parts.append(migration)
        migration.start()
        self._record()
        while migration.alive:
            self._obey()
            time.sleep(LOOK_SECONDS)
        self._parts.remove(migration)
        if migration.exit_code != 0:
            raise PartFailed(f"The tables of the database could not be brought up to date.\n{tail(migration.log_file)}")

    def _wait(self, condition: Callable[[], bool], complaint: Callable[[], str]) -> None:
        """Until a condition holds, keeping alive what runs already."""
        self._record()
        deadline = time.monotonic() + self._ready_seconds
        while not condition():
            self._obey()
            self._tend()
            self._give_up_on_dying()
            if time.monotonic() > deadline:
                raise PartFailed(
                    f"After {self._ready_seconds:.0f} seconds {complaint()}.", hint=f"The logs are in {self._logs_dir}."
                )
            time.sleep(CHECK_SECONDS if self._parts else LOOK_SECONDS / 4)

    def _give_up_on_dying(self) -> None:
        for supervised in (*self._servers, *self._parts):
            if supervised.deaths >= DEATHS_AT_START:
                raise PartFailed(
                    f"{supervised.part.name} ended {supervised.deaths} times while starting."
                    f"\n{tail(supervised.log_file)}"
                )

    def _tend(self) -> None:
        started = [supervised.tend() for supervised in (*self._servers, *self._parts)]
        if any(started):
            self._record()

    def _stop(self) -> None:
        """Everything that needs the servers first, all at once; then the servers, Postgres last."""
        for supervised in self._parts:
            supervised.ask_to_stop()
        asked = time.monotonic()
        for supervised in self._parts:
            supervised.end(asked)
        for supervised in reversed(self._servers):
            supervised.ask_to_stop()
            supervised.end(time.monotonic())
        leftovers.end_marked(self._id)
        run_file.remove(self._plan.data_dir)
        self._log.info("group.stopped")

    def _supervise(self, part: Part, *, server: bool) -> Supervised:
        marked = dataclasses.replace(part, environment={**part.environment, leftovers.MARK: self._id})
        return Supervised(marked, self._logs_dir, self._log, server=server)

    def _record(self) -> None:
        self._state.parts = [entry for supervised in (*self._servers, *self._parts) for entry in supervised.recorded()]
        run_file.write(self._plan.data_dir, self._state)

    def _obey(self) -> None:
        if self._stop_requests:
            raise StopRequested

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """With a guardian beside us, which ends the parts if we are killed."""
        guardian = subprocess.Popen(
            [sys.executable, "-P", "-m", "tuneyard.embedded.guardian", str(self._plan.data_dir), self._id],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )
        try:
            yield
        finally:
            guardian.communicate()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        former = {number: signal.signal(number, self._on_signal) for number in STOP_SIGNALS}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stop_requests += 1
        if self._stop_requests > 1:
            # Asked twice: no more patience with the parts. The servers still end in order, for the data's sake.
            for supervised in self._parts:
                supervised.kill()
