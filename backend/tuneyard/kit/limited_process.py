"""Programs of ours that read what strangers wrote: few at a time, each in a folder of its own, with little time."""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tuneyard.kit.errors import Unavailable
from tuneyard.specs.base import Spec

KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH")


@contextmanager
def folder_for(places: threading.Semaphore, wait_seconds: float) -> Iterator[Path]:
    """A folder that goes afterwards, once one of `places` is free. Raises Unavailable."""
    if not places.acquire(timeout=wait_seconds):
        raise Unavailable("Too many previews are being made.", headers={"retry-after": "5"})
    try:
        with tempfile.TemporaryDirectory(prefix="tuneyard-preview-") as folder:
            yield Path(folder)
    finally:
        places.release()


def run(program: str, spec: Spec, folder: Path, seconds: float) -> None:
    """`python -m program folder`, told `spec` in its `spec.json`; nothing of our environment is in its reach.

    Raises subprocess.TimeoutExpired.
    """
    (folder / "spec.json").write_text(spec.model_dump_json(), encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", program, str(folder)],
        cwd=folder,
        env={name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=seconds,
        check=False,
    )
