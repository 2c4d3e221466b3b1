"""`POST /hf/{name}`: what huggingface_hub.InferenceClient speaks, its errors as `{"error": "text"}`."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from tuneyard.auth.dependencies import requires
from tuneyard.auth.models import Scope
from tuneyard.kit.hanging_up import Stream, unless_disconnected
from tuneyard.predictions import gateway, huggingface_writing
from tuneyard.predictions.endpoints import LARGEST_BODY, ServingDep
from tuneyard.predictions.errors import UnsupportedParameter
from tuneyard.predictions.gateway import begun
from tuneyard.predictions.huggingface_errors import Handler, documented, in_one_text
from tuneyard.predictions.routing import RoutingDep
from tuneyard.predictions.schemas import (
    HuggingFaceLabel,
    HuggingFaceParameters,
    HuggingFaceRequest,
    HuggingFaceText,
)
from tuneyard.predictions.traffic import CountedRoute
from tuneyard.specs.tasks import Task

STATUSES = (401, 403, 404, 409, 413, 415, 422, 429, 500, 503)


class HuggingFaceRoute(CountedRoute):
    """A route that Hugging Face's clients ask."""

    def get_route_handler(self) -> Handler:
        return in_one_text(super().get_route_handler())


router = APIRouter(tags=["hugging face"], route_class=HuggingFaceRoute)


@router.post(
    "/hf/{name}",
    summary="Predict as huggingface_hub.InferenceClient asks",
    response_model=list[list[HuggingFaceLabel]] | list[HuggingFaceText],
    dependencies=[Depends(requires(Scope.PREDICT))],
    responses=documented(*STATUSES),
    max_body_size=LARGEST_BODY,
)
async def infer(
    name: str, body: HuggingFaceRequest, request: Request, routing: RoutingDep, serving: ServingDep
) -> Response:
    """The labels of each text, the best first, or how a text goes on.

    `InferenceClient(model=URL, token=KEY)` calls it by `text_classification(text)` and `text_generation(text)`.
    """
    parameters = body.parameters or HuggingFaceParameters()
    route = await routing.choose(name)
    if route.task == Task.TEXT_GENERATION:
        prompt, order = huggingface_writing.order(body.inputs, parameters)
        lines = serving.write(f"/versions/{route.model_version_id}/write", routing.workspace_id, order)
        if body.stream:
            return Stream(huggingface_writing.events(await begun(request, lines)), "text/event-stream")
        text = await unless_disconnected(request, huggingface_writing.text(prompt, lines))
        return JSONResponse([{"generated_text": text}])
    refuse_writing(parameters)
    refuse_other_functions(parameters.function_to_apply)
    inputs = [body.inputs] if isinstance(body.inputs, str) else body.inputs
    answer = await gateway.answer(serving, route, inputs, parameters.top_k)
    return JSONResponse([labels(prediction["scores"]) for prediction in answer.predictions])


def refuse_writing(parameters: HuggingFaceParameters) -> None:
    """Raises UnsupportedParameter with the name of what only a model that writes can do."""
    asked = parameters.model_dump(exclude={"top_k", "function_to_apply"}, exclude_none=True)
    for name, value in asked.items():
        if value is not False:
            raise UnsupportedParameter(
                f"The parameter '{name}' is not supported: the model is a classifier.",
                param=f"parameters.{name}",
                hint="Leave it out.",
            )


def refuse_other_functions(name: str | None) -> None:
    """Serving gives probabilities; the logits that other functions start from can't be told from them."""
    if name not in (None, "softmax"):
        raise UnsupportedParameter(
            f"function_to_apply '{name}' is not supported: a deployment gives the probabilities of its labels.",
            param="parameters.function_to_apply",
            hint="Use 'softmax', or leave it out.",
        )


def labels(scores: dict[str, float]) -> Sequence[dict[str, Any]]:
    """The best first."""
    best = sorted(scores.items(), key=lambda item: item[1], reverse=True)
    return [{"label": label, "score": score} for label, score in best]
