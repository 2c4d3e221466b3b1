"""`/v1/fine_tuning/jobs`: the OpenAI fine-tuning API over the jobs of the workspace."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.orm import Session

from tuneyard.auth.caller import Caller
from tuneyard.auth.dependencies import CallerDep, SessionDep, requires
from tuneyard.auth.models import Scope
from tuneyard.auth.repeating import OnceDep
from tuneyard.jobs.states import Action
from tuneyard.kit.services import Services, ServicesDep
from tuneyard.kit.web import LARGEST_BODY, documented
from tuneyard.openai import fine_tuning, fine_tuning_reading
from tuneyard.openai.fine_tuning_schemas import (
    FineTuningCheckpoint,
    FineTuningCreate,
    FineTuningEvent,
    FineTuningRead,
    FineTuningsQuery,
)
from tuneyard.openai.lists import OpenAIList, listed
from tuneyard.openai.route import OpenAIRoute

router = APIRouter(prefix="/fine_tuning/jobs", tags=["openai"], route_class=OpenAIRoute, max_body_size=LARGEST_BODY)
READ = [Depends(requires(Scope.READ))]
WRITE = [Depends(requires(Scope.WRITE))]
MOST_PARAMETERS = 32
METADATA = {
    "name": "metadata",
    "in": "query",
    "style": "deepObject",
    "explode": True,
    "description": "`metadata[key]=value`: only those with these texts; `metadata=null`: only those without any.",
    "schema": {"type": "object", "additionalProperties": {"type": "string"}},
}


@router.post(
    "",
    response_model=FineTuningRead,
    summary="Start a fine-tuning",
    dependencies=WRITE,
    responses=documented(400, 409),
)
def create_fine_tuning(
    body: FineTuningCreate, caller: CallerDep, session: SessionDep, services: ServicesDep, once: OnceDep
) -> FineTuningRead:
    """It waits until its files are read, then for its turn. What comes out is deployed under `fine_tuned_model`."""
    state = fine_tuning.create(session, services, caller.workspace_id, body)
    return once.keep(session, fine_tuning_reading.shown(session, state))


@router.get(
    "",
    response_model=OpenAIList[FineTuningRead],
    summary="List fine-tunings",
    dependencies=READ,
    openapi_extra={"parameters": [METADATA]},
)
def list_fine_tunings(
    query: Annotated[FineTuningsQuery, Query()], request: Request, caller: CallerDep, session: SessionDep
) -> OpenAIList[FineTuningRead]:
    """Those asked for by this API, newest first."""
    found = fine_tuning.page(session, caller.workspace_id, query, wanted_metadata(request))
    return listed(fine_tuning_reading.shown_all(session, found), query.limit, OpenAIList[FineTuningRead])


@router.get(
    "/{fine_tuning_job_id}",
    response_model=FineTuningRead,
    summary="Show a fine-tuning",
    dependencies=READ,
    responses=documented(404),
)
def get_fine_tuning(fine_tuning_job_id: str, caller: CallerDep, session: SessionDep) -> FineTuningRead:
    return fine_tuning_reading.shown(session, fine_tuning.get(session, caller.workspace_id, fine_tuning_job_id))


@router.get(
    "/{fine_tuning_job_id}/events",
    response_model=OpenAIList[FineTuningEvent],
    summary="List what has happened",
    dependencies=READ,
    responses=documented(404),
)
def list_events(
    fine_tuning_job_id: str, query: Annotated[FineTuningsQuery, Query()], caller: CallerDep, session: SessionDep
) -> OpenAIList[FineTuningEvent]:
    """Newest first; events of the type `metrics` have the figures of a step."""
    state = fine_tuning.get(session, caller.workspace_id, fine_tuning_job_id)
    return listed(fine_tuning_reading.events(session, state, query), query.limit, OpenAIList[FineTuningEvent])


@router.get(
    "/{fine_tuning_job_id}/checkpoints",
    response_model=OpenAIList[FineTuningCheckpoint],
    summary="List checkpoints that can be asked",
    dependencies=READ,
    responses=documented(404),
)
def list_checkpoints(
    fine_tuning_job_id: str, query: Annotated[FineTuningsQuery, Query()], caller: CallerDep, session: SessionDep
) -> OpenAIList[FineTuningCheckpoint]:
    """The moment whose weights were kept, once it has succeeded."""
    state = fine_tuning.get(session, caller.workspace_id, fine_tuning_job_id)
    found = [] if query.after else fine_tuning_reading.checkpoints(session, state)
    return listed(found, query.limit, OpenAIList[FineTuningCheckpoint])


@router.post(
    "/{fine_tuning_job_id}/cancel",
    response_model=FineTuningRead,
    summary="Cancel",
    dependencies=WRITE,
    responses=documented(404, 409),
)
def cancel_fine_tuning(
    fine_tuning_job_id: str, caller: CallerDep, session: SessionDep, services: ServicesDep
) -> FineTuningRead:
    """Stop it for good; a running one ends as soon as its process is gone."""
    return _act(session, services, caller, fine_tuning_job_id, Action.CANCEL)


@router.post(
    "/{fine_tuning_job_id}/pause",
    response_model=FineTuningRead,
    summary="Pause",
    dependencies=WRITE,
    responses=documented(404, 409),
)
def pause_fine_tuning(
    fine_tuning_job_id: str, caller: CallerDep, session: SessionDep, services: ServicesDep
) -> FineTuningRead:
    """Set it aside until it is resumed."""
    return _act(session, services, caller, fine_tuning_job_id, Action.PAUSE)


@router.post(
    "/{fine_tuning_job_id}/resume",
    response_model=FineTuningRead,
    summary="Resume",
    dependencies=WRITE,
    responses=documented(404, 409),
)
def resume_fine_tuning(
    fine_tuning_job_id: str, caller: CallerDep, session: SessionDep, services: ServicesDep
) -> FineTuningRead:
    """Queue a paused one again; it goes on where it was."""
    return _act(session, services, caller, fine_tuning_job_id, Action.RESUME)


def _act(
    session: Session, services: Services, caller: Caller, fine_tuning_job_id: str, action: Action
) -> FineTuningRead:
    state = fine_tuning.act(session, services, caller.workspace_id, fine_tuning_job_id, action)
    return fine_tuning_reading.shown(session, state)


def wanted_metadata(request: Request) -> dict[str, str] | None:
    """The `metadata[key]=value` of the query; nothing in it for `metadata=null`, and None without either."""
    if request.query_params.get("metadata") == "null":
        return {}
    asked = request.query_params.multi_items()[:MOST_PARAMETERS]
    found = {
        name.removeprefix("metadata[").removesuffix("]"): value
        for name, value in asked
        if name.startswith("metadata[") and name.endswith("]")
    }
    return found or None
