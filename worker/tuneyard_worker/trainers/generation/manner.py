"""In which manner a model answers best: who always takes the likeliest token may go in circles, or end too soon."""

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
STOP_BIAS = -1.0
MOST_ROWS = 48
FEWEST_ROWS = 8
"""Fewer tell nothing."""


def choose_manner(
    pen: Pen,
    rows: Sequence[Written],
    how: Answering,
    left: Callable[[float], float],
    reached: Callable[[], None] = lambda: None,
) -> Decoding:
    """A penalty if some answers don't end, and a bias if they are too short; each only if that is clearly better.

    The rows must be such that it did not learn from. `left` tells the seconds until a share of the time is over;
    `reached` is called again and again, and ends it by what it raises.
    """

    def answers(count: int, decoding: Decoding, share: float) -> list[Answer]:
        """To the first of the rows, as many as there is time for."""
        found: list[Answer] = []

        def add(given: list[Answer]) -> None:
            found.extend(given)
            reached()

        ids = [row.prompt_ids for row in rows[:count]]
        pen.answer(Asked(ids, replace(how, decoding=decoding), lambda: left(share), add, may_cut=False))
        return found

    before = answers(MOST_ROWS, how.decoding, 1 / 3)
    if len(before) < FEWEST_ROWS:
        return how.decoding
    chosen = how.decoding
    if not all(answer.ends for answer in before):
        tried = chosen.model_copy(update={"frequency_penalty": PENALTY})
        after = answers(len(before), tried, 2 / 3)
        if _clear(_worth(after, rows), _worth(before, rows)):
            chosen, before = tried, after
    if _length(before) < _length_expected(rows[: len(before)]):
        tried = chosen.model_copy(update={"stop_bias": STOP_BIAS})
        after = answers(len(before), tried, 1)
        short = after and _length(after) <= _length_expected(rows[: len(after)])
        if short and _clear(_closeness(after, rows), _closeness(before, rows)):
            chosen = tried
    return chosen


def _clear(after: Scores, before: Scores) -> bool:
    """Whether the first rows are answered better by more than chance may be."""
    if len(after) < FEWEST_ROWS:
        return False
    gained = after - before[: len(after)]
    return bool(gained.mean() > gained.std(ddof=1) / math.sqrt(len(gained)))


def _closeness(answers: Sequence[Answer], rows: Sequence[Written]) -> Scores:
    expected = [row.conversation.answer for row in rows[: len(answers)]]
    return chrf([answer.text for answer in answers], expected)


def _worth(answers: Sequence[Answer], rows: Sequence[Written]) -> Scores:
    """How close each answer is; one that does not end is worth nothing."""
    return _closeness(answers, rows) * [answer.ends for answer in answers]


def _length(answers: Sequence[Answer]) -> float:
    """Characters of a usual one."""
    return float(np.median([len(answer.text) for answer in answers]))


def _length_expected(rows: Sequence[Written]) -> float:
    return float(np.median([len(row.conversation.answer) for row in rows]))
