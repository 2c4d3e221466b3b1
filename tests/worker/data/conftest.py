"""Reading and ingesting files made on the spot."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tuneyard.specs.dataset import Profile
from tuneyard.specs.job import Budget, IngestSpec, ReadingOptions
from tuneyard_worker.data import ingest
from tuneyard_worker.data.reading import TableReading, read_table
from tuneyard_worker.job_directory import JobDirectory

Read = Callable[..., TableReading]
Ingest = Callable[..., Profile]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a path, bytes or text as an uploaded file."""

    def run(
        content: Path | bytes | str, *, name: str = "upload.csv", keep_blank_rows: bool = False, **options: Any
    ) -> TableReading:
        source = content if isinstance(content, Path) else tmp_path / "upload"
        if not isinstance(content, Path):
            source.write_bytes(content.encode() if isinstance(content, str) else content)
        work = tmp_path / "work"
        work.mkdir(exist_ok=True)
        return read_table(source, name, ReadingOptions(**options), work, 1, keep_blank_rows=keep_blank_rows)

    return run


@pytest.fixture
def ingest_file(tmp_path: Path) -> Ingest:
    """Run the ingest step on a path, bytes or text; the profile that it wrote."""
    numbers = iter(range(1000))

    def run(content: Path | bytes | str, **options: Any) -> Profile:
        root = tmp_path / f"job-{next(numbers)}"
        root.mkdir()
        source = content if isinstance(content, Path) else root / "upload"
        if not isinstance(content, Path):
            source.write_bytes(content.encode() if isinstance(content, str) else content)
        reading = ReadingOptions(**options)
        spec = IngestSpec(job_id="j1", path=source, filename=source.name, options=reading, budget=Budget(threads=1))
        job = JobDirectory(root)
        ingest.run(spec, job)
        return Profile.model_validate(json.loads((job.artifact / "profile.json").read_text(encoding="utf-8")))

    return run
