"""Routes of deployments. Deleting one is a route of predictions, because its batches go with it."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from tuneyard.auth.dependencies import CallerDep, SessionDep, requires
from tuneyard.auth.models import Scope
from tuneyard.auth.repeating import OnceDep
from tuneyard.deployments import service, serving_client, traffic
from tuneyard.deployments.models import ParityCheck
from tuneyard.deployments.repository import Route
from tuneyard.deployments.schemas import (
    CheckRead,
    DeploymentChange,
    DeploymentCreate,
    DeploymentProblem,
    DeploymentRead,
    DeploymentUrls,
    RecentTraffic,
    RevisionRead,
    RollbackRequest,
    RouteRead,
    TrafficFigures,
    TrafficPoint,
    TrafficQuery,
    TrafficRead,
)
from tuneyard.deployments.service import Announce, Routed
from tuneyard.kit.pagination import Page, PageQuery
from tuneyard.kit.services import ServicesDep
from tuneyard.kit.web import LARGEST_BODY, documented
from tuneyard.specs.asked import asked_columns
from tuneyard.specs.tasks import Role

router = APIRouter(prefix="/deployments", tags=["deployments"], max_body_size=LARGEST_BODY)
READ = [Depends(requires(Scope.READ))]
WRITE = [Depends(requires(Scope.WRITE))]


async def announcement(services: ServicesDep) -> Announce:
    """Tells the serving process of this installation."""
    return lambda: serving_client.announce(services.settings)


async def base_url(request: Request, services: ServicesDep) -> str:
    """The address that users see."""
    return (services.settings.public_url or str(request.base_url)).rstrip("/")


AnnounceDep = Annotated[Announce, Depends(announcement)]
BaseUrlDep = Annotated[str, Depends(base_url)]


@router.post(
    "",
    summary="Deploy a model version",
    status_code=201,
    response_model=DeploymentRead,
    dependencies=WRITE,
    responses=documented(404, 409),
)
def create_deployment(
    body: DeploymentCreate,
    caller: CallerDep,
    session: SessionDep,
    announce: AnnounceDep,
    base: BaseUrlDep,
    once: OnceDep,
) -> DeploymentRead:
    """It takes traffic once the version, called through the live path, answers as it did in its evaluation."""
    made = service.create(session, announce, caller.workspace_id, body.name, body.model_version_id)
    return once.keep(session, deployment_read(made, base))


@router.get("", summary="List deployments", response_model=Page[DeploymentRead], dependencies=READ)
def list_deployments(page: PageQuery, caller: CallerDep, session: SessionDep, base: BaseUrlDep) -> Page[DeploymentRead]:
    found, cursor = service.page(session, caller.workspace_id, page)
    return Page(data=[deployment_read(item, base) for item in found], next_cursor=cursor)


@router.get(
    "/{name}",
    summary="Show a deployment",
    response_model=DeploymentRead,
    dependencies=READ,
    responses=documented(404),
)
def get_deployment(name: str, caller: CallerDep, session: SessionDep, base: BaseUrlDep) -> DeploymentRead:
    return deployment_read(service.get(session, caller.workspace_id, name), base)


@router.patch(
    "/{name}",
    summary="Change which versions answer",
    response_model=DeploymentRead,
    dependencies=WRITE,
    responses=documented(404),
)
def change_deployment(
    name: str,
    body: DeploymentChange,
    caller: CallerDep,
    session: SessionDep,
    announce: AnnounceDep,
    base: BaseUrlDep,
) -> DeploymentRead:
    """Makes a new revision; traffic stays on the old one until every version of the new one has passed the check."""
    return deployment_read(service.change_routes(session, announce, caller.workspace_id, name, body.routes), base)


@router.post(
    "/{name}/rollback",
    summary="Go back to an earlier revision",
    response_model=DeploymentRead,
    dependencies=WRITE,
    responses=documented(404, 409),
)
def roll_back_deployment(
    name: str,
    caller: CallerDep,
    session: SessionDep,
    announce: AnnounceDep,
    base: BaseUrlDep,
    once: OnceDep,
    body: RollbackRequest | None = None,
) -> DeploymentRead:
    """It takes the traffic at once, because its versions have passed the check before."""
    number = body.revision if body else None
    back = service.roll_back(session, announce, caller.workspace_id, name, number)
    return once.keep(session, deployment_read(back, base))


@router.get(
    "/{name}/history",
    summary="List the revisions of a deployment",
    response_model=Page[RevisionRead],
    dependencies=READ,
    responses=documented(404),
)
def list_revisions(name: str, page: PageQuery, caller: CallerDep, session: SessionDep) -> Page[RevisionRead]:
    found, cursor = service.history(session, caller.workspace_id, name, page)
    data = [
        RevisionRead(
            number=item.revision.number,
            state=item.state,
            routes=[route_read(route) for route in item.routes],
            checks=[check_read(check) for check in item.checks],
            created_at=item.revision.created_at,
        )
        for item in found
    ]
    return Page(data=data, next_cursor=cursor)


@router.get(
    "/{name}/traffic",
    summary="Requests of a deployment over time",
    response_model=TrafficRead,
    dependencies=READ,
    responses=documented(404),
)
def get_traffic(
    name: str, query: Annotated[TrafficQuery, Query()], caller: CallerDep, session: SessionDep
) -> TrafficRead:
    """Requests, errors and latency, counted by the minute; kept for `TUNEYARD_TRAFFIC_DAYS`."""
    deployment = service.find(session, caller.workspace_id, name)
    found = traffic.series(session, caller.workspace_id, deployment.id, query.period)
    return TrafficRead(
        period=query.period,
        step_seconds=int(found.window.step.total_seconds()),
        points=[TrafficPoint(start=start, **asdict(figures)) for start, figures in found.points],
        total=TrafficFigures.model_validate(found.total),
    )


def deployment_read(found: Routed, base: str) -> DeploymentRead:
    deployment = found.deployment
    return DeploymentRead(
        id=deployment.id,
        name=deployment.name,
        status=deployment.status,
        routes=[route_read(route) for route in found.routes],
        text_columns=text_columns(found.routes),
        urls=DeploymentUrls(
            predict=f"{base}/api/v1/deployments/{deployment.name}/predict",
            huggingface=f"{base}/hf/{deployment.name}",
            openai=f"{base}/v1",
            page=f"{base}/deployments/{deployment.name}",
        ),
        traffic=RecentTraffic.model_validate(found.traffic),
        error=DeploymentProblem.model_validate(deployment.error) if deployment.error else None,
        revision=deployment.revision,
        newest_revision=deployment.newest_revision,
        created_at=deployment.created_at,
    )


def route_read(route: Route) -> RouteRead:
    return RouteRead(
        model_version_id=route.model_version_id,
        weight=route.weight,
        model_id=route.model_id,
        model_name=route.model_name,
        number=route.number,
    )


def text_columns(routes: Sequence[Route]) -> list[str]:
    """Of all versions that may answer, each once."""
    asked = (
        asked_columns({Role(role): value for role, value in route.columns.items()}, route.prompt_template or "")
        for route in routes
    )
    return list(dict.fromkeys(column for columns in asked for column in columns))


def check_read(check: ParityCheck) -> CheckRead:
    return CheckRead(
        model_version_id=check.model_version_id,
        passed=check.passed,
        message=check.message,
        rows=check.figures.get("rows"),
        agreeing=check.figures.get("agreeing"),
        checked_at=check.created_at,
    )
