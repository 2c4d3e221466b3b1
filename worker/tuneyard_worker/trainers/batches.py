"""The order in which rows are learnt: shuffled, yet rows of a batch are about equally long."""

from collections.abc import Sequence

import torch

# Sorted by length within so many batches: little padding, and still another mix of rows in every epoch.
BATCHES_PER_POOL = 50


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
    size = -(-len(batch) // count)
    return [batch[start : start + size] for start in range(0, len(batch), size)]
