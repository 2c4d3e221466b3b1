"""Alembic, called from the command line and from tests."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, NullPool, create_engine, text

from tuneyard.kit.db import Base, load_models, normalised

# Any number will do, as long as two migrations at a time see the same.
LOCK = 7_248_109


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database up to `revision`; two at a time wait for each other."""
    with _connect(url) as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        connection.commit()
        command.upgrade(_config(connection), revision)
        connection.commit()


def downgrade(url: str, revision: str) -> None:
    """Take the database back to `revision`."""
    with _connect(url) as connection:
        command.downgrade(_config(connection), revision)
        connection.commit()


def revision_of(connection: Connection) -> str | None:
    """Where the database stands; None if it has no tables."""
    return MigrationContext.configure(connection).get_current_revision()


def revisions() -> list[str]:
    """Every one that this program knows, the newest first."""
    script = ScriptDirectory(str(Path(__file__).parents[3] / "migrations"))
    return [step.revision for step in script.walk_revisions()]


def differences(url: str) -> list[object]:
    """Where the models and the migrated database disagree; empty when they agree."""
    with _connect(url) as connection:
        return list(compare_metadata(MigrationContext.configure(connection), target_metadata()))


def target_metadata() -> MetaData:
    """Every table of every domain."""
    load_models()
    return Base.metadata


def _connect(url: str) -> Connection:
    # Not pooled: closing the connection must give the advisory lock back.
    return create_engine(normalised(url), poolclass=NullPool).connect()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[3] / "migrations"))
    config.attributes["connection"] = connection
    return config
