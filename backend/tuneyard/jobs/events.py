"""The event stream of a job: what happened so far, then what happens, until the job has ended."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import anyio.to_thread
from sse_starlette import ServerSentEvent

from tuneyard.jobs import service
from tuneyard.jobs.models import TERMINAL
from tuneyard.jobs.schemas import EventRead
from tuneyard.kit.db import Database

POLL_SECONDS = 0.4
BATCH = 500


async def stream(database: Database, workspace_id: str, job_id: str, after: int) -> AsyncIterator[ServerSentEvent]:
    """Events with a sequence above `after`, each once and in order; ends with the job."""

    def fetch() -> tuple[Sequence[EventRead], bool]:
        with database.workspace(workspace_id) as session:
            job = service.get(session, workspace_id, job_id)
            found = service.events(session, workspace_id, job_id, after, BATCH)
            return [EventRead.model_validate(item) for item in found], job.status in TERMINAL

    while True:
        events, ended = await anyio.to_thread.run_sync(fetch)
        for event in events:
            after = event.sequence
            yield ServerSentEvent(data=event.model_dump_json(), event=event.type.value, id=str(event.sequence))
        if ended and len(events) < BATCH:
            return
        if len(events) < BATCH:
            await asyncio.sleep(POLL_SECONDS)
