"""Faults of the real stack: killed trainers and workers, a flushed broker, cancelling in each state."""

import os
import signal
from pathlib import Path

import psutil
import pytest
from journey import ENDED, ended, submit, until, upload
from redis import Redis

TICKETS = Path(__file__).parents[2] / "examples" / "support-tickets.csv"
# Long enough to be caught in the middle, short enough to wait for.
SLOW = {"hyperparameters": {"tuning": "full", "epochs": 50, "time_budget_seconds": 12}}


@pytest.fixture(scope="module")
def dataset(stack):
    return upload(stack.api, TICKETS, "tickets for faults")


def training(stack, job_id):
    return until(lambda: stack.api.get(f"/jobs/{job_id}").json(), lambda job: job["phase"] == "training")


def trainers(stack):
    """Runner processes of this stack."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if "tuneyard_worker.runner" in (line := process.info["cmdline"] or []) and str(stack.folder) in line[-1]
    ]


def worker_pid(stack):
    return next(part["pid"] for part in stack.run_state()["parts"] if part["name"] == "worker-train")


def test_a_killed_trainer_is_started_again(stack, dataset):
    job = submit(stack.api, dataset, name="killed trainer", **SLOW)
    training(stack, job["id"])
    (trainer,) = trainers(stack)
    trainer.kill()
    again = until(lambda: stack.api.get(f"/jobs/{job['id']}").json(), lambda job: job["attempt"] == 2, timeout=15)
    assert again["status"] == "running"
    finished = ended(stack.api, job["id"])
    assert (finished["status"], finished["attempt"]) == ("succeeded", 2)


def test_a_killed_worker_gives_its_job_to_the_next(stack, dataset):
    job = submit(stack.api, dataset, name="killed worker", **SLOW)
    training(stack, job["id"])
    (trainer,) = trainers(stack)
    os.kill(worker_pid(stack), signal.SIGKILL)
    until(
        lambda: trainer.is_running() and trainer.status() != psutil.STATUS_ZOMBIE, lambda alive: not alive, timeout=10
    )
    finished = ended(stack.api, job["id"])
    assert (finished["status"], finished["attempt"]) == ("succeeded", 2)
    models = [item for item in stack.api.get("/models").json()["data"] if item["name"] == "killed worker"]
    assert len(models) == 1


def test_queued_jobs_survive_a_flushed_broker(stack, dataset):
    first = submit(stack.api, dataset, name="before the flush", **SLOW)
    training(stack, first["id"])
    queued = [submit(stack.api, dataset, name=f"flushed {number}") for number in range(2)]
    Redis.from_url(stack.run_state()["environment"]["TUNEYARD_REDIS_URL"]).flushall()
    assert {ended(stack.api, job["id"])["status"] for job in [first, *queued]} == {"succeeded"}


def test_cancelling_a_running_job_leaves_no_process(stack, dataset):
    job = submit(stack.api, dataset, name="cancelled", **SLOW)
    training(stack, job["id"])
    queued = submit(stack.api, dataset, name="never started")
    assert stack.api.post(f"/jobs/{queued['id']}/cancel").json()["status"] == "cancelled"
    assert_knows_its_own_folder_only(stack, *trainers(stack))
    stack.api.post(f"/jobs/{job['id']}/cancel")
    finished = until(lambda: stack.api.get(f"/jobs/{job['id']}").json(), lambda job: job["status"] in ENDED, timeout=15)
    assert finished["status"] == "cancelled"
    assert trainers(stack) == []
    assert list((stack.folder / "jobs").iterdir()) == []


def test_cancelling_ends_a_trainer_that_does_not_listen(stack, dataset):
    job = submit(stack.api, dataset, name="hung", **SLOW)
    training(stack, job["id"])
    (trainer,) = trainers(stack)
    trainer.suspend()
    stack.api.post(f"/jobs/{job['id']}/cancel")
    assert ended(stack.api, job["id"], timeout=45)["status"] == "cancelled"
    assert trainers(stack) == []


def assert_knows_its_own_folder_only(stack, trainer):
    environment = trainer.environ()
    assert Path(environment["TMPDIR"]).parent.parent == stack.folder / "jobs"
    assert [name for name in environment if name.startswith("TUNEYARD_")] == []
    secrets = [value for name, value in stack.run_state()["environment"].items() if "URL" in name or "SECRET" in name]
    assert not any(secret in value for secret in secrets for value in environment.values())
