"""When the jobs that wait will start: the claims to come, played through in the order in which they will be made."""

import heapq
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from tuneyard.jobs import fair_share, repository, workers
from tuneyard.jobs.fair_share import Standing
from tuneyard.jobs.models import Job, JobStatus
from tuneyard.kit.db import as_system
from tuneyard.kit.queue import Queue
from tuneyard.specs.job import JobKind

LOOKS_AHEAD = 1000
# For jobs that came without an estimate.
USUAL_SECONDS: dict[JobKind, float] = defaultdict(lambda: 60.0, {JobKind.INGEST: 5.0, JobKind.BATCH_PREDICT: 30.0})
# A job that has outlived its estimate ends soon, as far as anybody knows.
LEAST_SECONDS = 1.0


class WaitsFor(StrEnum):
    TURN = "turn"
    WORKER = "worker"
    LIMIT = "limit"


@dataclass(frozen=True)
class Place:
    """Where a waiting job stands. `position` counts to LOOKS_AHEAD; one more stands for all behind."""

    position: int
    starts_at: datetime | None
    waits_for: WaitsFor


@dataclass(frozen=True)
class Waiting:
    id: str
    workspace_id: str
    priority: int
    seconds: float


def places(session: Session, jobs: Sequence[Job]) -> dict[str, Place]:
    """The place of each of these jobs that is queued, by its id; the jobs may be of several queues."""
    found: dict[str, Place] = {}
    for queue in {job.queue for job in jobs if job.status == JobStatus.QUEUED}:
        with as_system(session):
            found |= _places(session, queue, [job for job in jobs if (job.queue, job.status) == (queue, "queued")])
    return found


def _places(session: Session, queue: Queue, jobs: Sequence[Job]) -> dict[str, Place]:
    now = repository.database_time(session)
    # Whoever has so many jobs of their own ahead is not looked for among those of everybody.
    edges = {name: fair_share.edge(session, queue, name, LOOKS_AHEAD) for name in {job.workspace_id for job in jobs}}
    near = {job.id for job in jobs if fair_share.rank(job.priority, job.id) < edges[job.workspace_id]}
    outlook = Outlook(
        waiting=[
            Waiting(row.id, row.workspace_id, row.priority, row.estimated_seconds or USUAL_SECONDS[JobKind(row.kind)])
            for row in (fair_share.waiting(session, queue, LOOKS_AHEAD) if near else [])
        ],
        running=[(job.workspace_id, remaining_seconds(job, now)) for job in fair_share.running(session, queue)],
        standings=fair_share.standings(session, queue),
        workers=workers.count_alive(session, queue),
    )
    starts = outlook.starts(near)
    found = {}
    for job in jobs:
        start, reason = starts.get(job.id), outlook.waits_for(job.workspace_id)
        starts_at = now + timedelta(seconds=start.after) if start and outlook.workers else None
        found[job.id] = Place(start.position if start else LOOKS_AHEAD + 1, starts_at, reason)
    return found


def remaining_seconds(job: Job, now: datetime) -> float:
    """About how long a running job still takes: as it says itself, else as was told before it began."""
    told = (job.progress or {}).get("eta_seconds")
    if told is not None:
        return max(float(told), LEAST_SECONDS)
    elapsed = (now - (job.started_at or now)).total_seconds()
    return max((job.estimated_seconds or USUAL_SECONDS[job.kind]) - elapsed, LEAST_SECONDS)


@dataclass(frozen=True)
class Start:
    position: int
    after: float
    """Seconds from now."""


class Outlook:
    """A queue as it is now, and who comes next in it: the same rule as the claim's, see fair_share.NEXT_JOB."""

    def __init__(
        self,
        waiting: Sequence[Waiting],
        running: Sequence[tuple[str, float]],
        standings: dict[str, Standing],
        workers: int,
    ) -> None:
        self.workers = workers
        self._standings = standings
        self._turns = {workspace: standing.turns for workspace, standing in standings.items()}
        self._now_at = max((item.turns - 1 / item.weight for item in standings.values()), default=0.0)
        self._running = Counter(workspace for workspace, _ in running)
        self._at_limit = {workspace for workspace in standings if not self._may_run(workspace)}
        self._ends = [(seconds, workspace) for workspace, seconds in running]
        heapq.heapify(self._ends)
        self._lines: dict[str, deque[Waiting]] = defaultdict(deque)
        for item in sorted(waiting, key=lambda item: fair_share.rank(item.priority, item.id)):
            self._lines[item.workspace_id].append(item)

    def waits_for(self, workspace_id: str) -> WaitsFor:
        """Why a job of the workspace does not run yet."""
        if not self.workers:
            return WaitsFor.WORKER
        return WaitsFor.LIMIT if workspace_id in self._at_limit else WaitsFor.TURN

    def starts(self, wanted: Collection[str]) -> dict[str, Start]:
        """When each of the wanted jobs is claimed, as far as this looks ahead."""
        found: dict[str, Start] = {}
        if not wanted:
            return found
        for position, (item, after) in enumerate(self._claims(), 1):
            if item.id in wanted:
                found[item.id] = Start(position, after)
            if len(found) == len(wanted) or position == LOOKS_AHEAD:
                break
        return found

    def _claims(self) -> Iterator[tuple[Waiting, float]]:
        idle, now = max(self.workers, len(self._ends), 1) - len(self._ends), 0.0
        while True:
            while idle and (workspace := self._next()):
                item = self._lines[workspace].popleft()
                heapq.heappush(self._ends, (now + item.seconds, workspace))
                self._running[workspace] += 1
                self._count_turn(workspace)
                idle -= 1
                yield item, now
            if not self._ends:
                return
            now, ended = heapq.heappop(self._ends)
            self._running[ended] -= 1
            idle += 1

    def _next(self) -> str | None:
        able = [workspace for workspace, line in self._lines.items() if line and self._may_run(workspace)]
        return min(able, key=self._rank, default=None)

    def _rank(self, workspace: str) -> tuple[float, float, float, str]:
        head = self._lines[workspace][0]
        return -head.priority, self._running[workspace] / self._of(workspace).weight, self._turn(workspace), head.id

    def _turn(self, workspace: str) -> float:
        return max(self._turns.get(workspace, 0.0), self._now_at)

    def _count_turn(self, workspace: str) -> None:
        turn = self._turn(workspace)
        self._turns[workspace] = turn + 1 / self._of(workspace).weight
        self._now_at = max(turn, self._now_at)

    def _may_run(self, workspace: str) -> bool:
        most = self._of(workspace).most_running
        return most is None or self._running[workspace] < most

    def _of(self, workspace: str) -> Standing:
        return self._standings.get(workspace, Standing())
