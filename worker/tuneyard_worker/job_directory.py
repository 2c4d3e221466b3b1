"""The job directory: `spec.json` in; `events.jsonl`, `checkpoints/` and `artifact/` out."""

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from tuneyard.specs.base import Spec
from tuneyard.specs.events import (
    Event,
    LogData,
    LogEvent,
    MetricsData,
    MetricsEvent,
    ProgressData,
    ProgressEvent,
    SampleAnswer,
    SamplesData,
    SamplesEvent,
    StatusData,
    StatusEvent,
)
from tuneyard.specs.job import JobPhase
from tuneyard.specs.manifest import FileEntry
from tuneyard.specs.sayings import Detail
from tuneyard_worker.stopping import StopSignal

MANIFEST = "manifest.json"
Level = Literal["info", "warning", "error"]


class JobDirectory:
    """Where one attempt reads and writes; nothing outside of it is written."""

    def __init__(self, root: Path, stop: StopSignal | None = None) -> None:
        self.root = root
        self.stop = stop or StopSignal()
        self.artifact = root / "artifact"
        self.checkpoints = root / "checkpoints"
        self.artifact.mkdir(exist_ok=True)
        self.checkpoints.mkdir(exist_ok=True)
        self._fraction = 0.0

    def phase(self, phase: JobPhase) -> None:
        """Tell that a phase has begun."""
        self._append(StatusEvent(at=_now(), data=StatusData(phase=phase)))

    def continued(self, step: int) -> None:
        """Tell that the work goes on where an earlier attempt was."""
        self._append(StatusEvent(at=_now(), data=StatusData(continued_from_step=step)))

    def progress(
        self,
        fraction: float,
        *,
        step: int = 0,
        total_steps: int = 0,
        epoch: float = 0.0,
        eta_seconds: float | None = None,
    ) -> None:
        """Tell how much of the whole job is done, 0 to 1; a lower fraction than before is raised to it."""
        self._fraction = max(self._fraction, min(fraction, 1.0))
        data = ProgressData(
            step=step, total_steps=total_steps, epoch=epoch, fraction=self._fraction, eta_seconds=eta_seconds
        )
        self._append(ProgressEvent(at=_now(), data=data))

    def metrics(self, values: dict[str, float], *, step: int, epoch: float) -> None:
        """Tell measured values by name."""
        self._append(MetricsEvent(at=_now(), data=MetricsData(step=step, epoch=epoch, values=values)))

    def samples(self, answers: list[SampleAnswer], *, step: int) -> None:
        """Tell what the model answers by now."""
        self._append(SamplesEvent(at=_now(), data=SamplesData(step=step, answers=answers)))

    def log(self, code: str, message: str, level: Level = "info", **details: Detail) -> None:
        """Tell a sentence for the person who watches; `details` are the numbers and names in it."""
        data = LogData(code=code, message=message, level=level, details=details)
        self._append(LogEvent(at=_now(), data=data))

    def files(self) -> list[FileEntry]:
        """Every file of the artifact with its checksum, for the manifest."""
        found = sorted(path for path in self.artifact.rglob("*") if path.is_file() and path.name != MANIFEST)
        return [file_entry(path, self.artifact) for path in found]

    def write_manifest(self, manifest: Spec) -> None:
        """Write `manifest.json` durably, as the last file: its presence means that the artifact is complete."""
        temporary = self.artifact / "manifest.json.tmp"
        with temporary.open("w", encoding="utf-8") as stream:
            stream.write(json.dumps(manifest.model_dump(mode="json", by_alias=True), ensure_ascii=False, indent=2))
            stream.flush()
            os.fsync(stream.fileno())
        temporary.rename(self.artifact / MANIFEST)

    def _append(self, event: Event) -> None:
        with (self.root / "events.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(event.model_dump_json(by_alias=True) + "\n")


def file_entry(path: Path, root: Path) -> FileEntry:
    """Path relative to `root`, sha256 and size of one file."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return FileEntry(path=path.relative_to(root).as_posix(), sha256=digest, bytes=path.stat().st_size)


def _now() -> datetime:
    return datetime.now(UTC)
