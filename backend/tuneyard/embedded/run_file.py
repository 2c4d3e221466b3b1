"""run.json: where to find the group that runs on a data directory.

Only a pointer. Whether a group runs is told by the lock; whether a process is the one meant, by its start time.
"""

import os
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from tuneyard.embedded.processes import ProcessId

FILE_NAME = "run.json"


class RunningPart(ProcessId):
    """A child of the group."""

    name: str
    stop_signal: int
    grace_seconds: float
    server: bool = Field(description="Others need it: it is stopped after them.")


class RunState(BaseModel):
    """A group, as of the last start of one of its parts."""

    group_id: str = Field(description="TUNEYARD_GROUP in the environment of every process of this group.")
    supervisor: ProcessId
    address: str = Field(description="What users open.")
    api_url: str = Field(description="The api, from this machine.")
    environment: dict[str, str] = Field(description="TUNEYARD_… settings of the parts; has secrets.")
    parts: list[RunningPart] = []
    ready: bool = False


def read(data_dir: Path) -> RunState | None:
    """What the file says; None if there is none, or it can't be read (of another version, or cut short)."""
    try:
        return RunState.model_validate_json((data_dir / FILE_NAME).read_bytes())
    except (OSError, ValidationError):
        return None


def write(data_dir: Path, state: RunState) -> None:
    """Replace the file in one step, readable by its owner only."""
    temporary = data_dir / f"{FILE_NAME}.new"
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(state.model_dump_json(indent=2))
    temporary.rename(data_dir / FILE_NAME)


def remove(data_dir: Path) -> None:
    """Forget the group."""
    (data_dir / FILE_NAME).unlink(missing_ok=True)
