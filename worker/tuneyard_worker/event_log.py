"""Reads what the trainer appends to `events.jsonl`, line by line, and sums it up for the job's row."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tuneyard.specs.events import EVENT, MetricsEvent, ProgressEvent, StatusEvent

MOST_BYTES_AT_ONCE = 4 * 2**20


@dataclass(frozen=True)
class Told:
    """Events as rows, and the columns of the job and of its attempt that they change."""

    start: int
    rows: list[dict[str, Any]] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)
    attempt_changes: dict[str, Any] = field(default_factory=dict)


class EventLog:
    """Where reading stopped in one file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._position = 0

    def read(self) -> Told:
        """The whole lines that came since the last call; of several progress events the newest is kept."""
        told = Told(start=self._position)
        if not self._path.exists():
            return told
        with self._path.open("rb") as stream:
            stream.seek(self._position)
            chunk = stream.read(MOST_BYTES_AT_ONCE)
        whole = chunk[: chunk.rfind(b"\n") + 1]
        self._position += len(whole)
        progress: ProgressEvent | None = None
        for line in whole.splitlines():
            try:
                event = EVENT.validate_json(line)
            except ValidationError:
                continue  # a line that a killed process left half-written
            if isinstance(event, ProgressEvent):
                progress = event
                continue
            if isinstance(event, StatusEvent) and event.data.phase is not None:
                told.changes["phase"] = event.data.phase
            if isinstance(event, StatusEvent) and event.data.continued_from_step is not None:
                told.attempt_changes["continued_from_step"] = event.data.continued_from_step
            if isinstance(event, MetricsEvent):
                told.changes["metrics"] = event.data.values
            told.rows.append(_row(event))
        if progress is not None:
            told.rows.append(_row(progress))
            told.changes["progress"] = progress.data.model_dump()
        return told

    def rewind(self, told: Told) -> None:
        """Read `told` again next time."""
        self._position = told.start


def _row(event: Any) -> dict[str, Any]:
    return {"type": event.type, "at": event.at, "data": event.data.model_dump(mode="json", exclude_none=True)}
