"""In which manner a model answers best: who always takes the likeliest token may go in circles, or end too soon."""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from tuneyard.specs.decoding import Decoding
from tuneyard_worker.evaluators.answer_scores import Scores, chrf
from tuneyard_worker.trainers.generation.answering import Answer, Answering, Asked
from tuneyard_worker.trainers.generation.lesson import Written
from tuneyard_worker.trainers.generation.pens import Pen

# What it took on public data: docs/decisions/0019-answers-as-in-the-exam.md.
PENALTY = 0.3
STOP_BIASES = -1.0, -2.0
MOST_ROWS = 48
FEWEST_ROWS = 8
"""Fewer tell nothing."""
MOST_TRIES = 2 + len(STOP_BIASES)


def choose_manner(
    pen: Pen,
    rows: Sequence[Written],
    how: Answering,
    kept: list[list[Answer]],
    left: Callable[[float], float],
    reached: Callable[[], None] = lambda: None,
) -> Decoding:
    """A penalty if some answers don't end, and a bias if they are too short, if that is clearly better.

    Of those that are about as good as the best, it is the one whose answers are nearest in length to the expected ones.
    The rows must be such that it did not learn from. `kept` takes what it answers in each manner; what an earlier
    attempt has put there is not asked for again. `left` tells the seconds until a share of the time is over; `reached`
    is called again and again, and ends it by what it raises.
    """
    ids = [row.prompt_ids for row in rows]
    tries = itertools.count()

    def answers(count: int, decoding: Decoding) -> list[Answer]:
        """To the first of the rows, as many as there is time for."""
        number = next(tries)
        if number == len(kept):
            kept.append([])
        found = kept[number]

        def add(given: list[Answer]) -> None:
            found.extend(given)
            reached()

        share = (number + 1) / MOST_TRIES
        manner = replace(how, decoding=decoding)
        pen.answer(Asked(ids[len(found) : count], manner, lambda: left(share), add, may_cut=False))
        return found

    plain = _Trial(how.decoding, answers(MOST_ROWS, how.decoding), rows)
    if len(plain.answers) < FEWEST_ROWS:
        return how.decoding
    others = [_Trial(each, answers(len(plain.answers), each), rows) for each in _others(plain)]
    better = [each for each in others if each.clearly_better_than(plain) and not each.held_back_too_far()]
    if not better:
        return how.decoding
    # Of some there was time for fewer answers: the same rows are compared.
    shared = min(len(each.answers) for each in better)
    best = max(better, key=lambda each: each.worth[:shared].mean())
    alike = [each for each in better if not best.clearly_better_than(each)]
    return min(alike, key=lambda each: abs(each.longer(shared))).decoding


class _Trial:
    """A manner and what was answered in it to the first of the rows."""

    def __init__(self, decoding: Decoding, answers: Sequence[Answer], rows: Sequence[Written]) -> None:
        self.decoding = decoding
        self.answers = answers
        self.expected = [row.expected for row in rows[: len(answers)]]
        self.worth = _worth(answers, self.expected)

    def clearly_better_than(self, other: "_Trial") -> bool:
        """Whether the rows that both answered are answered better by more than chance may be."""
        both = min(len(self.worth), len(other.worth))
        if both < FEWEST_ROWS:
            return False
        gained = self.worth[:both] - other.worth[:both]
        return bool(gained.mean() > gained.std(ddof=1) / math.sqrt(both))

    def longer(self, rows: int | None = None) -> float:
        """By how many characters a usual answer, to the first rows or to all, is longer than what is expected."""
        given = [len(answer.text) for answer in self.answers[:rows]]
        return float(np.median(given) - np.median([len(text) for text in self.expected[:rows]]))

    def held_back_too_far(self) -> bool:
        """Whether a bias against ending makes a usual answer too long."""
        return bool(self.decoding.stop_bias) and self.longer() > 0


def _others(plain: _Trial) -> list[Decoding]:
    """The manners that may be better, the mildest first."""
    circles = not all(answer.ends for answer in plain.answers)
    penalty = PENALTY if circles else plain.decoding.frequency_penalty
    biases = [plain.decoding.stop_bias, *(STOP_BIASES if plain.longer() < 0 else ())]
    found = [plain.decoding.model_copy(update={"frequency_penalty": penalty, "stop_bias": bias}) for bias in biases]
    return [each for each in found if each != plain.decoding]


def _worth(answers: Sequence[Answer], expected: Sequence[str]) -> Scores:
    """How close each answer is; one that does not end is worth nothing, unless the expected one is longer still."""
    fit = [each.ends or len(each.text) < len(whole) for each, whole in zip(answers, expected, strict=True)]
    return chrf([answer.text for answer in answers], expected) * fit
