"""What is going on in a workspace: the jobs that wait or run, and those that ended lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from tuneyard.auth import service as accounts
from tuneyard.auth.caller import Caller
from tuneyard.jobs import repository
from tuneyard.jobs.models import Job

MOST_ACTIVE = 20
MOST_ENDED = 30


@dataclass(frozen=True)
class Activity:
    """`seen_at` is when the caller last looked; None for never, and for a key without a user."""

    active: Sequence[Job]
    active_count: int
    ended: Sequence[Job]
    seen_at: datetime | None

    def is_new(self, job: Job) -> bool:
        """Whether the job ended after the caller last looked."""
        return self.seen_at is None or (job.finished_at is not None and job.finished_at > self.seen_at)


def current(session: Session, caller: Caller) -> Activity:
    """The newest of both. Who has cancelled a job knows that it has ended, so it is not told of."""
    return Activity(
        active=repository.active(session, caller.workspace_id, MOST_ACTIVE),
        active_count=repository.active_count(session, caller.workspace_id),
        ended=repository.ended_last(session, caller.workspace_id, MOST_ENDED),
        seen_at=accounts.activity_seen_at(session, caller),
    )


def mark_seen(session: Session, caller: Caller) -> None:
    """What has ended until now is no news to the caller any more."""
    accounts.mark_activity_seen(session, caller)
