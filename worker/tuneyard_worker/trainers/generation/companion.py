"""`python -m … DIR RANK COUNT PORT PARENT`: helps the trainer of a job directory to teach, and writes nothing.

It reads the same rows and the same checkpoint as the trainer, and goes through the same steps; what it would tell or
write, the trainer does. Only why it failed is in an `error.json` of its own. The kernel ends it with the trainer.
"""

import ctypes
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import torch

from tuneyard.specs.events import Event
from tuneyard.specs.job import JOB_SPEC, TextGenerationSpec
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.out_of_memory import naming_lack_of_memory
from tuneyard_worker.room import Room
from tuneyard_worker.runner import guarded
from tuneyard_worker.trainers.checkpoint_folders import State
from tuneyard_worker.trainers.checkpoints import Checkpoints, Part
from tuneyard_worker.trainers.compute import set_up
from tuneyard_worker.trainers.generation.companion_watch import folder_of
from tuneyard_worker.trainers.generation.lesson import prepare
from tuneyard_worker.trainers.generation.trainer import load_to_teach, teach
from tuneyard_worker.trainers.progress import Progress
from tuneyard_worker.trainers.ranks import Together
from tuneyard_worker.trainers.torch_states import TorchStates

PR_SET_PDEATHSIG = 1


class SilentJob(JobDirectory):
    """A job directory of which nothing is told."""

    def _append(self, event: Event) -> None:
        """The trainer tells it."""


class ReadOnly(Part):
    """Goes on from where the trainer does, and writes nothing down."""

    def __init__(self, part: Part) -> None:
        self._part = part

    def result(self) -> State | None:
        return self._part.result()

    def state(self) -> State | None:
        return self._part.state()


class ReadCheckpoints(Checkpoints):
    """Those of the trainer."""

    def part(self, name: str) -> Part:
        return ReadOnly(super().part(name))


def end_with(parent: int) -> None:
    """Have the kernel kill this process when its parent ends, however it ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


def main(directory: Path, rank: int, count: int, port: int) -> int:
    """Teach along; the exit status of the process."""

    def work() -> None:
        try:
            with naming_lack_of_memory():
                teach_along(directory, rank, count, port)
        except torch.OutOfMemoryError as error:
            raise MemoryError from error  # of the card

    return guarded(folder_of(directory, rank), work)


def teach_along(directory: Path, rank: int, count: int, port: int) -> None:
    """As the trainer teaches."""
    # The trainer decides when to stop, and ends this process.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    spec = JOB_SPEC.validate_json((directory / "spec.json").read_bytes())
    if not isinstance(spec, TextGenerationSpec):
        sys.exit("Only models that write are taught together.")
    job = SilentJob(directory)
    compute = set_up(spec.budget.threads, spec.seed, spec.budget.batch_parts)
    if compute.device.type == "cuda":
        torch.cuda.set_device(rank)
        compute = replace(compute, device=torch.device("cuda", rank))
    checkpoints = ReadCheckpoints(job, Room((job.root,)), TorchStates(), earlier=spec.earlier)
    base = load_to_teach(spec, compute)
    lesson = prepare(spec, job, base)
    compute = replace(compute, ranks=Together(rank, count, port, compute.device))
    teach(spec, job, lesson, base, compute, Progress(job), checkpoints)


if __name__ == "__main__":
    rank_of, count_of, port_of, parent_of = map(int, sys.argv[2:])
    end_with(parent_of)
    status = main(Path(sys.argv[1]), rank_of, count_of, port_of)
    sys.stderr.flush()
    # What libraries do at the end of a process may fail, and would look as if the teaching had.
    os._exit(status)
