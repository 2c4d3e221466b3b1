"""The group as a process of its own: started, killed, asked to stop, and what is left of it."""

import os
import signal
import sys
from pathlib import Path

import psycopg
import pytest
from group_process import NOBODY, GroupProcess, eventually, python_for_anybody

from processes import processes_of
from tuneyard.embedded import lock, run_file, running, secrets
from tuneyard.embedded.account import database_account
from tuneyard.embedded.postgres import Postgres


def test_stops_in_order_when_asked(data_dir: Path) -> None:
    group = GroupProcess(data_dir, "stubborn", "trainer")
    group.wait_until_ready()
    assert all(part.find() for part in group.state.parts)
    assert group.state.ready

    assert group.end(signal.SIGTERM) == 0

    assert processes_of(data_dir) == []
    assert run_file.read(data_dir) is None
    assert "migrated" in (data_dir / "logs" / "migrate.log").read_text()


def test_kill_of_the_parent_leaves_nothing_and_the_next_start_works(server_dir: Path) -> None:
    group = GroupProcess(server_dir, "servers", "stubborn", "trainer")
    group.wait_until_ready()
    assert len(processes_of(server_dir)) > 6

    group.end(signal.SIGKILL)

    eventually(lambda: not processes_of(server_dir))
    again = GroupProcess(server_dir, "servers")
    again.wait_until_ready()
    assert again.end(signal.SIGINT) == 0
    assert processes_of(server_dir) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has death signals")
def test_without_its_guardian_the_kernel_ends_the_parts(server_dir: Path) -> None:
    group = GroupProcess(server_dir, "servers")
    group.wait_until_ready()
    for process in processes_of(server_dir):
        if "tuneyard.embedded.guardian" in process.cmdline():
            process.kill()

    group.end(signal.SIGKILL)

    eventually(lambda: not processes_of(server_dir))
    # Postgres was asked to shut down, not killed: it had time to remove its pid.
    assert not (server_dir / "postgres/data/postmaster.pid").exists()


def test_starts_at_once_after_a_kill(server_dir: Path) -> None:
    group = GroupProcess(server_dir, "servers", "stubborn")
    group.wait_until_ready()
    group.popen.kill()

    again = GroupProcess(server_dir, "servers")
    again.wait_until_ready()

    assert group.popen.wait() == -signal.SIGKILL
    group.popen.communicate()
    assert again.end(signal.SIGTERM) == 0


def test_a_dead_part_is_started_again(server_dir: Path) -> None:
    group = GroupProcess(server_dir, "servers")
    group.wait_until_ready()
    for name in ("steady", "valkey", "postgres"):
        before = group.part(name)
        os.kill(before.pid, signal.SIGKILL)
        eventually(lambda name=name, before=before: group.part(name) != before and group.part(name).find())

    eventually(lambda: _answers(server_dir))
    assert group.end(signal.SIGTERM) == 0


def test_a_part_that_cannot_start_ends_the_group_and_shows_its_log(data_dir: Path) -> None:
    group = GroupProcess(data_dir, "dying")

    _, errors = group.popen.communicate(timeout=20)

    assert group.popen.returncode == 1
    assert "dying ended 3 times" in errors
    assert "no such table" in errors
    assert not lock.is_held(data_dir)


def test_one_group_per_data_directory(data_dir: Path) -> None:
    group = GroupProcess(data_dir)
    group.wait_until_ready()

    second = GroupProcess(data_dir)
    _, errors = second.popen.communicate(timeout=10)

    assert second.popen.returncode == 1
    assert "already runs" in errors
    assert group.part("steady").find()
    assert group.end(signal.SIGTERM) == 0


def test_stopping_from_outside_is_idempotent(data_dir: Path) -> None:
    group = GroupProcess(data_dir)
    group.wait_until_ready()

    assert running.stop(data_dir)
    group.popen.communicate()
    assert group.popen.returncode == 0
    assert not running.stop(data_dir)


def test_stopping_cleans_up_after_a_killed_group(data_dir: Path) -> None:
    group = GroupProcess(data_dir, "stubborn")
    group.wait_until_ready()
    group.popen.kill()
    group.popen.communicate()

    assert running.stop(data_dir)
    assert not [process for process in processes_of(data_dir) if "guardian" not in " ".join(process.cmdline())]
    eventually(lambda: not processes_of(data_dir))


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests run as an ordinary user already")
def test_works_as_an_ordinary_user_too(data_dir: Path) -> None:
    python = python_for_anybody()
    if python is None:
        pytest.skip("no Python that an ordinary user may run has the packages of this one")
    # Its parent must be passable, its own name must not end in a folder of root's.
    data_dir.chmod(0o711)
    own = data_dir / "own"
    own.mkdir()
    os.chown(own, NOBODY, NOBODY)

    for _ in range(2):
        group = GroupProcess(own, "servers", python=python, uid=NOBODY)
        group.wait_until_ready()
        assert {part.find().uids().real for part in group.state.parts} == {NOBODY}
        assert group.end(signal.SIGTERM) == 0
    assert processes_of(own) == []


def _answers(data_dir: Path) -> bool:
    server = Postgres(data_dir / "postgres", secrets.load_or_create(data_dir).database_password, database_account())
    try:
        psycopg.connect(server.url.replace("+psycopg", "")).close()
    except psycopg.OperationalError:
        return False
    return True
