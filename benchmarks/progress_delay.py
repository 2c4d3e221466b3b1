"""How far a job page is behind its trainer: from the moment progress is written to the moment it is seen.

`python benchmarks/progress_delay.py [--seconds N]` trains on the example's rows and prints what a client of the event
stream and a page in a real Chromium see, each against the time that the trainer wrote. Wanted: at most 1 s.
"""

import argparse
import json
import re
import shutil
import statistics
import threading
import time
from datetime import datetime

import httpx
from open_job_pages import sheet
from playwright.sync_api import sync_playwright
from running_platform import running, upload

ACCOUNT = {"email": "bench@example.com", "password": "correct horse battery staple", "workspace": "Bench"}
# Notes when each step is first painted.
OBSERVER = """() => {
    window.seen = {};
    const look = () => requestAnimationFrame(() => {
        const found = document.querySelector('main').innerText.match(/step ([\\d,]+) of/i);
        if (found) window.seen[found[1].replaceAll(',', '')] ??= Date.now() / 1000;
    });
    new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""
# Before the first step all texts are read.
READING_MS = 300_000
CHROMIUM = ["--no-sandbox", "--disable-gpu"]


def follow(api: httpx.Client, job_id: str, heard: dict[int, float], stop: threading.Event) -> None:
    """When each step of the event stream came."""
    headers = {"accept": "text/event-stream"}
    with api.stream("GET", f"/jobs/{job_id}/events", headers=headers, timeout=None) as answer:
        for line in answer.iter_lines():
            if stop.is_set():
                return
            if line.startswith("data: "):
                event = json.loads(line.removeprefix("data: "))
                if event["type"] == "progress":
                    heard.setdefault(event["data"]["step"], time.time())


def watch(api: httpx.Client, job_id: str, seconds: float) -> dict[int, float]:
    """When each step was first seen on the job's page."""
    root = str(api.base_url).split("/api/")[0]
    signed_in = httpx.post(f"{root}/api/v1/setup", json=ACCOUNT, trust_env=False).raise_for_status()
    cookies = [{"name": name, "value": value, "url": root} for name, value in signed_in.cookies.items()]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        context = browser.new_context(locale="en-US")
        context.add_cookies(cookies)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{root}/jobs/{job_id}")
        page.get_by_text(re.compile(r"step \d", re.IGNORECASE)).first.wait_for(timeout=READING_MS)
        page.evaluate(OBSERVER)
        page.wait_for_timeout(seconds * 1000)
        seen = page.evaluate("window.seen")
        browser.close()
    return {int(step): at for step, at in seen.items()}


def written(api: httpx.Client, job_id: str) -> dict[int, float]:
    """When the trainer wrote each step that was told."""
    found: dict[int, float] = {}
    after = 0
    while events := api.get(f"/jobs/{job_id}/events", params={"limit": 1000, "after": after}).json()["data"]:
        after = events[-1]["sequence"]
        for event in events:
            if event["type"] == "progress":
                found.setdefault(event["data"]["step"], datetime.fromisoformat(event["at"]).timestamp())
    return found


def report(who: str, when: dict[int, float], since: float, told: dict[int, float]) -> None:
    late = sorted(at - told[step] for step, at in when.items() if step in told and told[step] > since)
    p95 = late[int(len(late) * 0.95)]
    print(f"{who}: median {statistics.median(late):.2f} s, p95 {p95:.2f} s, most {late[-1]:.2f} s ({len(late)})")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=30)
    arguments = parser.parse_args()
    with running() as (api, _):
        dataset = upload(api, sheet())
        request = {"dataset_id": dataset["id"], "task": "text_classification", "preset": "best"}
        request |= {"columns": {"text": "text", "label": "label"}}
        job = api.post("/jobs", json=request).raise_for_status().json()["id"]
        while api.get(f"/jobs/{job}").json()["phase"] != "training":
            time.sleep(0.2)
        heard: dict[int, float] = {}
        stop = threading.Event()
        listener = threading.Thread(target=follow, args=(api, job, heard, stop), daemon=True)
        listener.start()
        seen = watch(api, job, arguments.seconds)
        stop.set()
        told = written(api, job)
        api.post(f"/jobs/{job}/cancel")
        since = min(seen.values())
        report("event stream", heard, since, told)
        report("page", seen, since, told)


if __name__ == "__main__":
    main()
