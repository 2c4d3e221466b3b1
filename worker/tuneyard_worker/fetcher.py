"""The child process that fetches a base model of the catalogue: `python -m tuneyard_worker.fetcher DIR ID FOLDER`.

It has the network, but no database, broker or store: what it fetched and checked is left in FOLDER, events and
`error.json` in the job directory DIR.
"""

import sys
from pathlib import Path

from tuneyard.base_models.catalogue import CATALOGUE
from tuneyard.base_models.entries import BaseModelEntry
from tuneyard.base_models.importing import make
from tuneyard.kit.errors import TuneyardError
from tuneyard_worker.failures import JobFailure
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.room import size
from tuneyard_worker.runner import guarded

STEP_PERCENT = 10


def fetch(entry: BaseModelEntry, job: JobDirectory, folder: Path) -> None:
    """Leave the base model in `folder`, complete, and tell how it gets on. Raises JobFailure."""
    told = size(entry.download_bytes)
    job.log("fetching_base_model", f"Fetching {entry.name} ({told}) …", name=entry.name, size=told)
    try:
        make(entry, entry.source, folder, Telling(entry, job))
    except TuneyardError as error:
        raise JobFailure(error.code, str(error), error.advice, users=error.status_code < 500) from error
    job.log("base_model_fetched", f"{entry.name} has been fetched and checked.", name=entry.name)


class Telling:
    """Tells in the job's log how much of a base model has come, every ten percent."""

    def __init__(self, entry: BaseModelEntry, job: JobDirectory) -> None:
        self._entry = entry
        self._job = job
        self._came: dict[str, int] = {}
        self._percent = 0

    def __call__(self, file: str, came: int, _: int | None) -> None:
        """So many bytes of a file have come."""
        self._came[file] = came
        # How large all files are is known only about, as long as some of them have not been asked for.
        percent = min(100, 100 * sum(self._came.values()) // self._entry.download_bytes)
        if percent - self._percent < STEP_PERCENT:
            return
        self._percent = percent - percent % STEP_PERCENT
        name, told = self._entry.name, size(self._entry.download_bytes)
        if percent == 100:
            self._job.log("base_model_unpacked", f"{name} has come; unpacking and checking it …", name=name)
            return
        self._job.log(
            "base_model_coming",
            f"Fetching {name}: {self._percent} % of {told}.",
            name=name,
            percent=self._percent,
            size=told,
        )


def main(directory: Path, base_model_id: str, folder: Path) -> int:
    """The exit status of the process: 0 if all went well, else 1, and `error.json` says why."""
    entry, job = CATALOGUE[base_model_id], JobDirectory(directory)
    return guarded(directory, lambda: fetch(entry, job, folder))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
