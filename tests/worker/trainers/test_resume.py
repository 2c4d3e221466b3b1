"""An interrupted fine-tuning goes on where it was, and ends with the weights it would have had."""

import json
import shutil
import subprocess
import sys
import time

import pytest
import torch
from fine_tune_jobs import events, job_maker, tickets

from tuneyard_worker.failures import JobFailure
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.room import Room
from tuneyard_worker.runner import run
from tuneyard_worker.stopping import Stopped, StopSignal
from tuneyard_worker.trainers import checkpoints, text_classification
from tuneyard_worker.trainers.checkpoints import Checkpoints
from tuneyard_worker.trainers.torch_states import TorchStates

WEIGHTS = "artifact/model/model.safetensors"
SHORT = {"head_epochs": 2, "epochs": 2, "batch_size": 16, "head_learning_rate": 1e-5, "learning_rate": 5e-3}
# A checkpoint at every point: so small a training would be over before the first one else.
RUNNER = """
import sys
from pathlib import Path
from tuneyard_worker import runner
from tuneyard_worker.trainers import checkpoints
checkpoints.LARGEST_SHARE = 1
sys.exit(runner.main(Path(sys.argv[1])))
"""


class Killed(BaseException):
    """As abrupt as SIGKILL: nothing catches it."""


@pytest.fixture
def always(monkeypatch):
    """A checkpoint at every point from which one can go on."""
    monkeypatch.setattr(checkpoints, "LARGEST_SHARE", 1.0)


@pytest.fixture
def at_point(monkeypatch):
    """Do something before the attempt reaches its point of that number; returns how many it has reached."""
    reached = Checkpoints.reached

    def arm(number, act):
        points = []

        def counting(self, *arguments):
            points.append(arguments[1])
            if len(points) == number:
                act()
            reached(self, *arguments)

        monkeypatch.setattr(Checkpoints, "reached", counting)
        return points

    return arm


@pytest.fixture
def job(make_job):
    return eager(make_job(tickets(120), tuning="full", **SHORT))


@pytest.fixture(scope="module")
def whole(tmp_path_factory, tiny_bert):
    """The weights of the same job, undisturbed."""
    make = job_maker(tmp_path_factory.mktemp("undisturbed"), tiny_bert)
    undisturbed = make(tickets(120), tuning="full", **SHORT)
    assert run(undisturbed) == 0
    return (undisturbed / WEIGHTS).read_bytes()


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a disk of 32 MB."""
    folder = tmp_path / "small-disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def eager(job, **budget):
    """Let the job write a checkpoint whenever writing is cheap enough."""
    spec = json.loads((job / "spec.json").read_text())
    spec["budget"] |= {"checkpoint_seconds": 0} | budget
    (job / "spec.json").write_text(json.dumps(spec))
    return job


def die():
    raise Killed


def written(job):
    return sorted(path.parent for path in (job / "checkpoints").glob("[!.]*/manifest.json"))


def newest(job):
    """Number of the newest checkpoint, counted over all attempts."""
    return max((int(folder.name.split("-")[0]) for folder in written(job)), default=0)


def logged(job):
    return "\n".join(event["message"] for event in events(job, "log"))


def continued(job):
    """Steps that attempts went on from."""
    return [event["continued_from_step"] for event in events(job, "status") if event["continued_from_step"] is not None]


@pytest.mark.parametrize("tuning", [{"tuning": "full", "trials": 2}, {"tuning": "lora", "learning_rate": 1e-3}, {}])
def test_killed_again_and_again_it_ends_with_the_same_weights(make_job, always, at_point, tuning):
    undisturbed, killed = (eager(make_job(tickets(120), name=name, **SHORT | tuning)) for name in ("a", "b"))
    assert run(undisturbed) == 0
    kills = 0
    for points in (1, 2, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67):
        at_point(points, die)
        try:
            assert run(killed) == 0
        except Killed:
            kills += 1
            continue
        break
    assert kills > 3
    assert (killed / WEIGHTS).read_bytes() == (undisturbed / WEIGHTS).read_bytes()
    assert len(written(killed)) < 20


def test_sigkill_of_the_process_loses_no_weight(job, whole):
    with subprocess.Popen([sys.executable, "-c", RUNNER, str(job)]) as process:
        deadline = time.monotonic() + 60
        while newest(job) < 40 and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.001)
        assert process.poll() is None, "it ended before it could be killed"
        process.kill()
    assert run(job) == 0
    assert len(continued(job)) == 1
    assert (job / WEIGHTS).read_bytes() == whole


def test_asked_to_stop_it_loses_no_step(job, whole, always, at_point):
    stop = StopSignal()
    points = at_point(70, stop.hear)
    with pytest.raises(Stopped):
        run(job, stop)
    assert len(points) == 70
    left = at_point(0, die)
    assert run(job) == 0
    assert continued(job) == [points[-1]]
    assert left[0] == points[-1] + 1
    assert (job / WEIGHTS).read_bytes() == whole


def test_asked_to_stop_during_the_exam_it_trains_no_step_again(job, whole, at_point, monkeypatch):
    stop = StopSignal()
    with monkeypatch.context() as patch, pytest.raises(Stopped):
        patch.setattr(text_classification, "examine", lambda *_: stop.hear())
        run(job, stop)
    points = at_point(0, die)
    assert run(job) == 0
    assert points == []
    assert (job / WEIGHTS).read_bytes() == whole


@pytest.mark.parametrize("damage", ["altered", "cut", "not renamed yet", "manifest cut"])
def test_a_damaged_checkpoint_is_passed_over(job, whole, always, at_point, damage):
    at_point(60, die)
    with pytest.raises(Killed):
        run(job)
    newest = written(job)[-1]
    state, manifest = next(newest.glob("*.pt")), newest / "manifest.json"
    match damage:
        case "altered":
            content = bytearray(state.read_bytes())
            content[len(content) // 2] ^= 1
            state.write_bytes(content)
        case "cut":
            state.write_bytes(state.read_bytes()[:-1])
        case "not renamed yet":
            newest.rename(newest.with_name(f".{newest.name}.tmp"))
        case "manifest cut":
            manifest.write_bytes(manifest.read_bytes()[:-20])
    at_point(0, die)
    assert run(job) == 0
    assert (newest.name in logged(job)) == (damage != "not renamed yet")
    assert len(continued(job)) == 1
    assert (job / WEIGHTS).read_bytes() == whole


def test_writing_costs_a_fiftieth_at_most(job, monkeypatch):
    """By a clock that a step moves by three seconds and a checkpoint by two."""
    now = [0.0]
    found = []
    write, begin = checkpoints.checkpoint_folders.write, Checkpoints.__init__

    def slow(*arguments):
        now[0] += 2
        return write(*arguments)

    def clocked(self, *arguments, **options):
        begin(self, *arguments, **options, clock=lambda: now[0])
        found.append(self)

    reached = Checkpoints.reached

    def step(self, *arguments):
        now[0] += 3
        reached(self, *arguments)

    monkeypatch.setattr(checkpoints.checkpoint_folders, "write", slow)
    monkeypatch.setattr(Checkpoints, "__init__", clocked)
    monkeypatch.setattr(Checkpoints, "reached", step)
    assert run(job) == 0
    assert found[0].written >= 2
    # The first comes before anybody knows what it costs.
    assert found[0].seconds_writing - 2 <= 0.02 * found[0].seconds()


def test_a_full_disk_is_found_before_a_checkpoint_and_the_former_one_is_whole(job, whole, always, at_point, small_disk):
    (small_disk / "spec.json").write_bytes((job / "spec.json").read_bytes())
    ballast = small_disk / "ballast"
    at_point(60, lambda: ballast.write_bytes(bytes(shutil.disk_usage(small_disk).free - 10**6)))
    assert run(small_disk) == 1
    error = json.loads((small_disk / "error.json").read_text())
    assert error["code"] == "disk_full"
    assert "no room for a checkpoint" in error["message"]
    assert not list((small_disk / "checkpoints").glob(".*"))
    ballast.unlink()
    at_point(0, die)
    assert run(small_disk) == 0
    assert len(continued(small_disk)) == 1
    assert (small_disk / WEIGHTS).read_bytes() == whole


def test_a_disk_that_fills_while_a_checkpoint_is_written_is_told_as_such(small_disk, monkeypatch):
    monkeypatch.setattr(Room, "ensure", lambda *_: None)
    job = JobDirectory(small_disk)
    job.stop.asked = True
    part = Checkpoints(job, Room((small_disk,)), TorchStates()).part("teach")
    with pytest.raises(JobFailure, match="no room for a checkpoint") as failed:
        part.reached(1, lambda: {"weights": torch.ones(10 * 2**20)})
    assert failed.value.error.code == "disk_full"
    assert not list(job.checkpoints.iterdir()), "it would keep the disk full"


def test_a_job_may_use_only_so_much_of_the_disk(job, always):
    eager(job, disk_bytes=50_000)
    assert run(job) == 1
    assert json.loads((job / "error.json").read_text())["code"] == "disk_budget"


def test_batches_in_smaller_parts_teach_as_well(job):
    eager(job, batch_parts=2)
    assert run(job) == 0
    assert (job / WEIGHTS).is_file()


def test_a_lack_of_memory_is_told_as_such(job, at_point):
    at_point(5, lambda: torch.empty(2**60))
    assert run(job) == 1
    assert json.loads((job / "error.json").read_text())["code"] == "out_of_memory"
