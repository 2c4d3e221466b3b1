"""The rows a model may learn from, as numbers."""

from dataclasses import dataclass, field

import torch

from tuneyard_worker.trainers.tokens import Tokens


@dataclass(frozen=True)
class TrainingSet:
    """Rows that are not held out; `train` and `validation` are positions among them."""

    tokens: Tokens
    targets: torch.Tensor
    """Class of each row, int64."""
    train: torch.Tensor
    validation: torch.Tensor
    classes: int

    def __len__(self) -> int:
        return len(self.targets)


@dataclass(frozen=True)
class Score:
    """How well validation rows are answered."""

    accuracy: float
    loss: float = field(compare=False)

    @property
    def rank(self) -> tuple[float, float]:
        """Larger is better."""
        return self.accuracy, -self.loss

    def beats(self, other: "Score") -> bool:
        """More right answers, or as many with a lower loss."""
        return self.rank > other.rank


@torch.no_grad()
def score(logits: torch.Tensor, targets: torch.Tensor) -> Score:
    """Accuracy and cross-entropy of logits (rows, classes)."""
    right = (logits.argmax(1) == targets).double().mean()
    return Score(float(right), float(torch.nn.functional.cross_entropy(logits.float(), targets)))
