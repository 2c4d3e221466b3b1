"""A running platform for the benchmarks: the product's own command, in a folder of its own."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
ENDED = ("succeeded", "failed", "cancelled")


def command(folder: Path, *arguments: str) -> str:
    """What `tuneyard …` prints; raises when it fails."""
    environment = os.environ | {"TUNEYARD_DATA_DIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-m", "tuneyard.cli", *arguments], capture_output=True, text=True, env=environment, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(done.stdout + done.stderr)
    return done.stdout


@contextmanager
def running() -> Iterator[tuple[httpx.Client, Path]]:
    """A client of a fresh platform, and its data directory."""
    parent = Path(tempfile.mkdtemp(prefix="tuneyard-bench-", dir="/tmp"))
    parent.chmod(0o755)  # the account of the database has to pass through
    folder = parent / "data"
    command(folder, "models", "pull")
    command(folder, "up", "--detach", "--port", "0")
    try:
        url = json.loads((folder / "run.json").read_text())["api_url"]
        headers = {"authorization": f"Bearer {command(folder, 'key', 'create').strip()}"}
        yield httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=120, trust_env=False), folder
    finally:
        command(folder, "down")
        shutil.rmtree(parent, ignore_errors=True)


def upload(api: httpx.Client, path: Path) -> dict[str, Any]:
    """The dataset, once it has been read."""
    with path.open("rb") as stream:
        dataset: dict[str, Any] = api.post("/datasets", files={"file": (path.name, stream)}).raise_for_status().json()
    while dataset["status"] == "processing":
        time.sleep(0.05)
        dataset = api.get(f"/datasets/{dataset['id']}").json()
    return dataset


def fine_tune(api: httpx.Client, dataset: dict[str, Any], **changes: Any) -> tuple[dict[str, Any], float]:
    """The finished job, and the seconds from the request to its end."""
    started = time.monotonic()
    job = wait(api, start(api, dataset, **changes))
    return job, time.monotonic() - started


def start(api: httpx.Client, dataset: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A job that waits or runs."""
    request = {
        "dataset_id": dataset["id"],
        "task": "text_classification",
        "columns": {"text": "text", "label": "label"},
    }
    job: dict[str, Any] = api.post("/jobs", json=request | {"preset": "fast"} | changes).raise_for_status().json()
    return job


def wait(api: httpx.Client, job: dict[str, Any], every_seconds: float = 0.1) -> dict[str, Any]:
    """The job, once it has succeeded."""
    while job["status"] not in ENDED:
        time.sleep(every_seconds)
        job = api.get(f"/jobs/{job['id']}").json()
    if job["status"] != "succeeded":
        raise RuntimeError(job["error"])
    return job


def stop(api: httpx.Client, job: dict[str, Any]) -> None:
    """Cancel a job and wait until its process is gone."""
    while job["status"] not in ENDED:
        job = api.post(f"/jobs/{job['id']}/cancel").raise_for_status().json()
        time.sleep(0.1)


def spec_of(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    """What the runner of a job's first attempt was given, as soon as it is there."""
    path = folder / "jobs" / f"{job['id']}-1" / "spec.json"
    while not path.exists():
        time.sleep(0.1)
    time.sleep(0.5)  # until it is written to its end
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def attempt_seconds(api: httpx.Client, job: dict[str, Any]) -> float:
    """From the claim of a job that needed one attempt to its end."""
    (attempt,) = api.get(f"/jobs/{job['id']}/attempts").json()["data"]
    begun, ended = (datetime.fromisoformat(attempt[name]) for name in ("started_at", "finished_at"))
    return (ended - begun).total_seconds()


def deploy(api: httpx.Client, name: str, model_version_id: str) -> None:
    """Deploy a version and wait until it takes traffic."""
    deployment = api.post("/deployments", json={"name": name, "model_version_id": model_version_id}).json()
    while deployment["status"] == "starting":
        time.sleep(0.05)
        deployment = api.get(f"/deployments/{name}").json()
    if deployment["status"] != "ready":
        raise RuntimeError(deployment["error"])
