"""Machines for tests: a network namespace each, joined to this one by a cable that can be pulled."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import pytest
from stack import SETTINGS, Stack, command

from processes import working_in
from tuneyard.embedded import data_directory, server
from tuneyard.embedded.account import database_account
from tuneyard.embedded.ports import free_port
from tuneyard.embedded.postgres import Postgres
from tuneyard.embedded.processes import Part
from tuneyard.embedded.valkey import Valkey

PASSWORD = "of servers that live for one test"
# A network for measurements, which nobody's machines are in.
NETWORK = "198.18.0.0/15"


@dataclass(frozen=True)
class Cable:
    """Between this machine, where it is `near`, and a namespace, where it is `far`."""

    namespace: str
    plug: str
    near: str
    far: str

    def pull(self) -> None:
        ip("link", "set", self.plug, "down")

    def put_back(self) -> None:
        ip("link", "set", self.plug, "up")


class ReachablePostgres(Postgres):
    """Listens on the near end of each cable too."""

    def __init__(self, folder: Path, addresses: list[str]) -> None:
        super().__init__(folder, PASSWORD, database_account(), durable=False)
        self._addresses = addresses

    def part(self) -> Part:
        part = super().part()
        return replace(part, argv=(*part.argv, "-c", f"listen_addresses={','.join(self._addresses)}"))

    def url_at(self, address: str) -> str:
        return self.url.replace("@/", f"@{address}:5432/").partition("?")[0]

    def _write_access_rules(self) -> None:
        super()._write_access_rules()
        with (self._data / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {NETWORK} scram-sha-256\n")


class ReachableValkey(Valkey):
    """Listens on the near end of each cable too."""

    def __init__(self, folder: Path, addresses: list[str]) -> None:
        super().__init__(folder, PASSWORD.replace(" ", "-"))
        self._addresses = addresses

    def install(self) -> None:
        super().install()
        text = self._configuration.read_text()
        self._configuration.write_text(text.replace("bind 127.0.0.1", f"bind 127.0.0.1 {' '.join(self._addresses)}"))

    def url_at(self, address: str) -> str:
        return self.url.replace("127.0.0.1", address)


class Host:
    """A machine with a worker for every queue; its data directory is its own."""

    def __init__(self, cable: Cable, folder: Path, settings: Mapping[str, str]) -> None:
        self.cable = cable
        self.folder = folder
        self._worker = spawn(folder, settings, "worker", namespace=cable.namespace)

    def trainers(self) -> list[psutil.Process]:
        """Its processes that work in a job directory."""
        return working_in(self.folder / "jobs")

    def stop(self) -> None:
        """As for a deploy: in order."""
        self._worker.send_signal(signal.SIGTERM)
        self._worker.wait(30)

    def kill(self) -> None:
        kill(self._worker)


@dataclass(frozen=True)
class Site:
    """An api and a dispatcher on this machine, and hosts to start on the others; all share one store."""

    stack: Stack
    database_url: str
    _cables: tuple[Cable, Cable]
    _settings: tuple[dict[str, str], dict[str, str]]
    _stops: ExitStack

    def start_host(self, number: int) -> Host:
        folder = self.stack.folder.parent / f"host-{number}"
        host = Host(self._cables[number], folder, self._settings[number])
        self._stops.callback(host.kill)
        return host


@contextmanager
def site(store: Mapping[str, str]) -> Iterator[Site]:
    """Two cables, the servers, an api and a dispatcher. `store` names the store; `{near}` in it is this machine as the
    hosts see it."""
    parent = Path(tempfile.mkdtemp(prefix="tuneyard-hosts-", dir="/tmp"))
    data_directory.prepare(parent, database_account())
    with ExitStack() as stops:
        stops.callback(shutil.rmtree, parent, ignore_errors=True)
        cables = (stops.enter_context(cable(0)), stops.enter_context(cable(1)))
        addresses = [cable.near for cable in cables]
        postgres, valkey = ReachablePostgres(parent / "postgres", addresses), ReachableValkey(parent / "v", addresses)
        for served in (postgres, valkey):
            stops.callback(server.start(served, parent / f"{type(served).__name__}.log").stop)
        common = {
            "TUNEYARD_SECRET": "s" * 32,
            "TUNEYARD_SERVICE_TOKEN": "t" * 32,
            "TUNEYARD_PORT": str(free_port("127.0.0.1")),
        }

        def settings(near: str, database_url: str, redis_url: str) -> dict[str, str]:
            urls = {"TUNEYARD_DATABASE_URL": database_url, "TUNEYARD_REDIS_URL": redis_url}
            return common | urls | {name: value.replace("{near}", near) for name, value in store.items()}

        here = settings("127.0.0.1", postgres.url, valkey.url)
        folder = parent / "main"
        folder.mkdir()
        pull = spawn(folder, here, "models", "pull")
        stops.callback(kill, pull)
        done(folder, "db", "upgrade", **here)
        for name in ("api", "dispatcher"):
            stops.callback(kill, spawn(folder, here, name))
        key = done(folder, "key", "create", **here)
        assert pull.wait(120) == 0
        platform = Stack(folder, f"http://127.0.0.1:{common['TUNEYARD_PORT']}", key, here)
        there = tuple(settings(each.near, postgres.url_at(each.near), valkey.url_at(each.near)) for each in cables)
        yield Site(platform, postgres.url, cables, there, stops)


@contextmanager
def cable(number: int) -> Iterator[Cable]:
    """A cable and the machine at its far end; skips the test where none may be made."""
    namespace = f"tuneyard-{os.getpid()}-{number}"
    near, far = (f"198.18.{os.getpid() % 250}.{4 * number + end}" for end in (1, 2))
    # Names of plugs have room for 15 letters.
    plug, socket = (f"ty{os.getpid() % 10_000_000}{end}{number}" for end in "nf")
    if shutil.which("ip") is None or os.geteuid() != 0:
        pytest.skip("machines of a test are network namespaces, for which root and iproute2 are needed")
    made = subprocess.run(["ip", "netns", "add", namespace], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        pytest.skip(f"no network namespaces here: {made.stderr.strip()}")
    try:
        ip("link", "add", plug, "type", "veth", "peer", "name", socket, "netns", namespace)
        ip("address", "add", f"{near}/30", "dev", plug)
        ip("link", "set", plug, "up")
        for arguments in (
            ("address", "add", f"{far}/30", "dev", socket),
            ("link", "set", socket, "up"),
            ("link", "set", "lo", "up"),
        ):
            ip("-n", namespace, *arguments)
        yield Cable(namespace, plug, near, far)
    finally:
        # With the namespace goes its end of the cable, and with that the other.
        ip("netns", "delete", namespace)


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


def spawn(folder: Path, settings: Mapping[str, str], *arguments: str, namespace: str = "") -> subprocess.Popen[bytes]:
    """`tuneyard …` on its own data directory, on the machine of that namespace."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("TUNEYARD_", "AWS_"))}
    inside = ("ip", "netns", "exec", namespace) if namespace else ()
    with folder.with_name(f"{folder.name}-{arguments[0]}.log").open("ab") as log:
        return subprocess.Popen(
            [*inside, sys.executable, "-m", "tuneyard.cli", *arguments],
            env=clean | SETTINGS | {"TUNEYARD_DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1"} | settings,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def done(folder: Path, *arguments: str, **settings: str) -> str:
    """What `tuneyard …` prints, once it has succeeded."""
    result = command(folder, *arguments, **settings)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout.strip()


def kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
