"""Text classification on ONNX Runtime: logits = head(encoder(tokens)), as described by `ServingEngine`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tuneyard.specs.manifest import ServingEngine
from tuneyard_worker.serving.engines.session_cache import (
    SessionCache,
    SharedSession,
    SharedTokenizer,
    graph_bytes,
    session_key,
)

Scores = NDArray[np.float32]

# On a CPU a batch costs what its padded tokens cost, hardly less than its rows one by one. So batches are cut small
# and even: 64 mixed questions take 3.5 times longer in one batch of 4,096 tokens.
BATCH_ROWS = 64
BATCH_TOKENS = 1024
LEAST_FILL = 0.8
# Tokens of this many texts are held at once, whatever the caller passes.
CHUNK_ROWS = 4096
# The tokenizer reads a text to its end before it cuts; far less than this fills every model's longest text.
LONGEST_TEXT = 100_000


@dataclass(frozen=True, eq=False)
class OnnxClassifier:
    """A fine-tuned classifier, ready to answer. Safe to call from several threads."""

    labels: list[str]
    encoder: SharedSession
    head: SharedSession
    tokenizer: SharedTokenizer
    pad_token_id: int

    @classmethod
    def load(
        cls,
        artifact: Path,
        engine: ServingEngine,
        labels: list[str],
        threads: int,
        sessions: SessionCache | None = None,
    ) -> "OnnxClassifier":
        """Open the graphs of an artifact folder; with `sessions`, graphs that are already open are shared."""
        sessions = sessions or SessionCache()
        return cls(
            labels=labels,
            encoder=sessions.session(artifact / engine.encoder, engine.encoder_sha256, threads),
            head=sessions.session(artifact / engine.head, engine.head_sha256, threads),
            tokenizer=sessions.tokenizer(artifact / engine.tokenizer, engine.max_length),
            pad_token_id=engine.pad_token_id,
        )

    @property
    def size_bytes(self) -> int:
        """About what it holds in memory, parts that others share included."""
        return self.encoder.size_bytes + self.head.size_bytes

    def scores(self, texts: Sequence[str]) -> Scores:
        """Probabilities, float32 (texts, classes), in the order of the texts."""
        found = np.empty((len(texts), len(self.labels)), dtype=np.float32)
        for start in range(0, len(texts), CHUNK_ROWS):
            tokens = self._tokens(texts[start : start + CHUNK_ROWS])
            for rows in batches([len(ids) for ids in tokens]):
                found[np.array(rows) + start] = self._batch([tokens[row] for row in rows])
        return found

    def count(self, texts: Sequence[str]) -> int:
        """Tokens that it reads of these texts, with those that it puts around each."""
        return sum(map(len, self._tokens(texts)))

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        read = [text[:LONGEST_TEXT] for text in texts]
        return [encoding.ids for encoding in self.tokenizer.tokenizer.encode_batch_fast(read)]

    def _batch(self, tokens: list[list[int]]) -> Scores:
        input_ids, attention_mask = pad(tokens, self.pad_token_id)
        feed = {"input_ids": input_ids, "attention_mask": attention_mask}
        features = self.encoder.session.run(["features"], feed)[0]
        return softmax(self.head.session.run(["logits"], {"features": features})[0])


def session_sizes(artifact: Path, engine: ServingEngine) -> dict[str, int]:
    """About the bytes in memory of each session by its key, known before anything is loaded."""
    graphs = {engine.encoder: engine.encoder_sha256, engine.head: engine.head_sha256}
    return {session_key(artifact / path, sha256): graph_bytes(artifact / path) for path, sha256 in graphs.items()}


def batches(lengths: list[int]) -> Iterator[list[int]]:
    """Row numbers grouped so that little is padded; longest first."""
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda row: -lengths[row]):
        longest = lengths[batch[0]] if batch else 0
        full = len(batch) == BATCH_ROWS or (len(batch) + 1) * longest > BATCH_TOKENS
        if batch and (full or lengths[row] < LEAST_FILL * longest):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def pad(tokens: list[list[int]], pad_token_id: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """`input_ids` and `attention_mask`, int64 (rows, longest row)."""
    # An empty text of a tokenizer without special tokens has no token at all; graphs want at least one column.
    width = max(1, *(len(ids) for ids in tokens)) if tokens else 1
    input_ids = np.full((len(tokens), width), pad_token_id, dtype=np.int64)
    attention_mask = np.zeros((len(tokens), width), dtype=np.int64)
    for row, ids in enumerate(tokens):
        input_ids[row, : len(ids)] = ids
        attention_mask[row, : len(ids)] = 1
    return input_ids, attention_mask


def softmax(logits: NDArray[np.float32]) -> Scores:
    """Probabilities along the last axis."""
    exponents = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    shares: NDArray[np.float64] = exponents / exponents.sum(axis=-1, keepdims=True)
    return shares.astype(np.float32)
