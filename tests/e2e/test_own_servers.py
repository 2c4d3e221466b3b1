"""The main job on PostgreSQL and Redis that somebody else runs."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from redis import Redis
from stack import OWN_SERVERS

from debian_servers import debian_servers, needs_debian_servers

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800), needs_debian_servers]


def test_the_main_job_on_debians_servers():
    with debian_servers() as debian:
        urls = dict(zip(OWN_SERVERS.values(), (debian.database_url, debian.redis_url), strict=True))
        main_job = Path(__file__).with_name("test_main_job.py")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(main_job)]
        run = subprocess.run(command, env=os.environ | urls, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout[-8000:]

        with psycopg.connect(debian.database_url) as connection:
            connection.execute("SET ROLE tuneyard_system")
            ended = connection.execute("SELECT DISTINCT status FROM jobs").fetchall()
        assert ended == [("succeeded",)]
        assert Redis.from_url(debian.redis_url).info("commandstats")["cmdstat_lpush"]["calls"] > 0
