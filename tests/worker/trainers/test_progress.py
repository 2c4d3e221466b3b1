"""Progress of a whole job: honest, never falling."""

import json

import pytest

from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.trainers.progress import Progress


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def progress(tmp_path, clock):
    told = Progress(JobDirectory(tmp_path), clock)
    told.plan({"embed": 30, "head": 10, "tune": 60})
    return told


def told(progress):
    lines = (progress.job.root / "events.jsonl").read_text().splitlines()
    return [json.loads(line)["data"] for line in lines]


def test_stages_count_by_their_work(progress):
    progress.update("embed", 1)
    progress.update("head", 1)
    assert told(progress)[-1]["fraction"] == pytest.approx(0.4)


def test_a_share_never_falls(progress):
    progress.update("embed", 1)
    progress.update("embed", 0.5)
    assert progress.fraction == pytest.approx(0.3)


def test_only_the_end_is_all(progress):
    for stage in ("embed", "head", "tune"):
        progress.update(stage, 1)
    assert told(progress)[-1]["fraction"] < 1
    progress.finish()
    assert told(progress)[-1] == {**told(progress)[-1], "fraction": 1.0, "eta_seconds": 0.0}


def test_the_time_left_follows_the_work_done(progress, clock):
    clock.now += 20
    progress.update("embed", 2 / 3)
    assert told(progress)[-1]["eta_seconds"] == pytest.approx(80)


def test_the_time_left_is_smoothed(progress, clock):
    clock.now += 20
    progress.update("embed", 2 / 3)
    clock.now += 40
    progress.update("embed", 0.7)
    assert 80 < told(progress)[-1]["eta_seconds"] < 225


def test_news_is_not_told_too_often(progress, clock):
    for share in range(100):
        clock.now += 0.1
        progress.update("embed", share / 100)
    assert len(told(progress)) <= 10
