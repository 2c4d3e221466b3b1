"""How attempts end, whoever ends them."""

from tuneyard.jobs.leases import Wishes
from tuneyard.jobs.models import JobStatus, Outcome
from tuneyard.kit.errors import TuneyardError
from tuneyard.specs.events import JobError

Ending = tuple[JobStatus, Outcome, JobError | None]
GIVEN_BACK: Ending = (JobStatus.QUEUED, Outcome.PREEMPTED, None)
OUTCOMES = {"out_of_memory": Outcome.OOM, "disk_full": Outcome.DISK_FULL, "disk_budget": Outcome.DISK_FULL}
"""Of failures, by their codes; of all others it is `failed`."""


class AskedToEnd(Exception):
    """The job's owner, or who stops this worker, wants the attempt to end as `ending`, and no child has to be asked."""

    def __init__(self, ending: Ending) -> None:
        super().__init__()
        self.ending = ending


def as_wished(wishes: Wishes) -> Ending | None:
    """How the attempt is to end, if its job's owner wants it to."""
    if wishes.cancel:
        return JobStatus.CANCELLED, Outcome.CANCELLED, None
    return (JobStatus.PAUSED, Outcome.PAUSED, None) if wishes.pause else None


def job_error(error: TuneyardError) -> JobError:
    return JobError(code=error.code, message=str(error), hint=error.advice, users=error.status_code < 500)


def too_slow(timeout: float) -> JobError:
    return JobError(
        code="too_slow",
        message=f"The work was stopped after {timeout:.0f} seconds.",
        hint="Use a smaller file, or raise the limit in the settings.",
        details={"seconds": round(timeout)},
    )
