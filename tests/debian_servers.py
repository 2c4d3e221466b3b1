"""PostgreSQL and Redis as Debian installs them, started by us on ports and in folders of their own."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

POSTGRES = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
REDIS = shutil.which("redis-server")
HOST = "127.0.0.1"

needs_debian_servers = pytest.mark.skipif(
    POSTGRES is None or REDIS is None, reason="Debian's postgresql and redis-server are not installed"
)


@dataclass(frozen=True)
class Debian:
    """Two servers that answer."""

    database_url: str
    redis_url: str


@contextmanager
def debian_servers() -> Iterator[Debian]:
    """Both servers, prepared as docs/settings.md says; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="tuneyard-debian-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        with _postgres(folder / "postgres") as database_url, _redis(folder) as redis_url:
            yield Debian(database_url, redis_url)
    finally:
        shutil.rmtree(folder)


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    assert POSTGRES
    folder.mkdir()
    # It refuses to run as root.
    account = pwd.getpwnam("postgres") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    os.chown(folder, account.pw_uid, account.pw_gid)
    user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    password, port = secrets.token_hex(16), _free_port()
    subprocess.run(
        [POSTGRES / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "peer", "--auth-host=scram-sha-256",
         "--encoding=UTF8", "--no-sync"], cwd="/", stdout=subprocess.DEVNULL, check=True, **user,
    )  # fmt: skip
    (folder / "data" / "pg_hba.conf").write_text("local all postgres trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
    server = [POSTGRES / "postgres", "-D", folder / "data", "-p", str(port), "-k", folder, "-h", HOST, "-F"]
    with _running(server, port, **user):
        for statement in (
            f"CREATE ROLE tuneyard LOGIN CREATEROLE PASSWORD '{password}'",
            "CREATE DATABASE tuneyard OWNER tuneyard ENCODING 'UTF8'",
        ):
            subprocess.run(
                [POSTGRES / "psql", "-qX", "-h", folder, "-p", str(port), "-U", "postgres", "-c", statement], check=True
            )
        yield f"postgresql://tuneyard:{password}@{HOST}:{port}/tuneyard"


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    assert REDIS
    password, port = secrets.token_hex(16), _free_port()
    options = ("--bind", HOST, "--port", str(port), "--requirepass", password, "--save", "", "--dir", str(folder))
    with _running([REDIS, *options], port):
        yield f"redis://:{password}@{HOST}:{port}/0"


@contextmanager
def _running(command: list[str | Path], port: int, **user: object) -> Iterator[None]:
    process = subprocess.Popen(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **user)
    try:
        deadline = time.monotonic() + 60
        while not _answers(port):
            assert process.poll() is None, f"{command[0]} ended"
            assert time.monotonic() < deadline, f"{command[0]} does not answer"
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _answers(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]
