"""What a model that writes is to learn: the answers of conversations, as they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch

from tuneyard_worker.trainers.compute import Compute
from tuneyard_worker.trainers.generation.examples import Example, collate
from tuneyard_worker.trainers.generation.likelihood import Score, foresee, score, token_losses
from tuneyard_worker.trainers.generation.packing import Sequences


@dataclass(frozen=True)
class Rates:
    """What the learning rate is multiplied by: of the two matrices of an adapter, and where the whole model learns."""

    reads: float
    """Of the matrix that takes what a layer takes."""
    writes: float
    """Of the one that adds to what it gives."""
    whole: float


# The matrix that writes begins at zero and may learn faster: LoRA+ (Hayou et al. 2024). Whole matrices move further by
# the same step than their adapters do.
LORA_PLUS = Rates(0.5, 4.0, whole=0.1)


class Objective(Protocol):
    """The rows to learn from, the rows that choose the best moment, and how far a model is from what they want.

    Rows are told by their places. A step divides the sum of their losses by the sum of their weights.
    """

    @property
    def max_length(self) -> int:
        """Tokens of the longest row that there may be."""
        ...

    @property
    def share(self) -> float:
        """Of all rows that there are to learn from."""
        ...

    @property
    def measure(self) -> str:
        """Whose accuracy is told: `token`, `preference`."""
        ...

    @property
    def rates(self) -> Rates:
        """How fast what learns does."""
        ...

    @property
    def lengths(self) -> list[int]:
        """Tokens that each row to learn from takes of a sequence."""
        ...

    @property
    def looked_at(self) -> list[int]:
        """Tokens of each row that chooses the best moment."""
        ...

    @property
    def fewest_looked_at(self) -> int:
        """Rows without which a look would tell nothing, as far as there are so many."""
        ...

    def tokens(self, sequences: Sequences) -> int:
        """How many are read of these rows."""
        ...

    def weight(self, sequences: Sequences) -> float:
        """Of these rows."""
        ...

    def losses(self, model: Any, sequences: Sequences, compute: Compute) -> tuple[torch.Tensor, int]:
        """The summed loss of these rows, in float32, and how much of their weight was right."""
        ...

    def look(self, model: Any, count: int, compute: Compute) -> Score:
        """At the first rows of those that choose the best moment."""
        ...


@dataclass(frozen=True)
class Answers:
    """Implements Objective: every token of an answer becomes likelier."""

    train: Sequence[Example]
    validation: Sequence[Example]
    pad_token_id: int
    max_length: int
    share: float = 1.0
    measure: str = "token"
    rates: Rates = LORA_PLUS
    fewest_looked_at: int = 1

    @property
    def lengths(self) -> list[int]:
        return [len(example) for example in self.train]

    @property
    def looked_at(self) -> list[int]:
        return [len(example) for example in self.validation]

    def tokens(self, sequences: Sequences) -> int:
        return sum(len(self.train[row]) for sequence in sequences for row in sequence)

    def weight(self, sequences: Sequences) -> float:
        return sum(self.train[row].weight for sequence in sequences for row in sequence)

    def losses(self, model: Any, sequences: Sequences, compute: Compute) -> tuple[torch.Tensor, int]:
        taken = [[self.train[row] for row in sequence] for sequence in sequences]
        with compute.precision():
            losses, right = token_losses(model, collate(taken, self.pad_token_id, compute.device))
        return losses.sum(), int(right.sum())

    def look(self, model: Any, count: int, compute: Compute) -> Score:
        return score(foresee(model, self.validation[:count], self.pad_token_id, compute))
