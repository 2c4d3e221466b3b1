"""An exam that is interrupted goes on as if it had not been: with the time that was left, and with what was found."""

import copy
import json
from types import SimpleNamespace

import pytest
import torch
from chat_jobs import run

from tiny_llama import questions
from tuneyard.specs.decoding import Decoding
from tuneyard_worker.data.conversations import Conversation
from tuneyard_worker.data.messages import Message
from tuneyard_worker.stopping import Stopped
from tuneyard_worker.trainers import checkpoints
from tuneyard_worker.trainers.checkpoints import Checkpoints, Part
from tuneyard_worker.trainers.compute import Compute
from tuneyard_worker.trainers.generation import exam as exams
from tuneyard_worker.trainers.generation.answering import Answer, Answering, Asked
from tuneyard_worker.trainers.generation.exam import TUNED, Exam, Time
from tuneyard_worker.trainers.generation.lesson import Written
from tuneyard_worker.trainers.generation.likelihood import Foreseen
from tuneyard_worker.trainers.generation.manner import PENALTY


class Killed(BaseException):
    """As abrupt as SIGKILL: nothing catches it."""


def test_the_untuned_model_has_the_time_that_was_left(make_chat_job, monkeypatch):
    monkeypatch.setattr(checkpoints, "LARGEST_SHARE", 1.0)
    ends, points = [], []

    def noted(began, seconds, share, clock):
        if share != TUNED:
            ends.append(began + seconds)
        return Time(began, seconds, share, clock)

    reached = Checkpoints.reached

    def once_killed(self, name, *arguments):
        if name == "exam-base":
            points.append(name)
            if len(points) == 3:
                raise Killed
        reached(self, name, *arguments)

    monkeypatch.setattr(exams, "Time", noted)
    monkeypatch.setattr(Checkpoints, "reached", once_killed)
    job = make_chat_job(questions(60), exam_answers=12, test_fraction=0.4, gguf="none")
    spec = json.loads((job / "spec.json").read_text())
    spec["budget"]["checkpoint_seconds"] = 0
    (job / "spec.json").write_text(json.dumps(spec))
    with pytest.raises(Killed):
        run(job)
    assert run(job) == 0
    before, after = ends
    assert after == pytest.approx(before, abs=1e-6)


class Told(Part):
    """Keeps the last state, and ends the attempt at some time."""

    def __init__(self, clock: "Clock") -> None:
        self.clock, self.kept, self.stop_at = clock, None, 0.0

    def state(self):
        return self.kept

    def reached(self, step, state):
        self.kept = copy.deepcopy(state())
        if self.clock.now == self.stop_at:
            raise Stopped


class Clock:
    now = 0.0


class Pen:
    """Answers in a second each. Left to itself the model goes in circles now and then."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def answer(self, asked: Asked) -> int:
        for [place] in asked.prompts:
            if asked.left() <= 0:
                break
            self.clock.now += 1
            circles = place % 3 == 0 and not asked.how.decoding.frequency_penalty
            asked.add([Answer("Round and round and round it goes.", ends=False) if circles else Answer(GOOD, True)])
        return asked.how.longest


GOOD = "This was expected."


def test_what_was_found_of_the_manner_is_not_lost(monkeypatch):
    monkeypatch.setattr(Exam, "_foresee", lambda _, __, rows: [Foreseen(1.0, 1, 1) for _ in rows])
    conversation = Conversation(1, [Message("user", "Well?"), Message("assistant", GOOD)])
    rows = [Written(conversation, [], "", [place]) for place in range(20)]
    exam = Exam(rows[:1], rows, Answering([], 0, 9), 1, Compute(1, bf16=False))
    clock = Clock()
    part, model = Told(clock), SimpleNamespace(model=torch.nn.Linear(1, 1))

    def sit():
        return exam.sit(lambda: model, lambda _: Pen(clock), part, 100.0, lambda: clock.now, lambda _: None)

    part.stop_at = 35.0
    with pytest.raises(Stopped):
        sit()
    clock.now += 0.5
    assert sit().decoding == Decoding(frequency_penalty=PENALTY)
    assert clock.now == 41.5, "each row was answered once in either manner, and the one of the exam"
