"""Conversations as tokens, of which those are marked that the model learns to write."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from tuneyard_worker.data.chat_text import Piece, token_ids

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


@dataclass(frozen=True)
class Example:
    """Token ids, and for each whether it is learnt."""

    ids: NDArray[np.int32]
    learned: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def weight(self) -> int:
        """How many tokens are learnt."""
        return int(self.learned[1:].sum())

    def cut(self, length: int) -> "Example":
        """Its first tokens."""
        return Example(self.ids[:length], self.learned[:length])


@dataclass(frozen=True)
class Batch:
    """Sequences of one or more examples each, as a model takes them; all tensors are (sequences, tokens).

    Positions begin at 0 with every example: by that `transformers` knows where one ends, and lets none see another. The
    padding goes on with the positions of the last example, which comes before it and therefore never sees it.
    """

    input_ids: torch.Tensor
    position_ids: torch.Tensor
    learned: torch.Tensor
    """Where the next token is learnt: one place before that token."""
    targets: torch.Tensor
    """That next token."""


def encode(pieces: Sequence[Piece], tokenizer: "PreTrainedTokenizerFast") -> Example:
    """Each piece by itself, as the model will meet it: first what it is given, then what it writes."""
    found = [token_ids(piece, tokenizer) for piece in pieces]
    learned = [np.full(len(ids), piece.learned) for ids, piece in zip(found, pieces, strict=True)]
    return Example(np.concatenate(found).astype(np.int32), np.concatenate(learned).astype(np.bool_))


def collate(sequences: Sequence[Sequence[Example]], pad_token_id: int, device: torch.device) -> Batch:
    """Sequences side by side, padded to the longest."""
    width = max(sum(map(len, sequence)) for sequence in sequences)
    ids = np.full((len(sequences), width), pad_token_id, dtype=np.int64)
    positions = np.zeros((len(sequences), width), dtype=np.int64)
    learned = np.zeros((len(sequences), width), dtype=np.bool_)
    for row, sequence in enumerate(sequences):
        start = 0
        for example in sequence:
            end = start + len(example)
            ids[row, start:end] = example.ids
            positions[row, start:] = np.arange(width - start)
            # The first token of an example has nothing before it that could foretell it.
            learned[row, start : end - 1] = example.learned[1:]
            start = end
    targets = np.roll(ids, -1, axis=1)
    tensors = (torch.from_numpy(each).to(device) for each in (ids, positions, learned, targets))
    return Batch(*tensors)
