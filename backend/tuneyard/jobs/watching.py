"""What the event streams of one process share: one look at the database for all jobs that are followed.

A stream that asked by itself would cost as much as all of them together do here.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import anyio
import anyio.to_thread
import structlog
from sqlalchemy.exc import SQLAlchemyError
from sse_starlette import ServerSentEvent

from tuneyard.jobs import repository, service
from tuneyard.jobs.models import TERMINAL, JobEvent
from tuneyard.jobs.schemas import EventRead
from tuneyard.kit.db import Database

log = structlog.get_logger()

LOOK_SECONDS = 0.2
BATCH = 500


@dataclass(frozen=True)
class Told:
    """Events as the stream sends them: those above `after`, up to `last`."""

    after: int
    text: bytes
    last: int
    more: bool
    """Whether others follow at once."""
    ended: bool


@dataclass
class Followed:
    """A job that streams follow; `news` is set, and replaced, as soon as it has new events."""

    streams: int = 0
    last: int | None = None
    told: Told | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def saw(self, last: int, told: Told | None) -> None:
        """Wake every stream: there is something new."""
        self.last, self.told = last, told
        self.news.set()
        self.news = asyncio.Event()


class JobWatch:
    """Wakes the streams of a job when it has new events, which are read once for all of them."""

    def __init__(self, database_url: str) -> None:
        # Connections and a thread of its own: requests wait for each other's, and all streams would wait with them.
        self.database = Database(database_url, pool_size=1)
        self._thread = anyio.CapacityLimiter(1)
        self._followed: dict[str, Followed] = {}
        self._reads: dict[tuple[str, str, int], asyncio.Task[Told]] = {}
        self._looking: asyncio.Task[None] | None = None

    @contextmanager
    def follow(self, job_id: str) -> Iterator[Followed]:
        """Look after a job for as long as somebody follows it."""
        followed = self._followed.setdefault(job_id, Followed())
        followed.streams += 1
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            yield followed
        finally:
            followed.streams -= 1
            if followed.streams == 0:
                del self._followed[job_id]
            if not self._followed and self._looking is not None:
                self._looking.cancel()
                self._looking = None

    async def read(self, workspace_id: str, job_id: str, after: int) -> Told:
        """The events above `after`: as the last look has found them, else from a query that others there share."""
        told = self._followed[job_id].told
        if told is not None and told.after == after:
            return told
        key = (workspace_id, job_id, after)
        if key not in self._reads:
            self._reads[key] = asyncio.create_task(anyio.to_thread.run_sync(self._told, *key))
            self._reads[key].add_done_callback(lambda _: self._reads.pop(key))
        # Shielded: the reader who leaves must not end the read of the others.
        return await asyncio.shield(self._reads[key])

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            seen = {job_id: followed.last for job_id, followed in self._followed.items()}
            try:
                news = await anyio.to_thread.run_sync(self._news, seen, limiter=self._thread)
            except SQLAlchemyError as error:
                log.warning("watch.database_unavailable", error=str(error).splitlines()[0])
                continue
            for job_id, (last, told) in news.items():
                if job_id in self._followed:
                    self._followed[job_id].saw(last, told)

    def _news(self, seen: Mapping[str, int | None]) -> dict[str, tuple[int, Told | None]]:
        """Of each job that has come further: how far, and what it told since the last look, unless that is a lot."""
        with self.database.system() as session:
            newest = {row.id: row for row in repository.newest_events(session, list(seen))}
            further = {job_id: row.last_event for job_id, row in newest.items() if row.last_event != seen[job_id]}
            places = {
                job_id: (after, last)
                for job_id, last in further.items()
                if (after := seen[job_id]) is not None and last - after <= BATCH
            }
            found = repository.events_of(session, places)
        told = {
            job_id: Told(after, _text(found[job_id]), last, more=False, ended=newest[job_id].status in TERMINAL)
            for job_id, (after, last) in places.items()
        }
        return {job_id: (last, told.get(job_id)) for job_id, last in further.items()}

    def _told(self, workspace_id: str, job_id: str, after: int) -> Told:
        with self.database.workspace(workspace_id) as session:
            # The state first: with the end of a job comes its last event.
            ended = service.get(session, workspace_id, job_id).status in TERMINAL
            events = repository.events(session, workspace_id, job_id, after, BATCH)
            text = _text(events)
        more = len(events) == BATCH
        return Told(after, text, events[-1].sequence if events else after, more, ended and not more)


def _text(events: Sequence[JobEvent]) -> bytes:
    return b"".join(_message(EventRead.model_validate(event)) for event in events)


def _message(event: EventRead) -> bytes:
    # Readers of lines take some characters beyond ASCII for the end of one.
    text = event.model_dump_json(ensure_ascii=True)
    return ServerSentEvent(data=text, event=event.type.value, id=str(event.sequence)).encode()
