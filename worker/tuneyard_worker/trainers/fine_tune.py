"""The runner's step for fine-tuning: a spec and a job directory in, an artifact out."""

import os

from tuneyard.specs.job import AnyFineTuneSpec
from tuneyard_worker.job_directory import JobDirectory

# How torch and ONNX Runtime say on the processor that there is no memory; neither has an error of its own for it.
ALLOCATION_FAILED = ("can't allocate memory", "Failed to allocate memory", "std::bad_alloc")
# Waiting OpenMP threads that spin slow down whatever else computes on the same cores by up to a half.
OPENMP = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "0"}


def run(spec: AnyFineTuneSpec, job: JobDirectory) -> None:
    """Train, evaluate and package a model as `spec` says. Raises JobFailure with words for the user."""
    set_environment(spec.budget.threads)
    # After the environment is set: OpenMP reads it when torch is loaded, and never again.
    import torch

    from tuneyard_worker.trainers.registry import TRAINERS

    try:
        TRAINERS[spec.task]().run(spec, job)
    except torch.OutOfMemoryError as error:
        raise MemoryError from error  # of the device; told like the machine's
    except RuntimeError as error:
        if any(words in str(error) for words in ALLOCATION_FAILED):
            raise MemoryError from error
        raise


def set_environment(threads: int) -> None:
    """Settings of the native libraries, where the supervisor has not made them."""
    for name, value in OPENMP.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))
    os.environ.setdefault("RAYON_NUM_THREADS", str(threads))
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
