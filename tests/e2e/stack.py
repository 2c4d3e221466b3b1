"""A running platform and its command line."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
# Short leases, so that the loss of a worker is seen within seconds.
SETTINGS = {
    "TUNEYARD_HEARTBEAT_SECONDS": "1",
    "TUNEYARD_LEASE_SECONDS": "6",
    "TUNEYARD_REAPER_SECONDS": "1",
    "TUNEYARD_REDISPATCH_SECONDS": "3",
    "TUNEYARD_CANCEL_GRACE_SECONDS": "5",
    "TUNEYARD_CHECKPOINT_SECONDS": "0.5",
    # Two platforms train side by side, and several threads of one job take longer together than one alone.
    "TUNEYARD_THREADS": "1",
    # Receivers of webhooks are on this machine.
    "TUNEYARD_WEBHOOK_NETWORKS": "127.0.0.0/8",
}
# Servers to run on instead of the embedded ones; the database is empty.
OWN_SERVERS = {
    "TUNEYARD_DATABASE_URL": "TUNEYARD_TEST_STACK_DATABASE_URL",
    "TUNEYARD_REDIS_URL": "TUNEYARD_TEST_STACK_REDIS_URL",
}
# And those of a copy that is restored beside it.
COPYS_SERVERS = {
    "TUNEYARD_DATABASE_URL": "TUNEYARD_TEST_COPY_DATABASE_URL",
    "TUNEYARD_REDIS_URL": "TUNEYARD_TEST_COPY_REDIS_URL",
}


@dataclass(frozen=True)
class Stack:
    """A running platform, a key for it, and its command line."""

    folder: Path
    url: str
    key: str
    settings: Mapping[str, str]

    @property
    def api(self) -> httpx.Client:
        headers = {"authorization": f"Bearer {self.key}"}
        # There is nothing to verify, and loading certificates takes longer than most answers.
        return httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=60, trust_env=False, verify=False)

    def run(self, *arguments: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        return command(self.folder, *arguments, timeout=timeout, **self.settings)

    def run_state(self) -> dict:
        return json.loads((self.folder / "run.json").read_text())


def command(folder: Path, *arguments: str, timeout: float = 300, **extra: str) -> subprocess.CompletedProcess[str]:
    """`tuneyard …` on the data directory `folder`."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TUNEYARD_")}
    servers = {name: os.environ.get(given, "") for name, given in OWN_SERVERS.items()}
    environment = clean | SETTINGS | servers | {"TUNEYARD_DATA_DIR": str(folder), "COLUMNS": "160"} | extra
    return subprocess.run(
        [sys.executable, "-m", "tuneyard.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=timeout,
        env=environment,
        check=False,
    )


def fresh_folder() -> Path:
    """A data directory that does not exist yet, in a folder that the account of the database may enter."""
    parent = Path(tempfile.mkdtemp(prefix="tuneyard-e2e-", dir="/tmp"))
    parent.chmod(0o755)
    return parent / "data"


def start(folder: Path, **extra: str) -> None:
    result = command(folder, "up", "--detach", "--port", "0", **extra)
    assert result.returncode == 0, result.stdout + result.stderr


@contextmanager
def running(**settings: str) -> Iterator[Stack]:
    """A platform of its own, with a base model; nothing is left of it afterwards."""
    folder = fresh_folder()
    pulled = command(folder, "models", "pull", **settings)
    assert pulled.returncode == 0, pulled.stdout + pulled.stderr
    start(folder, **settings)
    try:
        key = command(folder, "key", "create", **settings)
        assert key.returncode == 0, key.stderr
        state = json.loads((folder / "run.json").read_text())
        yield Stack(folder, state["api_url"], key.stdout.strip(), settings)
    finally:
        command(folder, "down")
        shutil.rmtree(folder.parent, ignore_errors=True)
