"""Stop, kill -9, start again: nothing is left running, nothing is lost."""

import json
import os
import shutil
import signal
import time
from pathlib import Path

import httpx
import psutil
import pytest
from journey import ended, submit, until, upload
from stack import Stack, command, fresh_folder, start

TICKETS = Path(__file__).parents[2] / "examples" / "support-tickets.csv"


@pytest.fixture
def folder():
    folder = fresh_folder()
    yield folder
    command(folder, "down")
    shutil.rmtree(folder.parent, ignore_errors=True)


def processes_of(folder):
    """Every process whose command line or environment names the folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(folder) in " ".join(process.cmdline()) or process.environ().get("TUNEYARD_DATA_DIR") == str(folder):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return [process for process in found if process.pid != os.getpid()]


def stack_on(folder):
    state = json.loads((folder / "run.json").read_text())
    return Stack(folder, state["api_url"], (folder.parent / "key").read_text(), {})


def test_everything_is_there_after_a_stop_and_after_a_kill(folder):
    assert command(folder, "models", "pull").returncode == 0
    start(folder)
    (folder.parent / "key").write_text(command(folder, "key", "create").stdout.strip())
    stack = stack_on(folder)
    dataset = upload(stack.api, TICKETS, "tickets")
    job = ended(stack.api, submit(stack.api, dataset, name="kept")["id"])
    stack.api.post("/deployments", json={"name": "kept", "model_version_id": job["model_version_id"]})
    answer = predict(stack)

    assert command(folder, "down").returncode == 0
    assert processes_of(folder) == []
    start(folder)
    assert predict(stack_on(folder)) == answer

    os.kill(stack_on(folder).run_state()["supervisor"]["pid"], signal.SIGKILL)
    until(lambda: processes_of(folder), lambda found: found == [], timeout=20)
    start(folder)
    assert predict(stack_on(folder)) == answer


def predict(stack):
    deadline = time.monotonic() + 30
    while True:
        found = stack.api.post("/deployments/kept/predict", json={"inputs": ["Where is my parcel?"]})
        if found.status_code == httpx.codes.OK:
            return found.json()
        assert time.monotonic() < deadline, found.text
        time.sleep(0.2)
