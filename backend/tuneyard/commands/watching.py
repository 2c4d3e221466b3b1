"""A job on the terminal: a live progress bar with phase, metrics and time left."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn

from tuneyard.commands.client import ApiClient

RECONNECT_SECONDS = 1.0
SHOWN_METRICS = {"train_loss": "loss", "validation_loss": "validation loss", "validation_accuracy": "validation"}
SHOWN_CHARACTERS = 80
ENDED = ("succeeded", "failed", "cancelled")


@dataclass
class JobFailed(Exception):
    """The job ended without a result."""

    message: str
    hint: str | None


def watch(api: ApiClient, console: Console, job_id: str) -> Any:
    """Follow the events of a job to its end; the finished job. Raises JobFailed."""
    columns = (
        TextColumn("{task.description:<11}"), BarColumn(), TaskProgressColumn(),
        TextColumn("{task.fields[left]:<18}"), TextColumn("{task.fields[metrics]}"),
    )  # fmt: skip
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("queued", total=1.0, left="", metrics="")
        for kind, data in events(api, job_id):
            show(bar, task, kind, data)
    job = api.call("GET", f"/jobs/{job_id}")
    if job["status"] != "succeeded":
        error = job["error"] or {"message": f"The job was {job['status']}.", "hint": None}
        raise JobFailed(error["message"], error.get("hint"))
    return job


def show(bar: Progress, task: TaskID, kind: str, data: Any) -> None:
    """One event on the bar, or above it."""
    if kind == "status":
        bar.update(task, description=data.get("phase") or data.get("status") or "")
        if data.get("status") == "succeeded":
            bar.update(task, completed=1.0, left="")
    elif kind == "progress":
        bar.update(task, completed=data["fraction"], left=time_left(data.get("eta_seconds")))
    elif kind == "metrics":
        found = [f"{word} {data['values'][name]:.3f}" for name, word in SHOWN_METRICS.items() if name in data["values"]]
        bar.update(task, metrics="  ".join(found))
    elif kind == "samples":
        sample = data["answers"][0]
        told = f"  step {data['step']}: {shortened(sample['prompt'])} → {shortened(sample['answer'])}"
        bar.console.print(told, style="dim", markup=False)
    elif kind == "log":
        bar.console.print(f"  {data['message']}", style="dim", markup=False)


def shortened(text: str) -> str:
    """A text in one line."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN_CHARACTERS else line[:SHOWN_CHARACTERS] + "…"


def time_left(seconds: float | None) -> str:
    """About how long it still takes."""
    if seconds is None:
        return ""
    if seconds < 90:
        return f"about {max(seconds, 1):.0f} s left"
    return f"about {seconds / 60:.0f} min left"


def events(api: ApiClient, job_id: str) -> Iterator[tuple[str, Any]]:
    """(type, data) of every event until the job has ended; a broken stream is taken up where it broke."""
    last = "0"
    while True:
        headers = {"accept": "text/event-stream", "last-event-id": last}
        try:
            with api.http.stream("GET", f"/api/v1/jobs/{job_id}/events", headers=headers) as response:
                response.raise_for_status()
                for line in response.iter_lines():
                    if line.startswith("data: "):
                        event = json.loads(line.removeprefix("data: "))
                        last = str(event["sequence"])
                        yield event["type"], event["data"]
            if api.call("GET", f"/jobs/{job_id}")["status"] in ENDED:
                return
        except httpx.HTTPError:
            time.sleep(RECONNECT_SECONDS)
