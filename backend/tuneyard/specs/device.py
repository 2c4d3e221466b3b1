"""What a job computes on, in words."""

import re

from tuneyard.specs.sayings import Remark, Saying

PROCESSORS = re.compile(r"cpu, (\d+) threads?")

CPU = "cpu"


def processors(threads: int) -> Remark:
    """As `cpu, 2 threads`."""
    return Remark(code="processors", message=_processors(threads), details={"threads": threads})


def processors_precisely(threads: int, precision: str) -> Remark:
    """As `cpu, 2 threads, bfloat16`."""
    return Remark(
        code="processors_precisely",
        message=f"{_processors(threads)}, {precision}",
        details={"threads": threads, "precision": precision},
    )


def card(name: str, precision: str) -> Remark:
    """As `NVIDIA A10, bfloat16`."""
    return Remark(code="card", message=f"{name}, {precision}", details={"card": name, "precision": precision})


def is_card(name: str) -> bool:
    """Whether a device, as a worker tells it, is a graphics card."""
    return bool(name) and not name.startswith(CPU)


def apart(device: str) -> Saying | None:
    """What a worker says of its processors, which comes as text; None for the name of a card."""
    found = PROCESSORS.fullmatch(device)
    return processors(int(found[1])).apart if found else None


def _processors(threads: int) -> str:
    return f"{CPU}, 1 thread" if threads == 1 else f"{CPU}, {threads} threads"
