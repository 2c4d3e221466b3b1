"""Where a machine has several cards, a process for each of them: the trainer's own, and companions that it starts."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.trainers.compute import Compute
from tuneyard_worker.trainers.ranks import ALONE, Ranks, Together

PROGRAM = "tuneyard_worker.trainers.generation.companion"


def cards(compute: Compute) -> int:
    """How many processes teach: one for each card, else one."""
    return torch.cuda.device_count() if compute.device.type == "cuda" else 1


@contextmanager
def companions(job: JobDirectory, compute: Compute, *, needed: bool) -> Iterator[Ranks]:
    """Everybody who teaches, this process first; the others are gone at the end, however that comes."""
    count = cards(compute) if needed else 1
    if count == 1:
        yield ALONE
        return
    port = _free_port()
    others = [
        subprocess.Popen(
            [sys.executable, "-P", "-m", PROGRAM, str(job.root), str(rank), str(count), str(port), str(os.getpid())],
            stdin=subprocess.DEVNULL,
        )
        for rank in range(1, count)
    ]
    ranks: Ranks = ALONE
    try:
        ranks = Together(0, count, port, compute.device)
        yield ranks
    finally:
        for other in others:
            other.kill()
            other.wait()
        ranks.leave()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
