"""Rows out of the database and into it, as Postgres itself copies them. The schema is left to the migrations."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import LiteralString, cast

import psycopg
from psycopg import sql
from sqlalchemy import Connection, NullPool, Table, create_engine, func, select, text
from sqlalchemy.exc import OperationalError

from tuneyard.auth.models import User, Workspace
from tuneyard.backup.errors import BackupRefused, DamagedBackup
from tuneyard.kit import migrations
from tuneyard.kit.db import SYSTEM_ROLE, normalised
from tuneyard.kit.references import LOCK

LOCK_SECONDS = 30
PIECE_BYTES = 2**24
FORCED = text("SELECT relforcerowsecurity FROM pg_class WHERE oid = to_regclass(:name)")
NOT_CARRIED = ("login_attempts", "worker_processes")
"""Of the processes that run now, and of nobody's work."""


def carried() -> list[Table]:
    """The tables of a backup, each after those it refers to."""
    return [table for table in migrations.target_metadata().sorted_tables if table.name not in NOT_CARRIED]


@contextmanager
def no_file_goes(url: str) -> Iterator[Connection]:
    """A connection that holds the lock without which no file is removed. Raises BackupRefused if another one has it."""
    engine = create_engine(normalised(url), poolclass=NullPool, isolation_level="REPEATABLE READ")
    with engine.connect() as connection:
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
        try:
            connection.execute(select(func.pg_advisory_lock(LOCK)))
        except OperationalError as error:
            if not isinstance(error.orig, psycopg.errors.LockNotAvailable):
                raise
            raise BackupRefused("Another backup is being made.", hint="Wait until it is done.") from error
        # The lock stays with the connection; the snapshot is taken by what comes next.
        connection.commit()
        yield connection


def see_everything(connection: Connection) -> None:
    """Until the end of the transaction."""
    connection.execute(select(func.set_config("role", SYSTEM_ROLE, True)))


def table_bytes(connection: Connection) -> int:
    """What the tables take on disk, without their indexes."""
    sizes = select(*(func.pg_table_size(func.to_regclass(table.name)) for table in carried()))
    return sum(connection.execute(sizes).one())


def rows(connection: Connection, table: Table) -> Iterator[bytes]:
    """The rows of a table in pieces, none of which cuts a row in two."""
    piece = bytearray()
    with _cursor(connection).copy(_copy(table.name, table.columns.keys(), "TO STDOUT")) as copy:
        for row in copy:
            piece += row
            if len(piece) >= PIECE_BYTES:
                yield bytes(piece)
                piece.clear()
    if piece:
        yield bytes(piece)


def is_empty(url: str, revision: str) -> bool:
    """Whether nobody has worked with the database, and its tables, if there are any, are those of this revision."""
    with _connect(url) as connection:
        found = migrations.revision_of(connection)
        if found is None:
            return True
        see_everything(connection)
        people = (select(table.c.id).exists() for table in (Workspace.__table__, User.__table__))
        return found == revision and not any(connection.execute(select(*people)).one())


@contextmanager
def loading(url: str, tables: Iterable[str]) -> Iterator[Connection]:
    """One transaction that takes in rows of these tables; nothing of it stays unless it gets to its end."""
    with _connect(url) as connection:
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        # Postgres copies into no table that guards its rows, not even for the owner.
        guarded = [name for name in tables if connection.scalar(FORCED, {"name": name})]
        for name in guarded:
            _execute(connection, "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY", name)
        yield connection
        for name in guarded:
            _execute(connection, "ALTER TABLE {} FORCE ROW LEVEL SECURITY", name)
        connection.commit()


def load(connection: Connection, table: str, columns: Sequence[str], piece: bytes) -> None:
    """Take in rows as `rows` gave them. Raises DamagedBackup for what is none."""
    try:
        with _cursor(connection).copy(_copy(table, columns, "FROM STDIN")) as copy:
            copy.write(piece)
    except (psycopg.DataError, psycopg.IntegrityError, psycopg.ProgrammingError) as error:
        raise DamagedBackup(f"The rows of '{table}' in the file can't be read.") from error


def _connect(url: str) -> Connection:
    return create_engine(normalised(url), poolclass=NullPool).connect()


def _cursor(connection: Connection) -> psycopg.Cursor:
    return cast("psycopg.Connection", connection.connection.driver_connection).cursor()


def _copy(table: str, columns: Sequence[str], direction: LiteralString) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) " + direction).format(sql.Identifier(table), names)


def _execute(connection: Connection, statement: LiteralString, table: str) -> None:
    _cursor(connection).execute(sql.SQL(statement).format(sql.Identifier(table)))
