"""A chat with a model that writes: what serving tells line by line, as OpenAI's objects and events."""

import json
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from tuneyard.kit.errors import TuneyardError
from tuneyard.kit.ids import new_id
from tuneyard.openai.asking import Asked
from tuneyard.openai.schemas import (
    AssistantMessage,
    ChatCompletion,
    ChatRequest,
    Choice,
    Chunk,
    Logprobs,
    TokenLogprob,
    TopLogprob,
    Usage,
)

Lines = AsyncGenerator[dict[str, Any]]
DONE = "data: [DONE]\n\n"


async def completion(request: ChatRequest, asked: Asked, lines: Lines) -> ChatCompletion:
    """The answers once they are written."""
    texts: dict[int, str] = {}
    thoughts: dict[int, str] = {}
    tokens: dict[int, list[TokenLogprob]] = {}
    reasons: dict[int, Any] = {}
    usage = None
    async with aclosing(lines):
        async for line in lines:
            if "prompt_tokens" in line:
                usage = usage_of(line)
                continue
            index = line["index"]
            texts[index] = texts.get(index, "") + line["text"]
            thoughts[index] = thoughts.get(index, "") + line["thought"]
            tokens.setdefault(index, []).extend(map(token_logprob, line["tokens"]))
            reasons[index] = line["finish_reason"] or reasons.get(index)
    choices = [
        Choice(
            index=index,
            message=AssistantMessage(content=texts[index], reasoning_content=thoughts[index] or None),
            finish_reason=reasons[index],
            logprobs=Logprobs(content=tokens[index]) if request.logprobs else None,
        )
        for index in sorted(texts)
    ]
    head = _head(request, asked)
    return ChatCompletion(**head, choices=choices, usage=usage)


async def events(request: ChatRequest, asked: Asked, lines: Lines) -> AsyncGenerator[str]:
    """The answers as they are written. What goes wrong in the middle is an event of its own, the last one."""
    head = _head(request, asked) | {"object": "chat.completion.chunk"}
    head |= {"usage": None} if request.wants_usage else {}
    begun: set[int] = set()
    async with aclosing(lines):
        try:
            async for line in lines:
                if "prompt_tokens" in line:
                    if request.wants_usage:
                        yield event(head | {"choices": [], "usage": usage_of(line).model_dump()})
                    continue
                deltas = _deltas(request, line, begins=line["index"] not in begun)
                begun.add(line["index"])
                if deltas:
                    yield "".join(event(head | {"choices": [each]}) for each in deltas)
        except TuneyardError as error:
            yield event(error.body.model_dump(mode="json"))
    yield DONE


def usage_of(*lines: dict[str, Any]) -> Usage:
    """Of the last line that serving tells, or of those of several orders."""
    names = ("prompt_tokens", "completion_tokens", "cached_tokens")
    return Usage.of(*(sum(line[name] for line in lines) for name in names))


def event(content: Chunk) -> str:
    """One server-sent event, in ASCII: readers of lines take some characters beyond it for the end of one."""
    return f"data: {json.dumps(content)}\n\n"


def token_logprob(token: dict[str, Any]) -> TokenLogprob:
    """A token as serving tells it."""
    best = [_top(each) for each in token["likeliest"]]
    return TokenLogprob(**_top(token).model_dump(), top_logprobs=best)


def _top(token: dict[str, Any]) -> TopLogprob:
    return TopLogprob(token=token["text"], logprob=token["logprob"], bytes=token["bytes"])


def _logprobs(request: ChatRequest, line: dict[str, Any]) -> dict[str, Any] | None:
    if not request.logprobs:
        return None
    return Logprobs(content=[token_logprob(token) for token in line["tokens"]]).model_dump()


def _deltas(request: ChatRequest, line: dict[str, Any], *, begins: bool) -> list[dict[str, Any]]:
    """What a line adds to its choice."""
    index = line["index"]
    deltas = [delta(index, {"role": "assistant", "content": ""})] if begins else []
    if said := _said(line):
        deltas.append(delta(index, said, logprobs=_logprobs(request, line)))
    if line["finish_reason"]:
        deltas.append(delta(index, {}, finish_reason=line["finish_reason"]))
    return deltas


def _said(line: dict[str, Any]) -> dict[str, str]:
    """What a line adds to the message."""
    said = {"reasoning_content": line["thought"]} if line["thought"] else {}
    return said | ({"content": line["text"]} if line["text"] or (line["tokens"] and not said) else {})


def delta(index: int, said: dict[str, str], **more: Any) -> dict[str, Any]:
    """What is new of a choice."""
    return {"index": index, "delta": said, "logprobs": None, "finish_reason": None} | more


def _head(request: ChatRequest, asked: Asked) -> dict[str, Any]:
    return {
        "id": new_id("chatcmpl"),
        "created": int(time.time()),
        "model": request.model,
        "system_fingerprint": asked.fingerprint,
    }
