"""Every route but the health check wants the service token."""

import hmac

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from tuneyard_worker.serving.errors import Unauthorized
from tuneyard_worker.serving.replies import error_reply

PUBLIC = frozenset({"/healthz"})


class BearerAuth:
    """ASGI middleware: refuses by default, before any route is looked up."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in PUBLIC and not self._known(scope):
            await error_reply(Unauthorized("The service token is missing or wrong."))(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _known(self, scope: Scope) -> bool:
        given = Headers(scope=scope).get("authorization", "")
        return hmac.compare_digest(given.encode(), self._expected)
