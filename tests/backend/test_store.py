"""A folder comes into the store whole or not at all, on the same disk or another."""

import errno
import shutil
import subprocess
from pathlib import Path

import pytest

from tuneyard.kit.storage import DiskFull, Store


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """A folder of 200 kB in three files, one of them in a folder below."""
    folder = tmp_path / "finished"
    (folder / "model").mkdir(parents=True)
    for name in ("a.bin", "model/b.bin"):
        (folder / name).write_bytes(b"x" * 100_000)
    (folder / "manifest.json").write_text("{}")
    return folder


@pytest.fixture
def other_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A finished folder that lies on another disk than the store."""
    rename = Path.rename

    def refuse(source: Path, target: Path) -> Path:
        if not source.name.endswith(".part"):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return rename(source, target)

    monkeypatch.setattr(Path, "rename", refuse)


def files_below(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_a_folder_moves_to_another_disk(finished: Path, other_disk: None, tmp_path: Path) -> None:
    Store(tmp_path / "store").publish(finished, "models/ws/1")
    assert files_below(tmp_path / "store") == [f"models/ws/1/{name}" for name in files_below(finished)]


def test_a_full_disk_is_named_and_keeps_nothing_half_copied(
    finished: Path, other_disk: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = shutil.copy2

    def full(source: str, target: str) -> None:
        if source.endswith("b.bin"):
            raise OSError(errno.ENOSPC, "No space left on device")
        copy(source, target)

    monkeypatch.setattr(shutil, "copy2", full)
    with pytest.raises(DiskFull, match="no room for the result"):
        Store(tmp_path / "store").publish(finished, "models/ws/1")
    assert files_below(tmp_path / "store") == []
    assert len(files_below(finished)) == 3


def test_a_disk_that_is_really_full(finished: Path, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], check=False)
    if mounted.returncode != 0:
        pytest.skip("only root may mount a disk")
    try:
        with pytest.raises(DiskFull):
            Store(small).publish(finished, "models/ws/1")
        assert files_below(small) == []
    finally:
        subprocess.run(["umount", str(small)], check=True)
