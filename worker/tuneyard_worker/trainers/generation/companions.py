"""Where a machine has several cards, a process for each of them: the trainer's own, and companions that it starts."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from tuneyard_worker.failures import JobFailure
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.trainers.compute import Compute
from tuneyard_worker.trainers.generation.companion_watch import Companion, Watch, folder_of
from tuneyard_worker.trainers.ranks import ALONE, Ranks, Together

PROGRAM = "tuneyard_worker.trainers.generation.companion"


def cards(compute: Compute) -> int:
    """How many processes teach: one for each card, else one."""
    return torch.cuda.device_count() if compute.device.type == "cuda" else 1


@contextmanager
def companions(job: JobDirectory, compute: Compute, *, needed: bool) -> Iterator[Ranks]:
    """Everybody who teaches, this process first; the others are gone at the end, however that comes.

    Raises JobFailure with the fault of a companion that has ended before its time. Where this process waits for it in
    vain, it ends.
    """
    count = cards(compute) if needed else 1
    if count == 1:
        yield ALONE
        return
    port = _free_port()
    watch = Watch(job, [_start(job, rank, count, port) for rank in range(1, count)])
    ranks: Ranks = ALONE
    try:
        with watch.going_on():
            ranks = Together(0, count, port, compute.device)
            yield ranks
    except (JobFailure, MemoryError, torch.OutOfMemoryError):
        raise
    except Exception as error:
        # When one is gone, what was to be computed with it fails, in words that explain nothing.
        if (fault := watch.fault_within_grace()) is None:
            raise
        raise fault from error
    finally:
        for companion in watch.companions:
            companion.process.kill()
            companion.process.wait()
        ranks.leave()


def _start(job: JobDirectory, rank: int, count: int, port: int) -> Companion:
    folder = folder_of(job.root, rank)
    folder.mkdir(exist_ok=True)
    (folder / "error.json").unlink(missing_ok=True)
    command = [sys.executable, "-P", "-m", PROGRAM, str(job.root), str(rank), str(count), str(port), str(os.getpid())]
    return Companion(rank, subprocess.Popen(command, stdin=subprocess.DEVNULL), folder)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
