"""`/v1`: what the official OpenAI client speaks. A model is called by the name of its deployment."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse

from tuneyard.auth.dependencies import CallerDep, SessionDep, requires
from tuneyard.auth.models import Scope
from tuneyard.deployments import service as deployments
from tuneyard.deployments.models import Deployment
from tuneyard.kit.errors import NotFound
from tuneyard.kit.pagination import PageRequest
from tuneyard.kit.services import ServicesDep
from tuneyard.kit.web import LARGEST_BODY, documented, validation_problem
from tuneyard.openai import chat
from tuneyard.openai.errors import BadRequest, ModelNotFound
from tuneyard.openai.schemas import ChatCompletion, ChatRequest, ModelsQuery, OpenAIModel, OpenAIModelList
from tuneyard.predictions import gateway
from tuneyard.predictions.endpoints import ServingDep
from tuneyard.predictions.traffic import CountedRoute

PREDICT = [Depends(requires(Scope.PREDICT))]


class ChatRoute(CountedRoute):
    """Counts a chat as traffic of the model it names, and refuses what does not fit with 400, as OpenAI does."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await answer(request)
            except RequestValidationError as error:
                message, param = validation_problem(error)
                raise BadRequest(message, param=param) from error

        return handle

    def deployment_of(self, request: Request) -> str | None:
        return getattr(request.state, "deployment", None)


router = APIRouter(prefix="/v1", tags=["openai"], max_body_size=LARGEST_BODY)
chats = APIRouter(tags=["openai"], route_class=ChatRoute)


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
        raise _unknown(body.model, "model") from error
    done = chat.completion(body, answer)
    if body.stream:
        return StreamingResponse(chat.events(done), media_type="text/event-stream")
    return JSONResponse(done.model_dump())


@router.get(
    "/models", summary="List the models that can be asked", response_model=OpenAIModelList, dependencies=PREDICT
)
def list_models(query: Annotated[ModelsQuery, Query()], caller: CallerDep, session: SessionDep) -> OpenAIModelList:
    """Deployments that answer, newest first."""
    cursor = None
    if query.after is not None:
        try:
            cursor = deployments.find(session, caller.workspace_id, query.after).id
        except NotFound as error:
            raise _unknown(query.after, "after") from error
    page = PageRequest(cursor=cursor, limit=query.limit)
    found, more = deployments.answering(session, caller.workspace_id, page)
    return OpenAIModelList(data=[model_read(deployment) for deployment in found], has_more=more is not None)


@router.get(
    "/models/{name}",
    summary="Show a model to ask",
    response_model=OpenAIModel,
    dependencies=PREDICT,
    responses=documented(404),
)
def get_model(name: str, caller: CallerDep, session: SessionDep) -> OpenAIModel:
    try:
        return model_read(deployments.find(session, caller.workspace_id, name))
    except NotFound as error:
        raise _unknown(name, "model") from error


def model_read(deployment: Deployment) -> OpenAIModel:
    return OpenAIModel(
        id=deployment.name, created=int(deployment.created_at.timestamp()), owned_by=deployment.workspace_id
    )


def _unknown(name: str, param: str) -> ModelNotFound:
    return ModelNotFound(f"There is no model '{name}'.", param=param)


router.include_router(chats)
