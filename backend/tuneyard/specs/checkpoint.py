"""The manifest of a checkpoint. It is written last: its presence means that the checkpoint is complete."""

from pydantic import Field

from tuneyard.specs.base import Spec

FORMAT = 1
"""Raised when a release can't go on from the checkpoints of the one before."""


class CheckpointFile(Spec):
    """The state of one part of the work, in `<folder>/<part>.<suffix>`."""

    part: str = Field(description="Name of the part.")
    suffix: str = Field("pt", description="How the file is written: `pt` by torch, `json` as JSON.")
    folder: str = Field(description="Checkpoint that holds the file: a finished part is written once.")
    sha256: str = Field(description="Of its bytes.")
    bytes: int = Field(description="Its size.")

    @property
    def path(self) -> str:
        """Relative to the folder in which the checkpoints lie side by side."""
        return f"{self.folder}/{self.part}.{self.suffix}"


class CheckpointManifest(Spec):
    """Manifest of `checkpoints/<name>/`. Names sort by age."""

    format: int = Field(description="Of the states; see FORMAT.")
    sequence: int = Field(description="Counts the checkpoints of a job, over all its attempts.")
    step: int = Field(description="Steps done of the part in progress.")
    seconds: float = Field(description="Time worked so far, over all attempts.")
    in_progress: CheckpointFile | None = Field(None, description="The part that is not finished, if any has begun.")
    finished: list[CheckpointFile] = Field([], description="The parts that are.")

    @property
    def files(self) -> list[CheckpointFile]:
        """Everything that belongs to it, also what lies in earlier checkpoints."""
        return [*self.finished, *([self.in_progress] if self.in_progress else [])]

    @property
    def folders(self) -> set[str]:
        """The checkpoints that hold its files."""
        return {file.folder for file in self.files}
