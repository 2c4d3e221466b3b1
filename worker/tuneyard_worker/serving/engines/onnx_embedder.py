"""Texts as vectors, on ONNX Runtime: the mean of an encoder's token states, of length 1."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tuneyard_worker.serving.engines.onnx_classifier import LONGEST_TEXT, Scores, batches, pad
from tuneyard_worker.serving.engines.session_cache import SharedSession, SharedTokenizer

OUTPUT = "mean"
Ids = list[int]
Input = str | Ids


class UnreadableInput(ValueError):
    """An input that the encoder can't read; says why."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(why)
        self.number = number


@dataclass(frozen=True, eq=False)
class OnnxEmbedder:
    """An encoder, ready to embed. Safe to call from several threads."""

    encoder: SharedSession
    tokenizer: SharedTokenizer
    """Cuts one token behind the longest input, so that it shows what is too long."""
    max_length: int
    pad_token_id: int

    def tokens(self, inputs: Sequence[Input]) -> list[Ids]:
        """The token ids of texts, or ids with what a text has around it. Raises UnreadableInput."""
        tokenizer = self.tokenizer.tokenizer
        around = tokenizer.encode("").ids
        first, last = around[: len(around) // 2], around[len(around) // 2 :]
        most = tokenizer.get_vocab_size(with_added_tokens=True)
        found = []
        for number, given in enumerate(inputs):
            if isinstance(given, str):
                ids: Ids = tokenizer.encode(given[:LONGEST_TEXT]).ids
            else:
                if any(not 0 <= token < most for token in given):
                    raise UnreadableInput(number, f"has a number that is none of the model's {most:,} tokens")
                ids = [*first, *given, *last]
            if len(ids) > self.max_length:
                raise UnreadableInput(
                    number, f"has too many tokens: this model's maximum context length is {self.max_length}"
                )
            found.append(ids)
        return found

    def embed(self, tokens: Sequence[Ids]) -> Scores:
        """Vectors of length 1, float32 (inputs, dim), in the order of the inputs."""
        found: Scores | None = None
        for rows in batches([len(ids) for ids in tokens]):
            input_ids, attention_mask = pad([tokens[row] for row in rows], self.pad_token_id)
            feed = {"input_ids": input_ids, "attention_mask": attention_mask}
            means = self.encoder.session.run([OUTPUT], feed)[0]
            vectors = means / np.linalg.norm(means, axis=1, keepdims=True).clip(1e-12)
            if found is None:
                found = np.empty((len(tokens), vectors.shape[1]), dtype=np.float32)
            found[rows] = vectors
        return np.empty((0, 0), dtype=np.float32) if found is None else found
