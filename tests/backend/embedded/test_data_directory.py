"""Where the data may be, as root and otherwise, and whose permissions change."""

import os
import pwd
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tuneyard.embedded import data_directory, programs
from tuneyard.embedded.account import database_account
from tuneyard.embedded.errors import UnsafeDataDirectory

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account for the database")


@pytest.fixture
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tuneyard-place-", dir="/tmp") as folder:
        yield Path(folder)


@as_root
def test_the_home_of_root_is_refused_and_stays_closed() -> None:
    home = Path(pwd.getpwuid(0).pw_dir)
    before = home.stat().st_mode

    with pytest.raises(UnsafeDataDirectory) as caught:
        data_directory.prepare(home / "tuneyard-data", database_account())

    assert "home directory of root" in caught.value.body.error.message
    assert "/var/lib/tuneyard" in caught.value.body.error.message
    assert home.stat().st_mode == before
    assert not (home / "tuneyard-data").exists()


@as_root
def test_a_closed_parent_is_refused_and_stays_closed(place: Path) -> None:
    with pytest.raises(UnsafeDataDirectory, match="may not enter"):
        data_directory.prepare(place / "data", database_account())

    assert place.stat().st_mode & 0o777 == 0o700


@as_root
def test_only_the_account_of_the_database_may_pass(place: Path) -> None:
    place.chmod(0o755)
    account = database_account()

    made = data_directory.prepare(place / "new" / "data", account)

    assert account
    assert (made.stat().st_mode & 0o777, made.stat().st_gid) == (0o710, account.gid)


@as_root
def test_a_folder_of_another_user_is_refused_as_root(place: Path) -> None:
    place.chmod(0o755)
    own = place / "own"
    own.mkdir()
    os.chown(own, 65534, 65534)

    with pytest.raises(UnsafeDataDirectory, match="belongs to the user"):
        data_directory.prepare(own, database_account())


@as_root
def test_programs_in_a_closed_folder_are_copied(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place.chmod(0o755)
    account = database_account()
    assert account
    monkeypatch.setattr(programs, "_runs", lambda *_: False)

    copy = programs.find(place, account)

    monkeypatch.undo()
    assert copy.is_relative_to(place)
    assert programs._runs(copy, account)
    assert not (copy.parent / "include").exists()


def test_a_new_folder_is_closed_to_others(place: Path) -> None:
    made = data_directory.prepare(place / "data", None)

    assert made.stat().st_mode & 0o777 == 0o700


def test_a_file_in_the_way_is_told(place: Path) -> None:
    (place / "data").touch()

    with pytest.raises(UnsafeDataDirectory, match="can't be made"):
        data_directory.prepare(place / "data", None)
