"""Whether a model is to be kept from repeating itself: one that always takes the likeliest token may go in circles."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from tuneyard_worker.evaluators.answer_scores import Scores, chrf
from tuneyard_worker.trainers.generation.answering import Answer, Answering, Asked
from tuneyard_worker.trainers.generation.lesson import Written
from tuneyard_worker.trainers.generation.pens import Pen

# Of a model of which a quarter of the answers to sums went in circles, 3 % did with it (docs/quality.md).
PENALTY = 0.3
MOST_ROWS = 48
FEWEST_ROWS = 8
"""Fewer tell nothing."""


def choose_penalty(pen: Pen, rows: Sequence[Written], how: Answering, left: Callable[[float], float]) -> float:
    """The frequency penalty that a model needs: none, unless it clearly answers these rows better with it.

    They must be rows that it did not learn from. `left` tells the seconds until a share of the time is over.
    """
    plain = _answers(pen, rows[:MOST_ROWS], how, lambda: left(0.5))
    if len(plain) < FEWEST_ROWS or all(answer.ends for answer in plain):
        return 0.0
    kept_from_it = _answers(pen, rows[: len(plain)], replace(how, frequency_penalty=PENALTY), lambda: left(1))
    if len(kept_from_it) < FEWEST_ROWS:
        return 0.0
    gained = _worth(kept_from_it, rows) - _worth(plain[: len(kept_from_it)], rows)
    return PENALTY if gained.mean() > gained.std(ddof=1) / math.sqrt(len(gained)) else 0.0


def _answers(pen: Pen, rows: Sequence[Written], how: Answering, left: Callable[[], float]) -> list[Answer]:
    """To the first of the rows, as many as there is time for."""
    found: list[Answer] = []
    pen.answer(Asked([row.prompt_ids for row in rows], how, left, found.extend, may_cut=False))
    return found


def _worth(answers: Sequence[Answer], rows: Sequence[Written]) -> Scores:
    """chrF of each answer; one that does not end is worth nothing."""
    expected = [row.conversation.answer for row in rows[: len(answers)]]
    return chrf([answer.text for answer in answers], expected) * [answer.ends for answer in answers]
