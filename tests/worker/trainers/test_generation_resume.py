"""An interrupted fine-tune of text generation goes on where it was, and ends with the weights it would have had."""

import json

import pytest
from chat_jobs import run
from fine_tune_jobs import events

from tiny_llama import questions
from tuneyard_worker.stopping import Stopped, StopSignal
from tuneyard_worker.trainers import checkpoints
from tuneyard_worker.trainers.checkpoints import Checkpoints

WEIGHTS = "artifact/model/model.safetensors"
EVALUATION = "artifact/evaluation/evaluation.json"


class Killed(BaseException):
    """As abrupt as SIGKILL: nothing catches it."""


@pytest.fixture
def at_point(monkeypatch):
    """Do something before the attempt reaches its point of that number; a checkpoint is written at every point."""
    monkeypatch.setattr(checkpoints, "LARGEST_SHARE", 1.0)
    reached = Checkpoints.reached

    def arm(number, act):
        points = []

        def counting(self, *arguments):
            points.append(arguments[:2])
            if len(points) == number:
                act()
            reached(self, *arguments)

        monkeypatch.setattr(Checkpoints, "reached", counting)
        return points

    return arm


def eager(job):
    spec = json.loads((job / "spec.json").read_text())
    spec["budget"]["checkpoint_seconds"] = 0
    (job / "spec.json").write_text(json.dumps(spec))
    return job


def die():
    raise Killed


@pytest.mark.parametrize("hyper", [{"lora_dropout": 0.2}, {"tuning": "full", "packing": False}])
def test_killed_again_and_again_it_ends_with_the_same_weights(make_chat_job, at_point, hyper):
    hyper = {"epochs": 2, "batch_size": 4, "exam_answers": 12, "test_fraction": 0.4} | hyper
    undisturbed, killed = (eager(make_chat_job(questions(60), name=name, **hyper)) for name in ("a", "b"))
    assert run(undisturbed) == 0
    kills = 0
    for points in (2, 3, 4, 3, 2, 3, 2, 2, 2, 2, 0):
        reached = at_point(points, die)
        try:
            assert run(killed) == 0
        except Killed:
            kills += 1
            assert len(reached) == points
            continue
        break
    assert kills > 3
    assert (killed / WEIGHTS).read_bytes() == (undisturbed / WEIGHTS).read_bytes()
    assert (killed / EVALUATION).read_text() == (undisturbed / EVALUATION).read_text()


def test_asked_to_stop_it_loses_no_step(make_chat_job, at_point):
    job = eager(make_chat_job(questions(60), epochs=2))
    stop = StopSignal()
    points = at_point(3, stop.hear)
    with pytest.raises(Stopped):
        run(job, stop)
    left = at_point(0, die)
    assert run(job) == 0
    told = [event["continued_from_step"] for event in events(job, "status") if event.get("continued_from_step")]
    assert told == [points[-1][1]]
    assert left[0][1] == points[-1][1] + 1
