"""Which model a request names, and what it is asked to write."""

import json
from dataclasses import dataclass
from typing import Any

from tuneyard.base_models.lately import LatelyInstalled
from tuneyard.kit.errors import NotFound
from tuneyard.openai.errors import BadRequest, UnsupportedParameter
from tuneyard.openai.model_list import unknown
from tuneyard.openai.parameters import refuse_unread, text_of
from tuneyard.openai.schemas import MOST_STOPS, ChatRequest, CompletionRequest, Wishes
from tuneyard.predictions.routing import Routing
from tuneyard.specs.tasks import Task

# Below it nothing is left to draw from.
SMALLEST_SHARE = 1e-6
LONGEST_ID = 10
MOST_PROMPTS = 16


@dataclass(frozen=True)
class Asked:
    """A model that answers."""

    fingerprint: str
    """The version, or the base model."""
    writes: bool
    path: str
    """Where serving lets it write."""
    settled: bool
    """Whether every request to it goes there; else they are shared out."""


async def find(routing: Routing, bases: LatelyInstalled, model: str) -> Asked:
    """A deployment, or else a base model. Raises ModelNotFound, BadRequest, and what a deployment does in its state."""
    try:
        live = await routing.live(model)
    except NotFound as error:
        return await _base(bases, model, error)
    route = live.draw()
    version_id = route.model_version_id
    writes = route.task == Task.TEXT_GENERATION
    return Asked(version_id, writes, f"/versions/{version_id}/write", settled=len(live.routes) == 1)


async def _base(bases: LatelyInstalled, model: str, error: NotFound) -> Asked:
    try:
        listed = await bases.get(model)
    except NotFound:
        raise unknown(model, "model") from error
    if Task.TEXT_GENERATION not in listed.entry.tasks:
        raise BadRequest(f"The base model '{model}' does not write.", param="model", hint="Name one that does.")
    if not listed.installed:
        raise BadRequest(
            f"The base model '{model}' has not been fetched yet.",
            param="model",
            hint=f"On the server: tuneyard models pull {model}",
        )
    return Asked(model, writes=True, path=f"/base-models/{model}/write", settled=True)


def chat_order(request: ChatRequest) -> dict[str, Any]:
    """What serving is asked for a chat. Raises BadRequest, UnsupportedParameter."""
    for place, message in enumerate(request.messages):
        refuse_unread(message, f"messages.{place}")
    said = [
        {"role": message.role, "content": text_of(message, f"messages.{place}.content")}
        for place, message in enumerate(request.messages)
    ]
    order = _order(request, request.max_completion_tokens or request.max_tokens) | {"messages": said}
    if request.logprobs:
        order["logprobs"] = request.top_logprobs or 0
    schema = _schema(request)
    if schema is not None:
        order["json_schema"] = schema
    return order


def completion_orders(request: CompletionRequest) -> list[dict[str, Any]]:
    """What serving is asked, for each text of a completion. Raises BadRequest."""
    prompt = request.prompt
    many = isinstance(prompt, list) and bool(prompt) and not isinstance(prompt[0], int)
    order = _order(request, request.max_tokens)
    if request.logprobs is not None:
        order["logprobs"] = request.logprobs
    prompts: list[Any] = list(prompt) if many else [prompt]
    if len(prompts) > MOST_PROMPTS:
        raise BadRequest(f"More than {MOST_PROMPTS} texts.", param="prompt", hint="Send them in several requests.")
    if request.echo and request.logprobs is not None:
        raise UnsupportedParameter(
            "What is repeated has no likelihoods.", param="logprobs", hint="Leave it out, or 'echo'."
        )
    if request.echo and any(not isinstance(each, str) for each in prompts):
        raise UnsupportedParameter("Token ids can't be repeated.", param="echo", hint="Send a text, or leave it out.")
    if any(not each for each in prompts):
        raise BadRequest("There is nothing to go on from.", param="prompt", hint="Send a text.")
    return [order | {"prompt": each} for each in prompts]


def _order(request: Wishes, most: int | None) -> dict[str, Any]:
    stops = [request.stop] if isinstance(request.stop, str) else request.stop or []
    if len(stops) > MOST_STOPS:
        raise BadRequest(f"'stop' has more than {MOST_STOPS} texts.", param="stop", hint="Leave some out.")
    wishes: dict[str, Any] = {
        "n": request.n,
        "most": most,
        "stop": stops,
        "temperature": request.temperature,
        "top_p": None if request.top_p is None else max(request.top_p, SMALLEST_SHARE),
        # A seed is any number; the generator wants none below 0.
        "seed": None if request.seed is None else request.seed % 2**63,
        "presence_penalty": request.presence_penalty,
        "frequency_penalty": request.frequency_penalty,
        "logit_bias": _biases(request),
    }
    return {name: value for name, value in wishes.items() if value is not None}


def _biases(request: Wishes) -> dict[int, float]:
    found = {}
    for token, bias in (request.logit_bias or {}).items():
        if not (token.isascii() and token.isdigit() and len(token) < LONGEST_ID):
            raise BadRequest(f"'{token}' is not a token's id.", param="logit_bias", hint="Name tokens by numbers.")
        found[int(token)] = bias
    return found


def _schema(request: ChatRequest) -> dict[str, Any] | None:
    wanted = request.response_format
    if wanted is None or wanted.type == "text":
        return None
    if wanted.type == "json_object":
        schema = {"type": "object"} if wanted.value is None else wanted.value
    elif wanted.json_schema is not None:
        schema = wanted.json_schema.json_schema
    else:
        raise BadRequest(
            "'response_format' has no 'json_schema'.", param="response_format.json_schema", hint="Send the schema."
        )
    try:
        json.dumps(schema, allow_nan=False, ensure_ascii=False).encode()
    except ValueError as error:
        raise BadRequest(f"The schema is no JSON: {error}.", param="response_format.json_schema") from error
    return schema
