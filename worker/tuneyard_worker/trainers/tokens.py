"""Texts as token ids, and batches of about equally long ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

Ids = NDArray[np.int32]

# Encodings of the tokenizer are a hundred times larger than the ids: only so many are held at once.
CHUNK = 4096


@dataclass(frozen=True)
class Tokens:
    """Token ids of texts, special tokens included."""

    ids: list[Ids]
    pad_token_id: int
    cut: int = 0
    """Texts that were longer than allowed."""

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def lengths(self) -> list[int]:
        """Tokens of each text."""
        return [len(ids) for ids in self.ids]

    def subset(self, rows: Sequence[int]) -> "Tokens":
        """The texts at these positions."""
        return Tokens([self.ids[row] for row in rows], self.pad_token_id)

    def padded(self, rows: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor]:
        """`input_ids` and `attention_mask` of a batch, int64 (rows, longest row)."""
        width = max(len(self.ids[row]) for row in rows)
        ids = np.full((len(rows), width), self.pad_token_id, dtype=np.int64)
        mask = np.zeros((len(rows), width), dtype=np.int64)
        for place, row in enumerate(rows):
            ids[place, : len(self.ids[row])] = self.ids[row]
            mask[place, : len(self.ids[row])] = 1
        return torch.from_numpy(ids), torch.from_numpy(mask)

    def by_length(self, rows_per_batch: int, tokens_per_batch: int) -> Iterator[list[int]]:
        """Positions in batches of about equally long texts; the longest first: memory runs out early or never."""
        batch: list[int] = []
        for row in sorted(range(len(self.ids)), key=lambda row: -len(self.ids[row])):
            longest = len(self.ids[batch[0]]) if batch else 0
            if batch and (len(batch) == rows_per_batch or (len(batch) + 1) * longest > tokens_per_batch):
                yield batch
                batch = []
            batch.append(row)
        if batch:
            yield batch


def tokenise(tokenizer: Path, texts: Sequence[str], max_length: int, pad_token_id: int) -> Tokens:
    """Token ids of `texts` by a tokenizer.json, each cut after `max_length` tokens."""
    loaded = Tokenizer.from_file(str(tokenizer))
    loaded.no_padding()
    loaded.enable_truncation(max_length)
    ids: list[Ids] = []
    cut = 0
    for start in range(0, len(texts), CHUNK):
        encodings = loaded.encode_batch_fast(list(texts[start : start + CHUNK]))
        # A text of nothing, of a tokenizer without special tokens, still needs a token to be a row of a batch.
        ids.extend(np.array(encoding.ids or [pad_token_id], dtype=np.int32) for encoding in encodings)
        cut += sum(bool(encoding.overflowing) for encoding in encodings)
    return Tokens(ids, pad_token_id, cut)
