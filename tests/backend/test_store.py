"""What a store promises, whether it is a folder or a bucket; then what each does in its own way."""

import errno
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from buckets import S3, s3_server
from tuneyard.kit.bucket import CopyDamaged
from tuneyard.kit.config import Settings
from tuneyard.kit.storage import DiskFull, Store, StoreUnavailable, open_store

OpenStore = Callable[..., Store]
"""Opens the store as the machine of that name sees it, with more settings if need be."""


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    with s3_server() as server:
        yield server


@pytest.fixture
def bucket(s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpenStore:
    return opener(s3.new_store(), tmp_path, monkeypatch)


@pytest.fixture
def share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpenStore:
    (tmp_path / "a share").mkdir()
    return opener({"store_url": (tmp_path / "a share").as_uri()}, tmp_path, monkeypatch)


@pytest.fixture(params=["share", "bucket"])
def machine(request: pytest.FixtureRequest) -> OpenStore:
    return request.getfixturevalue(request.param)


def opener(where: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpenStore:
    for name, value in where.items():
        monkeypatch.setenv(f"TUNEYARD_{name.upper()}", value)
    return lambda name, **changes: open_store(Settings(data_dir=tmp_path / name, **changes))


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """A folder of 200 kB in three files, one of them in a folder below."""
    folder = tmp_path / "finished"
    (folder / "model").mkdir(parents=True)
    for name in ("a.bin", "model/b.bin"):
        (folder / name).write_bytes(b"x" * 100_000)
    (folder / "manifest.json").write_text("{}")
    return folder


SIZES = {"a.bin": 100_000, "manifest.json": 2, "model/b.bin": 100_000}


def sizes(store: Store, key: str) -> dict[str, int]:
    return {item.key.removeprefix(f"{key}/"): item.bytes for item in store.files(key)}


def test_what_one_machine_publishes_another_reads(machine: OpenStore, finished: Path, tmp_path: Path) -> None:
    machine("one").publish(finished, "models/ws/job-1")
    other = machine("two")
    assert (other.names("models/ws"), other.names("models/nobody")) == (["job-1"], [])
    assert sizes(other, "models/ws/job-1") == SIZES
    assert [item.bytes for item in other.files("models/ws/job-1/a.bin")] == [100_000]
    assert other.read("models/ws/job-1/manifest.json") == b"{}"
    assert other.path("models/ws/job-1/model/b.bin").read_bytes() == b"x" * 100_000
    whole = other.path("models/ws/job-1")
    assert files_below(whole) == sorted(SIZES)
    lent = other.lend("models/ws/job-1", tmp_path / "job" / "inputs")
    assert (files_below(lent), (lent / "a.bin").stat().st_size) == (sorted(SIZES), 100_000)
    assert other.lend("models/ws/job-1/a.bin", tmp_path / "job" / "inputs").stat().st_size == 100_000


def test_a_file_is_there_once_it_is_committed(machine: OpenStore) -> None:
    store = machine("one")
    with store.create("uploads/ws/up") as new:
        new.write(b"text,")
        new.write(bytearray(b"label"))
    assert machine("two").path("uploads/ws/up").read_bytes() == b"text,label"
    assert store.path("uploads/ws/up").read_bytes() == b"text,label"


def test_a_file_that_was_given_up_leaves_nothing(machine: OpenStore) -> None:
    store = machine("one")
    new = store.create("uploads/ws/up")
    new.write(b"text")
    new.close()
    store.delete(["uploads/ws/up"])
    assert machine("two").names("uploads/ws") == []
    assert files_below(store.root) == []


def test_what_is_deleted_is_gone_everywhere(machine: OpenStore, finished: Path) -> None:
    store, other = machine("one"), machine("two")
    store.publish(finished, "models/ws/job-1")
    store.create("uploads/ws/up").commit()
    other.delete(["models/ws/job-1", "uploads/ws/up", "uploads/ws/never"])
    assert (store.names("models/ws"), store.names("uploads/ws")) == ([], [])
    assert not machine("three").path("models/ws/job-1/a.bin").exists()
    with pytest.raises(FileNotFoundError):
        store.read("models/ws/job-1/a.bin")


def test_a_folder_is_made_and_published_on_one_machine(machine: OpenStore) -> None:
    store = machine("one")
    made = store.staging("base_models/.importing/tiny")
    made.mkdir(parents=True)
    (made / "manifest.json").write_text("{}")
    store.publish(made, "base_models/tiny")
    assert machine("two").read("base_models/tiny/manifest.json") == b"{}"


def test_a_key_that_leaves_the_store_is_refused(machine: OpenStore, finished: Path) -> None:
    store, outside = machine("one"), "models/../../etc"
    for step in (store.path, store.read, store.names, store.open, store.create, store.staging, store.location):
        with pytest.raises(ValueError, match="outside the store"):
            step(outside)
    with pytest.raises(ValueError, match="outside the store"):
        store.publish(finished, outside)
    with pytest.raises(ValueError, match="outside the store"):
        store.delete([outside])


@pytest.fixture(params=["share", "bucket"])
def unreachable(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A share that is not mounted; a bucket whose server does not run."""
    if request.param == "share":
        return opener({"store_url": "file:///nowhere/at/all"}, tmp_path, monkeypatch)("one")
    with s3_server() as server:
        where = server.new_store()
    return opener(where, tmp_path, monkeypatch)("one")


def test_a_store_that_is_away_says_so(unreachable: Store, finished: Path) -> None:
    for step in (unreachable.path, unreachable.read, unreachable.names):
        with pytest.raises(StoreUnavailable):
            step("models/ws/job-1")
    with pytest.raises(StoreUnavailable):
        unreachable.publish(finished, "models/ws/job-1")
    assert files_below(finished) == sorted(SIZES)
    unreachable.delete(["models/ws/job-1"])


def test_a_bucket_that_nobody_made_is_named(s3: S3, finished: Path, bucket: OpenStore) -> None:
    with pytest.raises(StoreUnavailable, match="bucket of the store does not exist"):
        bucket("one", store_url="s3://nobody-made-this/prefix").publish(finished, "models/ws/job-1")


def test_a_copy_that_is_not_what_was_put_there_is_refused(s3: S3, bucket: OpenStore, finished: Path) -> None:
    bucket("one").publish(finished, "models/ws/job-1")
    name, _, key = bucket("one").location("models/ws/job-1/a.bin").removeprefix("s3://").partition("/")
    facts = s3.client().head_object(Bucket=name, Key=key)["Metadata"]
    s3.client().put_object(Bucket=name, Key=key, Body=b"y" * 100_000, Metadata=facts)
    other = bucket("two")
    with pytest.raises(CopyDamaged, match=r"models/ws/job-1/a\.bin"):
        other.path("models/ws/job-1/a.bin")
    assert files_below(other.root) == []


def test_a_folder_that_was_half_sent_has_no_manifest(bucket: OpenStore, finished: Path) -> None:
    store = bucket("one")
    put = store._bucket.put_file

    def fail_at_the_last(source: str, *given: object, **options: object) -> None:
        if source.endswith("b.bin"):
            raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
        put(source, *given, **options)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(StoreUnavailable):
        patch.setattr(store._bucket, "put_file", fail_at_the_last)
        store.publish(finished, "models/ws/job-1")
    assert bucket("two").names("models/ws/job-1") == ["a.bin"]
    store.publish(finished, "models/ws/job-1")
    assert sizes(bucket("two"), "models/ws/job-1") == SIZES


def test_copies_make_room_for_newer_ones_and_jobs_keep_theirs(bucket: OpenStore, tmp_path: Path) -> None:
    for number in range(4):
        new = bucket("maker").create(f"uploads/ws/{number}")
        new.write(bytes(1_000_000))
        new.commit()
    store = bucket("one", cache_bytes=2_500_000)
    lent = store.lend("uploads/ws/0", tmp_path / "job")
    for number in range(3):
        copy = store.path(f"uploads/ws/{number}")
        long_ago = time.time() - 3600 + number
        os.utime(copy, (long_ago, long_ago))
    store.path("uploads/ws/3")
    assert files_below(store.root) == [f"uploads/ws/{number}" for number in (0, 3)]
    shutil.rmtree(store.root / "uploads" / "ws")
    assert lent.stat().st_size == 1_000_000


def test_a_folder_of_this_machine_is_used_as_it_is(finished: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    number = (finished / "a.bin").stat().st_ino
    store.publish(finished, "models/ws/job-1")
    assert store.path("models/ws/job-1/a.bin").stat().st_ino == number
    assert store.lend("models/ws/job-1", tmp_path / "job") == store.path("models/ws/job-1")
    assert not (tmp_path / "job").exists()


@pytest.mark.parametrize("url", ["/mnt/share", "file://mnt", "s3://", "gs://bucket/prefix"])
def test_a_store_that_is_no_folder_and_no_bucket_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must be file:///folder or s3://bucket/prefix"):
        Settings(store_url=url)


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


def test_the_options_are_read_as_they_stand_in_the_environment_too() -> None:
    """The commands of a platform that runs go by the environment of its group."""
    assert Settings.model_validate({"store_options": '{"key": "test"}'}).store_options == {"key": "test"}
