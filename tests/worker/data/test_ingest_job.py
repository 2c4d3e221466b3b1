"""The ingest step through its front door: a job directory and a process of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb

from tuneyard.specs.dataset import Profile
from tuneyard.specs.manifest import FileManifest
from tuneyard_worker.job_directory import file_entry

MEMORY_BYTES = 2 << 30


def run_job(root: Path, content: bytes, **options: Any) -> int:
    root.mkdir()
    (root / "upload").write_bytes(content)
    spec = {
        "kind": "ingest",
        "job_id": "j1",
        "path": str(root / "upload"),
        "filename": "tickets.csv",
        "options": options,
        "budget": {"threads": 1, "memory_bytes": MEMORY_BYTES},
    }
    (root / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
    return subprocess.run([sys.executable, "-m", "tuneyard_worker.runner", str(root)], check=False).returncode


def test_a_job_leaves_a_complete_artifact_and_nothing_else(tmp_path: Path) -> None:
    root = tmp_path / "job"
    assert run_job(root, b"text,label\nhello,a\nbad\nworld,b\n") == 0
    artifact = root / "artifact"
    manifest = FileManifest.model_validate_json((artifact / "manifest.json").read_bytes())
    paths = sorted(entry.path for entry in manifest.files)
    assert manifest.files == [file_entry(artifact / path, artifact) for path in paths]
    assert paths == ["data.parquet", "profile.json", "rejects.parquet"]
    left = {path.name for path in root.iterdir()}
    assert left == {"artifact", "checkpoints", "events.jsonl", "spec.json", "upload"}
    profile = Profile.model_validate_json((artifact / "profile.json").read_bytes())
    assert (profile.rows, profile.rejected_rows) == (2, 1)
    types = duckdb.execute(f"DESCRIBE SELECT * FROM '{artifact / 'rejects.parquet'}'").fetchall()
    assert [(name, kind) for name, kind, *_ in types] == [
        ("line", "BIGINT"),
        ("raw", "VARCHAR"),
        ("reason", "VARCHAR"),
        ("code", "VARCHAR"),
        ("details", "VARCHAR"),
    ]


def test_progress_is_told_and_never_falls(tmp_path: Path) -> None:
    root = tmp_path / "job"
    assert run_job(root, b"text,label\n" + b"some words to read,a\nother words,b\n" * 60_000) == 0
    events = [json.loads(line) for line in (root / "events.jsonl").read_text(encoding="utf-8").splitlines()]
    fractions = [event["data"]["fraction"] for event in events if event["type"] == "progress"]
    assert len(fractions) > 4
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_a_refusal_is_written_in_words_and_leaves_no_manifest(tmp_path: Path) -> None:
    root = tmp_path / "job"
    assert run_job(root, b"\x89PNG\r\n\x1a\n\x00\x00") == 1
    error = json.loads((root / "error.json").read_text(encoding="utf-8"))
    assert (error["code"], error["message"]) == ("not_a_table", "The file is a PNG image, not a table.")
    assert error["hint"]
    assert not (root / "artifact" / "manifest.json").exists()


def test_a_cell_of_many_megabytes_lives_within_the_memory_limit(tmp_path: Path) -> None:
    root = tmp_path / "job"
    assert run_job(root, b"text,label\n" + b"word " * (3 << 20) + b",a\nsecond,b\n") == 0
    cell = duckdb.execute(f"SELECT max(length(text)) FROM '{root / 'artifact' / 'data.parquet'}'").fetchone()
    assert cell == (5 * (3 << 20),)


def test_reading_needs_no_torch() -> None:
    code = "import sys, tuneyard_worker.data.ingest; sys.exit(bool({'torch', 'transformers'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_wide_table_is_profiled_within_the_memory_limit(tmp_path: Path) -> None:
    header = ",".join(f"c{number}" for number in range(200))
    rows = "".join(",".join(f"v{row * number % 7}" for number in range(200)) + "\n" for row in range(30))
    root = tmp_path / "job"
    assert run_job(root, f"{header}\n{rows}".encode()) == 0
    profile = Profile.model_validate_json((root / "artifact" / "profile.json").read_bytes())
    assert [column.distinct for column in profile.columns[:3]] == [1, 7, 7]
