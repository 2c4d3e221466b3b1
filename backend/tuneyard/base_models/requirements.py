"""How much memory a base model needs, and which machine has it."""

from collections.abc import Sequence
from dataclasses import dataclass

from tuneyard.base_models.entries import BaseModelEntry
from tuneyard.base_models.machines import Machine
from tuneyard.specs.sayings import Remark
from tuneyard.specs.tasks import Task

WEIGHT_BYTES, HALF_BYTES = 4, 2
# 4 bits and a share of twice quantised scales, 4.127 bits in all (Dettmers et al. 2023, section 3); the rest is for the
# layer that is just computed, which is in 16 bits.
QUANTISED_BYTES = 0.6
# Embeddings are not quantised. Words of the largest usual vocabulary, for which there may be two tables.
EMBEDDED_WORDS = 2 * 152_000
PROCESS_BYTES = 700 * 10**6
SERVING_BYTES = 150 * 10**6
BATCH_TOKENS = 64 * 128
WRITING_TOKENS = 512
# Per layer, token and hidden unit in 32 bits, attention scores included (Korthikanti et al. 2022, equation 2).
ACTIVATION_BYTES = 100
# Measured on a processor with adapters on every linear layer, each of which keeps inputs of its own.
WRITING_ACTIVATION_BYTES = 150
# With gradient checkpointing only the input of each layer is kept, in 32 bits, and all of one layer (Chen et al. 2016).
INPUT_BYTES = 4
# Scores of every word of a vocabulary of about 50,000 for one token, with their gradients.
SCORES_BYTES = 600_000
# Numbers of adapters for each layer, hidden unit and rank: four square matrices and three that are three times as wide.
ADAPTED = 4 * 2 + 3 * (1 + 3)
# Of each its weight, gradient, two moments of AdamW, running mean and best value, in 32 bits.
ADAPTER_BYTES = 6 * 4
RANK = 16
# On a processor the exam's answers are written by the engine that serves, in 8 bits, beside the model.
ENGINE_BYTES = 1
ON_A_CARD = Machine(memory=0, card=True, fast_bf16=True)


@dataclass(frozen=True)
class Work:
    """What is done with a base model, as far as it decides on the memory."""

    tuning: str
    """As a hyperparameter has it: head, full, lora, dora, rslora or qlora."""
    tokens: int | None = None
    """That are computed at once; None for 64 texts of 128, or for one of 512 where the model writes."""
    rank: int = RANK
    gradient_checkpointing: bool = False


@dataclass(frozen=True)
class MemoryNeed:
    """Rules of thumb in bytes; for 64 texts of 128 tokens, or for one of 512 where the model writes."""

    head_training: int
    adapter_training: int
    quantised_training: int
    full_training: int
    serving: int


def memory_need(entry: BaseModelEntry) -> MemoryNeed:
    """What it takes on a processor in 32 bits; in 4 bits, on a card that knows bfloat16."""
    anywhere = Machine(memory=0)
    return MemoryNeed(
        head_training=training_bytes(entry, Work("head"), anywhere),
        adapter_training=training_bytes(entry, Work("lora"), anywhere),
        quantised_training=training_bytes(entry, Work("qlora"), ON_A_CARD),
        full_training=training_bytes(entry, Work("full"), anywhere),
        serving=SERVING_BYTES + 2 * entry.parameters * WEIGHT_BYTES,
    )


def training_bytes(entry: BaseModelEntry, work: Work, machine: Machine) -> int:
    """Bytes that a training takes of `machine.room`: a rule of thumb, which nobody has measured on a card.

    - `head`: twice the weights, in 32 bits.
    - `full`: weights, gradients and two moments of AdamW in 32 bits, and the activations.
    - adapters: the weights in bfloat16 where that is fast and else in 32 bits, in 4 bits with `qlora` (embeddings
      apart); the adapters with all that AdamW keeps of them; the activations. The exam afterwards takes the model as a
      whole, not in 4 bits, and it has to be put together, as it is in its file.

    For comparison, LLaMA-Factory reckons with 16 GB for LoRA in 16 bits on 7 billion weights and with 6 GB in 4 bits
    (its README, "Hardware Requirement"), where activations are computed twice.
    """
    if work.tuning == "head":
        return PROCESS_BYTES + 2 * entry.parameters * WEIGHT_BYTES
    if work.tuning == "full":
        return PROCESS_BYTES + 4 * entry.parameters * WEIGHT_BYTES + _activations(entry, work)
    weight_bytes = HALF_BYTES if machine.fast_bf16 else WEIGHT_BYTES
    adapters = ADAPTED * work.rank * entry.layers * entry.hidden_size * ADAPTER_BYTES
    teaching = _kept_weights(entry, work, weight_bytes) + adapters + _activations(entry, work)
    exam = entry.parameters * (weight_bytes + (0 if machine.card else ENGINE_BYTES))
    merging = 0 if machine.card else entry.bytes
    return PROCESS_BYTES + max(teaching, exam, merging)


def merging_bytes(entry: BaseModelEntry) -> int:
    """What putting adapters into the base model takes of the machine's own memory, also where a card computes."""
    return PROCESS_BYTES + entry.bytes


def fit(entry: BaseModelEntry, machines: Sequence[Machine]) -> tuple[bool, Remark]:
    """Whether it can be taught on one of the machines, of which there is at least one, and a sentence that says why."""
    all_of_it = place(entry, Work("full"), machines)
    full, here = gb(all_of_it.needed), gb(all_of_it.there)
    if all_of_it.fits:
        message = f"Training all of it takes about {full}; there is a worker with {here}."
        return True, Remark(code="all_of_it", message=message, details={"full": full, "here": here})
    writes = Task.TEXT_GENERATION in entry.tasks
    least = place(entry, Work("lora" if writes else "head"), machines)
    head = gb(least.needed)
    if least.fits and writes:
        message = f"Adapters on top of it can be trained (about {head}); all of it would take {full}."
        return True, Remark(code="only_adapters", message=message, details={"head": head, "full": full})
    if least.fits:
        message = f"Only a head on top of it can be trained (preset 'fast', about {head}); all of it would take {full}."
        return True, Remark(code="only_a_head", message=message, details={"head": head, "full": full})
    cards = [machine for machine in machines if machine.card]
    if writes and cards:
        least = place(entry, Work("qlora"), cards)
        head = gb(least.needed)
        if least.fits:
            message = f"Adapters can be trained on it in 4 bits (QLoRA, about {head}); all of it would take {full}."
            return True, Remark(code="only_quantised", message=message, details={"head": head, "full": full})
    here = gb(least.there)
    message = f"It takes at least {head}, and the worker that comes nearest has {here}."
    return False, Remark(code="too_large", message=message, details={"head": head, "here": here})


@dataclass(frozen=True)
class Place:
    """Where something could be trained: what it needs there, and what there is."""

    machine: Machine
    needed: int

    @property
    def there(self) -> int:
        return self.machine.room

    @property
    def fits(self) -> bool:
        return self.needed <= self.there


def place(entry: BaseModelEntry, work: Work, machines: Sequence[Machine], rows_bytes: int = 0) -> Place:
    """Of the machines the one that has the most memory to spare, or lacks the least.

    What the rows take is kept by the machine, also where a card computes.
    """
    places = [
        Place(machine, training_bytes(entry, work, machine) + (0 if machine.card else rows_bytes))
        for machine in machines
    ]
    return max(places, key=lambda found: found.there - found.needed)


def gb(size: int) -> str:
    """As `24.1 GB`."""
    return f"{size / 10**9:.1f} GB"


def _kept_weights(entry: BaseModelEntry, work: Work, weight_bytes: int) -> int:
    """Bytes of the weights that adapters stand on."""
    if work.tuning != "qlora":
        return entry.parameters * weight_bytes
    embedded = min(entry.parameters, EMBEDDED_WORDS * entry.hidden_size)
    return round((entry.parameters - embedded) * QUANTISED_BYTES) + embedded * weight_bytes


def _activations(entry: BaseModelEntry, work: Work) -> int:
    """Bytes that are kept until the gradient is known."""
    writes = Task.TEXT_GENERATION in entry.tasks
    tokens = work.tokens or (WRITING_TOKENS if writes else BATCH_TOKENS)
    unit = WRITING_ACTIVATION_BYTES if writes else ACTIVATION_BYTES
    of_layers = entry.layers * INPUT_BYTES + unit if work.gradient_checkpointing else entry.layers * unit
    return tokens * (entry.hidden_size * of_layers + writes * SCORES_BYTES)
