"""Fills a platform's tables, and times its lists."""

import json
import time
from pathlib import Path

import httpx
from sqlalchemy import create_engine, text

REQUESTS = 200


def fill(folder: Path, *, jobs: int, datasets: int) -> None:
    """Add finished jobs and ready datasets to the only workspace."""
    url = json.loads((folder / "run.json").read_text())["environment"]["TUNEYARD_DATABASE_URL"]
    with create_engine(url).begin() as connection:
        connection.execute(text("SET LOCAL ROLE tuneyard_system"))
        workspace = connection.execute(text("SELECT id FROM workspaces")).scalar_one()
        start = connection.execute(text("SELECT count(*) FROM jobs")).scalar_one()
        connection.execute(
            text(
                "INSERT INTO datasets (id, workspace_id, name, status, latest_version)"
                " SELECT 'ds_' || lpad(n::text, 12, '0'), :workspace, 'dataset ' || n, 'ready', 1"
                " FROM generate_series(CAST(:first AS int), CAST(:last AS int)) n"
            ),
            {"workspace": workspace, "first": start + 1, "last": start + datasets},
        )
        connection.execute(
            text(
                "INSERT INTO jobs (id, workspace_id, kind, name, queue, spec, status, finished_at)"
                " SELECT 'job_' || lpad(n::text, 12, '0'), :workspace, 'fine_tune', 'job ' || n, 'train', '{}',"
                " 'succeeded', now() - n * interval '1 second'"
                " FROM generate_series(CAST(:first AS int), CAST(:last AS int)) n"
            ),
            {"workspace": workspace, "first": start + 1, "last": start + jobs},
        )
    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("ANALYZE"))


def p95(api: httpx.Client, path: str) -> float:
    """95th percentile of the seconds of a first page."""
    seconds = []
    for _ in range(REQUESTS):
        started = time.monotonic()
        api.get(path).raise_for_status()
        seconds.append(time.monotonic() - started)
    return sorted(seconds)[int(REQUESTS * 0.95)]
