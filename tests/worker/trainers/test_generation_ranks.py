"""Two processes teach one model: real ones, over gloo on the processor; with cards it has not been measured."""

import json
import os
from pathlib import Path

import psutil
import pytest
import torch
from chat_jobs import run
from fine_tune_jobs import events
from safetensors.torch import load_file

from tiny_llama import questions
from tuneyard_worker.trainers.checkpoints import Checkpoints
from tuneyard_worker.trainers.generation import companions

HYPER = {"epochs": 2, "batch_size": 4, "gradient_accumulation_steps": 2, "learning_rate": 1e-2}
WEIGHTS = "artifact/model/model.safetensors"


@pytest.fixture
def two(monkeypatch):
    """As on a machine with two cards, but in 32 bits, in which sums in another order are about the same."""
    monkeypatch.setattr("tuneyard_worker.trainers.compute.has_fast_bf16", lambda: False)
    monkeypatch.setattr(companions, "PROGRAM", "companion_in_32_bits")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    return lambda: monkeypatch.setattr(companions, "cards", lambda _: 2)


def companions_left():
    return [each for each in psutil.Process().children() if companions.PROGRAM in each.cmdline()]


def curve(job, name):
    return {e["step"]: e["values"][name] for e in events(job, "metrics") if name in e["values"]}


def test_two_processes_learn_what_one_does_and_one_writes(make_chat_job, two):
    alone, together = (make_chat_job(questions(60), name=name, **HYPER) for name in ("alone", "together"))
    assert run(alone) == 0
    two()
    assert run(together) == 0, (together / "error.json").read_text()
    assert "WORLD_SIZE" not in os.environ
    assert not companions_left()
    for name, weights in load_file(alone / WEIGHTS).items():
        torch.testing.assert_close(load_file(together / WEIGHTS)[name], weights, rtol=1e-3, atol=2e-4)
    for name in ("train_loss", "validation_loss"):
        assert curve(together, name) == pytest.approx(curve(alone, name), rel=1e-3)
    told = [[line["type"] for line in map(json.loads, (job / "events.jsonl").open())] for job in (alone, together)]
    assert [kinds.count("samples") for kinds in told] == [told[0].count("samples")] * 2
    assert [kinds.count("metrics") for kinds in told] == [told[0].count("metrics")] * 2


class Killed(BaseException):
    """As abrupt as SIGKILL: nothing catches it."""


def test_they_go_on_together_where_they_were(make_chat_job, two, monkeypatch):
    undisturbed, killed = (make_chat_job(questions(60), name=name, **HYPER) for name in ("a", "b"))
    for job in (undisturbed, killed):
        spec = json.loads((job / "spec.json").read_text())
        spec["budget"]["checkpoint_seconds"] = 0
        (job / "spec.json").write_text(json.dumps(spec))
    monkeypatch.setattr("tuneyard_worker.trainers.checkpoints.LARGEST_SHARE", 1.0)
    assert run(undisturbed) == 0
    two()
    reached = Checkpoints.reached

    def dying(self, name, step, state):
        reached(self, name, step, state)
        if step == 3:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Checkpoints, "reached", dying)
        with pytest.raises(Killed):
            run(killed)
    assert not companions_left(), "no companion outlives the trainer"
    assert run(killed) == 0
    assert [e["continued_from_step"] for e in events(killed, "status") if e.get("continued_from_step")]
    for name, weights in load_file(undisturbed / WEIGHTS).items():
        torch.testing.assert_close(load_file(killed / WEIGHTS)[name], weights, rtol=1e-3, atol=2e-4)
