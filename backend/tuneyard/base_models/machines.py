"""Where a job may compute, as far as its memory matters."""

from dataclasses import dataclass
from pathlib import Path

import psutil

CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True)
class Machine:
    """What a worker tells of where its jobs compute, in bytes."""

    memory: int
    card: bool = False
    card_memory: int = 0
    """Of its smallest card. 0 where the driver does not tell, as where a card shares the memory of its machine."""
    fast_bf16: bool = False
    """Whether what computes multiplies bfloat16 itself."""

    @property
    def room(self) -> int:
        """What a training can take of it: of the card where there is one."""
        return self.card_memory or self.memory if self.card else self.memory


def this_machine() -> Machine:
    """The one that asks, of which only the memory is known."""
    return Machine(memory=machine_memory())


def machine_memory() -> int:
    """Memory this process may use: the machine's, or its container's share."""
    total = int(psutil.virtual_memory().total)
    try:
        limit = CGROUP_LIMIT.read_text(encoding="ascii").strip()
    except OSError:
        return total
    return min(total, int(limit)) if limit.isdecimal() else total
