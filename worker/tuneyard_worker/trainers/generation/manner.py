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
    """A penalty if some answers don't end, and a bias if they are too short, if that is clearly better; the best one.

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

    before = answers(MOST_ROWS, how.decoding)
    if len(before) < FEWEST_ROWS:
        return how.decoding
    plain = _worth(before, rows)
    chosen, best = how.decoding, plain
    for tried in _others(how.decoding, before, rows):
        after = answers(len(before), tried)
        worth = _worth(after, rows)
        too_long = tried.stop_bias and after and _length(after) > _length_expected(rows[: len(after)])
        # Of some there was time for fewer answers: the same rows are compared.
        both = min(len(worth), len(best))
        if not too_long and _clear(worth, plain) and worth[:both].mean() > best[:both].mean():
            chosen, best = tried, worth
    return chosen


def _others(plain: Decoding, answers: Sequence[Answer], rows: Sequence[Written]) -> list[Decoding]:
    """The manners that may be better than that of these answers to the first rows, the mildest first."""
    circles = not all(answer.ends for answer in answers)
    brief = _length(answers) < _length_expected(rows[: len(answers)])
    penalty = PENALTY if circles else plain.frequency_penalty
    biases = [plain.stop_bias, *(STOP_BIASES if brief else ())]
    found = [plain.model_copy(update={"frequency_penalty": penalty, "stop_bias": bias}) for bias in biases]
    return [each for each in found if each != plain]


def _clear(after: Scores, before: Scores) -> bool:
    """Whether the first rows are answered better by more than chance may be."""
    if len(after) < FEWEST_ROWS:
        return False
    gained = after - before[: len(after)]
    return bool(gained.mean() > gained.std(ddof=1) / math.sqrt(len(gained)))


def _worth(answers: Sequence[Answer], rows: Sequence[Written]) -> Scores:
    """How close each answer is; one that does not end is worth nothing, unless the expected one is longer still."""
    expected = [row.expected for row in rows[: len(answers)]]
    fit = [each.ends or len(each.text) < len(whole) for each, whole in zip(answers, expected, strict=True)]
    return chrf([answer.text for answer in answers], expected) * fit


def _length(answers: Sequence[Answer]) -> float:
    """Characters of a usual one."""
    return float(np.median([len(answer.text) for answer in answers]))


def _length_expected(rows: Sequence[Written]) -> float:
    return float(np.median([len(row.expected) for row in rows]))
