"""Whether a worker has the memory for a job, and what there is enough for."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from tuneyard.base_models import service as base_models
from tuneyard.base_models.catalogue import DEFAULTS
from tuneyard.base_models.machines import Machine, this_machine
from tuneyard.base_models.requirements import ON_A_CARD, Place, Work, gb, merging_bytes, place
from tuneyard.jobs import workers
from tuneyard.jobs.errors import NoGraphicsCard, NotEnoughMemory
from tuneyard.jobs.models import ON_CARDS_ONLY
from tuneyard.jobs.planning import Plan
from tuneyard.kit.db import as_system
from tuneyard.kit.queue import Queue
from tuneyard.kit.storage import Store
from tuneyard.specs.hyperparameters import Hyperparameters
from tuneyard.specs.sayings import Details, Remark
from tuneyard.specs.tasks import Task
from tuneyard.specs.text_generation import TextGenerationHyperparameters

# Features of up to three depths in 32 bits, and what Python needs to hold a text and its tokens.
BYTES_PER_FEATURE = 3 * 4
BYTES_PER_CHARACTER = 10
MOST_PARTS = 64
# What needs less memory, the best first, and how to ask for it.
LIGHTER: dict[Task, dict[str, str]] = {
    Task.TEXT_CLASSIFICATION: {"head": "the preset 'fast'"},
    Task.TEXT_GENERATION: {"lora": "'tuning' set to lora", ON_CARDS_ONLY: f"'tuning' set to {ON_CARDS_ONLY}"},
}


def machines_that_train(session: Session) -> list[Machine]:
    """What the workers that train compute on; this machine where none has told."""
    with as_system(session):
        known = workers.machines(session, Queue.TRAIN)
    return known or [this_machine()]


def placed(store: Store, plan: Plan, machines: Sequence[Machine]) -> Place:
    """Where a job has the most memory to spare, or lacks the least."""
    hyper, entry = plan.hyperparameters, base_models.get(store, plan.base_model_id).entry
    parts = min(hyper.gradient_accumulation_steps, hyper.batch_size)
    # Of a pair of answers none is learnt without the other.
    sequences = hyper.batch_size * (2 if plan.unwanted else 1)
    work = Work(hyper.tuning, sequences * hyper.max_length // parts)
    rows_bytes = plan.characters * BYTES_PER_CHARACTER
    if isinstance(hyper, TextGenerationHyperparameters):
        work = replace(work, rank=hyper.lora_rank, gradient_checkpointing=hyper.gradient_checkpointing)
    else:
        rows_bytes += plan.labelled_rows * entry.hidden_size * BYTES_PER_FEATURE
    able = machines if hyper.tuning != ON_CARDS_ONLY else _with_card(machines) or [ON_A_CARD]
    return place(entry, work, able, rows_bytes)


def refuse_without_card(session: Session, plan: Plan) -> None:
    """Raises NoGraphicsCard for what computes on one only, where no worker that is known has one."""
    for remark in without_card(session, plan):
        raise NoGraphicsCard(remark.message, param="hyperparameters.tuning")


def without_card(session: Session, plan: Plan) -> list[Remark]:
    """That the job needs a graphics card, and no worker that is known has one; empty if not."""
    if plan.hyperparameters.tuning != ON_CARDS_ONLY:
        return []
    with as_system(session):
        known = workers.machines(session, Queue.TRAIN)
    if not known or _with_card(known):
        return []
    message = "QLoRA computes on a CUDA card only, and no worker has one."
    return [Remark(code="no_graphics_card", message=message)]


def refuse_too_large(store: Store, plan: Plan, machines: Sequence[Machine]) -> None:
    """Raises NotEnoughMemory, which says what would fit into one of the machines."""
    for remark in too_large(store, plan, machines):
        raise NotEnoughMemory(
            remark.message, param="base_model", hint=what_fits(store, plan, machines), saying=remark.apart
        )


def too_large(store: Store, plan: Plan, machines: Sequence[Machine]) -> list[Remark]:
    """That the job needs more memory than any of the machines has; empty if it does not, or nobody knows."""
    found = placed(store, plan, machines)
    if found.fits or found.machine == ON_A_CARD:
        return []
    needed, there = gb(found.needed), gb(found.there)
    if found.machine.card:
        message = f"The job needs about {needed} on a graphics card, and the one that comes nearest has {there}."
        return [Remark(code="not_enough_card_memory", message=message, details={"needed": needed, "there": there})]
    message = f"The job needs about {needed} of memory, and the worker that comes nearest has {there}."
    return [Remark(code="not_enough_memory", message=message, details={"needed": needed, "there": there})]


def short_of_memory_at_the_end(store: Store, plan: Plan, machines: Sequence[Machine]) -> list[Remark]:
    """That a card has room for the job, but its machine hardly for the files of the model; empty if it has."""
    machine = placed(store, plan, machines).machine
    needed = merging_bytes(base_models.get(store, plan.base_model_id).entry)
    if plan.hyperparameters.task is not Task.TEXT_GENERATION or not machine.card or machine == ON_A_CARD:
        return []
    if needed <= machine.memory:
        return []
    message = (
        f"After teaching, the files of the model are put together in about {gb(needed)} of the machine's own memory, "
        f"and it has {gb(machine.memory)}: the job may end there without a model. A smaller base model is safe."
    )
    details: Details = {"needed": gb(needed), "there": gb(machine.memory)}
    return [Remark(code="short_of_memory_at_the_end", message=message, details=details)]


def what_fits(store: Store, plan: Plan, machines: Sequence[Machine]) -> str:
    """What to change so that a machine has memory enough, in words."""
    ways = list(_ways(store, plan, machines))
    if not ways:
        return "Nothing on offer fits: use fewer rows, or a worker with more memory."
    return f"It fits with {', or with '.join(ways)}."


def _ways(store: Store, plan: Plan, machines: Sequence[Machine]) -> Iterator[str]:
    def fits(changed: Plan) -> bool:
        return placed(store, changed, machines).fits

    hyper = plan.hyperparameters
    for parts in _more_parts(hyper):
        if fits(_changed(plan, gradient_accumulation_steps=parts)):
            yield f"'gradient_accumulation_steps' set to {parts}"
            break
    keeps_all = isinstance(hyper, TextGenerationHyperparameters) and not hyper.gradient_checkpointing
    if keeps_all and fits(_changed(plan, gradient_checkpointing=True)):
        yield "'gradient_checkpointing' turned on"
    for tuning, words in LIGHTER[hyper.task].items():
        if tuning != hyper.tuning and fits(_changed(plan, tuning=tuning)):
            yield words
            break
    smaller = [
        listed.entry
        for listed in base_models.listing(store)
        if (listed.installed or listed.entry.id == DEFAULTS[hyper.task])
        and hyper.task in listed.entry.tasks
        and listed.entry.id != plan.base_model_id
    ]
    fitting = [entry for entry in smaller if fits(replace(plan, base_model_id=entry.id))]
    if fitting:
        yield f"the base model '{max(fitting, key=lambda entry: entry.parameters).id}'"


def _with_card(machines: Sequence[Machine]) -> list[Machine]:
    return [machine for machine in machines if machine.card]


def _more_parts(hyper: Hyperparameters) -> Iterator[int]:
    """Doublings of the accumulation, until a part holds a single row."""
    parts = 2 * hyper.gradient_accumulation_steps
    while hyper.tuning != "head" and parts <= min(hyper.batch_size, MOST_PARTS):
        yield parts
        parts *= 2


def _changed(plan: Plan, **changes: object) -> Plan:
    return replace(plan, hyperparameters=plan.hyperparameters.model_copy(update=changes))
