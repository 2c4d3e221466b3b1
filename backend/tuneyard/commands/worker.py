"""`tuneyard worker`: a worker for jobs."""

import os
import sys
from typing import Annotated

import typer

from tuneyard.kit.queue import Queue

EVERY_QUEUE = ",".join(queue.value for queue in Queue)


def run(
    queues: Annotated[str, typer.Option(help="Queues to serve, separated by commas.")] = EVERY_QUEUE,
) -> None:
    """Run a worker for jobs."""
    # Started, not imported: the backend stands without the worker's libraries.
    os.execv(sys.executable, [sys.executable, "-P", "-m", "tuneyard_worker", "--queues", queues])  # noqa: S606
