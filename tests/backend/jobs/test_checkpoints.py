"""Checkpoints on their way into the store, fenced by the lease; and what the engine does about memory and disk."""

import hashlib
import signal
from collections import namedtuple

import pytest
from sqlalchemy import select, text

from tuneyard.jobs import leases, service
from tuneyard.jobs.models import Checkpoint, JobAttempt, JobStatus, Outcome
from tuneyard.jobs.states import Action
from tuneyard.kit.queue import Queue
from tuneyard.kit.storage import Store
from tuneyard.specs.checkpoint import FORMAT, CheckpointFile, CheckpointManifest
from tuneyard.specs.job import JobKind
from tuneyard_worker import out_of_memory, room, supervisor
from tuneyard_worker.checkpoint_store import CheckpointStore
from tuneyard_worker.forked_trainer import Nursery
from tuneyard_worker.trainer_process import TrainerProcess

LOSE_LEASE = text("UPDATE jobs SET status = 'queued', lease_token = NULL WHERE id = :id")
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def job_id(services, workspace):
    with services.database.workspace(workspace.id) as session:
        return service.submit(
            session,
            services.doorbell,
            workspace_id=workspace.id,
            kind=JobKind.FINE_TUNE,
            name="tickets",
            spec={},
            queue=Queue.TRAIN,
        ).id


@pytest.fixture
def claim(services, job_id):
    def take():
        lease = leases.take(services.database, Queue.TRAIN, owner="w", host="h", lease_seconds=60)
        assert lease is not None
        assert lease.job_id == job_id
        return lease

    return take


@pytest.fixture
def directory(tmp_path):
    (tmp_path / "attempt" / "checkpoints").mkdir(parents=True)
    return tmp_path / "attempt"


def write(directory, number, refers_to=()):
    """A checkpoint as a trainer leaves it, and its name."""
    name = f"{number:08d}-abcd"
    folder = directory / "checkpoints" / name
    folder.mkdir()
    (folder / "run.pt").write_bytes(b"state")
    files = [CheckpointFile(part=f"done-{other}", folder=other, sha256="0" * 64, bytes=5) for other in refers_to]
    run = CheckpointFile(part="run", folder=name, sha256=hashlib.sha256(b"state").hexdigest(), bytes=5)
    manifest = CheckpointManifest(
        format=FORMAT, sequence=number, step=10 * number, seconds=1, in_progress=run, finished=files
    )
    (folder / "manifest.json").write_text(manifest.model_dump_json())
    return name


def rows(services, workspace):
    with services.database.workspace(workspace.id) as session:
        found = session.scalars(select(Checkpoint).order_by(Checkpoint.location)).all()
        return [row.location.rsplit("/", 1)[-1] for row in found]


def stored(services, workspace, job_id):
    folder = services.store.path(f"checkpoints/{workspace.id}/{job_id}")
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def job_of(services, workspace, job_id):
    with services.database.workspace(workspace.id) as session:
        return service.get(session, workspace.id, job_id)


def test_the_newest_are_kept_with_what_they_point_to(services, workspace, job_id, claim, directory):
    store = CheckpointStore(services, claim())
    first = write(directory, 1)
    store.take(directory)
    others = [write(directory, number, refers_to=[first]) for number in (2, 3, 4)]
    store.take(directory)
    assert stored(services, workspace, job_id) == rows(services, workspace) == [first, *others[1:]]
    assert list((directory / "checkpoints").iterdir()) == []


def test_a_half_written_one_stays_where_it_is(services, workspace, job_id, claim, directory):
    name = write(directory, 1)
    (directory / "checkpoints" / name).rename(directory / "checkpoints" / f".{name}.tmp")
    (directory / "checkpoints" / "00000002-abcd").mkdir()
    CheckpointStore(services, claim()).take(directory)
    assert stored(services, workspace, job_id) == []


def test_who_lost_the_lease_leaves_none(services, workspace, job_id, claim, directory):
    stale = CheckpointStore(services, claim())
    with services.database.system() as session:
        session.execute(LOSE_LEASE, {"id": job_id})
    claim()
    write(directory, 1)
    stale.take(directory)
    assert stored(services, workspace, job_id) == rows(services, workspace) == []


def test_altered_and_unrecorded_ones_are_cleared_away(services, workspace, job_id, claim, directory):
    lease = claim()
    store = CheckpointStore(services, lease)
    names = [write(directory, number) for number in (1, 2)]
    store.take(directory)
    folder = services.store.path(f"checkpoints/{workspace.id}/{job_id}")
    manifest = folder / names[1] / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"step":20', '"step":21'))
    (folder / "00000003-abcd").mkdir()
    CheckpointStore(services, lease).clean()
    assert stored(services, workspace, job_id) == rows(services, workspace) == [names[0]]


class Killed(BaseException):
    pass


@pytest.mark.parametrize("publishes", [False, True])
def test_who_is_killed_while_storing_one_leaves_it_to_the_next(
    services, workspace, job_id, claim, directory, monkeypatch, publishes
):
    lease = claim()
    earlier = write(directory, 1)
    CheckpointStore(services, lease).take(directory)
    newest = write(directory, 2)
    publish = Store.publish

    def die(*arguments):
        if publishes:
            publish(*arguments)
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Store, "publish", die)
        CheckpointStore(services, lease).take(directory)
    store = CheckpointStore(services, lease)
    store.clean()
    store.take(directory)
    assert stored(services, workspace, job_id) == rows(services, workspace) == [earlier, newest]


def test_who_loses_the_lease_while_storing_one_takes_it_back(
    services, workspace, job_id, claim, directory, monkeypatch
):
    stale, publish = CheckpointStore(services, claim()), Store.publish
    write(directory, 1)

    def too_late(*arguments):
        with services.database.system() as session:
            session.execute(LOSE_LEASE, {"id": job_id})
        CheckpointStore(services, claim()).clean()
        publish(*arguments)

    monkeypatch.setattr(Store, "publish", too_late)
    stale.take(directory)
    assert stored(services, workspace, job_id) == rows(services, workspace) == []


@pytest.mark.parametrize(
    ("status", "outcome"), [(JobStatus.CANCELLED, Outcome.CANCELLED), (JobStatus.FAILED, Outcome.FAILED)]
)
def test_a_job_that_is_tried_again_finds_its_checkpoints(
    services, workspace, job_id, claim, directory, status, outcome
):
    lease = claim()
    name = write(directory, 1)
    CheckpointStore(services, lease).take(directory)
    with services.database.workspace(workspace.id) as session:
        leases.finish(session, lease, status, outcome)
        service.act(session, services.doorbell, workspace.id, job_id, Action.RETRY)
    CheckpointStore(services, claim()).clean()
    assert stored(services, workspace, job_id) == rows(services, workspace) == [name]


def test_out_of_memory_is_tried_once_with_smaller_batches(services, workspace, job_id, claim):
    given_back = []
    for _ in range(2):
        lease = claim()
        with services.database.workspace(workspace.id) as session:
            given_back.append(leases.give_back_smaller(session, lease, signal.SIGKILL))
    job = job_of(services, workspace, job_id)
    assert given_back == [True, False]
    assert (job.batch_parts, job.infra_losses, job.status) == (2, 0, JobStatus.RUNNING)
    with services.database.workspace(workspace.id) as session:
        attempts = session.scalars(select(JobAttempt).order_by(JobAttempt.attempt)).all()
    assert [attempt.outcome for attempt in attempts] == [Outcome.OOM, None]


@pytest.mark.parametrize(
    ("kills", "outcome"), [(1, (JobStatus.FAILED, Outcome.OOM)), (0, (JobStatus.QUEUED, Outcome.LOST))]
)
def test_a_kill_by_the_kernel_for_want_of_memory_is_told_from_others(services, tmp_path, monkeypatch, kills, outcome):
    counted = tmp_path / "vmstat"
    counted.write_text("nr_free_pages 1\noom_kill 3\n")
    monkeypatch.setattr(out_of_memory, "VMSTAT", counted)
    directory = tmp_path / "attempt"
    directory.mkdir()
    trainer = TrainerProcess(directory, services.settings)
    counted.write_text(f"nr_free_pages 1\noom_kill {3 + kills}\n")
    trainer.kill()
    assert trainer.ending()[:2] == outcome


def test_a_worker_on_a_full_disk_leaves_jobs_in_the_queue(services, workspace, job_id, monkeypatch):
    class NoStop:
        def raised(self) -> bool:
            return False

    with monkeypatch.context() as patch:
        patch.setattr(room.shutil, "disk_usage", lambda _: Usage(10**9, 10**9, 10**6))
        supervisor.work(services, Queue.TRAIN, "worker_test", NoStop(), Nursery())
    job = job_of(services, workspace, job_id)
    assert (job.status, job.attempt) == (JobStatus.QUEUED, 0)


def test_where_an_attempt_went_on_is_kept_with_it(services, workspace, claim):
    lease = claim()
    with services.database.workspace(workspace.id) as session:
        leases.renew(session, lease, 60, attempt_changes={"continued_from_step": 40})
        assert session.scalars(select(JobAttempt.continued_from_step)).one() == 40


def test_a_checkpoint_whose_commit_was_never_answered_is_recorded_once(services, workspace, claim):
    lease = claim()
    location = f"checkpoints/{workspace.id}/{lease.job_id}/00000001-abcd"
    for _ in range(2):
        with services.database.workspace(workspace.id) as session:
            assert leases.record_checkpoint(session, lease, location=location, step=10, manifest_sha256="0" * 64)
    assert rows(services, workspace) == ["00000001-abcd"]
