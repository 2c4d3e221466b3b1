"""What the jobs of this machine compute on, found out without torch: the worker's own process stays small."""

import csv
import functools
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tuneyard.specs.device import processors

ASK_SECONDS = 10
FACTS = "name,memory.total,compute_cap,uuid"
MIB = 2**20
# From the architecture Ampere on cards multiply bfloat16, as torch.cuda.is_bf16_supported has it.
BF16_SINCE = 8
# Of processors, as torch.cpu.get_capabilities names them too.
BF16_FLAGS = frozenset({"amx_bf16", "avx512_bf16"})
CPUINFO = Path("/proc/cpuinfo")


@dataclass(frozen=True)
class Card:
    """A graphics card, as its driver tells of it."""

    name: str
    memory: int
    """Bytes; 0 where the driver does not tell."""
    fast_bf16: bool
    uuid: str


def device_name(threads: int) -> str:
    """As `cpu, 2 threads` or `NVIDIA A10`."""
    return graphics_card() or processors(threads).message


def graphics_card() -> str | None:
    """Name of the first card that jobs may use; None without one."""
    return next((card.name for card in cards()), None)


def card_memory() -> int:
    """Bytes of the smallest card that jobs may use; 0 without one, or where the driver does not tell."""
    return min((card.memory for card in cards()), default=0)


def fast_bf16() -> bool:
    """Whether what jobs compute on multiplies bfloat16 itself."""
    return all(card.fast_bf16 for card in cards()) if cards() else _processor_has_bf16()


@functools.cache
def cards() -> tuple[Card, ...]:
    """The cards that jobs of this process may use, as far as that can be told without CUDA."""
    return tuple(visible(_asked(), os.environ))


def visible(known: Sequence[Card], environment: Mapping[str, str]) -> Sequence[Card]:
    """The cards that `CUDA_VISIBLE_DEVICES` leaves, by its rules: what stands behind an unknown one is not seen.

    CUDA counts the fastest card first and the driver by the bus; where a number can mean either, all cards are taken.
    """
    wanted = environment.get("CUDA_VISIBLE_DEVICES")
    if wanted is None:
        return known
    by_bus = environment.get("CUDA_DEVICE_ORDER") == "PCI_BUS_ID"
    chosen: list[Card] = []
    for each in map(str.strip, wanted.split(",")):
        if each.isdecimal() and int(each) < len(known):
            if not by_bus:
                return known
            chosen.append(known[int(each)])
        elif each.startswith("MIG-") and known:
            # A part of a card, of which this table does not tell the size.
            chosen.append(replace(known[0], memory=0))
        elif each and len(found := [card for card in known if card.uuid.startswith(each)]) == 1:
            chosen += found
        else:
            break
    return chosen


def _asked() -> list[Card]:
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return []
    try:
        told = subprocess.run(
            [tool, f"--query-gpu={FACTS}", "--format=csv,noheader,nounits"],
            capture_output=True,
            text=True,
            timeout=ASK_SECONDS,
            check=True,
        )
    except (subprocess.SubprocessError, OSError):
        return []
    rows = csv.reader(told.stdout.splitlines(), skipinitialspace=True)
    return [_card(row) for row in rows if len(row) == len(FACTS.split(","))]


def _card(row: Sequence[str]) -> Card:
    """Of a line of the driver's table, where `[N/A]` stands for what it does not know."""
    name, mebibytes, architecture, uuid = row
    memory = int(mebibytes) * MIB if mebibytes.isdecimal() else 0
    major = architecture.partition(".")[0]
    return Card(name, memory, major.isdecimal() and int(major) >= BF16_SINCE, uuid)


@functools.cache
def _processor_has_bf16() -> bool:
    try:
        lines = CPUINFO.read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    flags = next((line.partition(":")[2].split() for line in lines if line.startswith("flags")), [])
    return not BF16_FLAGS.isdisjoint(flags)
