"""The runner by itself: a job directory in, an artifact or an error in words out."""

import errno
import json
import subprocess
import sys

import pytest
from safetensors import SafetensorError

from tuneyard.specs.events import JobError
from tuneyard_worker import runner
from tuneyard_worker.failures import write_error


def directory_with(tmp_path, **spec):
    (tmp_path / "spec.json").write_text(
        json.dumps({"kind": "ingest", "job_id": "job_1", "budget": {"threads": 1}} | spec)
    )
    return tmp_path


def test_it_runs_without_any_service_and_writes_the_manifest_last(tmp_path):
    source = tmp_path / "rows.csv"
    source.write_text("text,label\n" + "".join(f"words number {i},{'ab'[i % 2]}\n" for i in range(20)))
    folder = directory_with(tmp_path, path=str(source), filename="rows.csv")
    done = subprocess.run(
        [sys.executable, "-m", "tuneyard_worker.runner", str(folder)],
        env={},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    manifest = folder / "artifact" / "manifest.json"
    assert manifest.stat().st_mtime_ns >= max(file.stat().st_mtime_ns for file in (folder / "artifact").iterdir())
    assert (folder / "events.jsonl").read_text()


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "disk_full"),
        (SafetensorError("I/O error: No space left on device (os error 28)"), "disk_full"),
        (MemoryError(), "out_of_memory"),
        (ValueError("x"), "internal_error"),
    ],
)
def test_what_nobody_planned_for_is_told(tmp_path, monkeypatch, failure, code):
    from tuneyard_worker.data import ingest

    def fail(*_):
        raise failure

    monkeypatch.setattr(ingest, "run", fail)
    folder = directory_with(tmp_path, path="/nowhere", filename="x.csv")
    assert runner.run(folder) == 1
    assert json.loads((folder / "error.json").read_text())["code"] == code
    assert not (folder / "artifact" / "manifest.json").exists()


def test_on_a_full_disk_no_part_of_an_error_is_left(tmp_path):
    folder = tmp_path / "small-disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a small disk")
    try:
        with pytest.raises(OSError, match="No space left"):
            (folder / "ballast").write_bytes(bytes(2**20))
        with pytest.raises(OSError, match="No space left"):
            write_error(folder, JobError(code="disk_full", message="The server's disk is full."))
        assert not (folder / "error.json").exists()
    finally:
        subprocess.run(["umount", str(folder)], check=True)
