"""Steps of the main job, for the tests that need its results."""

import time
from pathlib import Path
from typing import Any

import httpx

ENDED = ("succeeded", "failed", "cancelled")


def upload(api: httpx.Client, path: Path, name: str) -> dict[str, Any]:
    """The dataset, once it has been read."""
    with path.open("rb") as stream:
        answer = api.post("/datasets", files={"file": (path.name, stream)}, data={"name": name})
    assert answer.status_code == 202, answer.text
    return until(
        lambda: api.get(f"/datasets/{answer.json()['id']}").json(), lambda item: item["status"] != "processing"
    )


def submit(api: httpx.Client, dataset: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A queued fine-tune."""
    request = {
        "dataset_id": dataset["id"],
        "task": "text_classification",
        "columns": {"text": ["subject", "body"], "label": "category"},
        "preset": "fast",
    }
    answer = api.post("/jobs", json=request | changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


def ended(api: httpx.Client, job_id: str, timeout: float = 240) -> dict[str, Any]:
    """The job, once it has ended."""
    return until(lambda: api.get(f"/jobs/{job_id}").json(), lambda job: job["status"] in ENDED, timeout)


def until(look: Any, done: Any, timeout: float = 120, pause: float = 0.1) -> Any:
    """Look until it is as it should be."""
    deadline = time.monotonic() + timeout
    while True:
        found = look()
        if done(found):
            return found
        assert time.monotonic() < deadline, found
        time.sleep(pause)


def until_gone(folder: Path, pattern: str) -> None:
    """Files go once the end of their job is told."""
    until(lambda: list(folder.glob(pattern)), lambda left: left == [], timeout=10)
