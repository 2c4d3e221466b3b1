"""Whose job is next, and whether what is told about it beforehand is what happens."""

import pytest
from sqlalchemy import text
from workspaces import services as services_of

from tuneyard.jobs import fair_share, leases, service, workers
from tuneyard.jobs.models import JobStatus, Outcome
from tuneyard.jobs.workers import WorkerFacts
from tuneyard.kit.queue import Queue
from tuneyard.specs.job import JobKind

ON_A_CARD = {"hyperparameters": {"tuning": "qlora"}}


class Line:
    """The queue `data`, with nothing in it at first."""

    def __init__(self, app):
        self.services = services_of(app)
        self.database = self.services.database
        with self.database.system() as session:
            session.execute(text("UPDATE jobs SET status = 'cancelled', lease_token = NULL"))
            session.execute(text("DELETE FROM queue_shares"))
            session.execute(text("DELETE FROM worker_processes"))

    def submit(self, workspace, count=1, priority=0, seconds=10.0, spec=None):
        ids = []
        for _ in range(count):
            with self.database.workspace(workspace.id) as session:
                job = service.submit(
                    session, self.services.doorbell, workspace_id=workspace.id, kind=JobKind.INGEST, name="rows",
                    spec=spec or {}, queue=Queue.DATA, estimated_seconds=seconds,
                )  # fmt: skip
                job.priority = priority
                ids.append(job.id)
        return ids

    def claim(self, owner="w", *, card=False):
        return leases.take(self.database, Queue.DATA, owner=owner, host="h", lease_seconds=60, card=card)

    def finish(self, lease):
        with self.database.workspace(lease.workspace_id) as session:
            assert leases.finish(session, lease, JobStatus.SUCCEEDED, Outcome.SUCCEEDED)

    def work_off(self, most=100):
        """Ids of the jobs in the order in which one worker runs them."""
        order = []
        while len(order) < most and (lease := self.claim()):
            order.append(lease.job_id)
            self.finish(lease)
        return order

    def share(self, workspace, **changes):
        with self.database.system() as session:
            fair_share.set_share(session, workspace.id, Queue.DATA, **changes)

    def hire(self, *ids, device=""):
        with self.database.system() as session:
            for worker_id in ids:
                workers.seen(session, WorkerFacts(id=worker_id, host="h", queues=["data"], device=device))


@pytest.fixture
def line(app):
    return Line(app)


@pytest.fixture
def three(make_workspace):
    return [make_workspace() for _ in range(3)]


def test_the_first_job_of_another_workspace_waits_for_the_job_in_progress_only(line, three):
    many, few, _ = three
    line.submit(many, 30)
    assert len(line.work_off(most=10)) == 10
    in_progress = line.claim()
    theirs = line.submit(few, 5)
    line.finish(in_progress)
    assert line.work_off(most=1) == theirs[:1]


def test_one_worker_serves_workspaces_in_turns_by_their_weight(line, three):
    line.share(three[0], weight=2.0)
    owners = {job: name for workspace, name in zip(three, "abc", strict=True) for job in line.submit(workspace, 12)}
    served = [owners[job] for job in line.work_off(most=16)]
    assert [served.count(name) for name in "abc"] == [8, 4, 4]
    assert all({"b", "c"} <= set(served[start : start + 4]) for start in range(0, 16, 4))


def test_who_was_away_saves_no_turns_up(line, three):
    line.submit(three[0], 30)
    line.work_off(most=20)
    late = line.submit(three[1], 20)
    served = line.work_off(most=10)
    assert len(set(served) & set(late)) == 5


def test_a_limit_is_never_exceeded_and_others_pass(line, three):
    line.share(three[0], most_running=2)
    mine, theirs = line.submit(three[0], 5), line.submit(three[1], 2)
    held = [line.claim() for _ in range(4)]
    assert {lease.job_id for lease in held} == {*mine[:2], *theirs}
    assert line.claim() is None
    line.finish(next(lease for lease in held if lease.job_id == mine[0]))
    assert line.claim().job_id == mine[2]


def test_what_needs_a_card_is_left_to_who_has_one(line, three):
    needing = line.submit(three[0], 2, priority=5, spec=ON_A_CARD)
    others, (theirs,) = line.submit(three[0], 2), line.submit(three[1])
    assert {line.claim().job_id for _ in range(3)} == {*others, theirs}
    assert line.claim() is None
    assert [line.claim(card=True).job_id for _ in range(2)] == needing
    assert line.claim(card=True) is None


def test_a_job_that_waits_for_a_card_says_so(line, workspace):
    def shown(job_id):
        told = workspace.client.get(f"/api/v1/jobs/{job_id}").json()
        return told["waits_for"], told["queue_position"], bool(told["expected_start_at"])

    (needing,), (other,) = line.submit(workspace, spec=ON_A_CARD), line.submit(workspace)
    assert [shown(needing), shown(other)] == [("worker", 1, False), ("worker", 2, False)]
    line.hire("w1", device="cpu, 2 threads")
    assert [shown(needing), shown(other)] == [("card", None, False), ("turn", 1, True)]
    line.hire("w2", device="NVIDIA A10G")
    assert [shown(needing), shown(other)] == [("turn", 1, True), ("turn", 2, True)]
    with line.database.system() as session:
        workers.gone(session, "w1")
    lease = line.claim(card=True)
    assert (lease.job_id, shown(other)) == (needing, ("turn", 1, True))


def test_a_job_that_is_being_changed_does_not_keep_the_others_waiting(line, three):
    first, second = line.submit(three[0], 2)
    with line.database.workspace(three[0].id) as session:
        session.execute(text("SELECT FROM jobs WHERE id = :id FOR UPDATE"), {"id": first})
        assert line.claim().job_id == second


@pytest.mark.parametrize("hands", [1, 3])
def test_the_told_position_is_the_order_in_which_jobs_are_claimed(line, three, hands):
    a, b, c = three
    line.hire(*(f"w{number}" for number in range(hands)))
    line.share(b, weight=3.0)
    line.share(c, most_running=1)
    line.work_off(most=0 if not line.submit(a, 2) else 2)
    running = []
    for _ in range(hands):
        line.submit(a, 1)
        running.append(line.claim())
    line.submit(a, 6)
    line.submit(c, 3)
    line.submit(b, 6)
    line.submit(a, 1, priority=5)
    told = {
        job["id"]: job
        for workspace in three
        for job in workspace.client.get("/api/v1/jobs?status=queued").json()["data"]
    }
    assert sorted(job["queue_position"] for job in told.values()) == list(range(1, 17))
    expected = sorted(told, key=lambda job_id: told[job_id]["queue_position"])
    starts = [told[job_id]["expected_start_at"] for job_id in expected]
    assert starts == sorted(starts)
    # Every job takes as long as every other, so they end in the order in which they began.
    claimed = []
    while running:
        line.finish(running.pop(0))
        while lease := line.claim() if len(running) < hands else None:
            claimed.append(lease.job_id)
            running.append(lease)
    assert claimed == expected


def test_the_told_position_is_true_where_one_of_the_workers_has_a_card(line, three):
    a, b, _ = three
    line.hire("plain", device="cpu, 2 threads")
    line.hire("rich", device="NVIDIA A10G")
    line.submit(a, 2)
    running = [(owner, line.claim(owner)) for owner in ("plain", "rich")]
    for workspace, count, spec in ((b, 3, ON_A_CARD), (a, 3, None), (a, 1, ON_A_CARD), (b, 3, None)):
        line.submit(workspace, count, spec=spec)
    told = {
        job["id"]: job["queue_position"]
        for workspace in (a, b)
        for job in workspace.client.get("/api/v1/jobs?status=queued").json()["data"]
    }
    assert sorted(told.values()) == list(range(1, 11))
    claimed = []
    while running:
        owner, ended = running.pop(0)
        line.finish(ended)
        if lease := line.claim(owner, card=owner == "rich"):
            claimed.append(lease.job_id)
            running.append((owner, lease))
    assert claimed == sorted(told, key=told.get)


def test_when_it_starts_is_told_from_what_is_ahead(line, workspace):
    def shown(job_id):
        return workspace.client.get(f"/api/v1/jobs/{job_id}").json()

    line.submit(workspace, seconds=30.0)
    lease = line.claim()
    _, last = line.submit(workspace, 2, seconds=100.0)
    assert (shown(last)["waits_for"], shown(last)["expected_start_at"]) == ("worker", None)
    line.hire("w1")
    assert (shown(last)["waits_for"], shown(last)["queue_position"]) == ("turn", 2)
    with line.database.system() as session:
        wait = text("SELECT extract(epoch FROM CAST(:told AS timestamptz) - clock_timestamp())")
        assert 120 < session.scalar(wait, {"told": shown(last)["expected_start_at"]}) <= 130
        progress = '{"step": 1, "total_steps": 2, "epoch": 0, "fraction": 0.5, "eta_seconds": 5}'
        session.execute(text("UPDATE jobs SET progress = :p WHERE id = :id"), {"p": progress, "id": lease.job_id})
    with line.database.system() as session:
        assert 100 < session.scalar(wait, {"told": shown(last)["expected_start_at"]}) <= 105
    line.share(workspace, most_running=1)
    assert shown(last)["waits_for"] == "limit"
    line.finish(lease)
    assert shown(lease.job_id)["queue_position"] is None


def test_positions_are_counted_so_far_only(line, workspace, monkeypatch):
    monkeypatch.setattr("tuneyard.jobs.forecast.LOOKS_AHEAD", 3)
    line.hire("w1")
    ids = line.submit(workspace, 6)
    told = {job["id"]: job for job in workspace.client.get("/api/v1/jobs").json()["data"]}
    assert [told[job_id]["queue_position"] for job_id in ids] == [1, 2, 3, 4, 4, 4]
    assert told[ids[-1]]["expected_start_at"] is None


def test_another_workspace_learns_nothing_but_its_place(line, three):
    theirs = line.submit(three[0], 3)
    (mine,) = line.submit(three[1], priority=-1)
    answer = three[1].client.get("/api/v1/jobs")
    assert answer.json()["data"][0]["queue_position"] == 4
    assert not [job_id for job_id in theirs if job_id in answer.text]
    assert [job["id"] for job in answer.json()["data"]] == [mine]
