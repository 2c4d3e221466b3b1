"""`tuneyard up`, `down`, `status` as people type them: what they say, and with which exit code."""

import os
import pwd
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from group_process import GroupProcess

from processes import processes_of

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("TUNEYARD_")}


def tuneyard(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tuneyard.cli", *arguments],
        env=ENVIRONMENT | environment | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_lists_every_command_without_loading_any() -> None:
    shown = tuneyard("--help")

    assert shown.returncode == 0
    for name in ("up", "down", "status", "tune", "predict", "key", "models", "db", "api", "worker", "serving"):
        assert f" {name} " in shown.stdout
    check = "import tuneyard.cli, sys; sys.exit(any(name in sys.modules for name in ('pydantic', 'sqlalchemy')))"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_an_unknown_command_is_told() -> None:
    assert "No such command 'upp'" in tuneyard("upp").stderr


@pytest.mark.parametrize("detach", [[], ["--detach"]])
def test_a_taken_port_is_told_with_the_cure(data_dir: Path, detach: list[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = tuneyard("up", "--data-dir", str(data_dir), "--port", port, *detach)

    assert said.returncode == 1
    assert f"Port {port} of 127.0.0.1 can't be used" in said.stderr
    assert "--port 0" in said.stderr
    assert processes_of(data_dir) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account for the database")
def test_an_unsafe_place_is_told_with_the_cure() -> None:
    said = tuneyard("up", "--data-dir", f"{pwd.getpwuid(0).pw_dir}/tuneyard-data")

    assert said.returncode == 1
    assert "/var/lib/tuneyard" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("TUNEYARD_DATABASE_URL", "postgresql://someone@127.0.0.1:9/none"),
        ("TUNEYARD_REDIS_URL", "redis://127.0.0.1:9/0"),
    ],
)
def test_a_server_of_ones_own_that_does_not_answer_is_told(data_dir: Path, name: str, url: str) -> None:
    said = tuneyard("up", "--data-dir", str(data_dir), "--port", "0", **{name: url})

    assert said.returncode == 1
    assert f"Check {name}" in said.stderr
    assert processes_of(data_dir) == []


def test_a_bad_setting_is_told_by_its_name(data_dir: Path) -> None:
    said = tuneyard("up", "--data-dir", str(data_dir), TUNEYARD_SECRET="short")

    assert said.returncode == 1
    assert said.stderr.startswith("TUNEYARD_SECRET must have at least 32 characters")


def test_status_and_down_where_nothing_runs(data_dir: Path) -> None:
    assert tuneyard("status", "--data-dir", str(data_dir)).returncode == 3
    for _ in range(2):
        down = tuneyard("down", "--data-dir", str(data_dir))
        assert (down.returncode, down.stdout) == (0, f"Nothing runs on {data_dir}.\n")


def test_status_shows_a_group_and_down_stops_it(data_dir: Path) -> None:
    group = GroupProcess(data_dir)
    group.wait_until_ready()

    shown = tuneyard("status", "--data-dir", str(data_dir))
    second = tuneyard("up", "--detach", "--data-dir", str(data_dir))
    stopped = tuneyard("down", "--data-dir", str(data_dir))

    assert shown.returncode == 1
    assert "steady" in shown.stdout
    assert "the api does not answer" in shown.stdout
    assert "already runs" in second.stderr
    assert stopped.stdout == "Tuneyard has stopped.\n"
    group.popen.communicate()
    assert group.popen.returncode == 0
    assert processes_of(data_dir) == []


def test_down_after_a_kill(data_dir: Path) -> None:
    group = GroupProcess(data_dir, "stubborn")
    group.wait_until_ready()
    group.end(signal.SIGKILL)

    assert tuneyard("down", "--data-dir", str(data_dir)).stdout == "Tuneyard has stopped.\n"
    assert tuneyard("status", "--data-dir", str(data_dir)).returncode == 3
