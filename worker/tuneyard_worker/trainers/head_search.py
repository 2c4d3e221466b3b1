"""Which head suits the rows, and how deep to read: a few are trained briefly, and the validation rows choose."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import torch
from torch.nn import functional

from tuneyard.specs.hyperparameters import TextClassificationHyperparameters
from tuneyard.specs.sayings import Remark
from tuneyard_worker.trainers.checkpoints import UNKEPT, Part
from tuneyard_worker.trainers.head import Head, HeadSettings, class_weights, fit_head, temperature
from tuneyard_worker.trainers.training_set import Score, TrainingSet, score

# A short training ranks heads as a long one does, at a fraction of the time.
SEARCH_PASSES = 100_000
SEARCH_ROWS = 20_000
FEWEST_EPOCHS = 5
# More rows would need too much memory for features of several depths.
MOST_ROWS_FOR_DEPTHS = 100_000

Features = dict[int, torch.Tensor]


@dataclass(frozen=True)
class Trial:
    """A head that was trained briefly, and how well it answered the validation rows."""

    settings: HeadSettings
    depth: int
    score: Score
    temperature: float
    """Of the softmax, as it fits the validation rows."""
    losses: torch.Tensor = field(repr=False)
    """Of each validation row."""


@dataclass(frozen=True)
class HeadChoice:
    """The head that did best on the validation rows."""

    best: Trial
    heads: list[Trial]
    depths: list[Trial]

    def reasons(self) -> list[Remark]:
        """Why this one, in a sentence or two."""
        best = self.best
        ranked = ", ".join(f"{trial.settings.name} {_percent(trial.score)}" for trial in self.heads)
        right = Remark(
            code="head_chosen",
            message=f"On the validation rows the {best.settings.name} was right most often ({ranked}).",
            details={"head": best.settings.name, "right": _percent(best.score), "tried": len(self.heads)},
        )
        deepest = max(trial.depth for trial in self.depths)
        if best.depth == deepest:
            return [right]
        fewer = Remark(
            code="fewer_layers",
            message=f"The first {best.depth} of the base model's {deepest} layers tell the classes apart better than "
            "all of them.",
            details={"layers": best.depth, "all": deepest},
        )
        return [right, fewer]


def depths_of(layers: int, rows: int) -> list[int]:
    """Depths to choose from. What texts are about shows in the last layer, tone and grammar often in earlier ones."""
    if rows > MOST_ROWS_FOR_DEPTHS:
        return [layers]
    return sorted({layers, round(layers * 5 / 6), round(layers * 2 / 3)} - {0}, reverse=True)


def candidates(hyper: TextClassificationHyperparameters) -> list[HeadSettings]:
    """Heads to choose from: without a hidden layer, with one, and with one that is held back more."""
    usual = HeadSettings(
        name="head with a hidden layer",
        shape="hidden",
        epochs=hyper.head_epochs,
        learning_rate=hyper.head_learning_rate,
        dropout=hyper.head_dropout,
        weight_decay=hyper.weight_decay,
        label_smoothing=hyper.label_smoothing,
    )
    linear = replace(usual, name="linear head", shape="linear", learning_rate=2.5 * hyper.head_learning_rate)
    steady = replace(
        usual,
        name="hidden layer with strong regularisation",
        dropout=max(0.5, hyper.head_dropout),
        weight_decay=max(0.1, hyper.weight_decay),
    )
    return [linear, usual, steady]


def search(
    features: Features,
    rows: TrainingSet,
    hyper: TextClassificationHyperparameters,
    seed: int,
    tell: Callable[[float], None] = lambda share: None,
    part_of: Callable[[str], Part] = lambda name: UNKEPT,
) -> HeadChoice:
    """Choose the depth by the linear head, which is quick, and then the head."""
    linear, *others = candidates(hyper)
    total = len(features) + len(others)
    depths: list[Trial] = []
    for depth in features:
        depths.append(attempt(features, depth, rows, linear, hyper, seed, part_of(f"search-depth-{depth}")))
        tell(len(depths) / total)
    heads = [choose_depth(depths)]
    for number, settings in enumerate(others, start=1):
        part = part_of(f"search-head-{number}")
        heads.append(attempt(features, heads[0].depth, rows, settings, hyper, seed, part))
        tell((len(depths) + len(heads) - 1) / total)
    return HeadChoice(max(heads, key=lambda trial: trial.score.rank), heads, depths)


def choose_depth(trials: list[Trial]) -> Trial:
    """The trial with the lowest loss; all layers, unless fewer are better by more than a standard error.

    Losses tell small differences better than counts of right answers, and versions of the same depth share an encoder.
    """
    deepest = max(trials, key=lambda trial: trial.depth)
    best = min(trials, key=lambda trial: trial.score.loss)
    gained = deepest.losses - best.losses
    return best if gained.mean() > gained.std() / len(gained) ** 0.5 else deepest


def attempt(
    features: Features,
    depth: int,
    rows: TrainingSet,
    settings: HeadSettings,
    hyper: TextClassificationHyperparameters,
    seed: int,
    part: Part = UNKEPT,
) -> Trial:
    """Train one head briefly."""
    train = sample(rows.train, seed)
    weights = class_weights(rows.targets[train], rows.classes, hyper.class_weights)
    brief = replace(settings, epochs=search_epochs(settings.epochs, len(train)))
    learnt, targets = features[depth][train], rows.targets[train]
    head = fit_head(learnt, targets, rows.classes, brief, weights=weights, seed=seed, part=part)
    targets = rows.targets[rows.validation]
    logits, fitting = calibrated(head, features[depth], rows)
    losses = functional.cross_entropy(logits, targets, reduction="none")
    return Trial(settings, depth, score(logits, targets), fitting, losses)


def sample(rows: torch.Tensor, seed: int) -> torch.Tensor:
    """At most SEARCH_ROWS of the rows, drawn by the seed."""
    order = torch.randperm(len(rows), generator=torch.Generator().manual_seed(seed))
    return rows[order[:SEARCH_ROWS]]


def search_epochs(epochs: int, rows: int) -> int:
    """Epochs of a brief training."""
    return min(epochs, max(FEWEST_EPOCHS, SEARCH_PASSES // max(1, rows)))


@torch.no_grad()
def calibrated(head: Head, features: torch.Tensor, rows: TrainingSet) -> tuple[torch.Tensor, float]:
    """Logits of the validation rows, divided by the temperature that fits them best, and that temperature."""
    logits = head(features[rows.validation])
    fitting = temperature(logits, rows.targets[rows.validation])
    return logits / fitting, fitting


def _percent(score: Score) -> str:
    return f"{100 * score.accuracy:.1f} %"
