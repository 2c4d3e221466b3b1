"""Routes of predictions and batches, and the deletion of a deployment, whose batches go with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import JSONResponse

from tuneyard.auth.dependencies import CallerDep, SessionDep, requires
from tuneyard.auth.models import Scope
from tuneyard.deployments.endpoints import AnnounceDep
from tuneyard.deployments.serving_client import ServingClient, close_serving_client, serving_client
from tuneyard.kit.services import ServicesDep
from tuneyard.kit.web import documented
from tuneyard.predictions import batch_endpoints, gateway, service
from tuneyard.predictions.routing import RoutingDep
from tuneyard.predictions.schemas import PredictRequest, PredictResponse
from tuneyard.predictions.traffic import CountedRoute, recording

# 1,000 inputs of some 10 kB each; larger lists are batches.
LARGEST_BODY = 16 * 2**20


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Counts requests while the app runs, and closes the connections to serving with it."""
    async with recording(app):
        yield
    await close_serving_client(app)


router = APIRouter(tags=["predictions"], lifespan=lifespan)
router.include_router(batch_endpoints.router)
counted = APIRouter(tags=["predictions"], route_class=CountedRoute)
ServingDep = Annotated[ServingClient, Depends(serving_client)]


@counted.post(
    "/deployments/{name}/predict",
    summary="Predict",
    response_model=PredictResponse,
    dependencies=[Depends(requires(Scope.PREDICT))],
    responses=documented(404, 409, 413, 429),
    max_body_size=LARGEST_BODY,
)
async def predict(name: str, body: PredictRequest, routing: RoutingDep, serving: ServingDep) -> JSONResponse:
    """The model's answer to each input, in their order. 429 and 503 come with `Retry-After`."""
    answer = await gateway.predict(routing, serving, name, body.inputs, body.top_k)
    return JSONResponse({"model_version_id": answer.model_version_id, "predictions": answer.predictions})


@router.delete(
    "/deployments/{name}",
    summary="Delete a deployment and its batches",
    status_code=204,
    dependencies=[Depends(requires(Scope.WRITE))],
    responses=documented(404),
    tags=["deployments"],
)
def delete_deployment(
    name: str, caller: CallerDep, session: SessionDep, services: ServicesDep, announce: AnnounceDep
) -> None:
    """Its address stops answering and its batches are stopped; its model versions stay."""
    service.delete_deployment(session, announce, services.store, caller.workspace_id, name)


router.include_router(counted)
