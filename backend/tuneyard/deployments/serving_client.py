"""How the api talks to the serving process."""

import json
from collections.abc import AsyncGenerator
from typing import Any, cast

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
PREDICT_TIMEOUT = httpx.Timeout(120, connect=2, pool=5)
# A text may have to wait for its turn.
WRITE_TIMEOUT = httpx.Timeout(600, connect=2, pool=5)
LIMITS = httpx.Limits(max_connections=256, max_keepalive_connections=64)
# Those that write wait in serving, where workspaces take turns; here the first 256 would keep out all others.
WRITE_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=64)
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
        self._client = _client(settings, PREDICT_TIMEOUT, LIMITS)
        # Texts take long to write: they must not take the connections of predictions.
        self._writing = _client(settings, WRITE_TIMEOUT, WRITE_LIMITS)

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
        """Line by line `{index, text, tokens, finish_reason}`, then `{prompt_tokens, completion_tokens}`.

        Closing it ends the computing. Raises as `predict`, ContextTooLong and InvalidRequest, also in the middle.
        """
        try:
            async with self._writing.stream("POST", path, json=body | {"workspace": workspace_id}) as response:
                if response.status_code != 200:
                    await response.aread()
                    raise _refusal(response, body)
                async for line in response.aiter_lines():
                    told = json.loads(line)
                    if "error" in told:
                        raise ServingUnreachable(told["error"]["message"])
                    yield told
        except httpx.HTTPError as error:
            log.warning("serving.unreachable", error=f"{type(error).__name__}: {error}")
            raise ServingUnreachable("The serving process does not answer.", headers=_after("2")) from error

    async def close(self) -> None:
        await self._client.aclose()
        await self._writing.aclose()

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            response = await self._client.post(path, json=body)
        except httpx.PoolTimeout as error:
            raise ServingBusy(
                "Too many predictions are waiting. Send this again in 1 s.", headers=_after("1")
            ) from error
        except httpx.HTTPError as error:
            log.warning("serving.unreachable", error=f"{type(error).__name__}: {error}")
            raise ServingUnreachable("The serving process does not answer.", headers=_after("2")) from error
        if response.status_code != 200:
            raise _refusal(response)
        return cast("dict[str, Any]", response.json())


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


def _client(settings: Settings, timeout: httpx.Timeout, limits: httpx.Limits) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=settings.serving_url, headers=_authorization(settings), timeout=timeout, limits=limits
    )


def _authorization(settings: Settings) -> dict[str, str]:
    return {"authorization": f"Bearer {settings.required('service_token')}"}


def _refusal(response: httpx.Response, asked: dict[str, Any] | None = None) -> TuneyardError:
    after = response.headers.get("retry-after", "1")
    if response.status_code == 429:
        return _busy(after)
    if response.status_code == 404:
        return VersionLoading(LOADING, headers=_after("1"))
    if response.status_code in (400, 409, 422):
        return _fault(response, asked)
    log.warning("serving.refused", status=response.status_code, body=response.text[:500])
    if response.status_code == 503:
        return VersionLoading(_words(response) or LOADING, headers=_after(after))
    return ServingUnreachable("The serving process failed to answer; its log has the cause.", headers=_after(after))


def _fault(response: httpx.Response, asked: dict[str, Any] | None) -> TuneyardError:
    """Of whoever asks."""
    words = _words(response) or "The request can't be answered."
    if response.status_code == 409:
        return WrongKindOfModel(words)
    if _code(response) == ContextTooLong.code:
        return ContextTooLong(words, param="messages" if asked is None or "messages" in asked else "prompt")
    return InvalidRequest(words, param=_param(response))


def _busy(after: str) -> ServingBusy:
    return ServingBusy(f"Too many texts are waiting. Send this again in {after} s.", headers=_after(after))


def _words(response: httpx.Response) -> str | None:
    try:
        return str(response.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return None


def _code(response: httpx.Response) -> str | None:
    try:
        return cast("str | None", response.json()["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return None


def _param(response: httpx.Response) -> str | None:
    try:
        return cast("str | None", response.json()["error"]["param"])
    except (ValueError, KeyError, TypeError):
        return None


def _after(seconds: str) -> dict[str, str]:
    return {"retry-after": seconds}
