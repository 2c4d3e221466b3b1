"""The runner by itself: a job directory in, an artifact or an error in words out."""

import errno
import json
import subprocess
import sys

import pytest

from tuneyard_worker import runner


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
