"""Connections are taken up again without a question to the server, unless it has said something meanwhile."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from workspaces import WorkspaceUnderTest

from tuneyard.kit.db import Database

PID = text("SELECT pg_backend_pid()")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url, pool_size=1)
    yield made
    made.close()


@pytest.fixture
def other(database_url: str) -> Iterator[Database]:
    made = Database(database_url, pool_size=1)
    yield made
    made.close()


def backend(database: Database) -> int:
    with database.system() as session:
        return session.execute(PID).scalar_one()


def run(database: Database, statement: str, **values: object) -> None:
    """As the account that signed in, whatever roles there are."""
    with database.engine.begin() as connection:
        connection.execute(text(statement), values)


def test_a_connection_that_the_server_has_closed_is_replaced(database: Database, other: Database) -> None:
    before = backend(database)
    run(other, "SELECT pg_terminate_backend(:pid, 5000)", pid=before)
    assert backend(database) != before


def test_one_on_which_the_server_has_said_something_is_kept(database: Database, other: Database) -> None:
    run(database, "LISTEN something")
    before = backend(database)
    run(other, "NOTIFY something")
    assert backend(database) == before


def test_what_is_sent_at_once_is_one_transaction(database: Database, workspace: WorkspaceUnderTest) -> None:
    rename = text("UPDATE workspaces SET name = :name WHERE id = :id RETURNING name")
    broken = text("SELECT 1 / CAST(:zero AS integer)")
    with pytest.raises(SQLAlchemyError, match="division by zero"):
        database.at_once((rename, {"id": workspace.id, "name": "half"}), (broken, {"zero": 0}))
    assert database.at_once((text("SELECT name FROM workspaces WHERE id = :id"), {"id": workspace.id})) != [("half",)]
    assert database.at_once((rename, {"id": workspace.id, "name": workspace.id})) == [(workspace.id,)]


def test_what_can_not_be_sent_as_a_whole_is_not_sent_at_all(database: Database, workspace: WorkspaceUnderTest) -> None:
    rename = text("UPDATE workspaces SET name = :name WHERE id = :id")
    with pytest.raises(SQLAlchemyError, match="NUL"):
        database.at_once((rename, {"id": workspace.id, "name": "half"}), (rename, {"id": workspace.id, "name": "a\0b"}))
    assert database.at_once((text("SELECT name FROM workspaces WHERE id = :id"), {"id": workspace.id})) != [("half",)]


def test_a_statement_that_has_failed_can_be_sent_again(database: Database) -> None:
    one, divided = text("SELECT 1"), text("SELECT 1 / CAST(:by AS integer)")
    # The driver prepares a statement when it meets it for the sixth time.
    for by in [1] * 5 + [0] * 3 + [1] * 3:
        if by:
            assert database.at_once((one, {}), (divided, {"by": by})) == [(1,)]
        else:
            with pytest.raises(SQLAlchemyError, match="division by zero"):
                database.at_once((divided, {"by": by}), (one, {}))


def test_whoever_interrupts_it_is_heard(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(BaseException):
        pass

    def interrupt(*_: object, **__: object) -> None:
        raise Interrupted

    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Connection, "execute", interrupt)
        with pytest.raises(Interrupted):
            database.at_once((text("SELECT 1"), {}))
    assert database.at_once((text("SELECT 1"), {})) == [(1,)]


def test_what_is_sent_at_once_is_one_round_trip(database: Database, tmp_path: Path) -> None:
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    one = (text("SELECT 1"), {})
    with (tmp_path / "sent").open("w+") as sent:
        driver.pgconn.trace(sent.fileno())
        assert database.each_at_once(one, one) == [[(1,)], [(1,)]]
        driver.pgconn.untrace()
        sent.seek(0)
        words = [line.split("\t")[3].strip() for line in sent if line.split("\t")[1] == "F"]
    assert words.count("Execute") == 3, "who asks, and what"
    assert words.count("Sync") == 1


def test_claims_find_the_isolation_that_they_rest_on(database: Database, other: Database) -> None:
    name = database.engine.url.database
    show = text("SHOW transaction_isolation")
    run(other, f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'")
    database.engine.dispose()
    try:
        assert database.at_once((show, {})) == [("read committed",)]
        with database.system() as session:
            assert session.scalar(show) == "read committed"
    finally:
        run(other, f"ALTER DATABASE {name} RESET default_transaction_isolation")


def test_a_connection_that_breaks_at_once_is_replaced(database: Database, other: Database) -> None:
    pid = backend(database)
    sleeping = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid AND wait_event = 'PgSleep'")

    def end() -> None:
        with other.engine.connect() as connection:
            while not connection.execute(sleeping, {"pid": pid}).scalar_one():
                connection.rollback()
        run(other, "SELECT pg_terminate_backend(:pid, 5000)", pid=pid)

    ending = Thread(target=end)
    ending.start()
    # Those that are answered with 503.
    with pytest.raises(OperationalError):
        database.at_once((text("SELECT pg_sleep(30)"), {}))
    ending.join()
    assert database.at_once((text("SELECT 1"), {})) == [(1,)]
