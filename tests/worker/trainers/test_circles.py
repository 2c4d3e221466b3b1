"""Whether a model needs a penalty to come to an end."""

from dataclasses import dataclass, field

import pytest

from tuneyard_worker.data.conversations import Conversation
from tuneyard_worker.data.messages import Message
from tuneyard_worker.trainers.generation.answering import Answer, Answering, Asked
from tuneyard_worker.trainers.generation.circles import PENALTY, choose_penalty
from tuneyard_worker.trainers.generation.lesson import Written

HOW = Answering(stop_ids=[], pad_token_id=0, longest=9)
GOOD = "This is the answer that was expected."


def rows(count: int) -> list[Written]:
    conversation = Conversation(1, [Message("user", "Well?"), Message("assistant", GOOD)])
    return [Written(conversation, [], "", [place]) for place in range(count)]


@dataclass
class Says:
    """A pen that gives these answers without a penalty, and those with one."""

    plain: list[Answer]
    penalised: list[Answer]
    asked: list[float] = field(default_factory=list)

    def answer(self, asked: Asked) -> int:
        self.asked.append(asked.how.frequency_penalty)
        given = self.penalised if asked.how.frequency_penalty else self.plain
        asked.add(given[: len(asked.prompts)])
        return asked.how.longest


def answers(good: int, circling: int, text: str = GOOD) -> list[Answer]:
    return [Answer(text, ends=True)] * good + [Answer(text, ends=False)] * circling


def choose(pen: Says, count: int = 20) -> float:
    return choose_penalty(pen, rows(count), HOW, lambda _: 60.0)


def test_one_whose_answers_end_is_left_alone():
    pen = Says(answers(20, 0), answers(20, 0))
    assert choose(pen) == 0
    assert pen.asked == [0], "nothing else is tried"


def test_one_that_goes_in_circles_is_kept_from_it():
    pen = Says(answers(14, 6), answers(20, 0))
    assert choose(pen) == PENALTY
    assert pen.asked == [0, PENALTY]


@pytest.mark.parametrize(
    "penalised",
    [answers(20, 0, "Something that is altogether beside the point"), answers(14, 6), answers(15, 5)],
    ids=["worse answers", "no difference", "a difference that may be chance"],
)
def test_but_not_if_that_does_not_clearly_help(penalised):
    assert choose(Says(answers(14, 6), penalised)) == 0


def test_a_few_answers_tell_nothing():
    assert choose(Says(answers(0, 7), answers(7, 0)), count=7) == 0
    assert choose(Says(answers(0, 20), answers(7, 0))) == 0
