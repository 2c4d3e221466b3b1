"""A companion that computes in 32 bits, on whatever processor."""

import runpy

from tuneyard_worker.trainers import compute

compute.has_fast_bf16 = lambda: False
runpy.run_module("tuneyard_worker.trainers.generation.companion", run_name="__main__")
