"""The child that does the work, without any credential of ours.

It is a fresh interpreter, or where that would take seconds to load what it needs, a copy of one that has loaded it.
"""

import os
import re
from pathlib import Path

from tuneyard.kit.children import bound_to_this_process
from tuneyard.kit.config import Settings
from tuneyard_worker.child_process import NICENESS, ChildProcess, start
from tuneyard_worker.forked_trainer import ForkedTrainer, Nursery
from tuneyard_worker.trainers.fine_tune import OPENMP

# Those of NCCL say how the cards of this machine reach each other.
KEPT_VARIABLES = re.compile("PATH|HOME|LANG|LC_ALL|VIRTUAL_ENV|CUDA_VISIBLE_DEVICES|LD_LIBRARY_PATH|NCCL_.+")
PROGRAM = "tuneyard_worker.runner"


class TrainerProcess(ChildProcess):
    """`python -m tuneyard_worker.runner DIR`, started at once, or as soon as the nursery is ready if one is given."""

    def __init__(self, directory: Path, settings: Settings, nursery: Nursery | None = None) -> None:
        log = directory / "runner.log"
        super().__init__(directory, log, directory / "artifact" / "manifest.json")
        # What libraries leave lying about, torch's caches among it, goes with the job directory.
        temporary = directory / "tmp"
        temporary.mkdir()
        if nursery is None:
            variables = environment(settings) | {"TMPDIR": str(temporary)}
            self._process = start(PROGRAM, [str(directory)], directory, log, variables)
        else:
            self._process = nursery.ask(directory, environment(settings), bound_to_this_process(NICENESS))

    def _give_up(self) -> None:
        if isinstance(self._process, ForkedTrainer):
            self._process.give_up()


def environment(settings: Settings) -> dict[str, str]:
    """What the child may know: nothing of ours but how many threads to use."""
    kept = {name: value for name, value in os.environ.items() if KEPT_VARIABLES.fullmatch(name)}
    return kept | {
        **OPENMP,
        "OMP_NUM_THREADS": str(settings.threads),
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "PYTHONUNBUFFERED": "1",
    }
