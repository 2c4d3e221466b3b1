"""`/v1`: what the official OpenAI client speaks. A model is called by the name of its deployment."""

from collections.abc import AsyncGenerator
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from tuneyard.auth.dependencies import requires
from tuneyard.auth.models import Scope
from tuneyard.base_models.lately import LatelyInstalledDep
from tuneyard.kit.hanging_up import Stream, unless_disconnected
from tuneyard.kit.web import LARGEST_BODY, documented
from tuneyard.openai import (
    asking,
    completions,
    embeddings_endpoints,
    files_endpoints,
    fine_tuning_endpoints,
    head_start,
    models_endpoints,
    parameters,
)
from tuneyard.openai.answering import EVENTS, AnsweringDep
from tuneyard.openai.errors import BadRequest
from tuneyard.openai.hub_route import HubChatRoute
from tuneyard.openai.route import ChatRoute, ModelRoute
from tuneyard.openai.schemas import ChatCompletion, ChatRequest, Completion, CompletionRequest
from tuneyard.predictions import gateway, huggingface_errors
from tuneyard.predictions.endpoints import ServingDep
from tuneyard.predictions.routing import RoutingDep

PREDICT = [Depends(requires(Scope.PREDICT))]


router = APIRouter(prefix="/v1", tags=["openai"], max_body_size=LARGEST_BODY, lifespan=head_start.lifespan)
completing = APIRouter(tags=["openai"], route_class=ModelRoute)
chats = APIRouter(tags=["openai"], route_class=ChatRoute)
hub_chats = APIRouter(tags=["hugging face"], route_class=HubChatRoute)


@chats.post(
    "/chat/completions",
    summary="Ask a deployment as the OpenAI client does",
    response_model=ChatCompletion,
    dependencies=PREDICT,
    responses={
        **documented(400, 404, 409, 413, 429),
        200: {"content": {EVENTS: {}}, "description": "One object, or events with `stream`."},
    },
)
async def create_chat_completion(body: ChatRequest, answering: AnsweringDep) -> Response:
    """A model that writes answers the messages; a classifier the user's last one, with the label."""
    return await answering.answer(body)


@hub_chats.post(
    "/hf/{name}/v1/chat/completions",
    summary="Ask a deployment as huggingface_hub.InferenceClient.chat_completion does",
    response_model=ChatCompletion,
    dependencies=PREDICT,
    responses={
        **huggingface_errors.documented(400, 401, 403, 404, 409, 413, 429, 500, 503),
        200: {"content": {EVENTS: {}}, "description": "One object, or events with `stream`."},
    },
    max_body_size=LARGEST_BODY,
)
async def create_hub_chat_completion(name: str, body: ChatRequest, answering: AnsweringDep) -> Response:
    """`/v1/chat/completions` of the deployment in the address, whatever `model` says."""
    return await answering.answer(body.model_copy(update={"model": name}))


@completing.post(
    "/completions",
    summary="Go on with a text",
    response_model=Completion,
    dependencies=PREDICT,
    responses={
        **documented(400, 404, 409, 413, 429),
        200: {"content": {EVENTS: {}}, "description": "One object, or events with `stream`."},
    },
)
async def create_completion(
    body: CompletionRequest, request: Request, routing: RoutingDep, bases: LatelyInstalledDep, serving: ServingDep
) -> Response:
    """What a model that writes would write next; for a chat use `/chat/completions`."""
    request.state.deployment = body.model
    parameters.refuse_unknown(body)
    asked = await asking.find(routing, bases, body.model)
    if not asked.writes:
        raise BadRequest(f"'{body.model}' is a classifier; it does not write.", param="model")
    orders = asking.completion_orders(body)

    def write(order: dict[str, Any]) -> AsyncGenerator[dict[str, Any]]:
        return first if order is orders[0] else serving.write(asked.path, routing.workspace_id, order)

    first = await gateway.begun(request, serving.write(asked.path, routing.workspace_id, orders[0]))
    if body.stream:
        return Stream(completions.events(body, asked, orders, write), EVENTS)
    done = await unless_disconnected(request, completions.completion(body, asked, orders, write))
    return JSONResponse(done.model_dump())


router.include_router(chats)
router.include_router(completing)
router.include_router(embeddings_endpoints.router)
router.include_router(models_endpoints.router)
router.include_router(files_endpoints.uploads)
router.include_router(files_endpoints.router)
router.include_router(fine_tuning_endpoints.router)
