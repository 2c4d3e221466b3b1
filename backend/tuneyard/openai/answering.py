"""Answers a chat, whichever address it came by: a model that writes goes on with it, a classifier labels it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.responses import JSONResponse

from tuneyard.base_models.lately import LatelyInstalled, LatelyInstalledDep
from tuneyard.deployments.serving_client import ServingClient
from tuneyard.kit.hanging_up import Stream, unless_disconnected
from tuneyard.openai import asking, chat, labels, parameters
from tuneyard.openai.asking import Asked
from tuneyard.openai.head_start import HeadStarts, HeadStartsDep
from tuneyard.openai.schemas import ChatRequest
from tuneyard.predictions import gateway
from tuneyard.predictions.endpoints import ServingDep
from tuneyard.predictions.routing import Routing, RoutingDep

EVENTS = "text/event-stream"


@dataclass(frozen=True)
class Answering:
    """What one request for a chat needs of this process."""

    request: Request
    routing: Routing
    bases: LatelyInstalled
    serving: ServingClient
    starts: HeadStarts

    async def answer(self, body: ChatRequest) -> Response:
        """A model that writes answers the messages; a classifier the user's last one, with the label."""
        self.request.state.deployment = body.model
        parameters.refuse_unknown(body)
        asked = await asking.find(self.routing, self.bases, body.model)
        if asked.writes:
            order = asking.chat_order(body)
            lines = await self.starts.write(self.request, body.model, asked, self.routing.workspace_id, order)
            return await self._written(body, asked, lines)
        labels.refuse_unsupported(body)
        text = labels.question(body)
        answer = await gateway.predict(self.routing, self.serving, body.model, [text], None, count=body.wants_usage)
        done = labels.completion(body, answer)
        if body.stream:
            return Stream(labels.events(done), EVENTS)
        return JSONResponse(done.model_dump())

    async def _written(self, body: ChatRequest, asked: Asked, lines: chat.Lines) -> Response:
        lines = await gateway.begun(self.request, lines)
        if body.stream:
            return Stream(chat.events(body, asked, lines), EVENTS)
        done = await unless_disconnected(self.request, chat.completion(body, asked, lines))
        return JSONResponse(done.model_dump())


async def answering(
    request: Request, routing: RoutingDep, bases: LatelyInstalledDep, serving: ServingDep, starts: HeadStartsDep
) -> Answering:
    return Answering(request, routing, bases, serving, starts)


AnsweringDep = Annotated[Answering, Depends(answering)]
