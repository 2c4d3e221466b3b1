"""How the api talks to the serving process."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import aiohttp
import httpx
import structlog
from starlette.applications import Starlette
from starlette.requests import HTTPConnection

from tuneyard.deployments.errors import (
    ContextTooLong,
    ServingBusy,
    ServingUnreachable,
    VersionLoading,
    WrongKindOfModel,
)
from tuneyard.kit.config import MissingSetting, Settings
from tuneyard.kit.errors import InvalidRequest, TuneyardError
from tuneyard.kit.services import services_of

log = structlog.get_logger()

SYNC_TIMEOUT_SECONDS = 2
# Serving refuses what it cannot answer soon, so a slow answer is a long list of texts, not a hang.
PREDICT_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=2, sock_read=120)
# A text may have to wait for its turn.
WRITE_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=2, sock_read=600)
# Texts are not counted: they wait in serving, where workspaces take turns; here the first would keep out others.
MOST_PREDICTIONS = 256
LONGEST_WAIT_SECONDS = 5
# Serving lets go of a connection after 5 seconds: one that is about to go must not be taken.
KEPT_SECONDS = 4
LONGEST_LINE = 2**22
LOADING = "The model is being loaded. Try again in a second."


def announce(settings: Settings) -> None:
    """Tell serving that its assignments may have changed; it also asks by itself, so a failure is only logged."""
    try:
        headers = _authorization(settings)
        httpx.post(f"{settings.serving_url}/sync", headers=headers, timeout=SYNC_TIMEOUT_SECONDS).raise_for_status()
    except (httpx.HTTPError, MissingSetting) as error:
        log.warning("serving.not_told", error=f"{type(error).__name__}: {error}")


class ServingClient:
    """Relays predictions; one per process, its connections are kept open. Belongs to the event loop."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.serving_url.rstrip("/")
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEPT_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=_authorization(settings),
            read_bufsize=LONGEST_LINE,
        )
        self._places = asyncio.Semaphore(MOST_PREDICTIONS)

    async def predict(
        self, model_version_id: str, texts: list[str], top_k: int | None, *, count: bool
    ) -> dict[str, Any]:
        """`{predictions}`: `{label, score, scores}` per text, in their order; with `count` also the `{tokens}` of all.

        Raises ServingUnreachable, ServingBusy, VersionLoading.
        """
        body: dict[str, Any] = {"inputs": texts} if top_k is None else {"inputs": texts, "top_k": top_k}
        return await self._post(f"/versions/{model_version_id}/predict", body | ({"count": True} if count else {}))

    async def embed(self, path: str, inputs: list[str | list[int]]) -> dict[str, Any]:
        """`{embeddings, tokens}` of texts or token ids. Raises as `predict`, and InvalidRequest that names an input."""
        return await self._post(path, {"inputs": inputs})

    async def write(self, path: str, workspace_id: str, body: dict[str, Any]) -> AsyncGenerator[dict[str, Any]]:
        """Line by line `{index, text, tokens, finish_reason}`, then `{prompt_tokens, completion_tokens,
        cached_tokens}`.

        Closing it ends the computing. Raises as `predict`, ContextTooLong and InvalidRequest, also in the middle.
        """
        async with self._asked(path, body | {"workspace": workspace_id}, WRITE_TIMEOUT) as response:
            async for line in response.content:
                told = json.loads(line)
                if "error" in told:
                    raise ServingUnreachable(told["error"]["message"])
                yield told

    async def close(self) -> None:
        await self._session.close()

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            async with asyncio.timeout(LONGEST_WAIT_SECONDS):
                await self._places.acquire()
        except TimeoutError as error:
            raise ServingBusy(
                "Too many predictions are waiting. Send this again in 1 s.", headers=_after("1")
            ) from error
        try:
            async with self._asked(path, body, PREDICT_TIMEOUT) as response:
                return cast("dict[str, Any]", json.loads(await response.read()))
        finally:
            self._places.release()

    @asynccontextmanager
    async def _asked(
        self, path: str, body: dict[str, Any], timeout: aiohttp.ClientTimeout
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """What serving answers. One that is not read to its end is hung up on."""
        try:
            async with self._session.post(f"{self._url}{path}", json=body, timeout=timeout) as response:
                if response.status != 200:
                    after = response.headers.get("retry-after")
                    raise _refusal(Refusal(response.status, after, await response.read()), body)
                yield response
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("serving.unreachable", error=f"{type(error).__name__}: {error}")
            raise ServingUnreachable("The serving process does not answer.", headers=_after("2")) from error


async def serving_client(connection: HTTPConnection) -> ServingClient:
    """The client of this process, made when it is first needed."""
    state = connection.app.state
    if not hasattr(state, "serving_client"):
        state.serving_client = ServingClient(services_of(connection).settings)
    return cast("ServingClient", state.serving_client)


async def close_serving_client(app: Starlette) -> None:
    """Close the connections of this process, if any were made."""
    if hasattr(app.state, "serving_client"):
        await app.state.serving_client.close()
        del app.state.serving_client


def _authorization(settings: Settings) -> dict[str, str]:
    return {"authorization": f"Bearer {settings.required('service_token')}"}


@dataclass(frozen=True)
class Refusal:
    """What serving answers where it does not do what it was asked."""

    status: int
    retry_after: str | None
    content: bytes

    def said(self, name: str) -> str | None:
        """A part of the error: its `message`, `code` or `param`."""
        try:
            return cast("str | None", json.loads(self.content)["error"][name])
        except (ValueError, KeyError, TypeError):
            return None


def _refusal(refusal: Refusal, asked: dict[str, Any]) -> TuneyardError:
    after = refusal.retry_after or "1"
    if refusal.status == 429:
        return _busy(after)
    if refusal.status == 404:
        return VersionLoading(LOADING, headers=_after("1"))
    if refusal.status in (400, 409, 422):
        return _fault(refusal, asked)
    log.warning("serving.refused", status=refusal.status, body=refusal.content[:500].decode(errors="replace"))
    if refusal.status == 503:
        return VersionLoading(refusal.said("message") or LOADING, headers=_after(after))
    return ServingUnreachable("The serving process failed to answer; its log has the cause.", headers=_after(after))


def _fault(refusal: Refusal, asked: dict[str, Any]) -> TuneyardError:
    """Of whoever asks."""
    words = refusal.said("message") or "The request can't be answered."
    if refusal.status == 409:
        return WrongKindOfModel(words)
    if refusal.said("code") == ContextTooLong.code:
        return ContextTooLong(words, param="messages" if "messages" in asked else "prompt")
    return InvalidRequest(words, param=refusal.said("param"))


def _busy(after: str) -> ServingBusy:
    return ServingBusy(f"Too many texts are waiting. Send this again in {after} s.", headers=_after(after))


def _after(seconds: str) -> dict[str, str]:
    return {"retry-after": seconds}
