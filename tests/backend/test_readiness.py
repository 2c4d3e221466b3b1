"""Alive, and ready part by part; a part that is dead or hangs is named, soon, and never hangs the answer."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from time import perf_counter

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import text
from workspaces import services

from coroutines import run
from tuneyard import readiness
from tuneyard.jobs.dispatcher import LOCK
from tuneyard.kit.config import Settings

PARTS = {"postgres", "redis", "worker", "dispatcher", "serving"}


@pytest.fixture(autouse=True)
def no_workers(app: FastAPI) -> None:
    with services(app).database.system() as session:
        session.execute(text("DELETE FROM worker_processes"))


def test_the_api_lives_whatever_else_is_dead(anonymous: TestClient) -> None:
    assert anonymous.get("/healthz").json() == {"status": "ok"}


def test_parts_that_are_missing_are_named(anonymous: TestClient) -> None:
    answer = anonymous.get("/readyz")
    assert answer.status_code == 503
    body = answer.json()
    assert body["ready"] is False
    assert set(body["parts"]) == PARTS
    assert {name for name, part in body["parts"].items() if part["ready"]} == {"postgres", "redis"}
    assert all(part["detail"] for part in body["parts"].values() if not part["ready"])


def test_with_every_part_it_is_ready(app: FastAPI, anonymous: TestClient) -> None:
    add_worker(app, '["data", "train"]')
    with dispatcher_lock(app), serving_answers(200) as url:
        services(app).settings.serving_url = url
        answer = anonymous.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "parts": {part: {"ready": True, "detail": None} for part in PARTS}}


def test_serving_that_is_not_well_is_not_ready(app: FastAPI, anonymous: TestClient) -> None:
    with serving_answers(500) as url:
        services(app).settings.serving_url = url
        assert anonymous.get("/readyz").json()["parts"]["serving"]["detail"] == "answers with status 500"


def test_a_queue_that_nobody_works_on_is_named(app: FastAPI, anonymous: TestClient) -> None:
    add_worker(app, '["data"]')
    part = anonymous.get("/readyz").json()["parts"]["worker"]
    cure = "start `tuneyard worker`, or see /settings/workers"
    assert part == {"ready": False, "detail": f"nobody works on the queue train: {cure}"}


def test_a_silent_worker_does_not_count(app: FastAPI, anonymous: TestClient) -> None:
    add_worker(app, '["data", "train"]', seconds_ago=31)
    assert anonymous.get("/readyz").json()["parts"]["worker"]["ready"] is False


def test_a_dead_database_is_told(settings: Settings) -> None:
    gone = settings.model_copy(update={"database_url": SecretStr("postgresql://nobody@127.0.0.1:9/none")})
    parts = readiness.database_parts(gone)
    assert {name: part.ready for name, part in parts.items()} == dict.fromkeys(
        ("postgres", "worker", "dispatcher"), False
    )
    assert "nobody" not in str(parts)


def test_servers_that_take_connections_and_say_nothing_are_given_up_on(settings: Settings) -> None:
    with silent_server() as port:
        changes = {
            "database_url": SecretStr(f"postgresql://nobody@127.0.0.1:{port}/none"),
            "redis_url": SecretStr(f"redis://127.0.0.1:{port}/0"),
            "serving_url": f"http://127.0.0.1:{port}",
        }
        silent = settings.model_copy(update=changes)
        started = perf_counter()
        assert not readiness.redis_part(silent).ready
        assert not run(readiness.serving_part(silent)).ready
        assert not readiness.database_parts(silent)["postgres"].ready
        assert perf_counter() - started < 8


def test_a_database_without_tables_says_what_to_do(app: FastAPI, anonymous: TestClient) -> None:
    engine = services(app).database.engine
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE worker_processes RENAME TO worker_processes_before"))
    try:
        part = anonymous.get("/readyz").json()["parts"]["postgres"]
    finally:
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE worker_processes_before RENAME TO worker_processes"))
    assert part["ready"] is False
    assert "tuneyard db upgrade" in part["detail"]


def add_worker(app: FastAPI, queues: str, seconds_ago: int = 0) -> None:
    seen = "clock_timestamp() - make_interval(secs => :ago)"
    with services(app).database.system() as session:
        session.execute(
            text(f"INSERT INTO worker_processes (id, host, queues, seen_at) VALUES ('w', 'h', :queues, {seen})"),
            {"queues": queues, "ago": seconds_ago},
        )


@contextmanager
def dispatcher_lock(app: FastAPI) -> Iterator[None]:
    with services(app).database.engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        yield
        connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})


@contextmanager
def serving_answers(status: int) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def silent_server() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]
