"""When the jobs that wait will start: the claims to come, played through in the order in which they will be made."""

import heapq
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterator, Mapping, Sequence
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
    CARD = "card"
    LIMIT = "limit"


@dataclass(frozen=True)
class Place:
    """Where a waiting job stands. `position` counts to LOOKS_AHEAD; one more stands for all behind.

    It is None where no worker that runs has the card that the job needs.
    """

    position: int | None
    starts_at: datetime | None
    waits_for: WaitsFor


@dataclass(frozen=True)
class Waiting:
    id: str
    workspace_id: str
    priority: int
    seconds: float
    needs_card: bool


@dataclass(frozen=True)
class Running:
    workspace_id: str
    seconds: float
    """Until it ends."""
    card: bool
    """Whether its worker has one."""


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
    hands = workers.hands(session, queue)
    outlook = Outlook(
        waiting=[
            Waiting(
                row.id,
                row.workspace_id,
                row.priority,
                row.estimated_seconds or USUAL_SECONDS[JobKind(row.kind)],
                row.needs_card,
            )
            for row in (fair_share.waiting(session, queue, LOOKS_AHEAD) if near else [])
        ],
        running=[
            Running(job.workspace_id, remaining_seconds(job, now), hands.get(job.lease_owner or "", False))
            for job in fair_share.running(session, queue)
        ],
        standings=fair_share.standings(session, queue),
        workers=Counter(hands.values()),
    )
    starts = outlook.starts(near)
    return {job.id: _place(job, outlook, starts.get(job.id), now) for job in jobs}


def _place(job: Job, outlook: "Outlook", start: "Start | None", now: datetime) -> Place:
    reason = outlook.waits_for(job.workspace_id, needs_card=job.needs_card)
    if reason == WaitsFor.CARD:
        return Place(None, None, reason)
    starts_at = now + timedelta(seconds=start.after) if start and reason != WaitsFor.WORKER else None
    return Place(start.position if start else LOOKS_AHEAD + 1, starts_at, reason)


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
        running: Sequence[Running],
        standings: dict[str, Standing],
        workers: Mapping[bool, int],
    ) -> None:
        """`workers` counts those with a graphics card (True) and those without."""
        self._none_runs = not any(workers.values())
        # One that can do everything is thought of, so that jobs have their places.
        self._workers = {True: 1} if self._none_runs else workers
        self._standings = standings
        self._turns = {workspace: standing.turns for workspace, standing in standings.items()}
        self._now_at = max((item.turns - 1 / item.weight for item in standings.values()), default=0.0)
        self._running = Counter(job.workspace_id for job in running)
        self._at_limit = {workspace for workspace in standings if not self._may_run(workspace)}
        self._ends = [(job.seconds, job.workspace_id, job.card or self._none_runs) for job in running]
        heapq.heapify(self._ends)
        self._lines: dict[tuple[str, bool], deque[Waiting]] = defaultdict(deque)
        for item in sorted(waiting, key=lambda item: fair_share.rank(item.priority, item.id)):
            self._lines[item.workspace_id, item.needs_card].append(item)

    def waits_for(self, workspace_id: str, *, needs_card: bool) -> WaitsFor:
        """Why a job of the workspace does not run yet."""
        if self._none_runs:
            return WaitsFor.WORKER
        if needs_card and not self._workers.get(True):
            return WaitsFor.CARD
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
        busy, now = Counter(card for _, _, card in self._ends), 0.0
        idle = {card: max(self._workers.get(card, 0) - busy[card], 0) for card in (False, True)}
        while True:
            while line := self._next(idle):
                item = line.popleft()
                # One without a card goes first: the other may be needed.
                card = item.needs_card or not idle[False]
                heapq.heappush(self._ends, (now + item.seconds, item.workspace_id, card))
                self._running[item.workspace_id] += 1
                self._count_turn(item.workspace_id)
                idle[card] -= 1
                yield item, now
            if not self._ends:
                return
            now, ended, card = heapq.heappop(self._ends)
            self._running[ended] -= 1
            idle[card] += 1

    def _next(self, idle: Mapping[bool, int]) -> deque[Waiting] | None:
        able = [
            line
            for (workspace, needs_card), line in self._lines.items()
            if line and self._may_run(workspace) and (idle[True] or (idle[False] and not needs_card))
        ]
        return min(able, key=lambda line: self._rank(line[0]), default=None)

    def _rank(self, head: Waiting) -> tuple[float, float, float, str]:
        workspace = head.workspace_id
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
