"""Routes of what is going on, which a page asks for again and again: few queries, each by an index."""

from typing import Annotated

from fastapi import APIRouter, Depends

from tuneyard.auth.caller import Caller
from tuneyard.auth.dependencies import CallerDep, SessionDep, requires, requires_browser
from tuneyard.auth.models import Scope
from tuneyard.jobs import activity
from tuneyard.jobs.endpoints import shown_all
from tuneyard.jobs.schemas import ActivityRead, EndedJob
from tuneyard.kit.web import LARGEST_BODY

router = APIRouter(prefix="/activity", tags=["jobs"], max_body_size=LARGEST_BODY)


@router.get("", response_model=ActivityRead, summary="What is going on", dependencies=[Depends(requires(Scope.READ))])
def read_activity(caller: CallerDep, session: SessionDep) -> ActivityRead:
    """Jobs that wait or run, and the newest that finished or failed; those you have not seen yet are marked."""
    found = activity.current(session, caller)
    return ActivityRead(
        active=shown_all(session, found.active),
        active_count=found.active_count,
        ended=[EndedJob.of(job, is_new=found.is_new(job)) for job in found.ended],
    )


@router.post("/seen", status_code=204, summary="Mark what ended as seen")
def mark_seen(caller: Annotated[Caller, Depends(requires_browser)], session: SessionDep) -> None:
    """For yourself, in every browser of yours."""
    activity.mark_seen(session, caller)
