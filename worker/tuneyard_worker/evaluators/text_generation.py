"""The evaluation of a model that writes, on rows it never saw."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tuneyard.specs.decoding import Decoding
from tuneyard.specs.evaluation import Interval
from tuneyard.specs.generation_evaluation import (
    AnswerScores,
    GenerationBaseline,
    GenerationEvaluation,
    Likelihood,
    Memorisation,
    Preference,
)
from tuneyard_worker.data.splits import normalised
from tuneyard_worker.evaluators import answer_scores
from tuneyard_worker.evaluators.bootstrap import mean_interval, spread
from tuneyard_worker.evaluators.findings import plausible
from tuneyard_worker.evaluators.retrieval import nearest_answers
from tuneyard_worker.evaluators.writing_findings import WritingFindings
from tuneyard_worker.evaluators.writing_verdict import verdict

UNTUNED = "the untuned model"
RETRIEVED = "the answer of the most similar training row"
# From such a share of the expected answers on, JSON is what is asked for.
JSON_EXPECTED = 0.9
# Columns of what was foreseen.
LOSS, TOKENS, RIGHT = range(3)


@dataclass(frozen=True)
class Candidate:
    """What one model did with the held-out rows: the first of them are foreseen, the first of them answered."""

    foreseen: list[tuple[float, int, int]]
    """Of each row the summed loss, the tokens, and how many of these were held for the likeliest."""
    answers: list[str]
    rejected: list[float] = field(default_factory=list)
    """Of each row that was foreseen the summed loss of the answer that is not wanted; empty where there is none."""


@dataclass(frozen=True)
class HeldOut:
    """The held-out rows that were asked, and what came of them."""

    rows: list[int]
    """Row numbers in the dataset version; the first is 1."""
    prompts: list[str]
    """As the model was given them."""
    asked: list[str]
    """What people said."""
    expected: list[str]
    tuned: Candidate
    base: Candidate
    held_out_rows: int
    """All there are."""
    decoding: Decoding = field(default_factory=Decoding)
    """With which both models answered."""


def evaluate(
    held_out: HeldOut,
    *,
    train_asked: list[str],
    train_answers: Sequence[str],
    parameters: int,
    share: float,
    seed: int,
) -> tuple[GenerationEvaluation, list[str]]:
    """Score the answers in `held_out` and compare them; also what retrieval answers.

    `parameters` are those of the model, `share` is that of the rows to learn from that there was time for. Raises
    ValueError if there is no held-out row.
    """
    if not held_out.rows:
        raise ValueError("There is no held-out row to evaluate on.")
    count = len(held_out.base.answers)
    retrieved = nearest_answers(train_asked, train_answers, held_out.asked[:count])
    marker = _Marker(held_out.expected[:count], seed)
    likelihood, base_likelihood = _likelihood(held_out.tuned, seed), _likelihood(held_out.base, seed)
    ours = held_out.tuned.answers
    answers = marker.scores(ours)
    base = marker.baseline("base", UNTUNED, held_out.base.answers, ours, base_likelihood)
    retrieval = marker.baseline("retrieval", RETRIEVED, retrieved, ours)
    findings = WritingFindings(
        scored_rows=len(held_out.base.foreseen),
        answered_rows=count,
        perplexity=likelihood.perplexity.value,
        base_perplexity=base_likelihood.perplexity.value,
        cut=perplexity_cut(held_out.tuned, held_out.base, seed),
        chrf=answers.chrf.value,
        base=base,
        retrieval=retrieval,
        preference=_preference(held_out, seed),
        memorisation=_memorisation(held_out, train_answers),
        valid_json=answers.valid_json.value if answers.valid_json else None,
        decoding=held_out.decoding,
        parameters=parameters,
        share=share,
    )
    evaluation = GenerationEvaluation(
        rows=held_out.held_out_rows,
        scored_rows=findings.scored_rows,
        answered_rows=count,
        decoding=held_out.decoding,
        likelihood=likelihood,
        perplexity_cut=findings.cut,
        answers=answers,
        baselines=[base, retrieval],
        preference=findings.preference,
        memorisation=findings.memorisation,
        verdict=verdict(findings),
        seed=seed,
    )
    return evaluation, retrieved


@dataclass(frozen=True)
class _Marker:
    """Marks answers by the expected ones."""

    expected: list[str]
    seed: int

    def scores(self, answers: Sequence[str]) -> AnswerScores:
        of_json = answer_scores.valid_json(self.expected).mean() >= JSON_EXPECTED
        return AnswerScores(
            chrf=mean_interval(answer_scores.chrf(answers, self.expected), self.seed),
            rouge_l=mean_interval(answer_scores.rouge_l(answers, self.expected), self.seed),
            exact_match=mean_interval(answer_scores.exact(answers, self.expected), self.seed),
            valid_json=mean_interval(answer_scores.valid_json(answers), self.seed) if of_json else None,
        )

    def baseline(
        self,
        kind: Literal["base", "retrieval"],
        name: str,
        answers: Sequence[str],
        ours: Sequence[str],
        likelihood: Likelihood | None = None,
    ) -> GenerationBaseline:
        """Another way to answer, and by how much ours is better."""
        difference = self.chrf_difference(ours, answers)
        return GenerationBaseline(
            kind=kind, name=name, likelihood=likelihood, answers=self.scores(answers), chrf_difference=difference
        )

    def chrf_difference(self, answers: Sequence[str], others: Sequence[str]) -> Interval:
        """Of the one minus that of the others; rows are resampled in pairs."""
        difference = answer_scores.chrf(answers, self.expected) - answer_scores.chrf(others, self.expected)
        return mean_interval(difference, self.seed)


def perplexity_cut(tuned: Candidate, base: Candidate, seed: int) -> Interval:
    """By which share the perplexity of one is under that of the other; rows are resampled in pairs."""
    ours, others = _table(tuned), _table(base)

    def cut(rows: NDArray[np.float64]) -> NDArray[np.float64]:
        return 1 - np.exp(_by_token(ours, LOSS, rows) - _by_token(others, LOSS, rows))

    return spread(cut, len(ours), seed)


def _preference(held_out: HeldOut, seed: int) -> Preference | None:
    if not held_out.tuned.rejected:
        return None
    ours, others = _margins(held_out.tuned), _margins(held_out.base)
    # A pair that was not moved at all, as where rounding undoes the little that was learnt, speaks for neither side.
    moved = mean_interval((1 + np.sign(ours - others)) / 2, seed)
    low, high = plausible(moved, len(ours))
    return Preference(
        pairs=len(ours),
        preferred=Interval(value=moved.value, low=low, high=high),
        likelier=float((ours > 0).mean()),
        base_likelier=float((others > 0).mean()),
    )


def _margins(candidate: Candidate) -> NDArray[np.float64]:
    """How much likelier each expected answer is than the one that is not wanted, in nats."""
    return np.array(candidate.rejected) - _table(candidate)[:, LOSS]


def _memorisation(held_out: HeldOut, train_answers: Sequence[str]) -> Memorisation:
    known = {normalised(text) for text in train_answers}
    return Memorisation(
        expected=sum(normalised(text) in known for text in held_out.expected),
        answers=sum(normalised(text) in known for text in held_out.tuned.answers),
    )


def _likelihood(candidate: Candidate, seed: int) -> Likelihood:
    table = _table(candidate)
    return Likelihood(
        loss=spread(lambda rows: _by_token(table, LOSS, rows), len(table), seed),
        perplexity=spread(lambda rows: np.exp(_by_token(table, LOSS, rows)), len(table), seed),
        token_accuracy=spread(lambda rows: _by_token(table, RIGHT, rows), len(table), seed),
    )


def _table(candidate: Candidate) -> NDArray[np.float64]:
    return np.array(candidate.foreseen, dtype=np.float64)


def _by_token(table: NDArray[np.float64], column: int, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of a column for each token, for each drawing of rows (drawings, rows)."""
    return (rows @ table[:, column]) / (rows @ table[:, TOKENS])
