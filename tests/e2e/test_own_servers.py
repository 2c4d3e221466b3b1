"""The main job, and a backup of it, on PostgreSQL and Redis that somebody else runs."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from redis import Redis
from stack import COPYS_SERVERS, OWN_SERVERS

from debian_servers import Debian, debian_servers, needs_debian_servers

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800), needs_debian_servers]


def test_the_main_job_on_debians_servers():
    with debian_servers() as debian:
        run("test_main_job.py", debian)
        with psycopg.connect(debian.database_url) as connection:
            connection.execute("SET ROLE tuneyard_system")
            ended = connection.execute("SELECT DISTINCT status FROM jobs").fetchall()
        assert ended == [("succeeded",)]
        assert Redis.from_url(debian.redis_url).info("commandstats")["cmdstat_lpush"]["calls"] > 0


def test_a_backup_from_debians_servers_to_others():
    with debian_servers() as debian, debian_servers() as others:
        run("test_restored_copy.py", debian, **dict(zip(COPYS_SERVERS.values(), urls(others), strict=True)))
        with psycopg.connect(others.database_url) as connection:
            connection.execute("SET ROLE tuneyard_system")
            assert connection.execute("SELECT count(*) FROM deployments").fetchall() == [(1,)]


def run(file: str, debian: Debian, **environment: str) -> None:
    """The tests of a file, with a platform on these servers."""
    own = dict(zip(OWN_SERVERS.values(), urls(debian), strict=True))
    path = Path(__file__).with_name(file)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow", str(path)]
    done = subprocess.run(command, env=os.environ | own | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-8000:]


def urls(debian: Debian) -> tuple[str, str]:
    return debian.database_url, debian.redis_url
