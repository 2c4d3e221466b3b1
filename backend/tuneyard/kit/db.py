"""Postgres: the declarative base, and sessions that are bound to a workspace by row-level security.

Every transaction takes on an ordinary role for its duration: `tuneyard_app`, which sees the rows of one workspace, or
`tuneyard_system`, which claims and reaps jobs and looks credentials up. Without a setting no row is seen.
"""

import importlib
import select
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, Protocol, TypeVar, cast

import psycopg
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    Select,
    TextClause,
    create_engine,
    event,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

APP_ROLE = "tuneyard_app"
SYSTEM_ROLE = "tuneyard_system"
TAKE_ROLE = "SELECT set_config('role', %(role)s, true), set_config('app.workspace', %(workspace)s, true)"


# Times go out as the connection gives them, and they are UTC whatever the server is set to. And the server lets go of
# the locks of a machine that is cut off.
OPTIONS = (
    "-c timezone=UTC -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 "
    # What claims rest on, whatever the server's default is; of transactions that are begun without a word of it, too.
    r"-c default_transaction_isolation=read\ committed"
)
IDLE = "-c idle_in_transaction_session_timeout="
# A cut cable says nothing: without these a statement would wait a quarter of an hour for its answer.
ANSWERS = {
    "connect_timeout": 5,
    "tcp_user_timeout": 5000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
# What is heard from a machine on which PostgreSQL does not run, or not yet.
DOWN = (
    "Connection refused",
    "No such file or directory",
    "terminating connection",
    "starting up",
    "shutting down",
    "in recovery mode",
    "not yet accepting connections",
)

DOMAINS = ("auth", "webhooks", "datasets", "jobs", "registry", "evaluations", "deployments", "predictions", "openai")


class Base(DeclarativeBase):
    """Base of every table: named constraints, times with zone, JSON as jsonb."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: DateTime(timezone=True),
        StrEnum: Enum(
            StrEnum, native_enum=False, length=32, values_callable=lambda kind: [item.value for item in kind]
        ),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        list[str]: JSONB,
    }


class Created:
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class Identified(Protocol):
    """A table whose ids sort by age."""

    id: Mapped[str]


Row = TypeVar("Row")
Statement = tuple[TextClause | Select[*tuple[Any, ...]], Mapping[str, Any]]
"""What to ask, and the values in it. Kept by whoever asks it often: it is compiled once."""


class Database:
    """Opens sessions; one per process.

    A process that is frozen in the middle of a transaction goes on holding its locks: after `most_idle_seconds`, if
    given, the server ends such a transaction.
    """

    def __init__(self, url: str, *, pool_size: int = 10, most_idle_seconds: float | None = None) -> None:
        load_models()
        idle = [] if most_idle_seconds is None else [f"{IDLE}{most_idle_seconds * 1000:.0f}"]
        self.engine: Engine = create_engine(
            normalised(url),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=5,
            connect_args={"application_name": "tuneyard", "options": " ".join([OPTIONS, *idle]), **ANSWERS},
        )
        event.listen(self.engine, "checkout", _refuse_closed)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False, autoflush=True)

    @contextmanager
    def workspace(self, workspace_id: str) -> Iterator[Session]:
        """One transaction that sees and writes the rows of one workspace only."""
        with self._transaction(APP_ROLE, workspace_id) as session:
            yield session

    @contextmanager
    def system(self) -> Iterator[Session]:
        """One transaction of the engine itself: claims, leases, credentials."""
        with self._transaction(SYSTEM_ROLE, "") as session:
            yield session

    def at_once(
        self,
        *statements: Statement,
        workspace_id: str | None = None,
    ) -> list[tuple[Any, ...]]:
        """One transaction, of the engine itself or within a workspace, sent as a whole; the rows of its last statement.

        Raises as `each_at_once`.
        """
        return self.each_at_once(*statements, workspace_id=workspace_id)[-1]

    def each_at_once(self, *statements: Statement, workspace_id: str | None = None) -> list[list[tuple[Any, ...]]]:
        """The same; the rows of each statement.

        Who waits for a lock that it takes waits for the server only, not for this process in between. Statements are
        compiled once: keep them. Raises SQLAlchemyError.
        """
        role = {"role": SYSTEM_ROLE, "workspace": ""}
        if workspace_id is not None:
            role = {"role": APP_ROLE, "workspace": workspace_id}
        with self.engine.connect() as connection:
            driver = cast("psycopg.Connection[tuple[Any, ...]]", connection.connection.driver_connection)
            try:
                # What is sent up to the end of a pipeline is one transaction. To begin and end it by words of their own
                # would be two more round trips.
                driver.autocommit = True
                with driver.pipeline(), _given_up(driver):
                    driver.execute(TAKE_ROLE, role)
                    cursors = []
                    for statement, values in statements:
                        sql, constants = _driver_sql(statement, self.engine.dialect)
                        cursors.append(driver.execute(sql, {**constants, **values}))
                found = [cursor.fetchall() if cursor.description else [] for cursor in cursors]
                driver.autocommit = False
            except psycopg.Error as error:
                connection.invalidate()
                raise DBAPIError.instance(
                    str(statements[-1][0]), None, error, psycopg.Error, dialect=self.engine.dialect
                ) from error
            # It may wait for an answer still, and takes statements for prepared that were not.
            except BaseException:
                connection.invalidate()
                raise
            return found

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _transaction(self, role: str, workspace_id: str) -> Iterator[Session]:
        with self._sessions() as session:
            session.info.update(role=role, workspace=workspace_id, after_commit=[])
            with session.begin():
                yield session
            for action in session.info["after_commit"]:
                action()


def after_commit(session: Session, action: Callable[[], None]) -> None:
    """Do something once the transaction has been committed, and only then."""
    session.info["after_commit"].append(action)


def become(session: Session, workspace_id: str) -> None:
    """From here on, the transaction of the engine acts within one workspace."""
    session.info.update(role=APP_ROLE, workspace=workspace_id)
    _take_role(session, session.connection())


@contextmanager
def as_system(session: Session) -> Iterator[None]:
    """Within it, the transaction of a workspace reads as the engine does; for what concerns all workspaces at once."""
    session.flush()
    before = session.info["role"], session.info["workspace"]
    session.info.update(role=SYSTEM_ROLE, workspace="")
    _take_role(session, session.connection())
    try:
        yield
    finally:
        session.info.update(role=before[0], workspace=before[1])
    _take_role(session, session.connection())


def load_models() -> None:
    """Make every table known: a foreign key to one that is not fails at the first insert."""
    # By name, because the kit is below the domains.
    for domain in DOMAINS:
        importlib.import_module(f"tuneyard.{domain}.models")


def is_down(error: SQLAlchemyError) -> bool:
    """Whether the database itself is away, for everybody; False where nothing at all was heard of it."""
    # Not the text of all of it, which quotes the statement and what was to be stored.
    cause = str(error.orig) if isinstance(error, DBAPIError) else ""
    return any(words in cause for words in DOWN)


def normalised(url: str) -> str:
    """A PostgreSQL URL as people write it, with the driver that is installed."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


@cache
def _driver_sql(statement: TextClause | Select[*tuple[Any, ...]], dialect: Dialect) -> tuple[str, dict[str, Any]]:
    """A statement as the driver reads it, and the constants in it."""
    compiled = statement.compile(dialect=dialect)
    return str(compiled), compiled.params


@contextmanager
def _given_up(driver: "psycopg.Connection[Any]") -> Iterator[None]:
    """Close the connection where not all could be sent: the end of the pipeline would commit the rest."""
    try:
        yield
    except BaseException:
        driver.close()
        raise


def _refuse_closed(connection: psycopg.Connection[Any], _record: object, _proxy: object) -> None:
    """A server that went away has said so, or closed the connection: with nothing to read, there is nothing to ask."""
    poll = select.poll()
    try:
        poll.register(connection.fileno(), select.POLLIN)
        if poll.poll(0):
            connection.execute("SELECT 1")
            connection.rollback()
    except psycopg.Error as error:
        raise InvalidatePoolError from error


@event.listens_for(Session, "after_begin")
def _on_begin(session: Session, _transaction: object, connection: Connection) -> None:
    if "role" in session.info:
        _take_role(session, connection)


def _take_role(session: Session, connection: Connection) -> None:
    connection.exec_driver_sql(TAKE_ROLE, {"role": session.info["role"], "workspace": session.info["workspace"]})


def storable(value: Any) -> Any:
    """The same JSON with U+FFFD for NUL, which a file may hold and Postgres may not."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [storable(item) for item in value]
    return value
