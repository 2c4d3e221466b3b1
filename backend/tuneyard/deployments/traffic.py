"""What came to a deployment and how long it took: counted by the minute, in buckets, so its size is bounded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy.orm import Session

from tuneyard.deployments import repository
from tuneyard.deployments.models import LATENCY_BUCKETS, LATENCY_EDGES
from tuneyard.deployments.repository import Traffic
from tuneyard.kit import clock

MINUTE = timedelta(minutes=1)
RECENT_MINUTES = 5
ANSWERED, REFUSED, FAILED = 2, 4, 5


class Period(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Window:
    """A period as a whole number of steps."""

    step: timedelta
    steps: int


WINDOWS = {
    Period.HOUR: Window(MINUTE, 60),
    Period.DAY: Window(10 * MINUTE, 144),
    Period.WEEK: Window(timedelta(hours=1), 168),
    Period.MONTH: Window(timedelta(hours=6), 120),
}


class Key(NamedTuple):
    """One minute of one deployment's requests of one class of status."""

    workspace_id: str
    name: str
    minute: int
    status_class: int


@dataclass(frozen=True)
class Figures:
    """Requests, how many of them were refused or failed, and how long the answered ones took, in milliseconds."""

    requests: int
    refused: int
    failed: int
    p50_ms: float | None
    p95_ms: float | None


@dataclass(frozen=True)
class Recent:
    """What comes in now: requests a minute, those of them that are refused or fail, and what answers take."""

    requests_per_minute: float
    errors_per_minute: float
    p50_ms: float | None
    p95_ms: float | None


@dataclass(frozen=True)
class Series:
    """A figure for every step of the window, and one for the whole."""

    window: Window
    points: list[tuple[datetime, Figures]]
    total: Figures


def add(session: Session, counts: Mapping[Key, Sequence[int]]) -> None:
    """Store what a process has counted; what is about a deployment that does not exist is left out."""
    ids = repository.ids_by_name(session, {(key.workspace_id, key.name) for key in counts})
    rows = [
        {
            "workspace_id": key.workspace_id,
            "deployment_id": ids[key.workspace_id, key.name],
            "minute": datetime.fromtimestamp(key.minute * 60, UTC),
            "status_class": key.status_class,
            "latencies": list(latencies),
        }
        for key, latencies in sorted(counts.items())
        if (key.workspace_id, key.name) in ids
    ]
    if rows:
        repository.add_traffic(session, rows)


def series(session: Session, workspace_id: str, deployment_id: str, period: Period) -> Series:
    """The last hour, day, week or month, up to now."""
    window = WINDOWS[period]
    seconds = window.step.total_seconds()
    last = datetime.fromtimestamp(clock.now().timestamp() // seconds * seconds, UTC)
    since = last - (window.steps - 1) * window.step
    found = repository.traffic(session, workspace_id, [deployment_id], since, window.step)
    starts = [since + step * window.step for step in range(window.steps)]
    points = [(start, figures(item for item in found if item.start == start)) for start in starts]
    return Series(window, points, figures(found))


def recent(session: Session, workspace_id: str, deployment_ids: Sequence[str]) -> dict[str, Recent]:
    """Of each deployment: the minute that has begun and the five before."""
    now = clock.now()
    since = now.replace(second=0, microsecond=0) - RECENT_MINUTES * MINUTE
    minutes = (now - since) / MINUTE
    found = repository.traffic(session, workspace_id, deployment_ids, since, 2 * RECENT_MINUTES * MINUTE)
    sums = {name: figures(item for item in found if item.deployment_id == name) for name in deployment_ids}
    return {
        name: Recent(item.requests / minutes, (item.refused + item.failed) / minutes, item.p50_ms, item.p95_ms)
        for name, item in sums.items()
    }


def figures(found: Iterable[Traffic]) -> Figures:
    """The sum of some traffic."""
    by_class = {status_class: [0] * LATENCY_BUCKETS for status_class in (ANSWERED, REFUSED, FAILED)}
    for item in found:
        sums = by_class[item.status_class]
        sums[:] = [before + more for before, more in zip(sums, item.latencies, strict=True)]
    answered = by_class[ANSWERED]
    refused, failed = sum(by_class[REFUSED]), sum(by_class[FAILED])
    requests = sum(answered) + refused + failed
    return Figures(requests, refused, failed, quantile(answered, 0.5), quantile(answered, 0.95))


def quantile(latencies: Sequence[int], share: float) -> float | None:
    """In milliseconds, as if the requests of a bucket were spread evenly over it; None without requests."""
    wanted = share * sum(latencies)
    below = 0
    for place, count in enumerate(latencies):
        if count and below + count >= wanted:
            start = LATENCY_EDGES[place - 1] if place else 0.0
            end = LATENCY_EDGES[place] if place < len(LATENCY_EDGES) else start
            return start + (end - start) * (wanted - below) / count
        below += count
    return None
