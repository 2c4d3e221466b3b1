"""What serving tells line by line, in the shapes of OpenAI."""

import json
from collections.abc import AsyncGenerator
from typing import Any

from coroutines import run
from tuneyard.openai import chat
from tuneyard.openai.asking import Asked
from tuneyard.openai.schemas import ChatRequest

ASKED = Asked("mv_1", writes=True, path="/versions/mv_1/write", settled=True)


def line(text: str = "", thought: str = "", finish_reason: str | None = None) -> dict[str, Any]:
    return {"index": 0, "text": text, "thought": thought, "tokens": [], "finish_reason": finish_reason}


async def told(*lines: dict[str, Any]) -> AsyncGenerator[dict[str, Any]]:
    for each in lines:
        yield each
    yield {"prompt_tokens": 3, "completion_tokens": len(lines), "cached_tokens": 0}


def request(**wishes: Any) -> ChatRequest:
    return ChatRequest(model="m", messages=[{"role": "user", "content": "Which?"}], **wishes)  # type: ignore[list-item]


def test_thoughts_are_reasoning_content() -> None:
    lines = [line(thought="Re"), line(thought="d?"), line("It is"), line(" red."), line(finish_reason="stop")]
    whole = run(chat.completion(request(), ASKED, told(*lines)))
    assert whole.choices[0].message.model_dump() == {
        "role": "assistant", "content": "It is red.", "reasoning_content": "Red?", "refusal": None,
    }  # fmt: skip

    async def deltas() -> list[dict[str, Any]]:
        text = "".join([events async for events in chat.events(request(), ASKED, told(*lines))])
        events = [event.removeprefix("data: ") for event in text.split("\n\n")[:-1]]
        assert events.pop() == "[DONE]"
        return [json.loads(event)["choices"][0]["delta"] for event in events]

    assert run(deltas()) == [
        {"role": "assistant", "content": ""},
        {"reasoning_content": "Re"},
        {"reasoning_content": "d?"},
        {"content": "It is"},
        {"content": " red."},
        {},
    ]


def test_an_answer_without_a_thought_has_none() -> None:
    whole = run(chat.completion(request(), ASKED, told(line("Red."), line(finish_reason="stop"))))
    assert whole.choices[0].message.reasoning_content is None


def test_a_part_of_a_character_is_told_as_bytes() -> None:
    halves = [
        {"text": "\N{REPLACEMENT CHARACTER}", "bytes": list(part), "logprob": -0.5, "likeliest": []}
        for part in ("漢".encode()[:2], "漢".encode()[2:])
    ]
    lines = [line() | {"tokens": halves, "text": "漢"}, line(finish_reason="stop")]
    whole = run(chat.completion(request(logprobs=True), ASKED, told(*lines)))
    assert whole.choices[0].logprobs is not None
    assert b"".join(bytes(token.bytes) for token in whole.choices[0].logprobs.content).decode() == "漢"
