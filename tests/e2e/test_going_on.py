"""A training that is killed and one that is paused go on where they were, on the real stack."""

import psutil
import pytest
from journey import ended, submit, until, upload
from pages import TICKETS

# Long enough for two interruptions, short enough to wait for.
LONG = {
    "hyperparameters": {
        "tuning": "full",
        "epochs": 50,
        "early_stopping_patience": 50,
        "batch_size": 16,
        "time_budget_seconds": 16,
    }
}


@pytest.fixture
def job(stack, tmp_path):
    sheet = tmp_path / "few-tickets.csv"
    sheet.write_text("".join(TICKETS.read_text().splitlines(keepends=True)[:101]))
    dataset = upload(stack.api, sheet, "tickets to come back to")
    return submit(stack.api, dataset, name="interrupted", **LONG)["id"]


def events(stack, job_id):
    """All of them so far."""
    found, after = [], 0
    while page := stack.api.get(f"/jobs/{job_id}/events", params={"after": after, "limit": 1000}).json()["data"]:
        found += page
        after = page[-1]["sequence"]
    return found


def attempts(stack, job_id):
    """Of each attempt: the step it went on from, and the encoder's steps that it told of."""
    found = []
    for event in events(stack, job_id):
        data = event["data"]
        if event["type"] == "status" and data.get("status") == "running":
            found.append({"continued": None, "steps": []})
        if data.get("continued_from_step") is not None:
            found[-1]["continued"] = data["continued_from_step"]
        if event["type"] == "metrics" and "train_loss" in data["values"]:
            found[-1]["steps"].append(data["step"])
    return found


def in_training(stack, job_id, attempt):
    """Wait until an attempt teaches the encoder."""
    until(lambda: attempts(stack, job_id), lambda found: len(found) == attempt and found[-1]["steps"])


def checkpoints(stack, job_id):
    return list((stack.folder / "store" / "checkpoints").glob(f"*/{job_id}/*"))


def trainer(stack, job_id):
    line = f"{stack.folder}/jobs/{job_id}-"
    found = psutil.process_iter(["cmdline"])
    return next(each for each in found if any(word.startswith(line) for word in each.info["cmdline"] or []))


def test_killed_and_paused_it_goes_on_where_it_was(stack, job):
    in_training(stack, job, 1)
    until(lambda: checkpoints(stack, job), bool)
    trainer(stack, job).kill()

    in_training(stack, job, 2)
    assert stack.api.post(f"/jobs/{job}/pause").status_code == 200
    until(lambda: stack.api.get(f"/jobs/{job}").json()["status"], lambda status: status == "paused", timeout=15)
    stack.api.post(f"/jobs/{job}/resume")

    assert ended(stack.api, job)["status"] == "succeeded"
    first, second, third = attempts(stack, job)
    assert first["continued"] is None
    assert second["steps"][0] > second["continued"] > 0
    assert third["continued"] >= second["steps"][-1]
    told = stack.api.get(f"/jobs/{job}/attempts").json()["data"]
    assert [item["continued_from_step"] for item in told] == [None, second["continued"], third["continued"]]
    assert checkpoints(stack, job) == []
    assert list((stack.folder / "jobs").iterdir()) == []
