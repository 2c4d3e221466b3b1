"""A chat with a classifier: the last message of the user in, the label out."""

import math
import time
from collections.abc import AsyncGenerator
from typing import Any

from tuneyard.kit.ids import new_id
from tuneyard.openai.chat import DONE, delta, event
from tuneyard.openai.errors import BadRequest, UnsupportedParameter
from tuneyard.openai.parameters import text_of
from tuneyard.openai.schemas import (
    AssistantMessage,
    ChatCompletion,
    ChatRequest,
    Choice,
    Logprobs,
    TokenLogprob,
    TopLogprob,
    Usage,
)
from tuneyard.predictions.gateway import Answer

# What a classifier can't do, by what asks for nothing.
NEUTRAL: dict[str, Any] = {
    "n": 1,
    "frequency_penalty": 0,
    "presence_penalty": 0,
    "logit_bias": {},
    "stop": [],
}
# A score of 0 has no logarithm that JSON can hold; this is what OpenAI gives for the least likely.
LEAST_LOGPROB = -9999.0


def refuse_unsupported(request: ChatRequest) -> None:
    """Raises UnsupportedParameter with the name of the first parameter that a classifier can't honour."""
    asked = {name: getattr(request, name) for name in NEUTRAL}
    wanted = next((name for name, value in asked.items() if value is not None and value != NEUTRAL[name]), None)
    if request.response_format is not None and request.response_format.type != "text":
        wanted = "response_format"
    if wanted:
        raise UnsupportedParameter(
            f"The parameter '{wanted}' is not supported: '{request.model}' is a classifier.",
            param=wanted,
            hint="Leave it out.",
        )


def question(request: ChatRequest) -> str:
    """The text of the user's last message. Raises BadRequest if there is none."""
    found = [(place, message) for place, message in enumerate(request.messages) if message.role == "user"]
    if not found:
        raise BadRequest(
            "'messages' has none of the role 'user'.", param="messages", hint="A classifier reads the user's last one."
        )
    place, message = found[-1]
    return text_of(message, f"messages.{place}.content")


def completion(request: ChatRequest, answer: Answer) -> ChatCompletion:
    """The answer as one object."""
    prediction = answer.predictions[0]
    choice = Choice(message=AssistantMessage(content=prediction["label"]), logprobs=_logprobs(request, prediction))
    return ChatCompletion(
        id=new_id("chatcmpl"),
        created=int(time.time()),
        model=request.model,
        system_fingerprint=answer.model_version_id,
        choices=[choice],
        # The label is one token: so it stands in `logprobs`.
        usage=None if answer.tokens is None else Usage.of(prompt=answer.tokens, completion=1),
    )


async def events(done: ChatCompletion) -> AsyncGenerator[str]:
    """The same as server-sent events; what was counted is the last one."""
    choice = done.choices[0]
    logprobs = choice.logprobs.model_dump() if choice.logprobs else None
    head = done.model_dump() | {"object": "chat.completion.chunk", "usage": None}
    yield event(head | {"choices": [delta(0, {"role": "assistant", "content": ""})]})
    yield event(head | {"choices": [delta(0, {"content": choice.message.content}, logprobs=logprobs)]})
    yield event(head | {"choices": [delta(0, {}, finish_reason="stop")]})
    if done.usage:
        yield event(head | {"choices": [], "usage": done.usage.model_dump()})
    yield DONE


def _logprobs(request: ChatRequest, prediction: dict[str, Any]) -> Logprobs | None:
    if not request.logprobs:
        return None
    best = sorted(prediction["scores"].items(), key=lambda item: item[1], reverse=True)[: request.top_logprobs or 0]
    label = _logprob(prediction["label"], prediction["score"])
    entry = TokenLogprob(**label.model_dump(), top_logprobs=[_logprob(name, score) for name, score in best])
    return Logprobs(content=[entry])


def _logprob(label: str, score: float) -> TopLogprob:
    logprob = math.log(score) if score > 0 else LEAST_LOGPROB
    return TopLogprob(token=label, logprob=logprob, bytes=list(label.encode()))
