"""Forked trainers are children like fresh ones: whose they are, where they work, what they know, how they end."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tuneyard.kit.config import Settings
from tuneyard_worker import forked_trainer
from tuneyard_worker.forked_trainer import Nursery
from tuneyard_worker.trainer_process import NICENESS, TrainerProcess

# Loads nothing that takes long; the jobs are such that nothing of it is needed.
QUICK = "from tuneyard_worker import nursery; import sys; nursery.PRELOADED = (); {more}; sys.exit(nursery.main())"
WAIT_SECONDS = 20
NICEST = 19


def quick(more: str = "pass") -> tuple[str, ...]:
    return (sys.executable, "-P", "-c", QUICK.format(more=more))


# A job that waits at its end, where it can be looked at.
LINGER = "nursery.runner.main = lambda folder: (print('here', flush=True), __import__('time').sleep(60))"


@pytest.fixture
def command(monkeypatch):
    def use(more: str = "pass") -> None:
        monkeypatch.setattr(forked_trainer, "COMMAND", quick(more))

    use()
    return use


@pytest.fixture
def nursery(command):
    made = Nursery()
    yield made
    if found := made._found():
        found[0].kill()
        found[0].wait()


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(data_dir=tmp_path, secret="never told to a trainer, nor anything else", threads=1)


@pytest.fixture
def start(nursery, settings, tmp_path):
    """A trainer for a small file to read."""
    started = []

    def start(name: str = "job") -> tuple[TrainerProcess, Path]:
        folder = tmp_path / name
        folder.mkdir()
        source = tmp_path / "rows.csv"
        source.write_text("text,label\n" + "".join(f"words number {i},{'ab'[i % 2]}\n" for i in range(20)))
        spec = {"kind": "ingest", "job_id": name, "budget": {"threads": 1}, "path": str(source), "filename": "r.csv"}
        (folder / "spec.json").write_text(json.dumps(spec))
        started.append(TrainerProcess(folder, settings, nursery))
        return started[-1], folder

    yield start
    for trainer in started:
        trainer.kill()


def until(condition, seconds=WAIT_SECONDS):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_it_stands_as_a_fresh_one_would(start, command, nursery):
    command(LINGER)
    trainer, folder = start()
    until(lambda: trainer.running() and "here" in (folder / "runner.log").read_text())
    process = psutil.Process(trainer.pid)
    assert process.ppid() == os.getpid()
    assert os.getsid(process.pid) == os.getpgid(process.pid) == process.pid
    assert process.nice() == min(os.nice(0) + NICENESS, NICEST)
    assert process.cwd() == str(folder)
    assert {Path(f"/proc/{process.pid}/fd/{number}").resolve() for number in (1, 2)} == {folder / "runner.log"}
    assert [Path(found.path) for found in process.open_files()] == [folder / "runner.log"] * 2
    assert process.net_connections("unix") == []
    assert not any("SECRET" in name or "never told" in value for name, value in process.environ().items())
    # The nursery's end is nothing to it, its supervisor's is, and init waits for what others leave behind.
    nursery._found()[0].kill()
    assert trainer.running()
    trainer.kill()
    assert (trainer.exit_signal, psutil.pid_exists(process.pid)) == (signal.SIGKILL, False)
    orphan = int(subprocess.check_output(["bash", "-c", "sleep 30 >/dev/null & echo $!"]))
    until(lambda: psutil.Process(orphan).ppid() != os.getppid())
    assert psutil.Process(orphan).ppid() != os.getpid()
    os.kill(orphan, signal.SIGKILL)


def test_a_nursery_that_is_killed_costs_an_attempt_and_is_made_again(start, command, nursery):
    command("import time; time.sleep(60)")
    trainer, _ = start("unlucky")
    assert trainer.running()
    assert trainer.pid is None
    nursery._found()[0].kill()
    until(lambda: not trainer.running())
    assert trainer.ending()[:2] == ("queued", "lost")
    command()
    trainer, _ = start("lucky")
    until(lambda: not trainer.running())
    assert trainer.ending()[0] == "succeeded"


def test_a_nursery_without_work_ends_in_order(start, command, nursery):
    command("nursery.IDLE_SECONDS = 0.5")
    for name in ("first", "second"):
        trainer, folder = start(name)
        until(lambda found=trainer: not found.running())
        assert trainer.ending()[0] == "succeeded", (folder / "runner.log").read_text()
    assert nursery._running[0].wait(WAIT_SECONDS) == 0


def test_asking_just_as_it_ends_starts_another(start, command, nursery, monkeypatch):
    command("nursery.IDLE_SECONDS = 0.01")
    start("first")[0].stop(WAIT_SECONDS)
    ended = nursery._running[0]
    ended.wait(WAIT_SECONDS)
    monkeypatch.setattr(ended, "poll", lambda: None)
    command()
    trainer, _ = start("second")
    until(lambda: not trainer.running())
    assert trainer.ending()[0] == "succeeded"


def test_what_is_not_wanted_any_more_does_not_come(start, command):
    command("import time; time.sleep(60)")
    trainer, folder = start()
    asked = time.monotonic()
    trainer.stop(grace_seconds=30)
    assert time.monotonic() - asked < 10
    assert not trainer.running()
    assert not (folder / "artifact").exists()


def test_what_comes_just_when_it_is_not_wanted_any_more_is_ended(start, command):
    late = "setsid = nursery.os.setsid; nursery.os.setsid = lambda: (__import__('time').sleep(0.3), setsid())"
    command(f"{LINGER}; {late}")
    others = psutil.Process().children()
    trainer, _ = start()
    until(lambda: len(psutil.Process().children()) == len(others) + 2)
    trainer.kill()
    assert not trainer.running()
    assert trainer.exit_signal == signal.SIGKILL
    assert psutil.Process().children() == others


def test_a_preload_that_fails_is_told_by_the_trainer(start, command):
    command("nursery.PRELOADED = ('no_such_module',)")
    trainer, _ = start()
    until(lambda: not trainer.running())
    assert trainer.ending()[0] == "succeeded"


SUPERVISOR = """
import sys, time
from pathlib import Path
from tuneyard.kit.config import Settings
from tuneyard_worker import forked_trainer
from tuneyard_worker.trainer_process import TrainerProcess
forked_trainer.COMMAND = tuple(sys.argv[2:])
nursery = forked_trainer.Nursery()
folder = Path(sys.argv[1])
trainer = TrainerProcess(folder, Settings(data_dir=folder.parent, threads=1), nursery)
while trainer.pid is None:
    assert trainer.running()
print(trainer.pid, nursery._found()[0].pid, flush=True)
time.sleep(60)
"""


def test_a_supervisor_that_is_killed_leaves_nothing_running(tmp_path):
    (tmp_path / "job").mkdir()
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(tmp_path / "job"), *quick(LINGER)], stdout=subprocess.PIPE
    )
    pids = [int(word) for word in supervisor.stdout.readline().split()]
    assert len(pids) == 2
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()
    until(lambda: not any(psutil.pid_exists(pid) for pid in pids), 5)
