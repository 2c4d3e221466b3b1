"""Writing with vLLM on a CUDA card, over the HTTP API of its server. Not measured: no card was there.

The API is that of vLLM 0.33. In the tests answers a stand-in that is written after its source.
"""

import asyncio
import itertools
import json
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx

from tuneyard_worker.serving.engines.grammar import SchemaRefused
from tuneyard_worker.serving.engines.vllm_server import BASE
from tuneyard_worker.serving.engines.writing import Likelihood, Order, Token
from tuneyard_worker.serving.errors import QueueFull, Unwritable, VersionNotReady

COMPLETIONS, LOAD, UNLOAD = "/v1/completions", "/v1/load_lora_adapter", "/v1/unload_lora_adapter"
DATA, DONE = "data: ", "[DONE]"
TOKEN = "token_id:"  # noqa: S105 - how it names a token by its number
# Between two tokens, or until the first of a text that waits.
PATIENCE = httpx.Timeout(600, connect=10)
RETRY_SECONDS = 5
RETRY_SOON = {"Retry-After": str(RETRY_SECONDS)}
FULL = (429, 503)


class Server(Protocol):
    """Where vLLM answers."""

    url: str
    starts: int
    """Adapters told before the last one are forgotten."""

    async def ready(self) -> None:
        """Have it answer. Raises VersionNotReady."""
        ...

    async def stop(self) -> None: ...


@dataclass(eq=False)
class NamedAdapter:
    """One that the server has been told of."""

    name: str
    folder: Path
    told_at: int
    """The start of the server after which it was told."""


class VllmWriter:
    """Implements WritingEngine. Belongs to the event loop."""

    def __init__(self, server: Server, room: int, vocabulary: int) -> None:
        self._server = server
        self._room = room
        self._vocabulary = vocabulary
        self._client = httpx.AsyncClient(timeout=PATIENCE, limits=httpx.Limits(max_connections=None), trust_env=False)
        self._names = (f"adapter-{number}" for number in itertools.count(1))
        self._telling = asyncio.Lock()
        self._waiting = 0

    @property
    def room(self) -> int:
        return self._room

    @property
    def vocabulary(self) -> int:
        return self._vocabulary

    @property
    def waiting(self) -> int:
        return self._waiting

    async def load(self, adapter: Path) -> NamedAdapter:
        named = NamedAdapter(next(self._names), adapter.absolute(), 0)
        await self._tell(named)
        return named

    async def forget(self, adapter: Any) -> None:
        if adapter.told_at == self._server.starts:
            await self._post(UNLOAD, {"lora_name": adapter.name})

    async def write(self, order: Order) -> AsyncGenerator[Token]:
        """Raises QueueFull, Unwritable, VersionNotReady, and SchemaRefused for a schema that can't be kept."""
        self._waiting += 1
        begun = False
        try:
            await self._tell(order.adapter)
            async for token in self._tokens(order):
                if not begun:
                    self._waiting, begun = self._waiting - 1, True
                yield token
        finally:
            self._waiting -= not begun

    async def close(self) -> None:
        await self._client.aclose()
        await self._server.stop()

    async def _tell(self, adapter: NamedAdapter | None) -> None:
        """Have the server run and know the adapter. Raises ValueError if it can't be added to the base model."""
        await self._server.ready()
        if adapter is None:
            return
        async with self._telling:
            if adapter.told_at == self._server.starts:
                return
            answer = await self._post(LOAD, {"lora_name": adapter.name, "lora_path": str(adapter.folder)})
            # A rank that is too large is an error of the server's own to it, so the status says nothing.
            if answer.is_error:
                raise ValueError(f"vLLM refuses its adapter: {_message(answer.text).rstrip('.')}")
            adapter.told_at = self._server.starts

    async def _post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        try:
            return await self._client.post(self._server.url + path, json=body)
        except httpx.TransportError as error:
            raise _broken_off() from error

    async def _tokens(self, order: Order) -> AsyncGenerator[Token]:
        # Leaving it in the middle closes the connection, by which vLLM knows that nobody waits.
        asked = self._client.stream("POST", self._server.url + COMPLETIONS, json=request(order, self._vocabulary))
        written, ended = 0, False
        try:
            async with asked as answer:
                if answer.is_error:
                    told = (await answer.aread()).decode(errors="replace")
                    raise self._refusal(answer.status_code, told, order)
                async for line in _lines(answer):
                    if not line.startswith(DATA) or line == DATA + DONE:
                        continue
                    told = json.loads(line.removeprefix(DATA))
                    if "error" in told:
                        raise self._refusal(told["error"].get("code") or 500, line.removeprefix(DATA), order)
                    for token in tokens(told, order):
                        written += 1
                        ended = token.ends or token.id in order.stop_ids or written == order.most
                        yield token
        except httpx.TransportError as error:
            raise _broken_off() from error
        if not ended:
            raise _broken_off()

    def _refusal(self, status: int, told: str, order: Order) -> Exception:
        message = _message(told)
        if status in FULL:
            return QueueFull(self._waiting, RETRY_SECONDS)
        if status == 400 and order.wishes.schema is not None:
            return SchemaRefused(message.rstrip("."))
        if status == 400:
            return Unwritable(message)
        return RuntimeError(f"vLLM answered {status}: {message}")


def request(order: Order, vocabulary: int) -> dict[str, Any]:
    """What `/v1/completions` is asked."""
    wishes = order.wishes
    body: dict[str, Any] = {
        "model": order.adapter.name if order.adapter else BASE,
        "prompt": order.ids,
        "max_tokens": order.most,
        "stream": True,
        "temperature": wishes.temperature,
        "top_p": wishes.top_p,
        "presence_penalty": wishes.presence_penalty,
        "frequency_penalty": wishes.frequency_penalty,
        "stop_token_ids": sorted(order.stop_ids),
        # Only those end a text; that one with a schema is complete, it says with the end token of the tokenizer.
        "ignore_eos": wishes.schema is None,
        "include_stop_str_in_output": True,
        "return_token_ids": True,
        "return_tokens_as_token_ids": True,
    }
    # How soon an answer begins would tell whether somebody else has asked the same.
    if order.workspace:
        body["cache_salt"] = order.workspace
    if wishes.seed is not None:
        body["seed"] = wishes.seed
    if wishes.logprobs is not None:
        body["logprobs"] = wishes.logprobs
    # It refuses tokens that it does not have.
    if bias := {str(token): value for token, value in wishes.logit_bias.items() if 0 <= token < vocabulary}:
        body["logit_bias"] = bias
    if wishes.schema is not None:
        body["structured_outputs"] = {"json": wishes.schema}
    return body


def tokens(chunk: dict[str, Any], order: Order) -> Iterator[Token]:
    """Those of one piece of the stream."""
    for choice in chunk["choices"]:
        ids, logprobs = choice.get("token_ids") or [], choice.get("logprobs")
        for place, number in enumerate(ids):
            ends = choice.get("finish_reason") == "stop" and place == len(ids) - 1 and number not in order.stop_ids
            if logprobs is None:
                yield Token(number, ends=ends)
                continue
            best = _best(logprobs["top_logprobs"][place] or {}, order.wishes.logprobs or 0)
            yield Token(number, logprobs["token_logprobs"][place], best, ends)


async def _lines(answer: httpx.Response) -> AsyncGenerator[str]:
    """Those of a stream. That of httpx takes characters for the end of one that a text may have, such as U+2028."""
    begun = b""
    async for piece in answer.aiter_bytes():
        *whole, begun = (begun + piece).split(b"\n")
        for line in whole:
            yield line.decode()


def _best(told: dict[str, float], count: int) -> tuple[Likelihood, ...]:
    """The chosen token is among those that are told, wherever it stands."""
    found = [Likelihood(int(name.removeprefix(TOKEN)), logprob) for name, logprob in told.items()]
    return tuple(sorted(found, key=lambda each: -each.logprob)[:count])


def _broken_off() -> VersionNotReady:
    return VersionNotReady("vLLM broke the text off.", headers=RETRY_SOON, hint="Try again in a few seconds.")


def _message(told: str) -> str:
    """That of an error, as `{"error": {"message"}}` or whatever it is."""
    try:
        return str(json.loads(told)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return told[:300]
