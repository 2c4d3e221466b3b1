"""What every trainer is."""

from typing import Protocol, TypeVar

from tuneyard.specs.job import FineTuneSpec
from tuneyard_worker.job_directory import JobDirectory

Spec_contra = TypeVar("Spec_contra", bound=FineTuneSpec, contravariant=True)


class Trainer(Protocol[Spec_contra]):
    """A pure step: it reads what the spec of its task names and writes to the job directory, nothing else."""

    def run(self, spec: Spec_contra, job: JobDirectory) -> None:
        """Fill `job.artifact`, its manifest last. Raises JobFailure with words for the user."""
        ...
