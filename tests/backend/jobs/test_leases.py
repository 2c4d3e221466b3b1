"""The engine's promises, on real Postgres: one claim, fenced writes, a reaper that never overwrites an end."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from tuneyard.jobs import dispatcher, leases, service
from tuneyard.jobs.models import JobStatus, Outcome
from tuneyard.jobs.states import Action
from tuneyard.kit.db import Database
from tuneyard.kit.queue import Doorbell, Queue
from tuneyard.specs.job import JobKind


class SilentDoorbell(Doorbell):
    def __init__(self):
        self.rung = []

    def ring(self, queue, *, card=False):
        self.rung.append(queue.bell(card=card))
        return True


@pytest.fixture
def database(database_url):
    database = Database(database_url, pool_size=20)
    with database.system() as session:
        session.execute(text("UPDATE jobs SET status = 'cancelled', lease_token = NULL WHERE status <> 'succeeded'"))
    yield database
    database.close()


@pytest.fixture
def doorbell():
    return SilentDoorbell()


@pytest.fixture
def submit(database, doorbell, make_workspace):
    workspace = make_workspace()

    def make(workspace_id=workspace.id, spec=None, **values):
        with database.workspace(workspace_id) as session:
            job = service.submit(
                session,
                doorbell,
                workspace_id=workspace_id,
                kind=JobKind.INGEST,
                name="rows",
                spec=spec or {},
                queue=Queue.DATA,
            )
            for name, value in values.items():
                setattr(job, name, value)
            return job.id

    make.workspace_id = workspace.id
    return make


def claim(database, seconds=60.0):
    return leases.take(database, Queue.DATA, owner="w", host="h", lease_seconds=seconds)


def status(database, workspace_id, job_id):
    with database.workspace(workspace_id) as session:
        return service.get(session, workspace_id, job_id).status


def expire(database, job_id):
    with database.system() as session:
        session.execute(
            text("UPDATE jobs SET lease_expires_at = clock_timestamp() - interval '1 s' WHERE id = :id"), {"id": job_id}
        )


def reap(database):
    with database.system() as session:
        return leases.reap(session, grace_seconds=0)


def test_the_doorbell_rings_after_the_commit_only(database, doorbell, submit):
    with pytest.raises(RuntimeError), database.workspace(submit.workspace_id) as session:
        service.submit(
            session,
            doorbell,
            workspace_id=submit.workspace_id,
            kind=JobKind.INGEST,
            name="n",
            spec={},
            queue=Queue.DATA,
        )
        raise RuntimeError
    assert doorbell.rung == []
    submit()
    assert doorbell.rung == ["data"]


def test_many_claims_of_one_job_give_one_lease(database, submit):
    submit()
    barrier = threading.Barrier(8)

    def race(_):
        barrier.wait()
        return claim(database)

    with ThreadPoolExecutor(8) as pool:
        found = [lease for lease in pool.map(race, range(8)) if lease]
    assert len(found) == 1
    assert found[0].attempt == 1


def test_a_claim_that_was_taken_is_on_the_disk(database, submit):
    submit()
    with database.engine.connect() as connection:
        before = connection.scalar(text("SELECT pg_current_wal_insert_lsn()"))
    assert claim(database)
    with database.engine.connect() as connection:
        flushed = text("SELECT pg_current_wal_flush_lsn() > CAST(:before AS pg_lsn)")
        assert connection.scalar(flushed, {"before": before})


def test_higher_priority_then_age(database, submit):
    first, _second, urgent = submit(), submit(), submit(priority=5)
    assert claim(database).job_id == urgent
    assert claim(database).job_id == first


def test_a_workspace_with_nothing_running_goes_first(database, submit, make_workspace):
    other = make_workspace()
    mine = [submit() for _ in range(3)]
    theirs = submit(workspace_id=other.id)
    assert claim(database).job_id == mine[0]
    assert claim(database).job_id == theirs


def test_what_its_owner_wishes_goes_before_being_queued_again(database, doorbell, submit):
    for action, expected in [(Action.CANCEL, JobStatus.CANCELLED), (Action.PAUSE, JobStatus.PAUSED)]:
        job_id = submit()
        lease = claim(database)
        with database.workspace(lease.workspace_id) as session:
            service.act(session, doorbell, lease.workspace_id, job_id, action)
        with database.workspace(lease.workspace_id) as session:
            assert leases.finish(session, lease, JobStatus.QUEUED, Outcome.PREEMPTED, counts=False)
        assert status(database, lease.workspace_id, job_id) == expected


def test_a_job_resumed_while_it_stops_is_queued_and_not_paused(database, doorbell, submit):
    job_id = submit()
    lease = claim(database)
    for action in (Action.PAUSE, Action.RESUME):
        with database.workspace(lease.workspace_id) as session:
            service.act(session, doorbell, lease.workspace_id, job_id, action)
    with database.workspace(lease.workspace_id) as session:
        assert leases.finish(session, lease, JobStatus.PAUSED, Outcome.PAUSED, counts=False)
        job = service.get(session, lease.workspace_id, job_id)
        assert (job.status, job.finished_at, job.infra_losses) == (JobStatus.QUEUED, None, 0)


def test_the_engine_goes_by_the_table_of_states_too(database, submit):
    submit()
    lease = claim(database)
    with database.workspace(lease.workspace_id) as session, pytest.raises(ValueError, match="may not lead to running"):
        leases.finish(session, lease, JobStatus.RUNNING, Outcome.SUCCEEDED)


def test_a_lease_and_the_running_state_belong_together(database, submit):
    job_id = submit()
    with pytest.raises(IntegrityError, match="ck_jobs_lease"), database.system() as session:
        session.execute(text("UPDATE jobs SET status = 'running' WHERE id = :id"), {"id": job_id})


def test_a_stale_attempt_writes_nothing(database, submit):
    job_id = submit()
    stale = claim(database)
    expire(database, job_id)
    assert [item.job_id for item in reap(database)] == [job_id]
    fresh = claim(database)
    assert fresh.attempt == 2
    with database.workspace(stale.workspace_id) as session:
        assert leases.renew(session, stale, 60) is None
        assert leases.wishes(session, stale) is None
        assert not leases.hold(session, stale)
        assert not leases.finish(session, stale, JobStatus.SUCCEEDED, Outcome.SUCCEEDED)
    assert status(database, stale.workspace_id, job_id) == JobStatus.RUNNING


def test_a_worker_that_freezes_in_the_middle_of_a_write_is_reaped_all_the_same(database, database_url, submit):
    job_id = submit()
    lease = claim(database)
    frozen = Database(database_url, most_idle_seconds=0.2)
    with pytest.raises(DBAPIError, match="idle"), frozen.workspace(lease.workspace_id) as session:
        assert leases.renew(session, lease, 0) is not None
        assert reap(database) == []
        time.sleep(0.5)
        expire(database, job_id)
        assert [item.job_id for item in reap(database)] == [job_id]
    frozen.close()
    assert status(database, lease.workspace_id, job_id) == JobStatus.QUEUED


def test_nobody_is_reaped_just_after_postgres_started(database, submit):
    job_id = submit()
    claim(database)
    expire(database, job_id)
    with database.system() as session:
        assert leases.reap(session, grace_seconds=10**9) == []


def test_a_heartbeat_keeps_the_lease(database, submit):
    job_id = submit()
    lease = claim(database)
    expire(database, job_id)
    with database.workspace(lease.workspace_id) as session:
        assert leases.renew(session, lease, 60) is not None
    assert reap(database) == []


def test_a_job_that_loses_its_worker_each_time_fails(database, submit):
    job_id = submit()
    for _ in range(leases.MOST_RETRIES + 1):
        assert status(database, submit.workspace_id, job_id) == JobStatus.QUEUED
        claim(database)
        expire(database, job_id)
        reap(database)
    with database.workspace(submit.workspace_id) as session:
        job = service.get(session, submit.workspace_id, job_id)
        assert (job.status, job.error["code"]) == (JobStatus.FAILED, "worker_lost")


def test_finishing_races_the_reaper_and_an_end_is_never_overwritten(database, submit):
    for _ in range(30):
        job_id = submit()
        lease = claim(database)
        expire(database, job_id)
        ends = []
        barrier = threading.Barrier(2)

        def finish(lease=lease, ends=ends, barrier=barrier):
            barrier.wait()
            with database.workspace(lease.workspace_id) as session:
                ends.append(leases.finish(session, lease, JobStatus.SUCCEEDED, Outcome.SUCCEEDED))

        def reaper(barrier=barrier):
            barrier.wait()
            reap(database)

        threads = [threading.Thread(target=finish), threading.Thread(target=reaper)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        expected = JobStatus.SUCCEEDED if ends == [True] else JobStatus.QUEUED
        assert status(database, lease.workspace_id, job_id) == expected
        with database.workspace(lease.workspace_id) as session:
            if expected == JobStatus.QUEUED:
                service.cancel(session, lease.workspace_id, job_id)


def test_events_have_no_gap_when_written_from_many_sides(database, submit):
    job_id = submit()
    lease = claim(database)

    def tell(_):
        with database.workspace(lease.workspace_id) as session:
            job = service.get(session, lease.workspace_id, job_id)
            leases.tell(session, job, {"status": "running"})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(tell, range(24)))
    with database.workspace(lease.workspace_id) as session:
        found = service.events(session, lease.workspace_id, job_id, 0, 1000)
        assert [event.sequence for event in found] == list(range(1, 27))


def test_queued_jobs_nobody_heard_of_are_announced_again(database, submit):
    for _ in range(2):
        submit()
    with database.system() as session:
        assert leases.due_jobs(session, Queue.DATA, 30, 32) == []
        session.execute(text("UPDATE jobs SET last_dispatched_at = clock_timestamp() - interval '31 s'"))
        assert leases.due_jobs(session, Queue.TRAIN, 30, 32) == []
        assert leases.due_jobs(session, Queue.DATA, 30, 1) == [False]
        assert leases.due_jobs(session, Queue.DATA, 30, 32) == [False]
        assert leases.due_jobs(session, Queue.DATA, 30, 32) == []


def test_what_needs_a_card_is_announced_to_those_who_have_one(database, submit, doorbell):
    submit()
    submit(spec={"hyperparameters": {"tuning": "qlora"}})
    assert doorbell.rung == ["data", "data-card"]
    with database.system() as session:
        session.execute(text("UPDATE jobs SET last_dispatched_at = NULL"))
    settings = SimpleNamespace(redispatch_seconds=30)
    dispatcher.tick(SimpleNamespace(settings=settings, database=database, doorbell=doorbell), reap=False)
    assert sorted(doorbell.rung) == ["data", "data", "data-card", "data-card"]
