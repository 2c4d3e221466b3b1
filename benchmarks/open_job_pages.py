"""What 50 open job pages cost the api: event streams, and what the page asks for beside them, while a job trains.

`python benchmarks/open_job_pages.py [FILE] [--pages N] [--preset P]`; FILE has the columns `text` and `label`. Prints
the share of one core that the api process takes, before and with the pages, and how late they hear of progress.
"""

import argparse
import asyncio
import csv
import json
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psutil
from running_platform import ROOT, running, upload

# As frontend/src/features/jobs/queries.ts has them while the stream is up.
JOB_SECONDS, LIST_SECONDS = 15.0, 5.0
SECONDS = 30.0


async def page(client: httpx.AsyncClient, job_id: str, late: list[float]) -> None:
    """One page: a stream and two clocks."""

    async def follow() -> None:
        headers = {"accept": "text/event-stream"}
        async with client.stream("GET", f"/jobs/{job_id}/events", headers=headers, timeout=None) as answer:
            opened = datetime.now(UTC)
            async for line in answer.aiter_lines():
                if line.startswith("data: "):
                    event = json.loads(line.removeprefix("data: "))
                    at = datetime.fromisoformat(event["at"])
                    if event["type"] == "progress" and at > opened:
                        late.append((datetime.now(UTC) - at).total_seconds())

    async def ask(path: str, seconds: float) -> None:
        while True:
            (await client.get(path)).raise_for_status()
            await asyncio.sleep(seconds)

    await asyncio.gather(follow(), ask(f"/jobs/{job_id}", JOB_SECONDS), ask("/jobs?limit=50", LIST_SECONDS))


async def with_pages(api: httpx.Client, process: psutil.Process, job_id: str, count: int) -> tuple[float, list[float]]:
    late: list[float] = []
    limits = httpx.Limits(max_connections=None)
    client = httpx.AsyncClient(base_url=api.base_url, headers=api.headers, limits=limits, timeout=30, trust_env=False)
    async with client:
        pages = [asyncio.create_task(page(client, job_id, late)) for _ in range(count)]
        await asyncio.sleep(5)  # the pages are open
        late.clear()
        before, began = busy(process), time.monotonic()
        await asyncio.sleep(SECONDS)
        share = (busy(process) - before) / (time.monotonic() - began)
        for task in pages:
            task.cancel()
        await asyncio.gather(*pages, return_exceptions=True)
    return share, late


def busy(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def sheet(rounds: int = 10) -> Path:
    """The example's rows so many times over, each a little different; ten of them take minutes to train."""
    path = Path(tempfile.mkdtemp()) / "rows.csv"
    with (ROOT / "examples" / "support-tickets.csv").open(encoding="utf-8") as source, path.open("w") as target:
        rows = list(csv.DictReader(source))
        writer = csv.writer(target)
        writer.writerow(["text", "label"])
        for round_ in range(rounds):
            writer.writerows([f"{row['body']} {round_}", row["category"]] for row in rows)
    return path


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--pages", type=int, default=50)
    parser.add_argument("--preset", default="best")
    arguments = parser.parse_args()
    with running() as (api, folder):
        state = json.loads((folder / "run.json").read_text())
        process = psutil.Process(next(part["pid"] for part in state["parts"] if part["name"] == "api"))
        dataset = upload(api, arguments.file or sheet())
        before, began = busy(process), time.monotonic()
        time.sleep(5)
        idle = (busy(process) - before) / (time.monotonic() - began)
        request = {"dataset_id": dataset["id"], "task": "text_classification", "preset": arguments.preset}
        request |= {"columns": {"text": "text", "label": "label"}}
        job = api.post("/jobs", json=request).raise_for_status().json()
        while api.get(f"/jobs/{job['id']}").json()["phase"] != "training":
            time.sleep(0.5)
        share, late = asyncio.run(with_pages(api, process, job["id"], arguments.pages))
        api.post(f"/jobs/{job['id']}/cancel")
        print(f"api, nobody there: {idle:.1%} of a core")
        print(f"api, {arguments.pages} job pages: {share:.1%} of a core")
        tardy = sum(seconds > 1 for seconds in late)
        print(f"progress heard after: median {statistics.median(late):.2f} s, most {max(late):.2f} s")
        print(f"{tardy} of {len(late)} heard after more than a second")


if __name__ == "__main__":
    main()
