"""Whose job is next: by priority, then by what the workspace has running for its weight, then by the turns it has had.

Turns are start-time fair queueing: a claim moves the workspace on by 1 / weight, and who comes back after a while
starts where the others are. So nobody waits behind all that another has queued, and nobody saves turns up.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tuneyard.jobs.models import ACTIVE, NEEDS_CARD, Job, JobStatus, QueueShare
from tuneyard.jobs.states import TRANSITIONS, Step
from tuneyard.kit.queue import Queue

(CLAIMABLE,) = TRANSITIONS[Step.CLAIM]
# Workspaces are found one after the other in the index, and of each the first job: what it costs does not grow with the
# number of jobs that wait.
WAITING = f"""
WITH RECURSIVE waiting AS (
    (SELECT workspace_id FROM jobs WHERE queue = :queue AND status = '{CLAIMABLE}' ORDER BY workspace_id LIMIT 1)
    UNION ALL
    SELECT (
        SELECT workspace_id FROM jobs
        WHERE queue = :queue AND status = '{CLAIMABLE}' AND workspace_id > waiting.workspace_id
        ORDER BY workspace_id LIMIT 1
    )
    FROM waiting WHERE waiting.workspace_id IS NOT NULL
)"""
OF_ONE = f"FROM jobs WHERE queue = :queue AND status = '{CLAIMABLE}' AND workspace_id = waiting.workspace_id"
DUE = "AND coalesce(not_before, clock_timestamp()) <= clock_timestamp()"
# What a worker without a card can't run it passes over, job by job.
ABLE = f"AND (:card OR NOT {NEEDS_CARD})"
NEXT_JOB = f"""{WAITING},
share AS (
    SELECT workspace_id, weight, most_running, turns, max(turns - 1 / weight) OVER () AS now_at
    FROM queue_shares WHERE queue = :queue
),
running AS (
    SELECT workspace_id, count(*) AS jobs FROM jobs WHERE queue = :queue AND status = 'running' GROUP BY workspace_id
),
heads AS (
    SELECT waiting.workspace_id, head.id, head.priority,
        coalesce(running.jobs, 0) / coalesce(weight, 1) AS share,
        greatest(coalesce(turns, 0), coalesce((SELECT max(now_at) FROM share), 0)) AS turn
    FROM waiting
    CROSS JOIN LATERAL (SELECT id, priority {OF_ONE} {DUE} {ABLE} ORDER BY priority DESC, id LIMIT 1) AS head
    LEFT JOIN running USING (workspace_id)
    LEFT JOIN share USING (workspace_id)
    WHERE coalesce(running.jobs < most_running, coalesce(most_running, 1) > 0)
    ORDER BY head.priority DESC, share, turn, head.id
),
next_job AS (
    SELECT job.id, turn FROM heads AS waiting
    CROSS JOIN LATERAL (
        SELECT id {OF_ONE} {DUE} {ABLE} ORDER BY priority DESC, id LIMIT 1 FOR UPDATE SKIP LOCKED
    ) AS job
    ORDER BY waiting.priority DESC, share, turn, waiting.id LIMIT 1
)"""
"""For a claim: `next_job` has the `id` of the job whose turn it is, locked, and the `turn` its workspace is at.
`:card` is whether the worker has a graphics card."""
AHEAD = text(f"""{WAITING}
SELECT job.* FROM waiting
CROSS JOIN LATERAL (
    SELECT id, workspace_id, priority, kind, estimated_seconds, {NEEDS_CARD} AS needs_card {OF_ONE}
    ORDER BY priority DESC, id LIMIT :most
) AS job
""")


@dataclass(frozen=True)
class Standing:
    """What a workspace may have of a queue, what it has, and where its turns stand."""

    weight: float = 1.0
    most_running: int | None = None
    turns: float = 0.0


def standings(session: Session, queue: Queue) -> dict[str, Standing]:
    """By workspace; those without a row have the defaults."""
    rows = session.scalars(select(QueueShare).where(QueueShare.queue == queue))
    return {row.workspace_id: Standing(row.weight, row.most_running, row.turns) for row in rows}


def rank(priority: int, job_id: str) -> tuple[float, str]:
    """What the waiting jobs of one workspace are ordered by."""
    return -priority, job_id


def edge(session: Session, queue: Queue, workspace_id: str, place: int) -> tuple[float, str]:
    """The rank that only the first `place` waiting jobs of a workspace are below."""
    query = (
        select(Job.priority, Job.id)
        .where(Job.queue == queue, Job.workspace_id == workspace_id, Job.status == JobStatus.QUEUED)
        .order_by(Job.priority.desc(), Job.id)
        .offset(place)
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return rank(*row) if row else (math.inf, "")


def running(session: Session, queue: Queue) -> Sequence[Job]:
    """Jobs of all workspaces that run on a queue."""
    return session.scalars(select(Job).where(Job.queue == queue, Job.status == JobStatus.RUNNING)).all()


def waiting(session: Session, queue: Queue, most: int) -> Sequence[Row[Any]]:
    """Of each workspace the first jobs that wait: (id, workspace_id, priority, kind, estimated_seconds, needs_card)."""
    return session.execute(AHEAD, {"queue": queue, "most": most}).all()


@dataclass
class Count:
    running: int = 0
    waiting: int = 0


def counts(session: Session, queue: Queue) -> dict[str, Count]:
    """How many jobs of each workspace run and wait; any workspace may be asked for."""
    found: dict[str, Count] = defaultdict(Count)
    query = select(Job.workspace_id, Job.status, func.count()).group_by(Job.workspace_id, Job.status)
    for workspace_id, status, number in session.execute(query.where(Job.queue == queue, text(ACTIVE))):
        if status == JobStatus.RUNNING:
            found[workspace_id].running = number
        elif status == JobStatus.QUEUED:
            found[workspace_id].waiting = number
    return found


def set_share(session: Session, workspace_id: str, queue: Queue, **changes: Any) -> None:
    """Change what a workspace may have of a queue: `weight`, `most_running`."""
    row = insert(QueueShare).values(workspace_id=workspace_id, queue=queue, **changes)
    session.execute(row.on_conflict_do_update(index_elements=["workspace_id", "queue"], set_=changes))
