"""Whether the machine has the memory for a job, and what it has enough for."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy.orm import Session

from tuneyard.base_models import service as base_models
from tuneyard.base_models.catalogue import DEFAULTS
from tuneyard.base_models.requirements import machine_memory, memory_need
from tuneyard.jobs import workers
from tuneyard.jobs.errors import NoGraphicsCard, NotEnoughMemory
from tuneyard.jobs.planning import Plan
from tuneyard.kit.db import as_system
from tuneyard.kit.queue import Queue
from tuneyard.kit.storage import Store
from tuneyard.specs.device import is_card
from tuneyard.specs.hyperparameters import Hyperparameters
from tuneyard.specs.sayings import Remark
from tuneyard.specs.tasks import Task
from tuneyard.specs.text_generation import TextGenerationHyperparameters

# Features of up to three depths in 32 bits, and what Python needs to hold a text and its tokens.
BYTES_PER_FEATURE = 3 * 4
BYTES_PER_CHARACTER = 10
MOST_PARTS = 64
# What needs the least memory, and how to ask for it.
LIGHTEST: dict[Task, tuple[str, str]] = {
    Task.TEXT_CLASSIFICATION: ("head", "the preset 'fast'"),
    Task.TEXT_GENERATION: ("lora", "'tuning' set to lora"),
}


def memory_bytes(store: Store, plan: Plan) -> int:
    """About how much memory a job needs."""
    hyper, entry = plan.hyperparameters, base_models.get(store, plan.base_model_id).entry
    parts = min(hyper.gradient_accumulation_steps, hyper.batch_size)
    # Of a pair of answers none is learnt without the other.
    sequences = hyper.batch_size * (2 if plan.preferences else 1)
    need = memory_need(entry, sequences * hyper.max_length // parts)
    if isinstance(hyper, TextGenerationHyperparameters):
        model = need.full_training if hyper.tuning == "full" else need.adapter_training
        return model + plan.characters * BYTES_PER_CHARACTER
    model = need.head_training if hyper.tuning == "head" else need.full_training
    features = plan.labelled_rows * entry.hidden_size * BYTES_PER_FEATURE
    return model + features + plan.characters * BYTES_PER_CHARACTER


def memory_there(session: Session) -> int:
    """Of the largest machine that trains; of this one where none has told."""
    with as_system(session):
        told = workers.largest_memory(session, Queue.TRAIN)
    return told or machine_memory()


def refuse_without_card(session: Session, plan: Plan) -> None:
    """Raises NoGraphicsCard for what computes on one only, where no worker that is known has one."""
    if plan.hyperparameters.tuning != "qlora":
        return
    with as_system(session):
        known = workers.devices(session, Queue.TRAIN)
    if known and not any(map(is_card, known)):
        raise NoGraphicsCard(
            "QLoRA computes on a CUDA card only, and no worker has one.", param="hyperparameters.tuning"
        )


def refuse_too_large(store: Store, plan: Plan, there: int) -> None:
    """Raises NotEnoughMemory, which says what would fit into the memory that is `there`."""
    for remark in too_large(store, plan, there):
        raise NotEnoughMemory(
            remark.message, param="base_model", hint=what_fits(store, plan, there), saying=remark.apart
        )


def too_large(store: Store, plan: Plan, there: int) -> list[Remark]:
    """That the job needs more memory than there is; empty if it does not."""
    needed = memory_bytes(store, plan)
    if needed <= there:
        return []
    message = f"The job needs about {_gb(needed)} of memory, and the largest machine that trains has {_gb(there)}."
    return [Remark(code="not_enough_memory", message=message, details={"needed": _gb(needed), "there": _gb(there)})]


def what_fits(store: Store, plan: Plan, there: int) -> str:
    """What to change so that the machine has memory enough, in words."""
    ways = list(_ways(store, plan, there))
    if not ways:
        return "Nothing on offer fits: use fewer rows, or a machine with more memory."
    return f"It fits with {', or with '.join(ways)}."


def _ways(store: Store, plan: Plan, there: int) -> Iterator[str]:
    for parts in _more_parts(plan.hyperparameters):
        if memory_bytes(store, _changed(plan, gradient_accumulation_steps=parts)) <= there:
            yield f"'gradient_accumulation_steps' set to {parts}"
            break
    lightest, words = LIGHTEST[plan.hyperparameters.task]
    if plan.hyperparameters.tuning != lightest and memory_bytes(store, _changed(plan, tuning=lightest)) <= there:
        yield words
    task = plan.hyperparameters.task
    smaller = [
        listed.entry
        for listed in base_models.listing(store)
        if (listed.installed or listed.entry.id == DEFAULTS[task])
        and task in listed.entry.tasks
        and listed.entry.id != plan.base_model_id
    ]
    fitting = [entry for entry in smaller if memory_bytes(store, replace(plan, base_model_id=entry.id)) <= there]
    if fitting:
        yield f"the base model '{max(fitting, key=lambda entry: entry.parameters).id}'"


def _more_parts(hyper: Hyperparameters) -> Iterator[int]:
    """Doublings of the accumulation, until a part holds a single row."""
    parts = 2 * hyper.gradient_accumulation_steps
    while hyper.tuning != "head" and parts <= min(hyper.batch_size, MOST_PARTS):
        yield parts
        parts *= 2


def _changed(plan: Plan, **changes: object) -> Plan:
    return replace(plan, hyperparameters=plan.hyperparameters.model_copy(update=changes))


def _gb(size: int) -> str:
    return f"{size / 10**9:.1f} GB"
