"""The child process of one attempt: a job directory in, events and artifact out; no database, broker or network.

`python -m tuneyard_worker.runner DIR`. Exit status 0: `artifact/manifest.json` is there. 1: `error.json` says why.
143: it was asked to end by SIGTERM, and `checkpoints/` holds what was done.
"""

import importlib
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import cast

from tuneyard.specs.events import JobError
from tuneyard.specs.job import JOB_SPEC, Budget, JobKind
from tuneyard_worker.failures import JobFailure, write_error
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.out_of_memory import out_of_memory
from tuneyard_worker.room import disk_full, says_full
from tuneyard_worker.stopping import Stopped, StopSignal

# Named, not imported: an ingest must not wait for torch to load.
STEPS: dict[JobKind, str] = {
    JobKind.INGEST: "tuneyard_worker.data.ingest",
    JobKind.FINE_TUNE: "tuneyard_worker.trainers.fine_tune",
    JobKind.BATCH_PREDICT: "tuneyard_worker.batches.batch_predict",
}


STOPPED = 128 + signal.SIGTERM


def main(directory: Path) -> int:
    """Run the job as a process of its own, which may be asked to end."""
    stop = StopSignal()
    try:
        stop.listen()
        return run(directory, stop)
    except Stopped:
        return STOPPED


def run(directory: Path, stop: StopSignal | None = None) -> int:
    """Run the job of `directory`; the exit status of the process. Raises Stopped."""
    spec = JOB_SPEC.validate_json((directory / "spec.json").read_bytes())
    limit_memory(spec.budget)
    job = JobDirectory(directory, stop)

    def work() -> None:
        step = cast("Callable[[object, JobDirectory], None]", importlib.import_module(STEPS[spec.kind]).run)
        step(spec, job)

    return guarded(directory, work)


def guarded(directory: Path, work: Callable[[], None]) -> int:
    """Do the work; whatever goes wrong is told in `error.json`. 0 if nothing did, else 1."""
    try:
        work()
    except JobFailure as failure:
        write_error(directory, failure.error)
        return 1
    except MemoryError:
        write_error(directory, out_of_memory())
        return 1
    except Exception as error:  # the boundary of a job: whatever happened is recorded with its cause
        traceback.print_exc()
        write_error(directory, explained(error))
        return 1
    return 0


def limit_memory(budget: Budget) -> None:
    """Hold the process to its budget, so that it fails alone and not the machine."""
    if budget.memory_bytes is not None:
        resource.setrlimit(resource.RLIMIT_AS, (budget.memory_bytes, budget.memory_bytes))


def explained(error: Exception) -> JobError:
    """What went wrong that nobody planned for, in words where it has a name."""
    if says_full(error):
        return disk_full().error
    return internal_error(f"{type(error).__name__}: {error}")


def internal_error(cause: str) -> JobError:
    return JobError(code="internal_error", message=cause, details={"cause": cause}, users=False)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
