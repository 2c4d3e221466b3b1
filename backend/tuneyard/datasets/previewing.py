"""Starts the process that reads the first rows of a file: small limits, few at a time, nothing of ours in its reach."""

import math
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from tuneyard.datasets.errors import PreviewTooSlow, UnreadableThatWay
from tuneyard.kit.config import Settings
from tuneyard.kit.errors import Unavailable
from tuneyard.specs.dataset import Preview, PreviewSpec
from tuneyard.specs.events import JobError
from tuneyard.specs.job import Budget, ReadingOptions

PROGRAM = "tuneyard_worker.data.preview"
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
LONGEST_SECONDS = 15.0
MOST_AT_ONCE = 2
WAIT_SECONDS = 10.0

# A screen asks for two readings side by side; more at once would only slow each other down.
_places = threading.BoundedSemaphore(MOST_AT_ONCE)


def preview(settings: Settings, path: Path, filename: str, options: ReadingOptions) -> Preview:
    """The first rows of `path` in one reading. Raises UnreadableThatWay, PreviewTooSlow, Unavailable."""
    if not _places.acquire(timeout=WAIT_SECONDS):
        raise Unavailable("Too many previews are being made.", headers={"retry-after": "5"})
    try:
        with tempfile.TemporaryDirectory(prefix="tuneyard-preview-") as folder:
            return _read(settings, path, filename, options, Path(folder))
    finally:
        _places.release()


def _read(settings: Settings, path: Path, filename: str, options: ReadingOptions, folder: Path) -> Preview:
    spec = PreviewSpec(
        path=path,
        filename=filename,
        options=options,
        budget=Budget(threads=1, memory_bytes=settings.parser_memory_bytes),
        cpu_seconds=math.ceil(LONGEST_SECONDS),
    )
    (folder / "spec.json").write_text(spec.model_dump_json(), encoding="utf-8")
    try:
        subprocess.run(
            [sys.executable, "-m", PROGRAM, str(folder)],
            cwd=folder,
            env={name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=LONGEST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PreviewTooSlow("Reading the beginning of the file takes too long to be shown at once.") from error
    found, refused = folder / "preview.json", folder / "error.json"
    if found.exists():
        return Preview.model_validate_json(found.read_bytes())
    if refused.exists():
        raise UnreadableThatWay(JobError.model_validate_json(refused.read_bytes()))
    raise PreviewTooSlow("Reading the beginning of the file took more than a preview may use.")
