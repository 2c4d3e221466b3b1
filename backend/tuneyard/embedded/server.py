"""What Postgres and Valkey have in common: a part that others need first."""

import time
from pathlib import Path
from typing import Protocol

from tuneyard.embedded.errors import PartFailed
from tuneyard.embedded.logs import tail
from tuneyard.embedded.processes import POLL_SECONDS, Child, Part

START_SECONDS = 60


class Server(Protocol):
    """A server that is started before the other parts and stopped after them."""

    def install(self) -> None:
        """Make its files."""

    def part(self) -> Part:
        """How it is started and stopped; call `install` first."""

    def is_ready(self) -> bool:
        """Whether it answers."""

    def provision(self) -> None:
        """See to it, once it answers, that it holds what the application needs."""


def start(server: Server, log: Path) -> Child:
    """Start one server on its own and wait until it can be used; raises PartFailed. Stop it with `Child.stop`."""
    server.install()
    part = server.part()
    part.prepare()
    child = Child(part, log)
    deadline = time.monotonic() + START_SECONDS
    while not server.is_ready():
        if child.exit_code is not None or time.monotonic() > deadline:
            child.stop()
            raise PartFailed(f"{part.name} did not start.\n{tail(log)}")
        time.sleep(POLL_SECONDS)
    server.provision()
    return child
