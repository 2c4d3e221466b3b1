"""The fault table of JOBS.md, row by row, on the real stack: `make chaos`.

Its last rows are drawn by lot, from a seed that they print.
"""

import os
import random
import signal
import time
from contextlib import ExitStack, suppress
from datetime import datetime

import httpx
import psutil
import pytest
from faults import (
    LEASE_SECONDS,
    SLOW,
    FaultyPlatform,
    another_worker,
    busy_cores,
    killed,
)
from journey import ended, submit, until
from redis import Redis

from tuneyard.kit.queue import Doorbell, Queue

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

# The reaper looks every second; the machine may be slow.
REAPED_SECONDS = LEASE_SECONDS + 4
KILLS = 50
BUSY_SECONDS = 300
# Fifty of them are run, each once and a half.
BRIEF = {"hyperparameters": SLOW["hyperparameters"] | {"time_budget_seconds": 10}}


def test_a_killed_trainer_is_started_again(platform: FaultyPlatform, few_tickets):
    job = platform.train(few_tickets, "killed trainer")
    (trainer,) = platform.trainers()
    at = killed(trainer)
    ended(platform.stack.api, job["id"])
    first, second = platform.attempts(job["id"])
    assert first["outcome"] == "lost"
    assert first["exit_signal"] == signal.SIGKILL
    assert first["finished_at"].timestamp() - at < 2
    assert second["started_at"].timestamp() - at < 3
    platform.assert_sound(job["id"])


def test_a_killed_worker_gives_its_job_to_the_next(platform: FaultyPlatform, few_tickets):
    job = platform.train(few_tickets, "killed worker")
    (trainer,) = platform.trainers()
    at = killed(psutil.Process(platform.worker_pid()))
    until(trainer.is_running, lambda alive: not alive or trainer.status() == psutil.STATUS_ZOMBIE, timeout=10)
    ended(platform.stack.api, job["id"])
    first, _ = platform.attempts(job["id"])
    assert first["outcome"] == "lost"
    assert first["finished_at"].timestamp() - at < REAPED_SECONDS
    platform.assert_sound(job["id"])


def test_a_supervisor_that_slept_through_its_lease_publishes_nothing(platform: FaultyPlatform, few_tickets):
    job = platform.train(few_tickets, "slept")
    (trainer,) = platform.trainers()
    supervisor = trainer.parent()
    supervisor.suspend()
    with another_worker(platform):
        try:
            until(lambda: platform.job(job["id"])["attempt"], lambda attempt: attempt == 2, timeout=4 * LEASE_SECONDS)
            time.sleep(max(0.0, 3 * LEASE_SECONDS - 10))
        finally:
            supervisor.resume()
        until(trainer.is_running, lambda alive: not alive or trainer.status() == psutil.STATUS_ZOMBIE, timeout=10)
        ended(platform.stack.api, job["id"])
        assert [attempt["outcome"] for attempt in platform.attempts(job["id"])] == ["lost", "succeeded"]
        platform.assert_sound(job["id"])


@pytest.mark.timeout(1500)
def test_a_flushed_broker_loses_no_job(platform: FaultyPlatform, few_tickets):
    api = platform.stack.api
    with another_worker(platform):
        running = [platform.train(few_tickets, f"before the flush {number}") for number in range(2)]
        waiting = [submit(api, few_tickets, name=f"flushed {number}") for number in range(20)]
        Redis.from_url(platform.stack.run_state()["environment"]["TUNEYARD_REDIS_URL"]).flushall()
        for job in [*running, *waiting]:
            assert ended(api, job["id"], timeout=900)["attempt"] == 1
        platform.assert_sound(*(job["id"] for job in [*running, *waiting]))


def test_a_broker_that_is_away_delays_and_loses_nothing(platform: FaultyPlatform, few_tickets):
    api = platform.stack.api
    running = platform.train(few_tickets, "while the broker goes")
    platform.valkey.take_away()
    try:
        asked = time.monotonic()
        waiting = submit(api, few_tickets, name="while the broker is away")
        assert time.monotonic() - asked < 3
        time.sleep(120)
    finally:
        platform.valkey.bring_back()
    for job in (running, waiting):
        assert ended(api, job["id"])["attempt"] == 1
    platform.assert_sound(running["id"], waiting["id"])


@pytest.mark.parametrize("seconds", [5, 3 * LEASE_SECONDS])
def test_a_database_that_is_away_ends_no_attempt(platform: FaultyPlatform, few_tickets, seconds):
    longer = {"hyperparameters": {"tuning": "full", "epochs": 50, "time_budget_seconds": int(seconds) + 15}}
    job = platform.train(few_tickets, "while the database is away", **longer)
    platform.postgres.take_away()
    try:
        time.sleep(seconds)
        answer = platform.stack.api.get(f"/jobs/{job['id']}")
        assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
        assert answer.json()["error"]["code"] == "unavailable"
    finally:
        platform.postgres.bring_back()
    back = time.monotonic()
    until(lambda: platform.stack.api.get(f"/jobs/{job['id']}").status_code, lambda code: code == httpx.codes.OK, 10)
    assert time.monotonic() - back < 10
    assert ended(platform.stack.api, job["id"])["attempt"] == 1
    platform.assert_sound(job["id"])


def test_a_worker_that_is_told_to_go_gives_its_job_back(platform: FaultyPlatform, few_tickets):
    job = platform.train(few_tickets, "preempted")
    os.kill(platform.worker_pid(), signal.SIGTERM)
    ended(platform.stack.api, job["id"])
    assert [attempt["outcome"] for attempt in platform.attempts(job["id"])] == ["preempted", "succeeded"]
    assert platform.rows("SELECT infra_losses FROM jobs WHERE id = :id", id=job["id"]) == [{"infra_losses": 0}]
    platform.assert_sound(job["id"])


def test_busy_cores_let_no_lease_run_out(platform: FaultyPlatform, few_tickets):
    api = platform.stack.api
    deadline = time.monotonic() + BUSY_SECONDS
    jobs = []
    with busy_cores():
        while time.monotonic() < deadline:
            job = submit(api, few_tickets, name=f"beside busy cores {len(jobs)}", **SLOW)
            jobs.append(ended(api, job["id"], timeout=BUSY_SECONDS))
    assert {job["attempt"] for job in jobs} == {1}
    platform.assert_sound(*(job["id"] for job in jobs))


def test_eight_workers_and_a_hundred_rings_make_one_attempt(platform: FaultyPlatform, few_tickets):
    with ExitStack() as workers:
        for _ in range(7):
            workers.enter_context(another_worker(platform))
        doorbell = Doorbell(platform.stack.run_state()["environment"]["TUNEYARD_REDIS_URL"])
        job = submit(platform.stack.api, few_tickets, name="rung for")
        for _ in range(100):
            doorbell.ring(Queue.TRAIN)
        ended(platform.stack.api, job["id"])
        assert len(platform.attempts(job["id"])) == 1
        platform.assert_sound(job["id"])


@pytest.fixture(scope="module")
def undisturbed_seconds(platform: FaultyPlatform, few_tickets) -> float:
    """How long such a job takes from its claim to its end."""
    job = ended(platform.stack.api, submit(platform.stack.api, few_tickets, name="undisturbed", **BRIEF)["id"])
    started, finished = (datetime.fromisoformat(job[name]) for name in ("started_at", "finished_at"))
    return (finished - started).total_seconds()


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_kill_at_any_moment_costs_no_job(platform: FaultyPlatform, few_tickets, undisturbed_seconds, seed):
    """Who dies, and when, comes from the seed; the moments reach from before the trainer starts to the commit."""
    draw = random.Random(seed)
    victim, moment = draw.choice(("trainer", "nursery", "supervisor", "worker")), draw.uniform(0, 1)
    print(f"seed {seed}: the {victim} dies after {moment:.3f} of the job")
    job = submit(platform.stack.api, few_tickets, name=f"seed {seed}", **BRIEF)
    until(lambda: platform.job(job["id"]), lambda found: found["status"] != "queued")
    time.sleep(moment * undisturbed_seconds)
    for process in platform.processes(victim):
        killed(process)
    ended(platform.stack.api, job["id"])
    until(platform.trainers, lambda left: not left, 10)
    platform.assert_sound(job["id"])


@pytest.mark.parametrize("victim", ["trainer", "supervisor", "worker"])
def test_a_kill_while_the_artifact_is_handed_over(platform: FaultyPlatform, few_tickets, victim):
    """From the moment when the manifest is written, in the hope to meet the move into the store and the commit."""
    job = platform.train(few_tickets, f"handed over to nobody: {victim}")
    manifest = platform.stack.folder / "jobs" / f"{job['id']}-1" / "artifact" / "manifest.json"
    processes = platform.processes(victim)
    until(manifest.exists, bool, pause=0.001)
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            killed(process)
    ended(platform.stack.api, job["id"])
    until(platform.trainers, lambda left: not left, 10)
    platform.assert_sound(job["id"])
