"""Postgres and Valkey on their own: what they keep, what they forbid, and how they come back after a kill."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis
from kombu import Connection
from sqlalchemy import create_engine, text

from processes import processes_of
from tuneyard.embedded import secrets, server
from tuneyard.embedded.account import database_account
from tuneyard.embedded.errors import UnsafeDataDirectory, UnsupportedDatabase
from tuneyard.embedded.postgres import Postgres
from tuneyard.embedded.processes import Child
from tuneyard.embedded.valkey import Valkey


def make(data_dir: Path) -> Postgres:
    password = secrets.load_or_create(data_dir).database_password
    return Postgres(data_dir / "postgres", password, database_account(), durable=False)


@contextmanager
def started(postgres: Postgres, data_dir: Path) -> Iterator[Child]:
    child = server.start(postgres, data_dir / "postgres.log")
    try:
        yield child
    finally:
        child.stop()


def query(postgres: Postgres, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(postgres.url.replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_data_survives_stop_kill_and_start(server_dir: Path) -> None:
    postgres = make(server_dir)
    with started(postgres, server_dir):
        query(postgres, "CREATE TABLE kept (n int)")
    with started(postgres, server_dir) as child:
        query(postgres, "INSERT INTO kept VALUES (1)")
        os.kill(child.id.pid, signal.SIGKILL)
    assert (server_dir / "postgres/data/postmaster.pid").exists()

    with started(make(server_dir), server_dir):
        assert query(postgres, "SELECT n FROM kept") == [(1,)]
    assert processes_of(server_dir) == []


def test_a_server_that_was_left_is_stopped_first(server_dir: Path) -> None:
    postgres = make(server_dir)
    left = server.start(postgres, server_dir / "postgres.log")
    query(postgres, "CREATE TABLE kept (n int)")

    with started(make(server_dir), server_dir) as child:
        assert child.id != left.id
        assert query(postgres, "SELECT n FROM kept") == []
    assert left.exit_code == 0


def test_a_stale_pid_of_another_process_does_not_hinder(server_dir: Path) -> None:
    postgres = make(server_dir)
    with started(postgres, server_dir) as child:
        os.kill(child.id.pid, signal.SIGKILL)
    pid_file = server_dir / "postgres/data/postmaster.pid"
    # An unrelated process of the same account now has the pid.
    account = database_account()
    other = subprocess.Popen(["sleep", "60"], **({} if account is None else {"user": account.uid}))
    try:
        pid_file.write_text("\n".join([str(other.pid), *pid_file.read_text().splitlines()[1:]]))
        with started(postgres, server_dir):
            assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_the_role_may_do_what_migrations_do_and_no_more(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE ROLE some_role NOLOGIN"))
        connection.execute(text("GRANT some_role TO tuneyard WITH INHERIT FALSE, SET TRUE"))
        connection.execute(text("SET LOCAL ROLE some_role"))
        assert connection.execute(text("SELECT current_user")).scalar_one() == "some_role"
        connection.execute(text("RESET ROLE"))
        connection.execute(text("DROP ROLE some_role"))
        role = connection.execute(
            text(
                "SELECT rolsuper, rolbypassrls, pg_encoding_to_char(encoding), pg_get_userbyid(datdba)"
                " FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()"
            )
        ).one()
    engine.dispose()
    assert tuple(role) == (False, False, "UTF8", "tuneyard")


def test_nobody_gets_in_without_the_password(postgres_url: str, redis_url: str) -> None:
    plain = postgres_url.replace("+psycopg", "")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(plain.replace("//tuneyard:", "//tuneyard:wrong"))
    address = redis_url.rpartition("@")[2]
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(f"redis://{address}").ping()


def test_the_broker_serves_celery_and_refuses_rather_than_forgets(redis_url: str) -> None:
    with Connection(redis_url) as connection:
        queue = connection.SimpleQueue("hello")
        queue.put({"n": 1})
        assert queue.get(timeout=5).payload == {"n": 1}
        queue.close()
    assert redis.Redis.from_url(redis_url).config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_secrets_are_made_once_and_private(data_dir: Path) -> None:
    first = secrets.load_or_create(data_dir)

    assert secrets.load_or_create(data_dir) == first
    assert (data_dir / "secrets.json").stat().st_mode & 0o077 == 0
    assert len(set(first.model_dump().values())) == 4


def test_no_password_among_the_arguments(data_dir: Path) -> None:
    valkey = Valkey(data_dir / "valkey", "a-password-of-the-broker")
    child = server.start(valkey, data_dir / "valkey.log")
    try:
        assert not any("a-password" in " ".join(process.cmdline()) for process in processes_of(data_dir))
    finally:
        child.stop()


def test_a_long_path_still_has_a_socket(data_dir: Path) -> None:
    deep = data_dir / ("a" * 100)
    deep.mkdir(mode=0o755)
    postgres = make(deep)

    with started(postgres, data_dir):
        assert query(postgres, "SELECT 1") == [(1,)]
    socket_dir = create_engine(postgres.url).url.query["host"]
    assert isinstance(socket_dir, str)
    Path(socket_dir).rmdir()


def test_a_socket_folder_of_somebody_else_is_refused(data_dir: Path) -> None:
    deep = data_dir / ("b" * 100)
    deep.mkdir(mode=0o755)
    postgres = make(deep)
    socket_dir = Path(str(create_engine(postgres.url).url.query["host"]))
    socket_dir.mkdir()
    socket_dir.chmod(0o777)
    try:
        with pytest.raises(UnsafeDataDirectory, match="somebody else"):
            postgres.install()
    finally:
        socket_dir.rmdir()


def test_data_of_another_major_version_is_refused(server_dir: Path) -> None:
    postgres = make(server_dir)
    postgres.install()
    (server_dir / "postgres/data/PG_VERSION").write_text("17\n")

    with pytest.raises(UnsupportedDatabase, match="PostgreSQL 17"):
        postgres.install()
