"""The runner's step for fine-tuning: a spec and a job directory in, an artifact out."""

import os

from tuneyard.specs.job import AnyFineTuneSpec
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.out_of_memory import naming_lack_of_memory

# A thread that waits for the others of a matrix product does so for some ten microseconds before it sleeps: to be woken
# takes longer than most products do (on two virtual cores a third of the speed). Without a bound it would keep a core
# from whatever else computes there, for nothing.
OPENMP = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "1500"}


def run(spec: AnyFineTuneSpec, job: JobDirectory) -> None:
    """Train, evaluate and package a model as `spec` says. Raises JobFailure with words for the user."""
    set_environment(spec.budget.threads)
    # After the environment is set: OpenMP reads it when torch is loaded, and never again.
    import torch

    from tuneyard_worker.trainers.registry import TRAINERS

    try:
        with naming_lack_of_memory():
            TRAINERS[spec.task]().run(spec, job)
    except torch.OutOfMemoryError as error:
        raise MemoryError from error  # of the device; told like the machine's


def set_environment(threads: int) -> None:
    """Settings of the native libraries, where the supervisor has not made them."""
    for name, value in OPENMP.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))
    os.environ.setdefault("RAYON_NUM_THREADS", str(threads))
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
