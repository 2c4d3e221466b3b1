"""Teaching a model to write: one run, by the clock, with the best moment kept."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Protocol

import torch
from torch import nn

from tuneyard.specs.text_generation import TextGenerationHyperparameters
from tuneyard_worker.trainers.batches import Sampler, parts
from tuneyard_worker.trainers.checkpoints import UNKEPT, Part
from tuneyard_worker.trainers.compute import Compute
from tuneyard_worker.trainers.generation.likelihood import Score
from tuneyard_worker.trainers.generation.objectives import Objective, Rates
from tuneyard_worker.trainers.generation.packing import Sequences, packed, padded, width
from tuneyard_worker.trainers.head import check_number
from tuneyard_worker.trainers.schedules import set_learning_rate, warm_up_then_linear

GRADIENT_LIMIT = 1.0
# How quickly the mean of the weights forgets: it is about that of the last ninth of all steps. Polynomial-decay
# averaging, Shamir and Zhang 2013.
FORGETTING = 8
WRITES = ".lora_B."
# So often are the validation rows looked at within an epoch, or within all the time there is if that is shorter.
LOOKS = 6
# A look reads at most such a share of the tokens that were learnt since the last one.
LOOK_SHARE = 0.1
# A last pass over the rows that would end before such a share of it is not begun: the exam has its time.
LEAST_PASS = 0.5
# Sample answers take at most such a share of the time, the first of them at most a third of that.
SAMPLE_SHARE = 0.03
# A training that is asked to stop has to do so soon.
LONGEST_SAMPLE_SECONDS = 10.0


@dataclass
class Tuning:
    """Everything that changes while a model is taught, in one place, as a checkpoint needs it."""

    model: Any
    optimizer: torch.optim.Optimizer
    sampler: Sampler[Sequences]
    steps_per_epoch: int
    planned_steps: int
    total_steps: int
    step: int = 0
    tokens: int = 0
    looked: int = 0
    """At which step, last."""
    look_examples: int = 0
    """How many validation rows a look reads: always the same ones, or no two could be compared."""
    best: float | None = None
    best_step: int = 0
    bad_looks: int = 0
    began: float = 0.0
    """By the clock of the run."""
    aside: float = 0.0
    """Seconds that went into sample answers, of which the last took `last_aside`."""
    last_aside: float = 0.0
    best_weights: dict[str, torch.Tensor] = field(default_factory=dict)
    averaged: dict[str, torch.Tensor] = field(default_factory=dict)
    """The mean of what was learnt lately, by name, which foresees better than any moment of it. Of adapters only: that
    of a whole model would take as much memory again."""

    def named_weights(self) -> dict[str, torch.Tensor]:
        """What has been learnt so far, by name."""
        return {name: each.detach() for name, each in self.model.named_parameters() if each.requires_grad}

    @property
    def epoch(self) -> float:
        """Passes over the rows so far."""
        return round(self.step / self.steps_per_epoch, 3)

    def average(self) -> None:
        """After a step: what it has changed goes into the mean."""
        if self.averaged:
            share = (1 + FORGETTING) / (self.step + FORGETTING)
            torch._foreach_lerp_(list(self.averaged.values()), list(self.named_weights().values()), share)

    @contextmanager
    def settled(self) -> Iterator[None]:
        """Within it, the model has the mean of its weights, if there is one, and does not learn."""
        present = self.named_weights()
        learnt = {name: present[name].clone() for name in self.averaged}
        put_weights(self.model, self.averaged)
        self.model.eval()
        try:
            yield
        finally:
            self.model.train()
            put_weights(self.model, learnt)

    def keep(self, loss: float) -> None:
        """Remember the present weights as the best."""
        self.best, self.best_step, self.bad_looks = loss, self.step, 0
        self.best_weights = {name: each.clone() for name, each in self.named_weights().items()}

    def state(self) -> dict[str, Any]:
        """All of it, for a checkpoint."""
        return {
            "weights": self.named_weights(),
            "optimizer": self.optimizer.state_dict(),
            "sampler": self.sampler.state(),
            "best_weights": self.best_weights,
            "averaged": self.averaged,
        } | {name: getattr(self, name) for name in NUMBERS}

    @torch.no_grad()
    def put_back(self, state: dict[str, Any]) -> None:
        """Be again what it was when `state` was taken."""
        put_weights(self.model, state["weights"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.sampler.put_back(state["sampler"])
        self.best_weights = state["best_weights"]
        self.averaged = state["averaged"]
        for name in NUMBERS:
            setattr(self, name, state[name])


NUMBERS = (
    "total_steps",
    "step",
    "tokens",
    "looked",
    "look_examples",
    "best",
    "best_step",
    "bad_looks",
    "began",
    "aside",
    "last_aside",
)


@dataclass(frozen=True)
class Tuned:
    """What was learnt at the best moment, and how that went."""

    weights: dict[str, torch.Tensor]
    validation_loss: float
    step: int
    epoch: float
    tokens: int
    seconds: float
    """Of which the teaching took so long, sample answers apart."""
    share: float = 1.0
    """Of the rows to learn from, those that there was time for."""


class Report(Protocol):
    """Who hears what happens in a run."""

    def step(self, state: Tuning, seen: Score, seconds: float) -> None:
        """After each step of the optimizer; so many seconds have gone since the first began."""
        ...

    def look(self, state: Tuning, seen: Score) -> None:
        """After each look at the validation rows."""
        ...

    def sample(self, state: Tuning, seconds: float) -> None:
        """Time for sample answers, so many seconds of it: before the first step, and after looks."""
        ...


def tune(
    model: Any,
    objective: Objective,
    hyper: TextGenerationHyperparameters,
    compute: Compute,
    report: Report,
    *,
    seed: int,
    seconds: float,
    part: Part = UNKEPT,
    clock: Callable[[], float] = time.monotonic,
) -> Tuned:
    """Teach `model` what is wanted; the weights of the moment that the validation rows like best come back.

    No step starts that would end after so many `seconds`, nor a pass over the rows of which there is no time for half;
    the learning rate comes down by then. What an earlier attempt has done of `part` is not done again. Raises
    JobFailure `training_diverged` when a loss or a gradient is not a number.
    """
    if (kept := part.result()) is not None:
        return Tuned(**kept)
    state = begin(model, objective, hyper, compute, seed)
    state.began = clock()
    if (before := part.state()) is not None:
        state.put_back(before)
    deadline = state.began + seconds
    ranks = compute.ranks
    if state.step == 0 and ranks.rank == 0:
        sample(state, report, SAMPLE_SHARE * seconds / 3, clock)
    while state.step < state.total_steps:
        for sequences in state.sampler.epoch():
            seen = learn(state, objective, sequences, hyper, compute)
            gone = clock() - state.began - state.aside
            left = int((deadline - clock()) / (gone / state.step)) if gone > 0 else state.planned_steps
            total_steps = _worthwhile(state, min(state.planned_steps, state.step + left))
            state.total_steps = int(ranks.first_says(total_steps))
            compute.cores.look()
            report.step(state, seen, gone)
            if state.step >= min(state.looked + _pause(state), state.total_steps):
                look(state, objective, hyper, compute, report)
                if ranks.rank == 0:
                    sample(state, report, SAMPLE_SHARE * seconds * state.step / state.total_steps - state.aside, clock)
            part.reached(state.step, state.state)
            if state.step >= state.total_steps:
                break
    tuned = Tuned(
        state.best_weights,
        state.best or 0.0,
        state.best_step,
        state.epoch,
        state.tokens,
        clock() - state.began - state.aside,
        objective.share * _time_for(state, hyper),
    )
    part.finish(vars(tuned))
    return tuned


def begin(
    model: Any, objective: Objective, hyper: TextGenerationHyperparameters, compute: Compute, seed: int
) -> Tuning:
    """The model on the device that computes, and its optimizer."""
    lengths = objective.lengths

    def draw(generator: torch.Generator) -> list[Sequences]:
        if not hyper.packing:
            return padded(lengths, hyper.batch_size, generator)
        size = width(lengths, objective.max_length)
        return packed(lengths, size, hyper.batch_size * objective.max_length // size, generator)

    model.to(compute.device).train()
    if hyper.gradient_checkpointing or _needs_checkpointing(hyper, compute):
        model.activation_checkpointing_enable()
    optimizer = torch.optim.AdamW(_groups(model, hyper, objective.rates), fused=True)
    steps = len(draw(torch.Generator().manual_seed(seed)))
    total = steps * hyper.epochs
    state = Tuning(model, optimizer, Sampler(seed, draw), steps, total, total)
    if hyper.tuning != "full":
        state.averaged = {name: each.clone() for name, each in state.named_weights().items()}
    return state


def learn(
    state: Tuning,
    objective: Objective,
    sequences: Sequences,
    hyper: TextGenerationHyperparameters,
    compute: Compute,
) -> Score:
    """One step of the optimizer; how the model did before it.

    Where several processes teach, each computes its share of the sequences; as all divide by the weight of the whole
    batch, the sum of their gradients is its gradient.
    """
    set_learning_rate(state.optimizer, warm_up_then_linear(state.step, state.total_steps, hyper.warmup_ratio))
    weight = objective.weight(sequences)
    loss, hits = 0.0, 0
    count = -(-hyper.gradient_accumulation_steps * compute.batch_parts // compute.ranks.count)
    for few in parts(compute.ranks.share(range(len(sequences))), count):
        losses, right = objective.losses(state.model, [sequences[place] for place in few], compute)
        few_loss = losses / weight
        few_loss.backward()  # type: ignore[no-untyped-call]
        loss += float(few_loss.detach())
        hits += right
    trained = [each for each in state.model.parameters() if each.requires_grad]
    loss, all_hits = compute.ranks.add_up(trained, [loss, float(hits)])
    check_number(loss, "loss")
    check_number(float(nn.utils.clip_grad_norm_(trained, GRADIENT_LIMIT)), "gradient")
    state.optimizer.step()
    state.optimizer.zero_grad()
    state.step += 1
    state.average()
    state.tokens += objective.tokens(sequences)
    return Score(loss, all_hits / weight)


def look(
    state: Tuning, objective: Objective, hyper: TextGenerationHyperparameters, compute: Compute, report: Report
) -> None:
    """Look at the validation rows: keep the weights if better than ever, and stop if that has not been for long."""
    if not state.look_examples:
        state.look_examples = _quickly_read(objective, LOOK_SHARE * state.tokens)
    with state.settled():
        found = objective.look(state.model, state.look_examples, compute)
        seen = Score(compute.ranks.first_says(found.loss), compute.ranks.first_says(found.accuracy))
        check_number(seen.loss, "validation loss")
        state.looked = state.step
        state.bad_looks += 1
        if state.best is None or seen.loss < state.best:
            state.keep(seen.loss)
    report.look(state, seen)
    if state.bad_looks >= hyper.early_stopping_patience:
        state.total_steps = state.step


def sample(state: Tuning, report: Report, seconds: float, clock: Callable[[], float]) -> None:
    """Let sample answers be taken, if they are there in so many seconds."""
    if seconds <= state.last_aside:
        return
    began = clock()
    with state.settled():
        report.sample(state, min(seconds, LONGEST_SAMPLE_SECONDS))
    state.last_aside = clock() - began
    state.aside += state.last_aside


@torch.no_grad()
def put_weights(model: Any, weights: dict[str, torch.Tensor]) -> None:
    """Give the parameters of these names these values."""
    known = dict(model.named_parameters())
    for name, tensor in weights.items():
        known[name].copy_(tensor)


def _quickly_read(objective: Objective, tokens: float) -> int:
    """How many of the first rows have at most so many tokens together; at least as many as tell something."""
    lengths = objective.looked_at
    quick = sum(total <= tokens for total in accumulate(lengths))
    return min(len(lengths), max(objective.fewest_looked_at, quick))


def _pause(state: Tuning) -> int:
    """Steps between two looks."""
    return max(1, min(state.steps_per_epoch, state.total_steps) // LOOKS)


def _worthwhile(state: Tuning, possible: int) -> int:
    """How many of the steps that there is time for are to be done: not the first few of one more pass."""
    rest = possible % state.steps_per_epoch
    whole = possible - rest
    if rest < LEAST_PASS * state.steps_per_epoch and whole >= max(state.step, 1):
        return whole
    return max(state.step, possible)


def _time_for(state: Tuning, hyper: TextGenerationHyperparameters) -> float:
    """The share of the rows that there is time to read once; all, where the validation rows have ended it."""
    if state.bad_looks >= hyper.early_stopping_patience:
        return 1.0
    return min(1.0, state.total_steps / state.steps_per_epoch)


def _needs_checkpointing(hyper: TextGenerationHyperparameters, compute: Compute) -> bool:
    """Whether less memory is wanted than the smallest parts of a batch take: after it ran out in sequences of one."""
    return compute.batch_parts > 1 and hyper.gradient_accumulation_steps >= hyper.batch_size


def _groups(model: nn.Module, hyper: TextGenerationHyperparameters, rates: Rates) -> list[dict[str, Any]]:
    """Parameters that learn, with their rates; biases and norms are not pulled towards zero."""
    trained = {name: each for name, each in model.named_parameters() if each.requires_grad}
    matrices = {name: each for name, each in trained.items() if each.ndim > 1}
    writing = [each for name, each in matrices.items() if WRITES in name]
    others = [each for name, each in matrices.items() if WRITES not in name]
    vectors = [each for name, each in trained.items() if name not in matrices]
    rate = hyper.learning_rate * (rates.whole if hyper.tuning == "full" else rates.reads)
    groups = [
        {"params": others, "lr": rate, "weight_decay": hyper.weight_decay},
        {"params": writing, "lr": hyper.learning_rate * rates.writes, "weight_decay": hyper.weight_decay},
        {"params": vectors, "lr": rate, "weight_decay": 0.0},
    ]
    return [group for group in groups if group["params"]]
