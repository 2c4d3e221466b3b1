"""Routes of jobs."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from sse_starlette import EventSourceResponse

from tuneyard.auth.dependencies import CallerDep, SessionDep, requires
from tuneyard.auth.models import Scope
from tuneyard.jobs import estimating, events, planning, service
from tuneyard.jobs.models import Job, JobStatus
from tuneyard.jobs.schemas import (
    Estimate,
    EventPage,
    EventQuery,
    EventRead,
    FineTuneRequest,
    HyperparametersRead,
    JobRead,
)
from tuneyard.kit.pagination import Page, PageQuery
from tuneyard.kit.queue import Queue
from tuneyard.kit.services import ServicesDep
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
def create_job(body: FineTuneRequest, caller: CallerDep, session: SessionDep, services: ServicesDep) -> JobRead:
    """Queue a fine-tune."""
    plan = planning.plan(session, services.store, caller.workspace_id, body)
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
    )
    return shown(session, job)


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
    return Page(data=[shown(session, job) for job in jobs], next_cursor=cursor)


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


@router.post(
    "/{job_id}/cancel", response_model=JobRead, summary="Cancel", dependencies=WRITE, responses=documented(404, 409)
)
def cancel_job(job_id: str, caller: CallerDep, session: SessionDep) -> JobRead:
    """Stop a job for good; a running one ends as soon as its process is gone."""
    return shown(session, service.cancel(session, caller.workspace_id, job_id))


@router.post(
    "/{job_id}/pause", response_model=JobRead, summary="Pause", dependencies=WRITE, responses=documented(404, 409)
)
def pause_job(job_id: str, caller: CallerDep, session: SessionDep) -> JobRead:
    """Set a job aside until it is resumed."""
    return shown(session, service.pause(session, caller.workspace_id, job_id))


@router.post(
    "/{job_id}/resume", response_model=JobRead, summary="Resume", dependencies=WRITE, responses=documented(404, 409)
)
def resume_job(job_id: str, caller: CallerDep, session: SessionDep, services: ServicesDep) -> JobRead:
    """Queue a paused job again."""
    return shown(session, service.resume(session, services.doorbell, caller.workspace_id, job_id))


@router.post(
    "/{job_id}/retry", response_model=JobRead, summary="Try again", dependencies=WRITE, responses=documented(404, 409)
)
def retry_job(job_id: str, caller: CallerDep, session: SessionDep, services: ServicesDep) -> JobRead:
    """Queue a failed or cancelled job again."""
    return shown(session, service.retry(session, services.doorbell, caller.workspace_id, job_id))


def shown(session: SessionDep, job: Job) -> JobRead:
    """A job as the API shows it."""
    read = JobRead.model_validate(job)
    read.queue_position = service.queue_position(session, job)
    read.model_version_id = (job.result or {}).get("model_version_id")
    return read
