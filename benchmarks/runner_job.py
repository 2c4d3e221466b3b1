"""A job directory given to the runner, as the worker does it, without a platform around it."""

import hashlib
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tuneyard.specs.manifest import ModelManifest


@dataclass(frozen=True)
class Ran:
    """A training that has ended well; seconds are those of the whole process, from its start to the manifest."""

    manifest: ModelManifest
    seconds: float
    cpu_seconds: float


def run(job: Path) -> Ran:
    """Run the job of this directory. Raises SystemExit with what went wrong."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-m", "tuneyard_worker.runner", str(job)], check=False, cwd=job)
    seconds = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{job} failed: {(job / 'error.json').read_text()}")
    return Ran(
        ModelManifest.model_validate_json((job / "artifact" / "manifest.json").read_bytes()),
        seconds,
        after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
    )


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def reading(source: Path, side: str) -> str:
    """How DuckDB reads the file of one side."""
    table = source / f"{side}.csv"
    return (
        f"read_csv('{table}', all_varchar = true, header = true, max_line_size = 10000000)"
        if table.exists()
        else f"read_json('{table.with_suffix('.jsonl')}')"
    )
