"""How much memory a base model needs, and whether this machine has it."""

from dataclasses import dataclass
from pathlib import Path

import psutil

from tuneyard.base_models.entries import BaseModelEntry
from tuneyard.specs.sayings import Details, Remark
from tuneyard.specs.tasks import Task

WEIGHT_BYTES = 4
PROCESS_BYTES = 700 * 10**6
SERVING_BYTES = 150 * 10**6
BATCH_TOKENS = 64 * 128
WRITING_TOKENS = 512
# Per layer, token and hidden unit in 32 bits, attention scores included (Korthikanti et al. 2022, equation 2).
ACTIVATION_BYTES = 100
# Measured with adapters on every linear layer, each of which keeps inputs of its own.
WRITING_ACTIVATION_BYTES = 150
# Scores of every word of a vocabulary of about 50,000 for one token, with their gradients.
SCORES_BYTES = 600_000
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True)
class MemoryNeed:
    """Rules of thumb in bytes; by default for 64 texts of 128 tokens, or for one of 512 where the model writes."""

    head_training: int
    adapter_training: int
    full_training: int
    serving: int


def memory_need(entry: BaseModelEntry, batch_tokens: int | None = None) -> MemoryNeed:
    """What training and serving take: weights, gradients and two moments of AdamW, activations and the process."""
    writes = Task.TEXT_GENERATION in entry.tasks
    tokens = batch_tokens or (WRITING_TOKENS if writes else BATCH_TOKENS)
    weights = entry.parameters * WEIGHT_BYTES
    unit = WRITING_ACTIVATION_BYTES if writes else ACTIVATION_BYTES
    activations = tokens * (entry.layers * entry.hidden_size * unit + writes * SCORES_BYTES)
    return MemoryNeed(
        head_training=PROCESS_BYTES + 2 * weights,
        # The adapters themselves are a few hundredths of the weights.
        adapter_training=PROCESS_BYTES + weights + weights // 4 + activations,
        full_training=PROCESS_BYTES + 4 * weights + activations,
        serving=SERVING_BYTES + 2 * weights,
    )


def machine_memory() -> int:
    """Memory this process may use: the machine's, or its container's share."""
    total = int(psutil.virtual_memory().total)
    try:
        limit = CGROUP_LIMIT.read_text(encoding="ascii").strip()
    except OSError:
        return total
    return min(total, int(limit)) if limit.isdecimal() else total


def fit(entry: BaseModelEntry, memory: int) -> tuple[bool, Remark]:
    """Whether it can be taught on a machine with `memory` bytes, and a sentence that says why."""
    need = memory_need(entry)
    writes = Task.TEXT_GENERATION in entry.tasks
    least = need.adapter_training if writes else need.head_training
    head, full, here = _gb(least), _gb(need.full_training), _gb(memory)
    details: Details = {"head": head, "full": full, "here": here}
    if need.full_training <= memory:
        message = f"Training all of it takes about {full}; this machine has {here}."
        return True, Remark(code="all_of_it", message=message, details=details)
    if writes and least <= memory:
        message = f"Adapters on top of it can be trained here (about {head}); all of it would take {full}."
        return True, Remark(code="only_adapters", message=message, details=details)
    if least <= memory:
        message = (
            f"Only a head on top of it can be trained here (preset 'fast', about {head}); all of it would take {full}, "
            f"and this machine has {here}."
        )
        return True, Remark(code="only_a_head", message=message, details=details)
    message = f"It takes at least {head}, and this machine has {here}."
    return False, Remark(code="too_large", message=message, details=details)


def _gb(size: int) -> str:
    return f"{size / 10**9:.1f} GB"
