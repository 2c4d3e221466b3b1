"""Teaching the encoder together with its head: one run of one setting."""

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

import torch
from torch import nn
from torch.nn import functional

from tuneyard_worker.trainers import adapters
from tuneyard_worker.trainers.batches import Sampler, parts, shuffled_by_length
from tuneyard_worker.trainers.checkpoints import UNKEPT, Part
from tuneyard_worker.trainers.compute import Compute
from tuneyard_worker.trainers.features import embed, encode
from tuneyard_worker.trainers.head import Head, check_number, temperature
from tuneyard_worker.trainers.schedules import set_learning_rate, warm_up_then_linear
from tuneyard_worker.trainers.tokens import Tokens
from tuneyard_worker.trainers.training_set import Score, TrainingSet, score

if TYPE_CHECKING:
    from transformers import PreTrainedModel

Method = Literal["full", "lora"]

GRADIENT_LIMIT = 1.0
# The head has learnt its task already; it only follows the encoder.
HEAD_RATE = 5.0


@dataclass(frozen=True)
class TuningSettings:
    """How the encoder is taught."""

    method: Method
    epochs: int
    learning_rate: float
    batch_size: int
    accumulation: int
    warmup_ratio: float
    weight_decay: float
    label_smoothing: float
    patience: int
    lora_rank: int
    seed: int

    @property
    def name(self) -> str:
        """In words."""
        return "the whole encoder" if self.method == "full" else "the encoder through LoRA adapters"


@dataclass
class Tuning:
    """Everything that changes while the encoder is taught, in one place, as a checkpoint needs it."""

    encoder: "PreTrainedModel"
    head: Head
    optimizer: torch.optim.Optimizer
    sampler: Sampler[list[int]]
    epochs: int
    steps_per_epoch: int
    step: int = 0
    epoch: int = 0
    best: Score | None = None
    best_epoch: int = 0
    best_weights: list[torch.Tensor] = field(default_factory=list)
    best_temperature: float = 1.0
    epoch_seconds: float = 0.0
    epoch_began: float = 0.0
    """By the clock of the run."""
    deadline: float = 0.0

    @property
    def total_steps(self) -> int:
        """Steps of the optimizer if no epoch is left out."""
        return self.epochs * self.steps_per_epoch

    @property
    def trained(self) -> list[nn.Parameter]:
        """The parameters that learn."""
        return [each for module in (self.encoder, self.head) for each in module.parameters() if each.requires_grad]

    def named_weights(self) -> dict[str, torch.Tensor]:
        """What has been learnt so far, by name."""
        modules = {"encoder": self.encoder, "head": self.head}
        return {
            f"{module}.{name}": parameter.detach()
            for module, owner in modules.items()
            for name, parameter in owner.named_parameters()
            if parameter.requires_grad
        }

    def keep(self, better: Score | None, temperature: float) -> None:
        """Remember the present weights as the best."""
        self.best, self.best_epoch, self.best_temperature = better, self.epoch, temperature
        self.best_weights = [each.detach().clone() for each in self.trained]

    @torch.no_grad()
    def restore(self) -> None:
        """Go back to the best weights."""
        for parameter, kept in zip(self.trained, self.best_weights, strict=True):
            parameter.copy_(kept)

    def state(self) -> dict[str, Any]:
        """All of it, for a checkpoint."""
        return {
            "weights": self.named_weights(),
            "optimizer": self.optimizer.state_dict(),
            "sampler": self.sampler.state(),
            "best": None if self.best is None else (self.best.accuracy, self.best.loss),
            "best_weights": self.best_weights,
        } | {name: getattr(self, name) for name in NUMBERS}

    @torch.no_grad()
    def put_back(self, state: dict[str, Any]) -> None:
        """Be again what it was when `state` was taken."""
        for name, tensor in self.named_weights().items():
            tensor.copy_(state["weights"][name])
        self.optimizer.load_state_dict(state["optimizer"])
        self.sampler.put_back(state["sampler"])
        self.best = None if state["best"] is None else Score(*state["best"])
        self.best_weights = state["best_weights"]
        for name in NUMBERS:
            setattr(self, name, state[name])


NUMBERS = ("epochs", "step", "epoch", "best_epoch", "best_temperature", "epoch_seconds", "epoch_began", "deadline")


@dataclass(frozen=True)
class Tuned:
    """A taught encoder with its head, and how well they answer the validation rows (None where none were asked)."""

    settings: TuningSettings
    encoder: dict[str, torch.Tensor]
    head: dict[str, torch.Tensor]
    score: Score | None
    temperature: float
    epochs: int
    epoch_seconds: float

    def state(self) -> dict[str, Any]:
        """All but the settings, for a checkpoint."""
        score = None if self.score is None else (self.score.accuracy, self.score.loss)
        return {name: getattr(self, name) for name in RESULTS} | {"score": score}

    @classmethod
    def of(cls, settings: TuningSettings, state: dict[str, Any]) -> "Tuned":
        """What came out of these settings."""
        score = None if state["score"] is None else Score(*state["score"])
        return cls(settings=settings, score=score, **{name: state[name] for name in RESULTS})


RESULTS = ("encoder", "head", "temperature", "epochs", "epoch_seconds")


class Report(Protocol):
    """Who hears what happens in a run."""

    def step(self, state: Tuning, loss: float) -> None:
        """After each step of the optimizer."""
        ...

    def epoch(self, state: Tuning, score: Score | None) -> None:
        """After each epoch, with the score on the validation rows."""
        ...


def tune(
    encoder: "PreTrainedModel",
    head: Head,
    rows: TrainingSet,
    learn: torch.Tensor,
    settings: TuningSettings,
    compute: Compute,
    report: Report,
    *,
    weights: torch.Tensor | None,
    validate: bool,
    seconds: float,
    part: Part = UNKEPT,
    clock: Callable[[], float] = time.monotonic,
) -> Tuned:
    """Teach copies of `encoder` and `head` from the rows at `learn`.

    With `validate` the best epoch by the validation rows is kept and training stops early; without, the last is kept.
    No epoch but the first starts if it would end after so many `seconds`; as soon as that shows, the learning rate is
    brought down over the epochs that are left. What an earlier attempt has done of `part` is not done again.
    Raises JobFailure `training_diverged` when a loss, gradient or score is not a number.
    """
    if (kept := part.result()) is not None:
        return Tuned.of(settings, kept)
    tokens = rows.tokens.subset(learn.tolist())
    targets = rows.targets[learn].to(compute.device)
    weights = None if weights is None else weights.to(compute.device)
    state = begin(encoder, head, tokens.lengths, settings, compute)
    state.epoch_began, state.deadline = clock(), clock() + seconds
    if (before := part.state()) is not None:
        state.put_back(before)
    while state.epoch < state.epochs:
        run_epoch(state, tokens, targets, settings, compute, report, weights, part)
        state.epoch += 1
        scored, fitting = validation_score(state, rows, compute) if validate else (None, 1.0)
        if state.best is None or (scored is not None and scored.beats(state.best)):
            state.keep(scored, fitting)
        now = clock()
        state.epoch_seconds, state.epoch_began = now - state.epoch_began, now
        state.epochs = min(state.epochs, state.epoch + int((state.deadline - now) / state.epoch_seconds))
        report.epoch(state, scored)
        if state.epoch - state.best_epoch >= settings.patience:
            state.epochs = state.epoch
    state.restore()
    tuned = finish(state, settings)
    part.finish(tuned.state())
    return tuned


def begin(
    encoder: "PreTrainedModel", head: Head, lengths: list[int], settings: TuningSettings, compute: Compute
) -> Tuning:
    """Copies that will learn, on the device that computes, and their optimizer."""
    torch.manual_seed(settings.seed)
    taught = copy.deepcopy(encoder)
    if settings.method == "lora":
        taught = adapters.add_lora(taught, settings.lora_rank)
    else:
        taught.requires_grad_(True)
        # Half of a small encoder is its vocabulary; teaching it costs a quarter of the time.
        taught.embeddings.requires_grad_(False)
    taught.to(compute.device)  # type: ignore[arg-type]
    learner = copy.deepcopy(head).to(compute.device).requires_grad_(True)
    optimizer = torch.optim.AdamW(_groups(taught, learner, settings), fused=True)
    sampler = Sampler(settings.seed, lambda generator: shuffled_by_length(lengths, settings.batch_size, generator))
    return Tuning(taught, learner, optimizer, sampler, settings.epochs, -(-len(lengths) // settings.batch_size))


def run_epoch(
    state: Tuning,
    tokens: Tokens,
    targets: torch.Tensor,
    settings: TuningSettings,
    compute: Compute,
    report: Report,
    weights: torch.Tensor | None,
    part: Part,
) -> None:
    """Learn every row once, but for those that were learnt before in this epoch."""
    state.encoder.train()
    state.head.train()
    for batch in state.sampler.epoch():
        set_learning_rate(state.optimizer, warm_up_then_linear(state.step, state.total_steps, settings.warmup_ratio))
        loss = 0.0
        for few in parts(batch, settings.accumulation * compute.batch_parts):
            with compute.precision():
                features = encode(state.encoder, *tokens.padded(few))
            few_loss = functional.cross_entropy(
                state.head(features), targets[few], weight=weights, label_smoothing=settings.label_smoothing
            ) * (len(few) / len(batch))
            few_loss.backward()  # type: ignore[no-untyped-call]
            loss += float(few_loss.detach())
        check_number(loss, "loss")
        norm = nn.utils.clip_grad_norm_(state.trained, GRADIENT_LIMIT)
        check_number(float(norm), "gradient")
        state.optimizer.step()
        state.optimizer.zero_grad()
        state.step += 1
        compute.cores.look()
        report.step(state, loss)
        part.reached(state.step, state.state)


def validation_score(state: Tuning, rows: TrainingSet, compute: Compute) -> tuple[Score, float]:
    """How well the validation rows are answered now, calibrated, and the temperature that calibrates."""
    state.head.eval()
    chosen = rows.validation
    features = embed(state.encoder, rows.tokens.subset(chosen.tolist()), compute)
    with torch.no_grad():
        logits = state.head(features.to(compute.device)).cpu()
    fitting = temperature(logits, rows.targets[chosen])
    found = score(logits / fitting, rows.targets[chosen])
    check_number(found.loss, "validation loss")
    return found, fitting


def finish(state: Tuning, settings: TuningSettings) -> Tuned:
    """The taught weights, with adapters merged into the encoder."""
    encoder = adapters.merge(state.encoder) if settings.method == "lora" else state.encoder
    return Tuned(
        settings=settings,
        encoder=_copy(encoder),
        head=_copy(state.head),
        score=state.best,
        temperature=state.best_temperature,
        epochs=state.best_epoch,
        epoch_seconds=state.epoch_seconds,
    )


def _groups(encoder: nn.Module, head: Head, settings: TuningSettings) -> list[dict[str, Any]]:
    """Parameters by learning rate; biases and norms are not pulled towards zero."""
    groups = []
    for module, rate in ((encoder, settings.learning_rate), (head, settings.learning_rate * HEAD_RATE)):
        trained = [each for each in module.parameters() if each.requires_grad]
        matrices = [each for each in trained if each.ndim > 1]
        vectors = [each for each in trained if each.ndim <= 1]
        groups.append({"params": matrices, "lr": rate, "weight_decay": settings.weight_decay})
        if vectors:
            groups.append({"params": vectors, "lr": rate, "weight_decay": 0.0})
    return groups


def _copy(module: nn.Module) -> dict[str, torch.Tensor]:
    return {name: tensor.detach().cpu().clone() for name, tensor in module.state_dict().items()}
