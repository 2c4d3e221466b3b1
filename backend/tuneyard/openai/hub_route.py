"""Chats of Hugging Face's clients: answered as OpenAI's, with errors as those clients read them."""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing

from fastapi import Request, Response

from tuneyard.kit.hanging_up import Stream
from tuneyard.openai import chat
from tuneyard.openai.route import ChatRoute, Handler
from tuneyard.predictions import huggingface_errors

# What goes wrong in a stream, as `chat` tells it; every other event begins with its id.
ERROR = 'data: {"error": '


class HubChatRoute(ChatRoute):
    """A route of chats whose errors are one text."""

    def get_route_handler(self) -> Handler:
        return huggingface_errors.in_one_text(_in_streams_too(super().get_route_handler()))


def _in_streams_too(answer: Handler) -> Handler:
    async def handle(request: Request) -> Response:
        response = await answer(request)
        if isinstance(response, Stream):
            response.pieces = _reshaped(response.pieces)
        return response

    return handle


async def _reshaped(events: AsyncGenerator[str]) -> AsyncGenerator[str]:
    async with aclosing(events):
        async for event in events:
            if event.startswith(ERROR):
                error = json.loads(event.removeprefix("data: "))["error"]
                yield chat.event(huggingface_errors.event(error["message"], error["code"]))
            else:
                yield event
