"""A fine-tune on a base model that is not in the store: its job fetches it first, and can be stopped while it does.

The hub is one of this process. All else is real but the trainer: with weights of ten numbers there is nothing to teach.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from model_folder import make_model_folder
from sqlalchemy import select, text
from trainable import COLUMNS, make_dataset

from hub_double import COMMIT, hub, sha256
from tuneyard.base_models.catalogue import CATALOGUE
from tuneyard.base_models.importing import alone, installed
from tuneyard.jobs import dispatcher
from tuneyard.jobs.models import Job, JobAttempt
from tuneyard.kit.errors import TuneyardError
from tuneyard.kit.queue import Queue
from tuneyard_worker import fetching, supervisor
from tuneyard_worker.fetcher import Telling
from tuneyard_worker.forked_trainer import Nursery
from tuneyard_worker.job_directory import JobDirectory

BASE = "bge-small-en-v1.5"
REPOSITORY = "BAAI/bge-small-en-v1.5"
LONGEST_SECONDS = 60


class Untaught(TuneyardError):
    status_code, code = 422, "untaught"


class StopSign:
    asked = False

    def raised(self) -> bool:
        return self.asked


@pytest.fixture
def files(tmp_path) -> Path:
    """What the hub has."""
    return make_model_folder(tmp_path / "hub" / REPOSITORY)


@pytest.fixture
def prepared(monkeypatch) -> list[dict]:
    """The specs that a trainer would have been given; the job ends with them."""
    specs: list[dict] = []

    def start(directory: Path, *_: object) -> None:
        specs.append(json.loads((directory / "spec.json").read_text()))
        raise Untaught("There is nothing to teach.")

    monkeypatch.setattr(supervisor, "TrainerProcess", start)
    return specs


@pytest.fixture
def submit(client, workspace) -> Callable[[], str]:
    """Queue a fine-tune on a base model that is not here."""
    dataset_id = make_dataset(workspace, COLUMNS)
    columns = {"text": "body", "label": "category"}
    request = {"dataset_id": dataset_id, "task": "text_classification", "columns": columns, "base_model": BASE}

    def submit() -> str:
        answer = client.post("/api/v1/jobs", json=request)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    return submit


@pytest.fixture
def workers() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def work(services, stop=None) -> None:
    supervisor.work(services, Queue.TRAIN, "worker_test", stop or StopSign(), Nursery())


def read(client, job_id) -> dict:
    return client.get(f"/api/v1/jobs/{job_id}").json()


def told(client, job_id) -> list[str]:
    """Codes of its log."""
    events = client.get(f"/api/v1/jobs/{job_id}/events", params={"limit": 1000}).json()["data"]
    return [event["data"]["code"] for event in events if event["type"] == "log"]


def wait_until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def left(services) -> list[str]:
    """What lies in the folder of imports but locks."""
    return [name for name in services.store.names("base_models/.importing") if not name.endswith(".lock")]


def test_it_is_fetched_told_and_recorded(client, services, submit, prepared, files, monkeypatch):
    job_id = submit()
    with hub(files.parents[1]) as (url, _):
        monkeypatch.setenv("HF_ENDPOINT", url)
        work(services)
    assert read(client, job_id)["error"]["code"] == "untaught"
    base = prepared[0]["base_model"]
    assert (base["sha256"], base["source"]) == (sha256(files / "model.safetensors"), f"hub:{REPOSITORY}@{COMMIT}")
    assert (Path(base["path"]) / "manifest.json").exists()
    events = client.get(f"/api/v1/jobs/{job_id}/events", params={"limit": 1000}).json()["data"]
    assert [event["data"]["phase"] for event in events if event["data"].get("phase")] == ["fetching"]
    assert [event["data"]["message"] for event in events if event["type"] == "log"] == [
        "Fetching BGE small, English (133 MB) …",
        "BGE small, English has been fetched and checked.",
    ]
    assert left(services) == []


def test_jobs_that_want_the_same_fetch_it_once_and_keep_their_leases(
    client, services, submit, prepared, files, workers, monkeypatch
):
    jobs, hold = {submit(), submit()}, threading.Event()
    settings = services.settings.model_copy(update={"lease_seconds": 4.0, "heartbeat_seconds": 0.5})
    quick = replace(services, settings=settings)
    with hub(files.parents[1], hold=hold) as (url, asked):
        monkeypatch.setenv("HF_ENDPOINT", url)
        running = [workers.submit(work, quick) for _ in jobs]
        wait_until(lambda: {code for job_id in jobs for code in told(client, job_id)} >= {"base_model_awaited"})
        wait_until(lambda: any(path.startswith("/cdn/") for path in asked))
        time.sleep(1.5 * settings.lease_seconds)
        dispatcher.tick(quick, reap=True)
        hold.set()
        for each in running:
            each.result()
    assert [spec["base_model"]["id"] for spec in prepared] == [BASE, BASE]
    assert [(job["error"]["code"], job["attempt"]) for job in (read(client, each) for each in jobs)] == [
        ("untaught", 1)
    ] * 2
    assert sum(path.startswith("/cdn/") for path in asked) == 1
    assert sorted(told(client, job_id)[-1] for job_id in jobs) == ["base_model_awaited", "base_model_fetched"]


@pytest.mark.parametrize(("action", "status"), [("cancel", "cancelled"), ("pause", "paused")])
def test_whoever_asks_it_to_end_while_it_fetches_is_obeyed(
    client, services, submit, prepared, files, workers, monkeypatch, action, status
):
    job_id, hold = submit(), threading.Event()
    with hub(files.parents[1], hold=hold) as (url, asked):
        monkeypatch.setenv("HF_ENDPOINT", url)
        running = workers.submit(work, services)
        wait_until(lambda: any(path.startswith("/cdn/") for path in asked))
        began = time.monotonic()
        assert client.post(f"/api/v1/jobs/{job_id}/{action}").status_code < 300
        running.result()
        took = time.monotonic() - began
        hold.set()
    assert read(client, job_id)["status"] == status
    assert took < 5
    assert (prepared, left(services), installed(services.store, BASE)) == ([], [], None)
    assert list(services.settings.jobs_dir.iterdir()) == []
    assert not [child for child in psutil.Process().children() if "fetcher" in " ".join(child.cmdline())]


@pytest.mark.parametrize(("wish", "status"), [("cancel", "cancelled"), ("stop", "queued")])
def test_a_job_that_waits_for_another_is_ended_too(client, services, submit, prepared, workers, wish, status):
    job_id, stop = submit(), StopSign()
    with alone(services.store, BASE):
        running = workers.submit(work, services, stop)
        wait_until(lambda: "base_model_awaited" in told(client, job_id))
        if wish == "stop":
            stop.asked = True
        else:
            client.post(f"/api/v1/jobs/{job_id}/cancel")
        running.result()
    assert (read(client, job_id)["status"], prepared) == (status, [])
    with services.database.system() as session:
        assert session.scalars(select(Job.infra_losses).where(Job.id == job_id)).one() == 0


@pytest.mark.parametrize(
    ("hub_is", "code", "said"),
    [
        ({"refusal": 404}, "base_model_not_found", "answers 404"),
        ({"refusal": 403}, "base_model_licence_not_accepted", "HF_TOKEN"),
        ({"wrong_etag": True}, "base_model_wrong_checksum", "Nothing was kept"),
        (None, "base_model_unreachable", "models pull ID --from FOLDER"),
    ],
)
def test_what_can_not_be_fetched_fails_once_and_in_words(
    client, services, workspace, submit, prepared, files, monkeypatch, hub_is, code, said
):
    job_id = submit()
    with hub(files.parents[1], **(hub_is or {})) as (url, _):
        monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9" if hub_is is None else url)
        work(services)
    job = read(client, job_id)
    assert (job["status"], job["attempt"], job["error"]["code"]) == ("failed", 1, code)
    assert said in f"{job['error']['message']} {job['error']['hint']}"
    assert "Traceback" not in job["error"]["message"]
    assert (prepared, left(services), installed(services.store, BASE)) == ([], [], None)
    with services.database.workspace(workspace.id) as session:
        assert session.scalars(select(JobAttempt.outcome)).all() == ["failed"]


def test_a_base_model_that_is_not_of_the_catalogue_is_never_fetched(client, services, submit, prepared):
    job_id = submit()
    with services.database.system() as session:
        changed = text("UPDATE jobs SET spec = jsonb_set(spec, '{base_model}', '\"somebody/else\"') WHERE id = :id")
        session.execute(changed, {"id": job_id})
    work(services)
    assert read(client, job_id)["error"]["code"] == "unknown_base_model"
    assert prepared == []


def test_a_fetcher_dies_with_its_supervisor_and_knows_no_secret_of_ours(tmp_path, files, monkeypatch):
    hold, folder = threading.Event(), tmp_path / "staging"
    folder.mkdir()
    program = f"""
import time
from pathlib import Path
from tuneyard_worker.fetching import FetcherProcess
fetcher = FetcherProcess(Path({str(tmp_path)!r}), {BASE!r}, Path({str(folder)!r}))
print(fetcher.pid, flush=True)
time.sleep(60)
"""
    with hub(files.parents[1], hold=hold) as (url, asked):
        environment = os.environ | {"HF_ENDPOINT": url, "TUNEYARD_SECRET": "of ours"}
        owner = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment, text=True)
        assert owner.stdout is not None
        fetcher = psutil.Process(int(owner.stdout.readline()))
        wait_until(lambda: any(path.startswith("/cdn/") for path in asked))
        known = fetcher.environ()
        assert (known["HF_ENDPOINT"], "TUNEYARD_SECRET" in known) == (url, False)
        owner.send_signal(signal.SIGKILL)
        owner.wait()
        owner.stdout.close()
        wait_until(lambda: not fetcher.is_running() or fetcher.status() == psutil.STATUS_ZOMBIE)
        hold.set()


def test_the_way_to_the_network_is_all_that_a_fetcher_is_told(monkeypatch):
    for name in ("TUNEYARD_DATABASE_URL", "AWS_SECRET_ACCESS_KEY", "HF_TOKEN", "PIP_INDEX_URL", "https_proxy"):
        monkeypatch.setenv(name, "x")
    known = fetching.environment()
    assert {"HF_TOKEN", "PIP_INDEX_URL", "https_proxy"} <= set(known)
    assert not {"TUNEYARD_DATABASE_URL", "AWS_SECRET_ACCESS_KEY"} & set(known)


def test_how_much_has_come_is_told_every_ten_percent(tmp_path):
    entry = CATALOGUE[BASE]
    tell = Telling(entry, JobDirectory(tmp_path))
    for came in range(0, entry.bytes + 1, entry.bytes // 100):
        tell("model.safetensors", came, entry.bytes)
    tell("more.json", 10**6, None)
    events = [json.loads(line)["data"] for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert [event["details"].get("percent") for event in events] == [*range(10, 100, 10), None]
    assert events[-1]["message"] == "BGE small, English has come; unpacking and checking it …"
    assert events[3]["message"] == "Fetching BGE small, English: 40 % of 133 MB."
