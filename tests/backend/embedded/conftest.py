"""Data directories of a group."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from processes import processes_of
from tuneyard.embedded import data_directory
from tuneyard.embedded.account import database_account
from tuneyard.embedded.postgres import Postgres


@pytest.fixture(scope="session")
def fresh_database(servers_dir: Path) -> Path:
    """The folder of a Postgres that was never started: copying it takes less time than making one."""
    folder = servers_dir / "fresh"
    Postgres(folder, "not used yet", database_account(), durable=False).install()
    return folder


@pytest.fixture
def server_dir(data_dir: Path, fresh_database: Path) -> Path:
    """A data directory with a database in it."""
    subprocess.run(["cp", "-a", fresh_database, data_dir / "postgres"], check=True)
    return data_dir


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """An empty data directory where root's may be; nothing may run on it when the test is over."""
    folder = Path(tempfile.mkdtemp(prefix="tuneyard-group-", dir="/tmp"))
    data_directory.prepare(folder, database_account())
    yield folder
    left = processes_of(folder)
    for process in left:
        process.kill()
    shutil.rmtree(folder)
    assert not left
