"""A prediction on its way: which version answers, what it reads, what serving says."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from tuneyard.deployments.errors import WrongKindOfModel
from tuneyard.deployments.repository import LiveRoute
from tuneyard.deployments.serving_client import ServingClient
from tuneyard.kit.hanging_up import unless_disconnected
from tuneyard.predictions.inputs import texts_of
from tuneyard.predictions.routing import Routing
from tuneyard.specs.tasks import Role, Task, columns_of


@dataclass(frozen=True)
class Answer:
    """`{label, score, scores}` per input, in their order, the version that gave them, and the tokens if counted."""

    model_version_id: str
    predictions: list[dict[str, Any]]
    tokens: int | None = None


async def predict(
    routing: Routing,
    serving: ServingClient,
    name: str,
    inputs: Sequence[str | dict[str, str]],
    top_k: int | None,
    *,
    count: bool = False,
) -> Answer:
    """The answers of one version of the deployment, chosen at random by the weights of its routes."""
    return await answer(serving, await routing.choose(name), inputs, top_k, count=count)


async def answer(
    serving: ServingClient,
    route: LiveRoute,
    inputs: Sequence[str | dict[str, str]],
    top_k: int | None,
    *,
    count: bool = False,
) -> Answer:
    """The answers of the version of a route."""
    if route.task != Task.TEXT_CLASSIFICATION:
        raise WrongKindOfModel("The model of this deployment writes; it has no labels.")
    texts = texts_of(inputs, columns_of({Role(role): value for role, value in route.columns.items()}, Role.TEXT))
    found = await serving.predict(route.model_version_id, texts, top_k, count=count)
    return Answer(route.model_version_id, found["predictions"], found.get("tokens"))


async def begun(request: Request, lines: AsyncGenerator[dict[str, Any]]) -> AsyncGenerator[dict[str, Any]]:
    """The same lines, once there is a first one: what is wrong with a request is then told by the status.

    Raises ClientDisconnect if the caller hangs up before.
    """
    first = await unless_disconnected(request, anext(lines))

    async def again() -> AsyncGenerator[dict[str, Any]]:
        async with aclosing(lines):
            yield first
            async for line in lines:
                yield line

    return again()
