"""A backup of a platform at work, restored beside it: the copy gives the same answers and goes on with the job."""

import json
import shutil
from typing import Any

import httpx
from journey import ended, submit, until, upload
from pages import TICKETS
from stack import Stack, command, fresh_folder, start

FEW_LINES = 81
SLOW = {"hyperparameters": {"tuning": "full", "epochs": 50, "time_budget_seconds": 60}}
TEXTS = ["Where is my parcel?", "My card was charged twice", "I want my money back"]


def answers(stack: Stack, name: str) -> list:
    """What the deployment says, once it is loaded."""
    with stack.api as api:
        found = until(
            lambda: api.post(f"/deployments/{name}/predict", json={"inputs": TEXTS}),
            lambda answer: answer.status_code == 200,
            timeout=60,
        )
    return found.json()["predictions"]


def training(api: httpx.Client, job_id: str) -> dict[str, Any]:
    """The job, once it learns."""
    return until(lambda: api.get(f"/jobs/{job_id}").json(), lambda job: job["phase"] == "training")


def test_a_restored_copy_answers_the_same_and_goes_on(stack, tmp_path):
    sheet = tmp_path / "few-tickets.csv"
    sheet.write_text("".join(TICKETS.read_text().splitlines(keepends=True)[:FEW_LINES]))
    with stack.api as api:
        dataset = upload(api, sheet, "tickets to keep")
        job = ended(api, submit(api, dataset, name="kept")["id"])
        body = {"name": "kept-safe", "model_version_id": job["model_version_id"]}
        assert api.post("/deployments", json=body).status_code == 201
        expected = answers(stack, "kept-safe")
        running = submit(api, dataset, name="at work", **SLOW)
        training(api, running["id"])
        made = stack.run("backup", str(tmp_path / "backup"))
        assert made.returncode == 0, made.stderr
        assert api.get(f"/jobs/{running['id']}").json()["status"] == "running"
        api.post(f"/jobs/{running['id']}/cancel")

    folder = fresh_folder()
    try:
        restored = command(folder, "restore", str(tmp_path / "backup"), TUNEYARD_DATABASE_URL="")
        assert restored.returncode == 0, restored.stderr
        start(folder, TUNEYARD_DATABASE_URL="")
        copy = Stack(folder, json.loads((folder / "run.json").read_text())["api_url"], stack.key, {})
        assert answers(copy, "kept-safe") == expected
        with copy.api as api:
            assert training(api, running["id"])["attempt"] == 2
    finally:
        command(folder, "down")
        shutil.rmtree(folder.parent, ignore_errors=True)
