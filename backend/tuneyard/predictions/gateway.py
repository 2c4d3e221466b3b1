"""A prediction on its way: which version answers, what it reads, what serving says."""

import random
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool

from tuneyard.deployments import service as deployments
from tuneyard.deployments.errors import WrongKindOfModel
from tuneyard.deployments.repository import LiveRoute
from tuneyard.deployments.serving_client import ServingClient
from tuneyard.kit.db import Database
from tuneyard.predictions.inputs import texts_of
from tuneyard.specs.tasks import Role, Task, columns_of


@dataclass(frozen=True)
class Answer:
    """`{label, score, scores}` per input, in their order, the version that gave them, and the tokens if counted."""

    model_version_id: str
    predictions: list[dict[str, Any]]
    tokens: int | None = None


async def predict(
    database: Database,
    serving: ServingClient,
    workspace_id: str,
    name: str,
    inputs: Sequence[str | dict[str, str]],
    top_k: int | None,
    *,
    count: bool = False,
) -> Answer:
    """The answers of one version of the deployment, chosen at random by the weights of its routes."""
    route = await run_in_threadpool(choose_route, database, workspace_id, name)
    return await answer(serving, route, inputs, top_k, count=count)


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


async def begun(lines: AsyncGenerator[dict[str, Any]]) -> AsyncGenerator[dict[str, Any]]:
    """The same lines, once there is a first one: what is wrong with a request is then told by the status."""
    first = await anext(lines)

    async def again() -> AsyncGenerator[dict[str, Any]]:
        async with aclosing(lines):
            yield first
            async for line in lines:
                yield line

    return again()


def choose_route(database: Database, workspace_id: str, name: str) -> LiveRoute:
    """In a transaction of its own, which is over before serving is asked."""
    routes = deployments.live_at_once(database, workspace_id, name).routes
    return random.choices(routes, [route.weight for route in routes])[0]  # noqa: S311 - shares traffic, guards nothing
