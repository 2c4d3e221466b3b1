"""The next token, by the scores of all and the wishes of whoever asked."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from tuneyard_worker.serving.engines.grammar import Grammar
from tuneyard_worker.serving.engines.writing import Likelihood, Token, Wishes

Scores = NDArray[np.float32]

# Below that the likeliest token is as good as certain, and dividing by it overflows.
COLDEST = 1e-4
# What is forbidden has no logarithm that JSON can hold; this is what OpenAI gives for the least likely.
LEAST_LOGPROB = np.float32(-9999)


class Chooser:
    """Chooses the tokens of one text."""

    def __init__(self, wishes: Wishes, grammar: Grammar | None) -> None:
        self._wishes = wishes
        self._grammar = grammar
        self._draw = np.random.default_rng(wishes.seed)
        self._said: Counter[int] = Counter()

    def choose(self, scores: Scores) -> Token:
        """The next token; `scores` (vocabulary,) is left as it is."""
        wishes = self._wishes
        wanted = self._wanted(scores)
        if wishes.temperature < COLDEST:
            chosen = int(wanted.argmax())
        else:
            chosen = self._drawn(wanted / np.float32(wishes.temperature))
        self._said[chosen] += 1
        ends = self._grammar.take(chosen) if self._grammar else False
        if wishes.logprobs is None:
            return Token(chosen, ends=ends)
        logarithms = np.maximum(wanted - np.logaddexp.reduce(wanted), LEAST_LOGPROB)
        best = _best(logarithms, wishes.logprobs)
        likeliest = tuple(Likelihood(int(each), float(logarithms[each])) for each in best)
        return Token(chosen, float(logarithms[chosen]), likeliest, ends)

    def _wanted(self, scores: Scores) -> Scores:
        wishes = self._wishes
        wanted = scores.copy()
        if wishes.presence_penalty or wishes.frequency_penalty:
            for token, count in self._said.items():
                wanted[token] -= wishes.presence_penalty + wishes.frequency_penalty * count
        for token, bias in wishes.logit_bias.items():
            if token < len(wanted):
                wanted[token] += bias
        if self._grammar:
            self._grammar.forbid(wanted)
        return wanted

    def _drawn(self, wanted: Scores) -> int:
        shares = np.exp((wanted - wanted.max()).astype(np.float64))
        shares /= shares.sum()
        if self._wishes.top_p >= 1:
            return int(self._draw.choice(len(shares), p=shares))
        order = np.argsort(-shares, kind="stable")
        reached = np.cumsum(shares[order])
        kept = order[: int(np.searchsorted(reached, self._wishes.top_p)) + 1]
        return int(self._draw.choice(kept, p=shares[kept] / shares[kept].sum()))


def _best(logarithms: Scores, count: int) -> NDArray[np.int64]:
    if not count:
        return np.empty(0, np.int64)
    found = np.argpartition(-logarithms, count - 1)[:count]
    return found[np.argsort(-logarithms[found], kind="stable")]
