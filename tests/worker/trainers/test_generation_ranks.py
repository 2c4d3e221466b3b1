"""Two processes teach one model: real ones, over gloo on the processor; with cards it has not been measured."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import torch
from chat_jobs import run
from fine_tune_jobs import events
from safetensors.torch import load_file

from tiny_llama import questions, two_answers
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.out_of_memory import out_of_memory
from tuneyard_worker.runner import internal_error
from tuneyard_worker.trainers.checkpoints import Checkpoints
from tuneyard_worker.trainers.generation import companion, companion_watch, companions
from tuneyard_worker.trainers.generation.companion_watch import Companion, Watch

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


PREFERENCES = {"prompt": "prompt", "completion": "chosen", "rejected": "rejected"}


@pytest.mark.parametrize(("rows", "columns"), [(questions(60), None), (two_answers(60), PREFERENCES)])
def test_two_processes_learn_what_one_does_and_one_writes(make_chat_job, two, rows, columns):
    alone, together = (make_chat_job(rows, columns=columns, name=name, **HYPER) for name in ("alone", "together"))
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
    # As many as there was time for, before the first step and after looks.
    assert 0 < told[1].count("samples") <= 1 + len(curve(together, "validation_loss"))
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


def test_a_companion_that_is_killed_ends_the_attempt_at_once_and_is_named(make_chat_job, two, monkeypatch):
    job = make_chat_job(questions(60), **HYPER)
    two()
    reached, killed = Checkpoints.reached, []

    def killing(self, name, step, state):
        reached(self, name, step, state)
        for each in companions_left():
            each.kill()
            killed.append(time.monotonic())

    monkeypatch.setattr(Checkpoints, "reached", killing)
    assert run(job) == 1
    assert time.monotonic() - killed[0] < 30, "the others would wait for it for ten minutes"
    error = json.loads((job / "error.json").read_text())
    assert error["code"] == "companion_lost"
    assert error["message"] == "The process that taught along on card 1 has ended: signal 9."
    assert "WORLD_SIZE" not in os.environ
    assert not companions_left()


@pytest.fixture
def watch_over(tmp_path):
    """A watch over processes that end with these statuses, and have left these errors."""

    def make(*ended):
        found = []
        for rank, (status, error) in enumerate(ended, start=1):
            folder = companion_watch.folder_of(tmp_path, rank)
            folder.mkdir()
            if error:
                (folder / "error.json").write_text(error.model_dump_json())
            process = subprocess.Popen([sys.executable, "-S", "-c", f"raise SystemExit({status})"])
            process.wait()
            found.append(Companion(rank, process, folder))
        return Watch(JobDirectory(tmp_path), found)

    return make


def test_whoever_waits_for_a_lost_companion_in_vain_is_ended(watch_over, monkeypatch):
    told = []
    monkeypatch.setattr(companion_watch, "SECONDS_BETWEEN_LOOKS", 0.01)
    monkeypatch.setattr(companion_watch, "GRACE_SECONDS", 0.05)
    monkeypatch.setattr(companion_watch, "end", lambda _, error: told.append(error))
    with watch_over((3, None)).going_on():
        deadline = time.monotonic() + 10
        while not told and time.monotonic() < deadline:
            time.sleep(0.01)
    assert told[0].message == "The process that taught along on card 1 has ended: exit status 3."


def test_nobody_is_ended_who_goes_on_nor_because_all_is_done(watch_over, monkeypatch):
    told = []
    monkeypatch.setattr(companion_watch, "SECONDS_BETWEEN_LOOKS", 0.01)
    monkeypatch.setattr(companion_watch, "GRACE_SECONDS", 0.2)
    monkeypatch.setattr(companion_watch, "end", lambda _, error: told.append(error))
    done = watch_over((0, None), (0, None))
    with done.going_on():
        time.sleep(0.3)
    assert done.fault_within_grace() is None
    assert not told


def test_of_several_faults_the_one_that_caused_the_others_is_told(watch_over):
    missed = internal_error("Connection closed by peer")
    fault = watch_over((0, None), (1, missed), (1, out_of_memory())).fault_within_grace()
    assert fault.error.code == "out_of_memory"


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("CUDA out of memory"), RuntimeError("std::bad_alloc")])
def test_a_companion_without_memory_says_so(tmp_path, monkeypatch, error):
    def too_much(*_):
        raise error

    monkeypatch.setattr(companion, "teach_along", too_much)
    companion_watch.folder_of(tmp_path, 2).mkdir()
    assert companion.main(tmp_path, 2, 3, 1) == 1
    assert json.loads((tmp_path / "companion-2" / "error.json").read_text()) == out_of_memory().model_dump(mode="json")
