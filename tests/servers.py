"""Postgres and Valkey for tests: started once per session, or the ones that TUNEYARD_TEST_…_URL names."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tuneyard.embedded import data_directory, secrets, server
from tuneyard.embedded.account import database_account
from tuneyard.embedded.postgres import Postgres
from tuneyard.embedded.valkey import Valkey


@pytest.fixture(scope="session")
def servers_dir() -> Iterator[Path]:
    """A folder that the account of the database can reach, unlike pytest's own when run as root."""
    folder = Path(tempfile.mkdtemp(prefix="tuneyard-test-", dir="/tmp"))
    data_directory.prepare(folder, database_account())
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_url(servers_dir: Path) -> Iterator[str]:
    """SQLAlchemy URL of an empty database that an ordinary role owns."""
    if given := os.environ.get("TUNEYARD_TEST_DATABASE_URL"):
        yield given
        return
    password = secrets.load_or_create(servers_dir).database_password
    postgres = Postgres(servers_dir / "postgres", password, database_account(), durable=False)
    child = server.start(postgres, servers_dir / "postgres.log")
    try:
        yield postgres.url
    finally:
        child.stop()


@pytest.fixture(scope="session")
def redis_url(servers_dir: Path) -> Iterator[str]:
    """URL of a Valkey with nothing in it."""
    if given := os.environ.get("TUNEYARD_TEST_REDIS_URL"):
        yield given
        return
    valkey = Valkey(servers_dir / "valkey", secrets.load_or_create(servers_dir).redis_password)
    child = server.start(valkey, servers_dir / "valkey.log")
    try:
        yield valkey.url
    finally:
        child.stop()
