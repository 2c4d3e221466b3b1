"""`tuneyard serving`: the process that answers with deployed models."""

import os
import sys


def run() -> None:
    """Run the process that answers with deployed models."""
    # Started, not imported: the backend stands without the worker's libraries.
    os.execv(sys.executable, [sys.executable, "-P", "-m", "tuneyard_worker.serving"])  # noqa: S606
