"""Base models that were in the store a moment ago: to ask it again takes longer than all else that a request needs."""

import time
from typing import Annotated, cast

from fastapi import Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from tuneyard.base_models import service
from tuneyard.base_models.service import Listed
from tuneyard.kit.services import services_of
from tuneyard.kit.storage import Store

KEPT_SECONDS = 10.0


class LatelyInstalled:
    """One per process; belongs to the event loop."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._found: dict[str, tuple[float, Listed]] = {}

    async def get(self, base_model_id: str) -> Listed:
        """One base model; raises NotFound. What has been there stays so for ten seconds."""
        asked, listed = self._found.get(base_model_id, (0.0, None))
        if listed is None or time.monotonic() - asked > KEPT_SECONDS:
            self._found.pop(base_model_id, None)
            listed = await run_in_threadpool(service.get, self._store, base_model_id)
            if listed.installed:
                self._found[base_model_id] = (time.monotonic(), listed)
        return listed


async def _lately_installed(connection: HTTPConnection) -> LatelyInstalled:
    state = connection.app.state
    if not hasattr(state, "lately_installed"):
        state.lately_installed = LatelyInstalled(services_of(connection).store)
    return cast("LatelyInstalled", state.lately_installed)


LatelyInstalledDep = Annotated[LatelyInstalled, Depends(_lately_installed)]
