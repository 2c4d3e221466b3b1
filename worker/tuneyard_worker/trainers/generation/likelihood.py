"""How likely a model holds the tokens that are to be learnt; scores are computed where one is, and nowhere else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

from tuneyard_worker.trainers.compute import Compute
from tuneyard_worker.trainers.generation.examples import Batch, Example, collate

TOKENS_PER_BATCH = 2048


@dataclass(frozen=True)
class Foreseen:
    """How well one example was foreseen."""

    loss: float
    """Summed over its learnt tokens, in nats."""
    tokens: int
    right: int
    rejected: float | None = None
    """The loss of the answer that is not wanted, where there is one."""


@dataclass(frozen=True)
class Score:
    """How well learnt tokens were foreseen, on average."""

    loss: float
    accuracy: float
    """Share of them that were held for the likeliest."""


def token_losses(model: Any, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """Loss of every learnt token of the batch in float32, by rows, and whether it was held for the likeliest."""
    # Told where something is learnt, a model computes the scores of its whole vocabulary there only.
    answer = model(
        input_ids=batch.input_ids, position_ids=batch.position_ids, use_cache=False, logits_to_keep=batch.learned
    )
    scores, targets = answer.logits.float(), batch.targets[batch.learned]
    return functional.cross_entropy(scores, targets, reduction="none"), scores.argmax(-1) == targets


@torch.no_grad()
def foresee(model: Any, examples: Sequence[Example], pad_token_id: int, compute: Compute) -> list[Foreseen]:
    """How well each example is foreseen."""
    found: dict[int, Foreseen] = {}
    for rows in _by_length(examples, TOKENS_PER_BATCH // compute.batch_parts):
        batch = collate([[examples[row]] for row in rows], pad_token_id, compute.device)
        with compute.precision():
            losses, right = token_losses(model, batch)
        counts = batch.learned.sum(1).tolist()
        for row, some, hits in zip(rows, torch.split(losses, counts), torch.split(right, counts), strict=True):
            found[row] = Foreseen(float(some.sum()), len(some), int(hits.sum()))
    return [found[row] for row in range(len(examples))]


def score(foreseen: Sequence[Foreseen]) -> Score:
    """Of a token."""
    tokens = max(1, sum(each.tokens for each in foreseen))
    return Score(sum(each.loss for each in foreseen) / tokens, sum(each.right for each in foreseen) / tokens)


def _by_length(examples: Sequence[Example], tokens: int) -> Iterator[list[int]]:
    """Places of about equally long examples; padded to the longest they are at most so many tokens."""
    batch: list[int] = []
    for row in sorted(range(len(examples)), key=lambda row: -len(examples[row])):
        if batch and (len(batch) + 1) * len(examples[batch[0]]) > tokens:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch
