"""Where a request goes: which of the versions that take the traffic of a deployment."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from tuneyard.auth import beside
from tuneyard.auth.beside import Beside
from tuneyard.auth.dependencies import CallerDep
from tuneyard.deployments import service as deployments
from tuneyard.deployments.repository import Live, LiveRoute
from tuneyard.kit.db import Database
from tuneyard.kit.services import ServicesDep


@dataclass(frozen=True)
class Routing:
    """Of one request."""

    database: Database
    workspace_id: str
    beside: Beside | None
    """What its route, a CountedRoute, has asked beside the key."""

    async def choose(self, name: str) -> LiveRoute:
        """One of its versions at random, by their weights. Raises as `live`."""
        return (await self.live(name)).draw()

    async def live(self, name: str) -> Live:
        """A deployment that answers. Raises NotFound, DeploymentStarting or DeploymentFailed."""
        if self.beside and self.beside.asked == deployments.live_here(name):
            return deployments.live_of(self.beside.rows, name)
        return await run_in_threadpool(deployments.live_at_once, self.database, self.workspace_id, name)


async def routing(request: Request, caller: CallerDep, services: ServicesDep) -> Routing:
    return Routing(services.database, caller.workspace_id, beside.of(request))


RoutingDep = Annotated[Routing, Depends(routing)]
