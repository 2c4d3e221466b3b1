"""Learning which of two answers is wanted: direct preference optimisation (DPO, Rafailov et al. 2023, equation 7).

For a question with a wanted and another answer, the loss is -log σ(β · (margin - reference)). The margin is how much
likelier the model holds the wanted answer, as the difference of two log-likelihoods in nats; the reference is that
before the first step. As it is written down then, no second model is needed, whatever learns.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

from tuneyard_worker.trainers.checkpoints import Part
from tuneyard_worker.trainers.compute import Compute
from tuneyard_worker.trainers.generation.examples import Example, collate
from tuneyard_worker.trainers.generation.likelihood import Score, foresee, token_losses
from tuneyard_worker.trainers.generation.objectives import Rates
from tuneyard_worker.trainers.generation.packing import Sequences

# About as long as a step takes: so often one can be asked to stop, or the time be over.
TOKENS_AT_ONCE = 2048
# To prefer an answer a model has to move less far than to learn to write it.
RATES = Rates(0.1, 0.1, whole=0.01)
# Of a single pair one answer is the likelier by chance, however many tokens it has.
FEWEST_LOOKED_AT = 8


@dataclass(frozen=True)
class Pair:
    """A question twice, with an answer that is wanted and with one that is not."""

    wanted: Example
    rejected: Example

    def __len__(self) -> int:
        """Tokens of the longer one: they are read side by side."""
        return max(len(self.wanted), len(self.rejected))

    @property
    def tokens(self) -> int:
        """Of both."""
        return len(self.wanted) + len(self.rejected)


@dataclass(frozen=True)
class Preferences:
    """Implements Objective: wanted answers become likelier, as against the others; a row is a pair."""

    train: Sequence[Pair]
    validation: Sequence[Pair]
    train_references: Sequence[float]
    validation_references: Sequence[float]
    beta: float
    pad_token_id: int
    max_length: int
    share: float = 1.0
    """Of the pairs to learn from, those that there was time to weigh."""
    measure: str = "preference"
    rates: Rates = RATES
    fewest_looked_at: int = FEWEST_LOOKED_AT

    @property
    def lengths(self) -> list[int]:
        return [len(pair) for pair in self.train]

    @property
    def looked_at(self) -> list[int]:
        return [pair.tokens for pair in self.validation]

    def tokens(self, sequences: Sequences) -> int:
        return sum(self.train[row].tokens for sequence in sequences for row in sequence)

    def weight(self, sequences: Sequences) -> float:
        return sum(map(len, sequences))

    def losses(self, model: Any, sequences: Sequences, compute: Compute) -> tuple[torch.Tensor, int]:
        taken = [[self.train[row] for row in sequence] for sequence in sequences]
        # One sequence of wanted answers, and beside it one of the others.
        sides = [[pair.wanted for pair in some] for some in taken], [[pair.rejected for pair in some] for some in taken]
        documents = [[example for sequence in side for example in sequence] for side in sides]
        with compute.precision():
            losses, _ = token_losses(model, collate([*sides[0], *sides[1]], self.pad_token_id, compute.device))
        weights = [example.weight for side in documents for example in side]
        wanted, rejected = torch.stack([some.sum() for some in torch.split(losses, weights)]).chunk(2)
        references = [self.train_references[row] for sequence in sequences for row in sequence]
        return self._score(rejected - wanted, references)

    def look(self, model: Any, count: int, compute: Compute) -> Score:
        found = torch.tensor(margins(model, self.validation[:count], self.pad_token_id, compute))
        loss, right = self._score(found, self.validation_references[:count])
        return Score(float(loss) / count, right / count)

    def _score(self, found: torch.Tensor, references: Sequence[float]) -> tuple[torch.Tensor, int]:
        """The summed loss of these margins, and how many of them are above their references."""
        gains = found - torch.tensor(references, device=found.device)
        return -functional.logsigmoid(self.beta * gains).sum(), int((gains > 0).sum())


def margins(model: Any, pairs: Sequence[Pair], pad_token_id: int, compute: Compute) -> list[float]:
    """How much likelier the model holds each wanted answer than the other one, in nats."""
    documents = [example for pair in pairs for example in (pair.wanted, pair.rejected)]
    found = foresee(model, documents, pad_token_id, compute)
    return [rejected.loss - wanted.loss for wanted, rejected in zip(found[::2], found[1::2], strict=True)]


def references(
    model: Any,
    pairs: Sequence[Pair],
    pad_token_id: int,
    compute: Compute,
    *,
    part: Part,
    seconds: float,
    clock: Callable[[], float],
) -> list[float]:
    """The margins of a model that has learnt nothing yet; of the first pairs only, if all would take longer, but of as
    many as tell something.

    Where several processes teach, each reads its share. What an earlier attempt has done of `part` is not done again.
    """
    if (kept := part.result()) is not None:
        return list(kept["margins"])
    found, began, ranks = [], clock(), compute.ranks
    if (before := part.state()) is not None:
        found, began = list(before["margins"]), before["began"]
    model.to(compute.device).eval()
    while len(found) < len(pairs):
        some = _next(pairs, len(found), TOKENS_AT_ONCE * ranks.count)
        mine = ranks.share(some)
        told = dict(zip(mine, margins(model, [pairs[row] for row in mine], pad_token_id, compute), strict=True))
        found.extend(ranks.add_up([], [told.get(row, 0.0) for row in some]))
        part.reached(0, lambda: {"margins": found, "began": began})
        if len(found) >= FEWEST_LOOKED_AT and ranks.first_says(float(clock() - began > seconds)):
            break
    part.finish({"margins": found})
    return found


def _next(pairs: Sequence[Pair], start: int, tokens: int) -> range:
    """The pairs from `start` on that have at most so many tokens together; at least one."""
    end, read = start, 0
    while end < len(pairs) and (end == start or read + pairs[end].tokens <= tokens):
        read += pairs[end].tokens
        end += 1
    return range(start, end)
