"""How texts go on: what serving tells line by line, as OpenAI's older objects and events."""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

from tuneyard.kit.errors import TuneyardError
from tuneyard.kit.ids import new_id
from tuneyard.openai.asking import Asked
from tuneyard.openai.chat import DONE, event, usage_of
from tuneyard.openai.schemas import Completion, CompletionRequest, TextChoice, TextLogprobs

Lines = AsyncGenerator[dict[str, Any]]
Order = dict[str, Any]
Write = Callable[[Order], Lines]
"""Has serving write what an order says."""


async def completion(request: CompletionRequest, asked: Asked, orders: list[Order], write: Write) -> Completion:
    """One text after the other."""
    choices: list[TextChoice] = []
    took: list[dict[str, Any]] = []
    for order in orders:
        found: dict[int, list[dict[str, Any]]] = {}
        async with aclosing(write(order)) as lines:
            async for line in lines:
                if "prompt_tokens" in line:
                    took.append(line)
                else:
                    found.setdefault(line["index"], []).append(line)
        before = _echo(request, order)
        choices += [_choice(request, len(choices) + index, before, found[index]) for index in sorted(found)]
    return Completion(**_head(request, asked), choices=choices, usage=usage_of(*took))


async def events(request: CompletionRequest, asked: Asked, orders: list[Order], write: Write) -> AsyncGenerator[str]:
    """The same as it is written. What goes wrong in the middle is an event of its own, the last one."""
    head = _head(request, asked) | {"object": "text_completion"} | ({"usage": None} if request.wants_usage else {})
    took: list[dict[str, Any]] = []
    each = request.n or 1
    offsets: dict[int, int] = {}
    try:
        for number, order in enumerate(orders):
            before = _echo(request, order)
            if before:
                for index in range(each):
                    yield event(head | {"choices": [_part(number * each + index, before)]})
            async with aclosing(write(order)) as lines:
                async for line in lines:
                    if "prompt_tokens" in line:
                        took.append(line)
                    elif line["text"] or line["tokens"] or line["finish_reason"]:
                        place = number * each + line["index"]
                        logprobs = _logprobs(request, offsets.get(place, 0), [line])
                        offsets[place] = offsets.get(place, 0) + sum(len(t["text"]) for t in line["tokens"])
                        part = _part(place, line["text"])
                        part |= {"finish_reason": line["finish_reason"]}
                        part |= {"logprobs": logprobs.model_dump() if logprobs else None}
                        yield event(head | {"choices": [part]})
        if request.wants_usage:
            yield event(head | {"choices": [], "usage": usage_of(*took).model_dump()})
    except TuneyardError as error:
        yield event(error.body.model_dump(mode="json"))
    yield DONE


def _choice(request: CompletionRequest, index: int, before: str, lines: list[dict[str, Any]]) -> TextChoice:
    text = before + "".join(line["text"] for line in lines)
    reason = lines[-1]["finish_reason"]
    return TextChoice(index=index, text=text, finish_reason=reason, logprobs=_logprobs(request, 0, lines))


def _logprobs(request: CompletionRequest, offset: int, lines: list[dict[str, Any]]) -> TextLogprobs | None:
    if request.logprobs is None:
        return None
    found = TextLogprobs(tokens=[], token_logprobs=[], top_logprobs=[], text_offset=[])
    for token in (token for line in lines for token in line["tokens"]):
        found.tokens.append(token["text"])
        found.token_logprobs.append(token["logprob"])
        found.top_logprobs.append({each["text"]: each["logprob"] for each in token["likeliest"]})
        found.text_offset.append(offset)
        offset += len(token["text"])
    return found


def _echo(request: CompletionRequest, order: dict[str, Any]) -> str:
    prompt = order["prompt"]
    return prompt if request.echo and isinstance(prompt, str) else ""


def _part(index: int, text: str) -> dict[str, Any]:
    return {"index": index, "text": text, "finish_reason": None, "logprobs": None}


def _head(request: CompletionRequest, asked: Asked) -> dict[str, Any]:
    return {
        "id": new_id("cmpl"),
        "created": int(time.time()),
        "model": request.model,
        "system_fingerprint": asked.fingerprint,
    }
