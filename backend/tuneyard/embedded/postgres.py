"""Postgres of the wheel, run by us: on a private socket, without a port, under an account of its own as root.

The wheel's wrapper is not used: it opens every parent folder to everybody and ties the server to its own exit hooks.
"""

import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from tuneyard.embedded import programs
from tuneyard.embedded.account import Account, give, give_tree, identity
from tuneyard.embedded.data_directory import private_folder
from tuneyard.embedded.errors import MissingAccount, PartFailed, UnsafeDataDirectory, UnsupportedDatabase
from tuneyard.embedded.processes import Part, dies_with_parent

SUPERUSER = "postgres"
ROLE = DATABASE = "tuneyard"
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 103
STOP_SECONDS = 30
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "64MB",
    "max_connections": "100",
    "max_wal_size": "512MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off"}


class Postgres:
    """The database server of one data directory; a Server."""

    def __init__(self, folder: Path, password: str, account: Account | None, *, durable: bool = True) -> None:
        """`folder` holds everything of the server; `durable=False` is for tests: a power cut may lose data."""
        self._folder = folder
        self._data = folder / "data"
        self._password = password
        self._account = account
        self._settings = SETTINGS if durable else SETTINGS | NOT_DURABLE
        self._socket_dir = _socket_dir(folder, account)

    @property
    def url(self) -> str:
        """SQLAlchemy URL of the role the application and its migrations use."""
        host = quote(str(self._socket_dir), safe="")
        return f"postgresql+psycopg://{ROLE}:{quote(self._password, safe='')}@/{DATABASE}?host={host}"

    def install(self) -> None:
        """Make the data if there is none yet, and end a server that an earlier group has left.

        Raises UnsupportedDatabase for data of another major version.
        """
        give(private_folder(self._folder), self._account)
        self._programs = programs.find(self._folder, self._account)
        self._make_socket_dir()
        if not self._data.exists():
            self._initialise()
        version = (self._data / "PG_VERSION").read_text().strip()
        if version != str(programs.MAJOR_VERSION):
            raise UnsupportedDatabase(
                f"{self._data} was written by PostgreSQL {version}; this Tuneyard brings {programs.MAJOR_VERSION}.",
                hint="Export it with the Tuneyard that wrote it (pg_dump), and import it into a new data directory.",
            )
        give_tree(self._data, self._account)
        self._write_access_rules()

    def part(self) -> Part:
        """How the server is started and stopped. SIGINT is Postgres' fast shutdown."""
        settings = self._settings | {"unix_socket_directories": f'"{self._socket_dir}"'}
        options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
        return Part(
            name="postgres",
            argv=(str(self._programs / "postgres"), "-D", str(self._data), *options),
            environment={"PATH": os.defpath, "LC_ALL": "C"},
            account=self._account,
            stop_signal=signal.SIGINT,
            grace_seconds=STOP_SECONDS,
            prepare=self.end_leftover,
        )

    def is_ready(self) -> bool:
        """Whether the server takes connections."""
        try:
            self._connect(SUPERUSER).close()
        except psycopg.OperationalError:
            return False
        return True

    def provision(self) -> None:
        """See to it that the application's role and database are there, with the password of secrets.json."""
        role, database = sql.Identifier(ROLE), sql.Identifier(DATABASE)
        with self._connect(SUPERUSER) as connection:
            connection.autocommit = True
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {}").format(role))
            connection.execute(
                sql.SQL("ALTER ROLE {} LOGIN CREATEROLE NOSUPERUSER NOBYPASSRLS PASSWORD {}").format(
                    role, sql.Literal(self._password)
                )
            )
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, role))
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))

    def end_leftover(self) -> None:
        """Stop a server of this data that still runs, and remove the files a killed one has left.

        Postgres itself would trust a stale pid that now belongs to somebody else's process.
        """
        deadline = time.monotonic() + STOP_SECONDS
        asked: set[int] = set()
        while processes := self._processes():
            for process in processes:
                if time.monotonic() > deadline:
                    process.kill()
                elif process.pid not in asked and process.pid == self._recorded_pid():
                    process.send_signal(signal.SIGINT)
                    asked.add(process.pid)
            time.sleep(0.05)
        for path in (self._data / "postmaster.pid", self._socket_dir / SOCKET_NAME):
            path.unlink(missing_ok=True)
            path.with_name(f"{path.name}.lock").unlink(missing_ok=True)

    def _processes(self) -> list[psutil.Process]:
        """Every process of this database: each has the data as its working directory."""
        return [process for process in psutil.process_iter() if _is_postgres_in(process, self._data)]

    def _recorded_pid(self) -> int | None:
        try:
            return int((self._data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    def _connect(self, user: str) -> psycopg.Connection:
        return psycopg.connect(host=str(self._socket_dir), user=user, dbname="postgres", connect_timeout=5)

    def _initialise(self) -> None:
        """Make the data beside its place, so that data that is there is complete."""
        for left in self._folder.glob("data.partial-*"):
            shutil.rmtree(left, ignore_errors=True)
        partial = self._folder / f"data.partial-{os.getpid()}"
        made = subprocess.run(
            [
                str(self._programs / "initdb"),
                *("-D", str(partial), "-U", SUPERUSER, "--encoding=UTF8"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
                *("--auth-local=peer", "--auth-host=reject"),
                *([] if self._settings["fsync"] == "on" else ["--no-sync"]),
            ],
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=False,
            # Ctrl-C is for the group, which stops in order; a kill of the group ends this too.
            start_new_session=True,
            preexec_fn=dies_with_parent(signal.SIGKILL),
            **identity(self._account),
        )
        if made.returncode != 0:
            raise PartFailed(f"Postgres could not make its data in {self._data}: {made.stderr.strip()}")
        partial.rename(self._data)

    def _write_access_rules(self) -> None:
        """Only the account of Tuneyard is the superuser, proven by the socket; everybody else has a password."""
        rules = {
            "pg_hba.conf": f"local all {SUPERUSER} peer map=owner\nlocal all all scram-sha-256\n",
            "pg_ident.conf": f'owner "{_own_name()}" {SUPERUSER}\n',
        }
        for name, text in rules.items():
            (self._data / name).write_text(text)
            give(self._data / name, self._account)

    def _make_socket_dir(self) -> None:
        if not self._socket_dir.exists():
            give(private_folder(self._socket_dir), self._account)
        owner = os.geteuid() if self._account is None else self._account.uid
        state = self._socket_dir.lstat()
        # Anybody may have made a folder of this name in /tmp.
        if state.st_uid != owner or not stat.S_ISDIR(state.st_mode) or state.st_mode & 0o077:
            raise UnsafeDataDirectory(
                f"{self._socket_dir}, where the socket of the database should be, belongs to somebody else.",
                hint="Remove it, or choose a data directory with a shorter path.",
            )


def _socket_dir(folder: Path, account: Account | None) -> Path:
    """Inside the folder, or somewhere short: the path of a socket has room for about 100 characters."""
    inside = folder / "socket"
    if len(os.fsencode(inside / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
        return inside
    # As root /run/user/0 would be closed to the account of the database.
    runtime = os.environ.get("XDG_RUNTIME_DIR") if account is None else None
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path(runtime or "/tmp") / f"tuneyard-{os.geteuid()}-{name}"  # noqa: S108 - its owner is checked


def _is_postgres_in(process: psutil.Process, data: Path) -> bool:
    try:
        return process.name() == "postgres" and Path(process.cwd()) == data
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _own_name() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError as error:
        raise MissingAccount(
            f"The user id {os.geteuid()} has no name, and Postgres insists on one.",
            hint="Add it to /etc/passwd, or use your own server with TUNEYARD_DATABASE_URL.",
        ) from error
