"""A model that thinks before it answers is examined as one that does not: both answer at once, or both may think."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

from coroutines import aside
from tiny_llama import CHAT_TEMPLATE, FORGETFUL, write_tiny_llama
from tuneyard.specs.decoding import Decoding
from tuneyard_worker.data.chat_text import ChatText, spoken
from tuneyard_worker.data.conversations import Conversation
from tuneyard_worker.data.messages import Message
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.room import Room
from tuneyard_worker.trainers.compute import Compute
from tuneyard_worker.trainers.generation.answering import Answer, Answering, Asked, answering
from tuneyard_worker.trainers.generation.causal_models import load
from tuneyard_worker.trainers.generation.exam import Exam
from tuneyard_worker.trainers.generation.examples import encode
from tuneyard_worker.trainers.generation.lesson import Lesson, Written
from tuneyard_worker.trainers.generation.pens import Pens, Served, TransformersPen

ALONE = Compute(threads=1, bf16=False)
# What was thought before the last answer is shown, as Qwen 3 has it.
THOUGHTFUL = FORGETFUL.replace("loop.last %}", "loop.last and '<think>' not in m.content %}")
EMPTY = "<think></think>"


@pytest.fixture
def with_template(tmp_path):
    return lambda template: load(write_tiny_llama(tmp_path, template), "tiny", torch.float32)


def lesson_of(base, *answers: str) -> Lesson:
    chat, written = ChatText(base.tokenizer), []
    for row, answer in enumerate(answers):
        messages = [Message("user", f"{row}?"), Message("assistant", answer, learned=True)]
        examples = [encode(pieces, base.tokenizer) for pieces in chat.lessons(messages)]
        asked = encode(chat.prompt(messages), base.tokenizer).ids.tolist()
        written.append(Written(Conversation(row, messages), examples, "", asked))
    return Lesson(written, SimpleNamespace(train=range(len(written))), chat, 2, 96, base.parameters)


def how_of(base, *answers: str) -> Answering:
    return answering(SimpleNamespace(hyperparameters=SimpleNamespace(answer_length=6)), lesson_of(base, *answers))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("It is red.", "It is red."),
        ("<think>\n\n</think>\n\nIt is red.", "It is red."),
        ("\n<think>Is it?\n</think>It is.", "It is."),
        ("<think>\nOkay, somebody asks", ""),
        ("<think>", ""),
        ("Say <think> twice.", "Say <think> twice."),
    ],
)
def test_what_a_model_thinks_is_no_answer_however_far_it_comes(written, said):
    assert spoken(written) == said


def test_behind_what_was_learnt_without_thoughts_every_prompt_has_an_empty_one(with_template):
    base = with_template(THOUGHTFUL)
    how = how_of(base, "Red.", "Green.", "<think>Blue?</think>Blue.")
    assert base.tokenizer.decode(list(how.thought)) == EMPTY
    assert how.decoding == Decoding(thinks=False)


def test_a_model_that_learns_to_think_may_do_so_and_one_that_knows_no_thoughts_is_asked_as_ever(with_template):
    how = how_of(with_template(THOUGHTFUL), "<think>Red?</think>Red.", "<think>Green?</think>Green.", "Blue.")
    assert (how.thought, how.decoding) == ((), Decoding())
    how = how_of(with_template(CHAT_TEMPLATE), "Red.", "Green.")
    assert (how.thought, how.decoding) == ((), Decoding())


@pytest.mark.parametrize("by_engine", [True, False])
def test_both_pens_write_behind_the_empty_thought(with_template, tmp_path, by_engine):
    base = with_template(FORGETFUL)
    how = how_of(base, "Red.", "Green.")
    pens = Pens(ALONE, 1, JobDirectory(tmp_path), Room((tmp_path,)))
    pen = pens.of(base, Served(tmp_path)) if by_engine else TransformersPen(base, ALONE)
    asked = encode(ChatText(base.tokenizer).prompt([Message("user", "0?"), Message("assistant", "")]), base.tokenizer)

    def answers(prompt: list[int], how: Answering) -> list[Answer]:
        heard: list[Answer] = []
        aside(pen.answer, Asked([prompt], how, lambda: 60.0, heard.extend, False))
        return heard

    given = answers(asked.ids.tolist(), how)
    assert given == answers([*asked.ids.tolist(), *how.thought], replace(how, thought=()))


def test_in_the_exam_both_models_answer_behind_it_and_need_not_foresee_it(with_template):
    base = with_template(FORGETFUL)
    lesson, how = lesson_of(base, "Red.", "Green."), how_of(base, "Red.", "Green.")
    heard = []

    class Listening:
        def answer(self, asked: Asked) -> int:
            heard.append(asked.how)
            asked.add([Answer("Red.", ends=True)] * len(asked.prompts))
            return asked.how.longest

    class Unkept:
        def result(self) -> None: ...

        state = result

        def reached(self, *_: object) -> None: ...

        def finish(self, _: object) -> None: ...

    exam = Exam(lesson.written, [], how, 2, ALONE)

    def sit(most):
        return exam.sit(lambda: base, lambda _: Listening(), Unkept(), 60.0, lambda: 0.0, lambda _: None, most)

    tuned = sit(None)
    untuned = sit(tuned)
    assert {each.thought for each in heard} == {how.thought}
    assert {each.decoding.thinks for each in heard} == {False}
    # The letters of the answer, and its end.
    assert [each.tokens for each in tuned.foreseen] == [each.tokens for each in untuned.foreseen] == [5, 7]
