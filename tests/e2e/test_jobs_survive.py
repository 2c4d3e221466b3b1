"""One job through one fault after another, and cancelling in each state; `make chaos` has the whole table."""

import os
import signal
import time
from pathlib import Path

import httpx
from faults import LEASE_SECONDS, FaultyPlatform, killed
from journey import ENDED, ended, submit, until, until_gone
from redis import Redis


def test_one_job_outlives_everything(platform: FaultyPlatform, few_tickets):
    api = platform.stack.api
    job = platform.train(few_tickets, "outlives everything")

    (trainer,) = platform.processes("trainer")
    at = killed(trainer)
    platform.trains_again(job["id"], attempt=2)
    first, second = platform.attempts(job["id"])
    assert (first["outcome"], first["exit_signal"]) == ("lost", signal.SIGKILL)
    assert second["started_at"].timestamp() - at < 3

    Redis.from_url(platform.stack.run_state()["environment"]["TUNEYARD_REDIS_URL"]).flushall()
    platform.valkey.take_away()
    asked = time.monotonic()
    waiting = submit(api, few_tickets, name="asked for without a broker")
    assert time.monotonic() - asked < 3
    platform.valkey.bring_back()

    platform.postgres.take_away()
    assert api.get(f"/jobs/{job['id']}").status_code == httpx.codes.SERVICE_UNAVAILABLE
    platform.postgres.bring_back()
    until(lambda: api.get(f"/jobs/{job['id']}").status_code, lambda code: code == httpx.codes.OK, 10)
    assert len(platform.attempts(job["id"])) == 2

    (worker,) = platform.processes("worker")
    at = killed(worker)
    platform.trains_again(job["id"], attempt=3)
    assert platform.attempts(job["id"])[1]["finished_at"].timestamp() - at < LEASE_SECONDS + 4

    os.kill(platform.worker_pid(), signal.SIGTERM)
    assert [ended(api, item["id"])["status"] for item in (job, waiting)] == ["succeeded", "succeeded"]
    outcomes = [attempt["outcome"] for attempt in platform.attempts(job["id"])]
    assert outcomes == ["lost", "lost", "preempted", "succeeded"]
    assert platform.rows("SELECT infra_losses FROM jobs WHERE id = :id", id=job["id"]) == [{"infra_losses": 2}]
    platform.assert_sound(job["id"], waiting["id"])


def test_cancelling_a_running_job_leaves_no_process(platform: FaultyPlatform, few_tickets):
    api = platform.stack.api
    job = platform.train(few_tickets, "cancelled")
    queued = submit(api, few_tickets, name="never started")
    assert api.post(f"/jobs/{queued['id']}/cancel").json()["status"] == "cancelled"
    assert_knows_its_own_folder_only(platform.stack, *platform.processes("trainer"))
    api.post(f"/jobs/{job['id']}/cancel")
    finished = until(lambda: platform.job(job["id"]), lambda found: found["status"] in ENDED, timeout=15)
    assert finished["status"] == "cancelled"
    assert platform.trainers() == []
    until_gone(platform.stack.folder / "jobs", "*")


def test_cancelling_ends_a_trainer_that_does_not_listen(platform: FaultyPlatform, few_tickets):
    job = platform.train(few_tickets, "hung")
    (trainer,) = platform.processes("trainer")
    trainer.suspend()
    platform.stack.api.post(f"/jobs/{job['id']}/cancel")
    assert ended(platform.stack.api, job["id"], timeout=45)["status"] == "cancelled"
    assert platform.trainers() == []


def assert_knows_its_own_folder_only(stack, trainer):
    environment = trainer.environ()
    assert Path(trainer.cwd()).parent == stack.folder / "jobs"
    assert [name for name in environment if name.startswith("TUNEYARD_")] == []
    secrets = [value for name, value in stack.run_state()["environment"].items() if "URL" in name or "SECRET" in name]
    assert not any(secret in value for secret in secrets for value in environment.values())
