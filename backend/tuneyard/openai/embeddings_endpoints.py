"""`POST /v1/embeddings`."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from tuneyard.auth.dependencies import requires
from tuneyard.auth.models import Scope
from tuneyard.kit.services import ServicesDep
from tuneyard.kit.web import documented
from tuneyard.openai import embeddings
from tuneyard.openai.embeddings_schemas import EmbeddingList, EmbeddingsRequest
from tuneyard.openai.route import ModelRoute
from tuneyard.predictions.endpoints import LARGEST_BODY, ServingDep
from tuneyard.predictions.routing import RoutingDep

router = APIRouter(tags=["openai"], route_class=ModelRoute, max_body_size=LARGEST_BODY)


@router.post(
    "/embeddings",
    summary="Make vectors of texts",
    response_model=EmbeddingList,
    dependencies=[Depends(requires(Scope.PREDICT))],
    responses=documented(400, 404, 409, 413, 429),
)
async def create_embeddings(
    body: EmbeddingsRequest, request: Request, routing: RoutingDep, services: ServicesDep, serving: ServingDep
) -> JSONResponse:
    """The mean of an encoder's token states as a vector of length 1: texts that mean the same are near each other."""
    request.state.deployment = body.model
    found = await embeddings.embed(routing, services, serving, body)
    return JSONResponse(found.model_dump())
