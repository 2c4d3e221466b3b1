"""The one way a step of the runner ends a job on purpose."""

from pathlib import Path

from tuneyard.specs.events import JobError
from tuneyard.specs.sayings import Details


class JobFailure(Exception):
    """Ends the attempt with words for the person who started the job; the runner writes them to `error.json`.

    `details` are the numbers and names in the message.
    """

    def __init__(
        self, code: str, message: str, hint: str | None = None, *, details: Details | None = None, users: bool = True
    ) -> None:
        super().__init__(message)
        self.error = JobError(code=code, message=message, hint=hint, details=details or {}, users=users)

    @classmethod
    def of(cls, error: JobError) -> "JobFailure":
        """What another process has failed with."""
        return cls(error.code, error.message, error.hint, details=error.details, users=error.users)


def write_error(directory: Path, error: JobError) -> None:
    """Leave `error.json` in the job directory, where the supervisor looks for it: all of it, or on a full disk none."""
    temporary = directory / "error.json.tmp"
    temporary.write_text(error.model_dump_json(indent=2), encoding="utf-8")
    temporary.rename(directory / "error.json")
