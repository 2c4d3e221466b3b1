"""Starts the process that reads the first rows of a file: small limits, few at a time, nothing of ours in its reach."""

import math
import subprocess
import threading
from pathlib import Path

from tuneyard.datasets.errors import PreviewTooSlow, UnreadableThatWay
from tuneyard.kit import limited_process
from tuneyard.kit.config import Settings
from tuneyard.specs.dataset import Preview, PreviewSpec
from tuneyard.specs.events import JobError
from tuneyard.specs.job import Budget, ReadingOptions

PROGRAM = "tuneyard_worker.data.preview"
LONGEST_SECONDS = 15.0
MOST_AT_ONCE = 2
WAIT_SECONDS = 10.0

# A screen asks for two readings side by side; more at once would only slow each other down.
_places = threading.BoundedSemaphore(MOST_AT_ONCE)


def preview(settings: Settings, path: Path, filename: str, options: ReadingOptions) -> Preview:
    """The first rows of `path` in one reading. Raises UnreadableThatWay, PreviewTooSlow, Unavailable."""
    spec = PreviewSpec(
        path=path,
        filename=filename,
        options=options,
        budget=Budget(threads=1, memory_bytes=settings.parser_memory_bytes),
        cpu_seconds=math.ceil(LONGEST_SECONDS),
    )
    with limited_process.folder_for(_places, WAIT_SECONDS) as folder:
        return _read(spec, folder)


def _read(spec: PreviewSpec, folder: Path) -> Preview:
    try:
        limited_process.run(PROGRAM, spec, folder, LONGEST_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise PreviewTooSlow("Reading the beginning of the file takes too long to be shown at once.") from error
    found, refused = folder / "preview.json", folder / "error.json"
    if found.exists():
        return Preview.model_validate_json(found.read_bytes())
    if refused.exists():
        raise UnreadableThatWay(JobError.model_validate_json(refused.read_bytes()))
    raise PreviewTooSlow("Reading the beginning of the file took more than a preview may use.")
