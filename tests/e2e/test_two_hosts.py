"""Two workers on two machines, one queue and one store: what becomes of a job whose machine is cut off."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest
from hosts import Host, Site, site
from journey import ended, submit, until, until_gone, upload
from stack import SETTINGS

from buckets import s3_server
from tuneyard.kit.config import Settings
from tuneyard.kit.storage import open_store

TICKETS = Path(__file__).parents[2] / "examples" / "support-tickets.csv"
FEW_LINES = 81
QUICK = {"hyperparameters": {"trials": 1, "time_budget_seconds": 10}}
LEASE_SECONDS = float(SETTINGS["TUNEYARD_LEASE_SECONDS"])
# What the last question to a silent database may take after the lease has run out.
ANSWER_SECONDS = 10


@contextmanager
def shared_folder(parent: Path) -> Iterator[Mapping[str, str]]:
    (parent / "share").mkdir()
    yield {"TUNEYARD_STORE_URL": (parent / "share").as_uri()}


@contextmanager
def bucket(parent: Path) -> Iterator[Mapping[str, str]]:
    with s3_server() as server:
        yield {f"TUNEYARD_{name.upper()}": value for name, value in server.new_store("{near}").items()}


@pytest.mark.parametrize("store", [shared_folder, pytest.param(bucket, marks=pytest.mark.slow)])
def test_a_job_whose_machine_is_cut_off_ends_on_the_other_once(store: Callable, tmp_path: Path) -> None:
    with store(tmp_path) as where, site(where) as platform:
        api = platform.stack.api
        until(lambda: answers(api), bool, timeout=30)
        first = platform.start_host(0)
        sheet = tmp_path / "few-tickets.csv"
        sheet.write_text("".join(TICKETS.read_text().splitlines(keepends=True)[:FEW_LINES]))
        dataset = upload(api, sheet, "tickets for two machines")
        job = submit(api, dataset, name="cut off", **QUICK)
        until(first.trainers, bool)

        first.cable.pull()
        cut = time.monotonic()
        second = platform.start_host(1)
        until(first.trainers, lambda left: not left, timeout=LEASE_SECONDS + ANSWER_SECONDS)
        print(f"the stale trainer was dead {time.monotonic() - cut:.1f} s after the cut")
        until(second.trainers, bool)
        # The other one trains, so it must be this one that reads the file.
        first.cable.put_back()
        again = upload(api, sheet, "read by the machine that is back")
        assert again["status"] == "ready"
        finished = ended(api, job["id"])
        assert (finished["status"], finished["attempt"]) == ("succeeded", 2)
        assert_published_once(platform, where, job["id"])
        second.stop()
        assert_nothing_left(first, second)


def answers(api: httpx.Client) -> bool:
    try:
        return api.get("/jobs").status_code == 200
    except httpx.TransportError:
        return False


def assert_published_once(platform: Site, where: Mapping[str, str], job_id: str) -> None:
    database_url = platform.database_url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(database_url) as connection:
        connection.execute("SET ROLE tuneyard_system")
        query = "SELECT outcome, worker FROM job_attempts WHERE job_id = %s ORDER BY attempt"
        (lost, on_first), (succeeded, on_second) = connection.execute(query, [job_id]).fetchall()
        versions = connection.execute("SELECT storage_key FROM model_versions WHERE job_id = %s", [job_id]).fetchall()
    assert (lost, succeeded) == ("lost", "succeeded")
    assert on_first != on_second
    with pytest.MonkeyPatch.context() as patch:
        for name, value in where.items():
            patch.setenv(name, value.replace("{near}", "127.0.0.1"))
        store = open_store(Settings(data_dir=platform.stack.folder))
    folder, _, name = versions[0][0].rpartition("/")
    assert (len(versions), store.names(folder)) == (1, [name])
    assert f"{versions[0][0]}/manifest.json" in {item.key for item in store.files(versions[0][0])}


def assert_nothing_left(*hosts: Host) -> None:
    for host in hosts:
        assert host.trainers() == []
        until_gone(host.folder / "jobs", "*")
