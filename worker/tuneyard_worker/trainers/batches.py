"""The order in which rows are learnt: shuffled, yet rows of a batch are about equally long."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar

import torch

Batch = TypeVar("Batch")

# Sorted by length within so many batches: little padding, and still another mix of rows in every epoch.
BATCHES_PER_POOL = 50


class Sampler(Generic[Batch]):
    """Draws the batches of epoch after epoch; knows where it is, and can be put back there."""

    def __init__(self, seed: int, draw: Callable[[torch.Generator], Sequence[Batch]]) -> None:
        self._draw = draw
        self._generator = torch.Generator().manual_seed(seed)
        self._epoch_began = self._generator.get_state()
        self._given = 0

    def epoch(self) -> Iterator[Batch]:
        """What is left of this epoch; the next call is the next epoch."""
        self._generator.set_state(self._epoch_began)
        for batch in self._draw(self._generator)[self._given :]:
            self._given += 1
            yield batch
        self._given, self._epoch_began = 0, self._generator.get_state()

    def state(self) -> dict[str, Any]:
        """Where it is: behind the batch that was given last."""
        return {"epoch_began": self._epoch_began, "given": self._given}

    def put_back(self, state: dict[str, Any]) -> None:
        """Go on behind that batch."""
        self._epoch_began, self._given = state["epoch_began"], state["given"]


def shuffled_by_length(lengths: Sequence[int], batch_size: int, generator: torch.Generator) -> list[list[int]]:
    """Positions of all rows in batches of `batch_size`, the last of a pool may be smaller; batches in random order."""
    order = torch.randperm(len(lengths), generator=generator).tolist()
    pool = batch_size * BATCHES_PER_POOL
    batches: list[list[int]] = []
    for start in range(0, len(order), pool):
        ranked = sorted(order[start : start + pool], key=lambda row: -lengths[row])
        batches.extend(ranked[first : first + batch_size] for first in range(0, len(ranked), batch_size))
    return [batches[index] for index in torch.randperm(len(batches), generator=generator).tolist()]


def parts(batch: list[int], count: int) -> list[list[int]]:
    """A batch in `count` parts of about equal size, none empty."""
    size = max(1, -(-len(batch) // count))
    return [batch[start : start + size] for start in range(0, len(batch), size)]
