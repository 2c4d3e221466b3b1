"""Routes of jobs."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session
from sse_starlette import EventSourceResponse

from tuneyard.auth.caller import Caller
from tuneyard.auth.dependencies import CallerDep, SessionDep, requires
from tuneyard.auth.models import Scope
from tuneyard.auth.repeating import OnceDep
from tuneyard.jobs import estimating, events, fitting, forecast, planning, service
from tuneyard.jobs.models import Job, JobStatus
from tuneyard.jobs.schemas import (
    AttemptList,
    AttemptRead,
    Estimate,
    EventPage,
    EventQuery,
    EventRead,
    FineTuneRequest,
    HyperparametersRead,
    JobRead,
)
from tuneyard.jobs.states import Action, useful
from tuneyard.kit.pagination import Page, PageQuery
from tuneyard.kit.queue import Queue
from tuneyard.kit.services import Services, ServicesDep
from tuneyard.kit.web import LARGEST_BODY, documented
from tuneyard.specs.hyperparameters import PRESETS
from tuneyard.specs.job import JobKind
from tuneyard.specs.tasks import Task

router = APIRouter(prefix="/jobs", tags=["jobs"], max_body_size=LARGEST_BODY)
READ = [Depends(requires(Scope.READ))]
WRITE = [Depends(requires(Scope.WRITE))]


@router.post(
    "/estimate",
    response_model=Estimate,
    summary="Estimate a fine-tune",
    dependencies=READ,
    responses=documented(404, 409),
)
def estimate_job(body: FineTuneRequest, caller: CallerDep, session: SessionDep, services: ServicesDep) -> Estimate:
    """Time, memory and device of a fine-tune, and what may disappoint; nothing is started."""
    plan = planning.plan(session, services.store, caller.workspace_id, body)
    return estimating.estimate(session, services.settings, services.store, caller.workspace_id, body, plan)


@router.post(
    "",
    status_code=201,
    response_model=JobRead,
    summary="Start a fine-tune",
    dependencies=WRITE,
    responses=documented(404, 409),
)
def create_job(
    body: FineTuneRequest, caller: CallerDep, session: SessionDep, services: ServicesDep, once: OnceDep
) -> JobRead:
    """Queue a fine-tune. One that needs more memory than there is is refused, with what would fit."""
    plan = planning.plan(session, services.store, caller.workspace_id, body)
    fitting.refuse_without_card(session, plan)
    fitting.refuse_too_large(services.store, plan, fitting.memory_there(session))
    job = service.submit(
        session,
        services.doorbell,
        workspace_id=caller.workspace_id,
        kind=JobKind.FINE_TUNE,
        name=plan.name,
        spec=plan.spec(body),
        queue=Queue.TRAIN,
        dataset_id=body.dataset_id,
        dataset_version_id=plan.version.id,
        estimated_seconds=estimating.seconds(session, services.settings, caller.workspace_id, plan)[0],
    )
    return once.keep(session, shown(session, job))


@router.get(
    "/hyperparameters",
    response_model=HyperparametersRead,
    summary="Hyperparameters and presets of a task",
    dependencies=READ,
)
def hyperparameters(task: Annotated[Task, Query(description="The task.")]) -> HyperparametersRead:
    """The JSON schema of the task's hyperparameters, and what each preset sets."""
    presets = PRESETS[task]
    return HyperparametersRead(schema=type(next(iter(presets.values()))).model_json_schema(), presets=presets)


@router.get("", response_model=Page[JobRead], summary="List jobs", dependencies=READ)
def list_jobs(
    caller: CallerDep,
    session: SessionDep,
    page: PageQuery,
    status: Annotated[JobStatus | None, Query(description="Only jobs in this state.")] = None,
    kind: Annotated[JobKind | None, Query(description="Only jobs of this kind.")] = None,
) -> Page[JobRead]:
    """Jobs of the workspace, newest first."""
    jobs, cursor = service.page(session, caller.workspace_id, page, status=status, kind=kind)
    return Page(data=shown_all(session, jobs), next_cursor=cursor)


@router.get("/{job_id}", response_model=JobRead, summary="One job", dependencies=READ, responses=documented(404))
def read_job(job_id: str, caller: CallerDep, session: SessionDep) -> JobRead:
    """State, phase, progress and result of a job."""
    return shown(session, service.get(session, caller.workspace_id, job_id))


@router.get(
    "/{job_id}/events",
    response_model=EventPage,
    summary="Events of a job, as pages or as a stream",
    dependencies=READ,
    responses={**documented(404), 200: {"content": {"text/event-stream": {}, "application/json": {}}}},
)
def read_events(
    job_id: str,
    request: Request,
    caller: CallerDep,
    session: SessionDep,
    query: Annotated[EventQuery, Query()],
    last_event_id: Annotated[int | None, Header(description="Resume a stream after this event.")] = None,
) -> Response:
    """With `Accept: text/event-stream` a stream that ends with the job, else a page of JSON."""
    service.get(session, caller.workspace_id, job_id)
    after = last_event_id if last_event_id is not None else query.after
    if "text/event-stream" in request.headers.get("accept", ""):
        return EventSourceResponse(events.stream(request.app.state.job_watch, caller.workspace_id, job_id, after))
    found = service.events(session, caller.workspace_id, job_id, after, query.limit)
    cursor = str(found[-1].sequence) if found else None
    page = EventPage(data=[EventRead.model_validate(item) for item in found], next_cursor=cursor)
    return JSONResponse(page.model_dump(mode="json"))


@router.get(
    "/{job_id}/attempts",
    response_model=AttemptList,
    summary="What became of each start of a job",
    dependencies=READ,
    responses=documented(404),
)
def read_attempts(job_id: str, caller: CallerDep, session: SessionDep) -> AttemptList:
    """A job is started again when its worker is lost, when it is resumed, and when it is tried again."""
    found = service.attempts(session, caller.workspace_id, job_id)
    return AttemptList(data=[AttemptRead.of(attempt) for attempt in found])


@router.post(
    "/{job_id}/cancel", response_model=JobRead, summary="Cancel", dependencies=WRITE, responses=documented(404, 409)
)
def cancel_job(job_id: str, caller: CallerDep, session: SessionDep, services: ServicesDep) -> JobRead:
    """Stop a job for good; a running one ends as soon as its process is gone. Asking twice is asking once."""
    return _act(session, services, caller, job_id, Action.CANCEL)


@router.post(
    "/{job_id}/pause", response_model=JobRead, summary="Pause", dependencies=WRITE, responses=documented(404, 409)
)
def pause_job(job_id: str, caller: CallerDep, session: SessionDep, services: ServicesDep) -> JobRead:
    """Set a job aside until it is resumed. Asking twice is asking once."""
    return _act(session, services, caller, job_id, Action.PAUSE)


@router.post(
    "/{job_id}/resume", response_model=JobRead, summary="Resume", dependencies=WRITE, responses=documented(404, 409)
)
def resume_job(job_id: str, caller: CallerDep, session: SessionDep, services: ServicesDep) -> JobRead:
    """Queue a paused job again. Asking twice is asking once."""
    return _act(session, services, caller, job_id, Action.RESUME)


@router.post(
    "/{job_id}/retry", response_model=JobRead, summary="Try again", dependencies=WRITE, responses=documented(404, 409)
)
def retry_job(job_id: str, caller: CallerDep, session: SessionDep, services: ServicesDep, once: OnceDep) -> JobRead:
    """Queue a failed or cancelled job again; one that waits or runs already stays as it is."""
    return once.keep(session, _act(session, services, caller, job_id, Action.RETRY))


def _act(session: Session, services: Services, caller: Caller, job_id: str, action: Action) -> JobRead:
    return shown(session, service.act(session, services.doorbell, caller.workspace_id, job_id, action))


def shown(session: Session, job: Job) -> JobRead:
    """A job as the API shows it."""
    return shown_all(session, [job])[0]


def shown_all(session: Session, jobs: Sequence[Job]) -> list[JobRead]:
    """Jobs as the API shows them; those that wait with their place in the queue."""
    places = forecast.places(session, jobs)
    found = []
    for job in jobs:
        read = JobRead.model_validate(job)
        if place := places.get(job.id):
            read.queue_position, read.expected_start_at = place.position, place.starts_at
            read.waits_for = place.waits_for
        read.asked = service.asked(job)
        read.actions = useful(job.status, read.asked)
        read.model_version_id = (job.result or {}).get("model_version_id")
        found.append(read)
    return found
