"""What a fine-tune will take, before and after there are jobs to learn from."""

import re
from datetime import timedelta

import pytest
from dataset_factory import Publisher, upload
from model_folder import make_model_folder
from sqlalchemy import text
from workspaces import services

from tuneyard.base_models import machines
from tuneyard.base_models import service as base_models
from tuneyard.datasets.models import DatasetVersion
from tuneyard.jobs.models import Job, JobStatus
from tuneyard.kit import clock
from tuneyard.specs.dataset import ColumnProfile, ColumnType, LengthStats, ValueCount

ROWS = 1000


@pytest.fixture
def request_body(client, workspace, tmp_path):
    """A fine-tune of 1,000 rows of about 100 characters, in two classes."""
    base_models.pull(services(workspace.app).store, "tiny", str(make_model_folder(tmp_path / "tiny")), lambda *_: None)
    dataset_id = upload(client)["id"]
    version = Publisher(workspace).publish(dataset_id, [["a", "b"]])
    with services(workspace.app).database.workspace(workspace.id) as session:
        stored = session.get_one(DatasetVersion, version.id)
        columns = [column.model_dump(mode="json") for column in (text_column(), label_column())]
        stored.profile = stored.profile | {"rows": ROWS, "columns": columns}
    columns = {"text": "text", "label": "label"}
    return {"dataset_id": dataset_id, "task": "text_classification", "columns": columns, "base_model": "tiny"}


def text_column():
    lengths = LengthStats(shortest=100, mean=100, median=100, p95=100, longest=100)
    facts = {"missing": 0, "distinct": ROWS, "examples": [], "top_values": [], "lengths": lengths}
    return ColumnProfile(name="text", type=ColumnType.TEXT, reason="Words.", **facts)


def label_column():
    values = [ValueCount(value="bug", count=700), ValueCount(value="billing", count=300)]
    facts = {"missing": 0, "distinct": 2, "examples": [], "top_values": values}
    return ColumnProfile(name="label", type=ColumnType.CATEGORY, reason="It repeats.", **facts)


@pytest.fixture
def ask(client, request_body):
    def estimate(**changes):
        answer = client.post("/api/v1/jobs/estimate", json=request_body | changes)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return estimate


@pytest.fixture
def finish(client, workspace, request_body):
    """Let a fine-tune have taken so many seconds."""

    def make(seconds, **changes):
        job_id = client.post("/api/v1/jobs", json=request_body | changes).json()["id"]
        with services(workspace.app).database.workspace(workspace.id) as session:
            job = session.get_one(Job, job_id)
            job.status, job.started_at = JobStatus.SUCCEEDED, clock.now()
            job.finished_at = job.started_at + timedelta(seconds=seconds)

    return make


def test_more_thorough_takes_longer(ask):
    fast, balanced, best = (ask(preset=preset)["seconds"] for preset in ("fast", "balanced", "best"))
    assert fast < balanced < best
    assert ask()["basis"]["code"] == "rule_of_thumb"


def test_jobs_that_have_run_tell_better(ask, finish):
    rule = ask(preset="balanced")["seconds"]
    finish(1000, preset="fast")
    finish(3, preset="balanced")
    known = ask(preset="balanced")
    assert known["seconds"] == pytest.approx(3, abs=0.1)
    assert known["seconds"] < rule
    assert known["basis"]["code"] == "jobs_like_this"


def test_jobs_of_another_kind_tell_how_quick_the_machine_is(ask, finish):
    fast, balanced = ask(preset="fast")["seconds"], ask(preset="balanced")["seconds"]
    finish(fast / 2, preset="fast")
    learnt = ask(preset="balanced")
    assert learnt["seconds"] < balanced
    assert learnt["basis"]["code"] == "jobs_here"


def test_the_time_budget_bounds_it(ask):
    assert ask(preset="best", hyperparameters={"time_budget_seconds": 20})["seconds"] <= 24


def test_memory_goes_by_what_is_taught_and_by_the_batch(ask):
    head, full = (ask(hyperparameters={"tuning": tuning})["memory_bytes"] for tuning in ("head", "full"))
    assert head < full
    parts = ask(hyperparameters={"tuning": "full", "gradient_accumulation_steps": 8})["memory_bytes"]
    assert head < parts < full


def test_what_the_memory_does_not_hold_is_refused_with_what_fits(client, ask, request_body, tmp_path, monkeypatch):
    balanced = {"preset": "balanced", "hyperparameters": {"batch_size": 1024}}
    needed, head = ask(**balanced)["memory_bytes"], ask(preset="fast")["memory_bytes"]
    with services(client.app).database.system() as session:
        session.execute(text("DELETE FROM worker_processes"))
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(machines, "CGROUP_LIMIT", limit)
    limit.write_text(f"{(needed + head) // 2}\n")
    assert "not_enough_memory" in [warning["code"] for warning in ask(**balanced)["warnings"]]
    answer = client.post("/api/v1/jobs", json=request_body | balanced)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "not_enough_memory")
    message = answer.json()["error"]["message"]
    assert "the preset 'fast'" in message
    assert client.post("/api/v1/jobs", json=request_body | {"preset": "fast"}).status_code == 201
    parts = int(re.search(r"'gradient_accumulation_steps' set to (\d+)", message)[1])
    smaller = {"batch_size": 1024, "gradient_accumulation_steps": parts}
    assert client.post("/api/v1/jobs", json=request_body | balanced | {"hyperparameters": smaller}).status_code == 201
    limit.write_text("1000\n")
    answer = client.post("/api/v1/jobs", json=request_body | {"preset": "fast"})
    assert "Nothing on offer fits" in answer.json()["error"]["message"]
