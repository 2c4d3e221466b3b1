"""What the job computes with: threads, precision, seed."""

import contextlib
import ctypes
import random
from dataclasses import dataclass, field

import numpy as np
import torch

from tuneyard.specs.device import card, processors_precisely
from tuneyard.specs.sayings import Remark
from tuneyard_worker.trainers.cores import Cores
from tuneyard_worker.trainers.ranks import ALONE, Ranks

CPU = torch.device("cpu")
# Of mallopt(3).
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
LARGEST_PIECE, MOST_UNUSED = 2**30, 2**31 - 1
"""Bytes."""


@dataclass(frozen=True)
class Compute:
    """Where and how tensors are computed."""

    threads: int
    bf16: bool
    device: torch.device = CPU
    batch_parts: int = 1
    """Every batch is computed in so many times more parts than it would be where there is memory enough."""
    ranks: Ranks = ALONE
    """Who computes with it."""
    cores: Cores = field(default_factory=lambda: Cores(1))

    def precision(self) -> contextlib.AbstractContextManager[object]:
        """Matrix products in bfloat16 where that is faster, everything else in float32."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.bf16)

    def describe(self) -> Remark:
        """As `cpu, 2 threads, bfloat16` or `NVIDIA A10, bfloat16`."""
        precision = "bfloat16" if self.bf16 else "float32"
        if self.device == CPU:
            return processors_precisely(self.threads, precision)
        return card(torch.cuda.get_device_name(self.device), precision)


def set_up(threads: int, seed: int, batch_parts: int = 1) -> Compute:
    """Use `threads` threads, seed every random source, and find out what the machine can do."""
    torch.set_num_threads(threads)
    keep_memory()
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)
    if torch.cuda.is_available():
        bf16 = torch.cuda.is_bf16_supported(including_emulation=False)
        return Compute(threads, bf16, torch.device("cuda"), batch_parts)
    return Compute(threads, has_fast_bf16(), batch_parts=batch_parts, cores=Cores(threads))


def keep_memory() -> None:
    """Have the allocator use again what a step has freed, where it is glibc's: it would give large pieces back to the
    system after each product and fetch them, wiped, for the next, which takes up to a tenth of a step.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(M_MMAP_THRESHOLD, LARGEST_PIECE)
        libc.mallopt(M_TRIM_THRESHOLD, MOST_UNUSED)


def has_fast_bf16() -> bool:
    """Whether the processor multiplies bfloat16 itself; elsewhere it is emulated and slower than float32."""
    able = torch.cpu.get_capabilities()
    return bool(able.get("amx_bf16") or able.get("avx512_bf16"))
