"""What every trainer is."""

from typing import Protocol

from tuneyard.specs.job import FineTuneSpec
from tuneyard_worker.job_directory import JobDirectory


class Trainer(Protocol):
    """A pure step: it reads what the spec names and writes to the job directory, nothing else."""

    def run(self, spec: FineTuneSpec, job: JobDirectory) -> None:
        """Fill `job.artifact`, its manifest last. Raises JobFailure with words for the user."""
        ...
