"""A backup of a platform at work, restored beside it: the copy answers the same, goes on with the job, and outlives a
kill -9 and a stop like any platform: nothing is left running, nothing is lost.
"""

import json
import os
import shutil
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from faults import LONG
from journey import ended, submit, until, upload
from pages import TICKETS
from stack import COPYS_SERVERS, Stack, command, fresh_folder, running, start

from buckets import S3, s3_server
from processes import processes_of

FEW_LINES = 81
SLOW = {"hyperparameters": LONG | {"time_budget_seconds": 120}}
TEXTS = ["Where is my parcel?", "My card was charged twice", "I want my money back"]
DEPLOYED = "kept-safe"


@dataclass(frozen=True)
class Copy:
    """A restored platform, and what the original said and did when it was backed up."""

    folder: Path
    key: str
    settings: Mapping[str, str]
    running: str
    expected: list[dict[str, Any]]

    def stack(self) -> Stack:
        """As it runs now."""
        return Stack(
            self.folder, json.loads((self.folder / "run.json").read_text())["api_url"], self.key, self.settings
        )


@pytest.fixture(scope="module")
def copy(stack, tmp_path_factory) -> Iterator[Copy]:
    # It has servers of its own, even where the tests are given some.
    servers = {name: os.environ.get(given, "") for name, given in COPYS_SERVERS.items()}
    with restored(stack, tmp_path_factory.mktemp("backup"), servers) as made:
        yield made


@contextmanager
def restored(stack: Stack, parent: Path, settings: Mapping[str, str]) -> Iterator[Copy]:
    """A copy with these settings of the platform at work."""
    (parent / "few-tickets.csv").write_text("".join(TICKETS.read_text().splitlines(keepends=True)[:FEW_LINES]))
    with stack.api as api:
        dataset = upload(api, parent / "few-tickets.csv", "tickets to keep")
        job = ended(api, submit(api, dataset, name="kept")["id"])
        body = {"name": DEPLOYED, "model_version_id": job["model_version_id"]}
        assert api.post("/deployments", json=body).status_code == 201
        expected = answers(stack)
        # All rows: a quick machine learns the few in the time of a backup.
        at_work = submit(api, upload(api, TICKETS, "tickets to learn"), name="at work", **SLOW)["id"]
        training(api, at_work, attempt=1)
        made = stack.run("backup", str(parent / "backup"))
        assert made.returncode == 0, made.stderr
        assert api.get(f"/jobs/{at_work}").json()["status"] == "running"
        api.post(f"/jobs/{at_work}/cancel")

    folder = fresh_folder()
    try:
        brought = command(folder, "restore", str(parent / "backup"), **settings)
        assert brought.returncode == 0, brought.stderr
        start(folder, **settings)
        yield Copy(folder, stack.key, settings, at_work, expected)
    finally:
        command(folder, "down")
        shutil.rmtree(folder.parent, ignore_errors=True)


def answers(stack: Stack) -> list[dict[str, Any]]:
    """What the deployment says, once it is loaded."""
    with stack.api as api:
        found = until(
            lambda: api.post(f"/deployments/{DEPLOYED}/predict", json={"inputs": TEXTS}),
            lambda answer: answer.status_code == 200,
            timeout=60,
        )
    return found.json()["predictions"]


def training(api: httpx.Client, job_id: str, attempt: int) -> None:
    """Wait until the job learns, in this attempt."""
    told = "training", attempt
    until(lambda: api.get(f"/jobs/{job_id}").json(), lambda job: (job["phase"], job["attempt"]) == told)


def test_a_restored_copy_goes_on_outlives_a_kill_answers_the_same_and_stops(copy):
    with copy.stack().api as api:
        training(api, copy.running, attempt=2)

    os.kill(copy.stack().run_state()["supervisor"]["pid"], signal.SIGKILL)
    until(lambda: processes_of(copy.folder), lambda found: found == [], timeout=20)
    start(copy.folder, **copy.settings)
    with copy.stack().api as api:
        training(api, copy.running, attempt=3)
        api.post(f"/jobs/{copy.running}/cancel")
        assert ended(api, copy.running)["status"] == "cancelled"
    assert answers(copy.stack()) == copy.expected

    assert command(copy.folder, "down").returncode == 0
    assert processes_of(copy.folder) == []


@pytest.mark.slow
def test_a_copy_that_was_stopped_starts_again(copy):
    command(copy.folder, "down")
    start(copy.folder, **copy.settings)
    assert answers(copy.stack()) == copy.expected


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_from_bucket_to_bucket(tmp_path):
    with (
        s3_server() as server,
        running(**in_bucket(server)) as stack,
        restored(stack, tmp_path, in_bucket(server)) as copy,
    ):
        with copy.stack().api as api:
            training(api, copy.running, attempt=2)
        swept = copy.stack().run("sweep")
        assert swept.returncode == 0, swept.stdout + swept.stderr
        assert answers(copy.stack()) == answers(stack) == copy.expected


def in_bucket(server: S3) -> dict[str, str]:
    return {f"TUNEYARD_{name.upper()}": value for name, value in server.new_store().items()}
