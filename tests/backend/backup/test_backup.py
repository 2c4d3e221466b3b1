"""A backup holds one moment, whatever people and workers do meanwhile; a restored copy is that moment."""

import io
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import possessions
import pytest
from dataset_factory import CSV, Publisher, upload
from fastapi import FastAPI
from sqlalchemy import Connection, Table, text
from starlette.datastructures import State
from typer.testing import CliRunner, Result
from workspaces import WorkspaceUnderTest, keyed_client, services

from tuneyard.backup import making, repository
from tuneyard.backup.archive import reading
from tuneyard.backup.errors import BackupRefused, DamagedBackup
from tuneyard.cli import app as command_line
from tuneyard.embedded import alone, data_directory
from tuneyard.embedded.account import database_account
from tuneyard.housekeeping.errors import BackupInProgress
from tuneyard.housekeeping.sweeping import sweep
from tuneyard.jobs.watching import JobWatch
from tuneyard.kit import migrations
from tuneyard.kit.config import Settings
from tuneyard.kit.db import Database
from tuneyard.kit.services import Services

GUARDED = text("SELECT bool_and(relforcerowsecurity) FROM pg_class WHERE relkind = 'r' AND relrowsecurity")
CHANGED = {"jobs", "job_attempts", "job_events"}
RUN = text("UPDATE jobs SET status = 'running', attempt = 1, lease_token = 't' WHERE id = :id")
JOB = text("""
    SELECT status, jobs.attempt, infra_losses, outcome FROM jobs JOIN job_attempts ON job_id = jobs.id
    WHERE jobs.id = :id
""")

Command = Callable[..., Result]


@pytest.fixture
def command(settings: Settings) -> Command:
    """`tuneyard …` on the installation under test."""
    given = {f"TUNEYARD_{name.upper()}": settings.required(name) for name in ("database_url", "secret")}
    given["TUNEYARD_DATA_DIR"] = str(settings.data_dir)
    settings.data_dir.mkdir(exist_ok=True)
    return lambda *arguments: run(*arguments, env=given)


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """An empty data directory that the account of the database may enter."""
    folder = Path(tempfile.mkdtemp(prefix="tuneyard-restored-", dir="/tmp"))
    data_directory.prepare(folder, database_account())
    yield folder
    shutil.rmtree(folder)


def run(*arguments: str | Path, env: dict[str, str] | None = None) -> Result:
    mask = os.umask(0o022)
    try:
        return CliRunner().invoke(command_line, [str(argument) for argument in arguments], env=env)
    finally:
        os.umask(mask)


def rows(database: Database) -> dict[str, list[str]]:
    """Every row of every table that a backup carries, as text."""
    with database.system() as session:
        return {
            table.name: sorted(map(str, session.scalars(text(f"SELECT to_jsonb(t) FROM {table.name} t"))))
            for table in repository.carried()
        }


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_copy_is_what_was_backed_up(
    empty_database: None, app: FastAPI, workspace: WorkspaceUnderTest, command: Command, elsewhere: Path, tmp_path: Path
) -> None:
    own = services(app)
    mine = possessions.fill(workspace)
    Publisher(workspace).publish(upload(workspace.client, name="kept")["id"], [["It crashes", "bug"]])
    old_file(own.store.path("models/ws_gone/job_gone-1/weights"))
    with own.database.workspace(workspace.id) as session:
        session.execute(RUN, {"id": mine["job_id"]})
    file = tmp_path / "nightly.tar"

    made = command("backup", file)
    assert made.exit_code == 0, made.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert f"Missing in the store, and so in the backup: uploads/{workspace.id}/{mine['upload_id']}" in made.output
    expected, kept = rows(own.database), files(own.store.root)
    kept.pop("models/ws_gone/job_gone-1/weights")

    cut = tmp_path / "cut.tar"
    cut.write_bytes(file.read_bytes()[:-20_000])
    refused = run("restore", cut, "--data-dir", elsewhere)
    assert isinstance(refused.exception, DamagedBackup)
    assert files(elsewhere / "store") == {}

    restored = run("restore", file, "--data-dir", elsewhere)
    assert restored.exit_code == 0, restored.output + str(restored.exception)
    assert files(elsewhere / "store") == kept
    with alone.database(Settings(data_dir=elsewhere, redis_url=own.settings.redis_url)) as there:
        held = Services.from_settings(there)
        found = rows(held.database)
        assert {name for name in found if found[name] != expected[name]} == CHANGED
        with held.database.system() as session:
            assert session.scalar(GUARDED)
            assert session.execute(JOB, {"id": mine["job_id"]}).one() == ("queued", 1, 0, "preempted")
        app.state = State({"services": held, "job_watch": JobWatch(there.required("database_url"))})
        # The key that the workspace had before.
        client = keyed_client(app, workspace.key)
        datasets = client.get("/api/v1/datasets").json()["data"]
        assert {dataset["name"] for dataset in datasets} == {"kept", "tickets"}
        held.database.close()

    again = run("restore", file, "--data-dir", elsewhere)
    assert "The database is not empty." in str(again.exception)


def test_a_dataset_that_is_deleted_meanwhile_is_in_it(
    app: FastAPI, workspace: WorkspaceUnderTest, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = services(app)
    dataset = upload(workspace.client)
    uploads = own.store.root / "uploads" / workspace.id
    rows_of = repository.rows

    def delete_first(connection: Connection, table: Table) -> Iterator[bytes]:
        """The moment is chosen by now, and nothing has been read yet."""
        if table.name == "users":
            assert workspace.client.delete(f"/api/v1/datasets/{dataset['id']}").status_code == 204
            with pytest.raises(BackupInProgress):
                sweep(own.settings, own.database, own.store)
        return rows_of(connection, table)

    monkeypatch.setattr(repository, "rows", delete_first)
    stream = io.BytesIO()
    making.back_up(settings, own.store, stream)
    with reading(io.BytesIO(stream.getvalue())) as archive:
        held = {name: content.read() for name, content in archive.members()}
    assert [content for name, content in held.items() if f"/{workspace.id}/" in name] == [CSV.encode()]
    assert any(dataset["id"].encode() in content for name, content in held.items() if name == "tables/datasets/0")

    (left,) = uploads.iterdir()
    old_file(left)
    sweep(own.settings, own.database, own.store)
    assert list(uploads.iterdir()) == []


def test_one_backup_at_a_time(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, command: Command, tmp_path: Path
) -> None:
    monkeypatch.setattr(repository, "LOCK_SECONDS", 0.1)
    with repository.no_file_goes(settings.required("database_url")):
        second = command("backup", tmp_path / "second")
    assert isinstance(second.exception, BackupRefused)
    assert str(second.exception) == "Another backup is being made."
    assert list(tmp_path.glob("second*")) == []


def test_a_backup_is_refused_in_words(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = tmp_path / "there"
    there.touch()
    assert str(command("backup", there).exception) == f"{there} exists already."
    assert "can't be written" in str(command("backup", tmp_path / "no" / "folder").exception)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    refused = command("backup", tmp_path / "large")
    assert str(refused.exception).endswith(f"and there is room for 1000 bytes in {tmp_path}.")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("large")] == []


def test_a_restore_is_refused_in_words(
    workspace: WorkspaceUnderTest, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "backup"
    assert command("backup", file).exit_code == 0

    def refusal(name: Path = file) -> str:
        return str(command("restore", name).exception)

    assert "can't be opened" in refusal(tmp_path / "nowhere")
    (tmp_path / "text").write_text("hello")
    assert refusal(tmp_path / "text") == "The file is no backup of Tuneyard, or it is damaged."
    assert refusal() == "The database is not empty."
    monkeypatch.setattr(repository, "is_empty", lambda *_: True)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    assert "there is room for 1000 bytes in" in refusal()
    old_file(services(workspace.app).store.path("models/ws/a/weights"))
    assert "There are files in" in refusal()
    monkeypatch.setattr(migrations, "revisions", lambda: ["0000"])
    assert refusal() == "The backup was written by a newer Tuneyard than this one."


def test_every_table_is_carried_or_left_out_on_purpose() -> None:
    """What belongs to nobody has numbers of its own, which a copy would have to go on counting."""
    carried = repository.carried()
    assert {table.name for table in carried} == migrations.target_metadata().tables.keys() - {
        "login_attempts",
        "worker_processes",
    }
    assert [column for table in carried for column in table.columns if table.autoincrement_column is column] == []


def old_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    os.utime(path, (time.time() - 2 * 86_400,) * 2)
