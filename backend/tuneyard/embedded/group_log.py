"""The group's own log: events with fields, one JSON object per line, in data_dir/logs/group.log."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from structlog.typing import FilteringBoundLogger

from tuneyard.embedded.data_directory import private_folder
from tuneyard.embedded.logs import rotate


@contextmanager
def opened(data_dir: Path) -> Iterator[FilteringBoundLogger]:
    """A logger that writes to the file, and not to the terminal of the user."""
    path = private_folder(data_dir / "logs") / "group.log"
    rotate(path)
    with path.open("a") as file:
        yield structlog.wrap_logger(
            structlog.PrintLogger(file),
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer(),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(0),
        )
