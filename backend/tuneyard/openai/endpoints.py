"""`/v1`: what the official OpenAI client speaks. A model is called by the name of its deployment."""

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from tuneyard.auth.dependencies import CallerDep, requires
from tuneyard.auth.models import Scope
from tuneyard.kit.errors import NotFound
from tuneyard.kit.services import ServicesDep
from tuneyard.kit.web import LARGEST_BODY, documented
from tuneyard.openai import chat, embeddings_endpoints, files_endpoints, fine_tuning_endpoints, models_endpoints
from tuneyard.openai.model_list import unknown
from tuneyard.openai.route import ModelRoute
from tuneyard.openai.schemas import ChatCompletion, ChatRequest
from tuneyard.predictions import gateway
from tuneyard.predictions.endpoints import ServingDep

PREDICT = [Depends(requires(Scope.PREDICT))]


router = APIRouter(prefix="/v1", tags=["openai"], max_body_size=LARGEST_BODY)
chats = APIRouter(tags=["openai"], route_class=ModelRoute)


@chats.post(
    "/chat/completions",
    summary="Ask a deployment as the OpenAI client does",
    response_model=ChatCompletion,
    dependencies=PREDICT,
    responses={
        **documented(400, 404, 409, 413, 429),
        200: {"content": {"text/event-stream": {}}, "description": "One object, or events with `stream`."},
    },
)
async def create_chat_completion(
    body: ChatRequest, request: Request, caller: CallerDep, services: ServicesDep, serving: ServingDep
) -> Response:
    """The user's last message in, the label out; with `logprobs`, the scores too."""
    request.state.deployment = body.model
    chat.refuse_unsupported(body)
    text = chat.question(body)
    try:
        answer = await gateway.predict(services.database, serving, caller.workspace_id, body.model, [text], None)
    except NotFound as error:
        raise unknown(body.model, "model") from error
    done = chat.completion(body, answer)
    if body.stream:
        return StreamingResponse(chat.events(done), media_type="text/event-stream")
    return JSONResponse(done.model_dump())


router.include_router(chats)
router.include_router(embeddings_endpoints.router)
router.include_router(models_endpoints.router)
router.include_router(files_endpoints.uploads)
router.include_router(files_endpoints.router)
router.include_router(fine_tuning_endpoints.router)
