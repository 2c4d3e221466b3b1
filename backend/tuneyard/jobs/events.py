"""The event stream of a job: what happened so far, then what happens, until the job has ended."""

from collections.abc import AsyncIterator

from sse_starlette import ServerSentEvent

from tuneyard.jobs.watching import JobWatch

# How long a browser waits before it takes a broken stream up again.
RETRY_MS = 1000


async def stream(watch: JobWatch, workspace_id: str, job_id: str, after: int) -> AsyncIterator[bytes]:
    """Events with a sequence above `after`, each once and in order; ends with the job."""
    yield ServerSentEvent(retry=RETRY_MS).encode()
    with watch.follow(job_id) as followed:
        while True:
            # Taken before the look, so that what comes in between wakes us.
            news = followed.news
            told = await watch.read(workspace_id, job_id, after)
            after = told.last
            if told.text:
                yield told.text
            if told.ended:
                return
            if not told.more:
                await news.wait()
