"""The order in which conversations are learnt: several short ones to a sequence, or alike ones side by side."""

from collections.abc import Sequence

import torch

from tuneyard_worker.trainers.batches import shuffled_by_length

Sequences = list[list[int]]
"""The positions of the examples of each sequence."""

# As many are packed at once: enough to leave little room empty, few enough to mix rows anew in every epoch.
POOL = 256
# Attention costs by the square of a sequence's width, all else by its tokens: narrow ones are cheaper as long as they
# are well filled.
NARROWEST = 256


def width(lengths: Sequence[int], most: int) -> int:
    """Tokens of the sequences that examples of these lengths are packed into: `most`, or fewer where all are short."""
    return min(most, max(NARROWEST, *lengths))


def packed(lengths: Sequence[int], size: int, batch_size: int, generator: torch.Generator) -> list[Sequences]:
    """Batches of sequences that hold as many whole examples as fit into `size` tokens (first fit, longest first)."""
    order = torch.randperm(len(lengths), generator=generator).tolist()
    sequences: Sequences = []
    for start in range(0, len(order), POOL):
        sequences += _first_fit(sorted(order[start : start + POOL], key=lambda row: -lengths[row]), lengths, size)
    shuffled = [sequences[place] for place in torch.randperm(len(sequences), generator=generator).tolist()]
    return [shuffled[start : start + batch_size] for start in range(0, len(shuffled), batch_size)]


def padded(lengths: Sequence[int], batch_size: int, generator: torch.Generator) -> list[Sequences]:
    """Batches of sequences with one example each, of about equal lengths."""
    return [[[row] for row in batch] for batch in shuffled_by_length(lengths, batch_size, generator)]


def _first_fit(rows: Sequence[int], lengths: Sequence[int], size: int) -> Sequences:
    sequences: Sequences = []
    rooms: list[int] = []
    for row in rows:
        place = next((number for number, room in enumerate(rooms) if room >= lengths[row]), None)
        if place is None:
            sequences.append([])
            rooms.append(size)
            place = len(rooms) - 1
        sequences[place].append(row)
        rooms[place] -= lengths[row]
    return sequences
