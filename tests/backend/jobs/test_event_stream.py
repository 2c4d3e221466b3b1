"""The event stream of a job, over a real socket: every event once and in order, however many follow."""

import json
import re
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import uvicorn
from sqlalchemy import event
from workspaces import services

from tuneyard.jobs import repository, service
from tuneyard.jobs.models import JobStatus
from tuneyard.jobs.watching import BATCH, LOOK_SECONDS
from tuneyard.kit import clock
from tuneyard.kit.db import Database
from tuneyard.kit.queue import Queue
from tuneyard.specs.events import EventType
from tuneyard.specs.job import JobKind

FOLLOWERS = 8
# As many as there are threads for requests; they need not get a connection of the pool.
MANY = 45
READING = re.compile("(FROM|JOIN) job_events")


@pytest.fixture
def server(app):
    """Address of the api, served by uvicorn."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        uvicorn_server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        thread = threading.Thread(target=uvicorn_server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not uvicorn_server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        uvicorn_server.should_exit = True
        thread.join()


@pytest.fixture
def job_id(app, workspace):
    with services(app).database.workspace(workspace.id) as session:
        job = service.submit(
            session,
            services(app).doorbell,
            workspace_id=workspace.id,
            kind=JobKind.INGEST,
            name="rows",
            spec={},
            queue=Queue.DATA,
        )
        return job.id


@pytest.fixture
def tell(database_url, workspace, job_id):
    # As a worker does: with a connection of its own.
    database = Database(database_url, pool_size=1)

    def tell(message):
        with database.workspace(workspace.id) as session:
            job = repository.get(session, workspace.id, job_id, lock=True)
            line = {
                "type": EventType.LOG,
                "at": clock.now(),
                "data": {"level": "info", "code": "exam", "message": message},
            }
            repository.append_events(session, job, [line])

    yield tell
    database.close()


@pytest.fixture
def cancel(app, workspace, job_id):
    def cancel():
        with services(app).database.workspace(workspace.id) as session:
            assert service.cancel(session, workspace.id, job_id).status == JobStatus.CANCELLED

    return cancel


def lines(server, workspace, job_id, after=0):
    """(seconds since the epoch, event) of a stream until the server ends it."""
    headers = {"authorization": f"Bearer {workspace.key}", "accept": "text/event-stream"}
    headers |= {"last-event-id": str(after)} if after else {}
    url = f"{server}/api/v1/jobs/{job_id}/events"
    with httpx.stream("GET", url, headers=headers, timeout=30, trust_env=False) as answer:
        for line in answer.iter_lines():
            if line.startswith("data: "):
                yield time.time(), json.loads(line.removeprefix("data: "))


def test_all_who_follow_hear_everything_once_from_one_query(server, app, workspace, job_id, tell, cancel):
    queries = []
    event.listen(
        app.state.job_watch.database.engine,
        "before_cursor_execute",
        lambda *arguments: queries.append(arguments[2]) if READING.search(arguments[2]) else None,
    )
    heard_first = threading.Barrier(FOLLOWERS + 1)

    def follow(_):
        heard = []
        for item in lines(server, workspace, job_id):
            heard.append(item[1])
            if len(heard) == 1:
                heard_first.wait()
        return heard

    with ThreadPoolExecutor(FOLLOWERS) as pool:
        followers = pool.map(follow, range(FOLLOWERS))
        heard_first.wait()
        time.sleep(1)
        before = len(queries)
        for number in range(3):
            tell(f"line {number}")
            time.sleep(0.6)
        assert 3 <= len(queries) - before <= 6
        cancel()
        heard = list(followers)
    assert all([item["sequence"] for item in one] == [1, 2, 3, 4, 5] for one in heard)


def test_what_happens_is_heard_within_half_a_second(server, workspace, job_id, tell, cancel):
    stream = lines(server, workspace, job_id)
    next(stream)
    for number in range(3):
        told = time.time()
        tell(f"line {number}")
        assert next(stream)[0] - told < 0.5
    cancel()
    assert [item["data"].get("status") for _, item in stream] == ["cancelled"]


def test_requests_that_wait_do_not_keep_the_streams_waiting(server, app, workspace, job_id, tell, cancel):
    with services(app).database.workspace(workspace.id) as session:
        given = {"kind": JobKind.INGEST, "name": "busy", "spec": {}, "queue": Queue.DATA}
        busy = service.submit(session, services(app).doorbell, workspace_id=workspace.id, **given).id
    stream = lines(server, workspace, job_id)
    next(stream)
    headers = {"authorization": f"Bearer {workspace.key}"}

    def pause(_):
        return httpx.post(f"{server}/api/v1/jobs/{busy}/pause", headers=headers, timeout=30, trust_env=False)

    with ThreadPoolExecutor(MANY) as pool:
        with services(app).database.workspace(workspace.id) as session:
            repository.get(session, workspace.id, busy, lock=True)
            answers = pool.map(pause, range(MANY))
            time.sleep(1)
            told = time.time()
            tell("told beside requests that wait")
            assert next(stream)[0] - told < 0.5
        list(answers)
    cancel()
    list(stream)


def test_what_some_take_for_the_end_of_a_line_ends_no_event(server, workspace, job_id, tell, cancel):
    stream = lines(server, workspace, job_id)
    next(stream)
    tell("one\u2028two\x85three")
    cancel()
    assert next(stream)[1]["data"]["message"] == "one\u2028two\x85three"


def test_head_of_a_stream_does_not_wait_for_its_end(server, workspace, job_id):
    headers = {"authorization": f"Bearer {workspace.key}", "accept": "text/event-stream"}
    answer = httpx.head(f"{server}/api/v1/jobs/{job_id}/events", headers=headers, timeout=5)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"].startswith("text/event-stream")


def test_a_broken_stream_goes_on_where_it_broke(server, workspace, job_id, tell, cancel):
    stream = lines(server, workspace, job_id)
    next(stream)
    tell("before")
    _, last = next(stream)
    stream.close()
    tell("while nobody listened")
    resumed = lines(server, workspace, job_id, after=last["sequence"])
    assert next(resumed)[1]["data"]["message"] == "while nobody listened"
    tell("after")
    assert next(resumed)[1]["data"]["message"] == "after"
    cancel()


@pytest.mark.parametrize("followed", [False, True])
def test_a_flood_is_told_in_full(server, app, workspace, job_id, cancel, followed):
    stream = lines(server, workspace, job_id)
    told = [next(stream)[1]["sequence"]] if followed else []
    time.sleep(2 * LOOK_SECONDS)
    with services(app).database.workspace(workspace.id) as session:
        job = repository.get(session, workspace.id, job_id, lock=True)
        line = {"type": EventType.LOG, "at": clock.now(), "data": {"level": "info", "code": "exam", "message": "again"}}
        repository.append_events(session, job, [line] * (2 * BATCH))
    cancel()
    told += [item["sequence"] for _, item in stream]
    assert told == list(range(1, 2 * BATCH + 3))


def test_a_nul_that_a_model_or_a_file_says_stops_no_job(server, workspace, job_id, tell, cancel):
    tell("a\0b")
    cancel()
    heard = [item["data"].get("message") for _, item in lines(server, workspace, job_id)]
    assert "a\ufffdb" in heard
