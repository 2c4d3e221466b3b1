"""The classification head: features → tanh layer → classes, exactly the head that `transformers` puts on an encoder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import nn
from torch.nn import functional

from tuneyard_worker.failures import JobFailure
from tuneyard_worker.trainers.batches import Sampler
from tuneyard_worker.trainers.checkpoints import UNKEPT, Part
from tuneyard_worker.trainers.schedules import one_cycle, set_learning_rate

# tanh of so small a multiple of a feature is almost that multiple: a linear classifier in the form of the same head.
LINEAR_SLOPE = 0.1
SMALLEST_BATCH, USUAL_BATCH, LARGEST_BATCH = 16, 64, 128
FEWEST_STEPS, MOST_STEPS = 8, 64

TellEpoch = Callable[[int, float, float], None]


@dataclass(frozen=True)
class HeadSettings:
    """How a head is trained."""

    name: str
    shape: Literal["linear", "hidden"]
    epochs: int
    learning_rate: float
    dropout: float
    weight_decay: float
    label_smoothing: float


class Head(nn.Module):
    """Features (batch, dim) to logits (batch, classes)."""

    def __init__(self, dim: int, classes: int, dropout: float, shape: Literal["linear", "hidden"] = "hidden") -> None:
        super().__init__()
        self.dense = nn.Linear(dim, dim)
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(dim, classes)
        # Starting from no opinion, the first steps can't be wild.
        nn.init.zeros_(self.classifier.weight)
        nn.init.zeros_(self.classifier.bias)
        self.slope = 1.0
        if shape == "linear":
            self.slope = LINEAR_SLOPE
            self.dense.load_state_dict({"weight": LINEAR_SLOPE * torch.eye(dim), "bias": torch.zeros(dim)})
            self.dense.requires_grad_(False)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Logits."""
        return self.answer(self.hidden(features))

    def hidden(self, features: torch.Tensor) -> torch.Tensor:
        """What the last layer sees."""
        return torch.tanh(self.dense(features)) / self.slope

    def answer(self, hidden: torch.Tensor) -> torch.Tensor:
        """Logits of hidden values."""
        logits: torch.Tensor = self.classifier(self.dropout(hidden))
        return logits

    @torch.no_grad()
    def fold(self, temperature: float = 1.0) -> "Head":
        """The same head with the slope and a softmax temperature inside its weights, all of them trainable."""
        self.classifier.weight.div_(self.slope * temperature)
        self.classifier.bias.div_(temperature)
        self.slope = 1.0
        return self.requires_grad_(True).eval()


def fit_head(
    features: torch.Tensor,
    targets: torch.Tensor,
    classes: int,
    settings: HeadSettings,
    *,
    weights: torch.Tensor | None,
    seed: int,
    tell: TellEpoch = lambda epoch, loss, rate: None,
    part: Part = UNKEPT,
) -> Head:
    """Train a head by AdamW with a one-cycle learning rate.

    `weights` counts each class in the loss. `tell` hears each finished epoch, its mean loss and the learning rate.
    The head is in `eval()` when it is returned. Raises JobFailure `training_diverged` if the loss is not a number.
    """
    torch.manual_seed(seed)
    head = Head(features.shape[1], classes, settings.dropout, settings.shape).train()
    if (kept := part.result()) is not None:
        head.load_state_dict(kept)
        return head.eval()
    # The hidden values of a linear head never change: once is enough.
    linear = settings.shape == "linear"
    inputs, forward = (head.hidden(features), head.answer) if linear else (features, head.__call__)
    trained = [parameter for parameter in head.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=settings.learning_rate, weight_decay=settings.weight_decay, fused=True)
    batch = batch_size(len(targets))
    total = settings.epochs * -(-len(targets) // batch)

    def shuffled(generator: torch.Generator) -> Sequence[torch.Tensor]:
        return torch.randperm(len(targets), generator=generator).split(batch)  # type: ignore[no-untyped-call,no-any-return]

    run = _Run(head, optimizer, Sampler(seed, shuffled))
    if (before := part.state()) is not None:
        run.put_back(before)
    while run.epoch < settings.epochs:
        for rows in run.sampler.epoch():
            set_learning_rate(optimizer, one_cycle(run.step, total))
            loss = functional.cross_entropy(
                forward(inputs[rows]), targets[rows], weight=weights, label_smoothing=settings.label_smoothing
            )
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            run.summed += loss.detach() * len(rows)
            run.step += 1
            part.reached(run.step, run.state)
        run.epoch += 1
        mean, run.summed = float(run.summed) / len(targets), torch.zeros(())
        check_number(mean, "loss")
        tell(run.epoch, mean, optimizer.param_groups[0]["lr"])
    # A copy: its owner may fold it before it is written down.
    part.finish({name: tensor.clone() for name, tensor in head.state_dict().items()})
    return head.eval()


@dataclass
class _Run:
    """A head in training, and where it stands."""

    head: Head
    optimizer: torch.optim.Optimizer
    sampler: "Sampler[torch.Tensor]"
    step: int = 0
    epoch: int = 0
    summed: torch.Tensor = field(default_factory=lambda: torch.zeros(()))
    """Loss of the rows of this epoch so far."""

    def state(self) -> dict[str, Any]:
        """What a checkpoint has to keep."""
        return {
            "head": self.head.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "sampler": self.sampler.state(),
            "step": self.step,
            "epoch": self.epoch,
            "summed": self.summed,
        }

    def put_back(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        self.head.load_state_dict(state["head"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.sampler.put_back(state["sampler"])
        self.step, self.epoch, self.summed = state["step"], state["epoch"], state["summed"]


def batch_size(rows: int) -> int:
    """Rows per step: an epoch has at least 8 steps where there are rows enough, and of large sets about 64."""
    usual = min(USUAL_BATCH, max(SMALLEST_BATCH, rows // FEWEST_STEPS))
    return min(LARGEST_BATCH, max(usual, rows // MOST_STEPS))


def check_number(value: float, what: str) -> None:
    """Raise JobFailure `training_diverged` if `value` is infinite or not a number."""
    if not torch.isfinite(torch.tensor(value)):
        raise JobFailure(
            "training_diverged",
            f"Training went astray: the {what} is not a number any more.",
            "Lower the learning rates and try again.",
            details={"what": what},
        )


def class_weights(targets: torch.Tensor, classes: int, how: Literal["none", "balanced"]) -> torch.Tensor | None:
    """Weight of each class in the loss; `balanced` makes them count equally."""
    if how == "none":
        return None
    counts = torch.bincount(targets, minlength=classes).float().clamp(min=1)
    return len(targets) / (classes * counts)


@torch.no_grad()
def temperature(logits: torch.Tensor, targets: torch.Tensor) -> float:
    """The softmax temperature that fits the scores of unseen rows best (Guo et al. 2017), from 0.2 to 2.

    Label smoothing makes a model say 80 % where it is right 95 % of the time; this corrects it.
    """
    candidates = torch.linspace(0.2, 2.0, 91)
    losses = torch.stack([functional.cross_entropy(logits / candidate, targets) for candidate in candidates])
    return float(candidates[int(losses.argmin())])
