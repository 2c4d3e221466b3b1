"""The HTTP API of vLLM 0.33 as far as it is used, with answers as its source writes them; no model is behind it."""

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

Piece = dict[str, Any]


def piece(*ids: int, finish: str | None = None, **more: Any) -> Piece:
    """One event of a stream, with the tokens that were written since the last."""
    choice = {
        "index": 0,
        "text": "".join(f" t{each}" for each in ids),
        "logprobs": None,
        "finish_reason": finish,
        "stop_reason": ids[-1] if finish == "stop" and ids else None,
        "token_ids": list(ids),
    }
    head = {"id": "cmpl-0", "object": "text_completion", "created": 1795900000, "model": "base"}
    return head | {"choices": [choice | more]}


def error(message: str, kind: str, code: int) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


class FakeVllm:
    """Says what it is told to, and keeps what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.starts = 1
        self.asked: list[tuple[str, Any]] = []
        self.pieces: list[Piece | str] = [piece(7), piece(9, finish="length")]
        self.endless = False
        self.refusal: tuple[int, dict[str, Any]] | None = None
        self.adapters: dict[str, str] = {}
        self.hung_up = threading.Event()
        self.stopped = False

    async def ready(self) -> None:
        """As VllmServer."""

    async def stop(self) -> None:
        self.stopped = True

    def restart(self) -> None:
        """It has ended, and another has taken its place."""
        self.starts += 1
        self.adapters.clear()

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/v1/completions", self._completions, methods=["POST"]),
                Route("/v1/load_lora_adapter", self._load, methods=["POST"]),
                Route("/v1/unload_lora_adapter", self._unload, methods=["POST"]),
            ]
        )

    async def _completions(self, request: Request) -> Response:
        body = await self._body(request)
        if self.refusal:
            return JSONResponse(self.refusal[1], self.refusal[0])
        if body["model"] not in ("base", *self.adapters):
            return JSONResponse(error(f"The model `{body['model']}` does not exist.", "NotFoundError", 404), 404)
        return StreamingResponse(self._stream(), media_type="text/event-stream")

    async def _stream(self) -> AsyncIterator[str]:
        try:
            for each in self.pieces:
                yield f"data: {each if isinstance(each, str) else json.dumps(each)}\n\n"
            while self.endless:
                await asyncio.sleep(0.01)
                yield f"data: {json.dumps(piece(8))}\n\n"
            yield "data: [DONE]\n\n"
        except asyncio.CancelledError:
            self.hung_up.set()
            raise

    async def _load(self, request: Request) -> Response:
        body = await self._body(request)
        if self.refusal:
            return JSONResponse(self.refusal[1], self.refusal[0])
        name = body["lora_name"]
        if name in self.adapters:
            message = f"The lora adapter '{name}' has already been loaded."
            return JSONResponse(error(message, "InvalidUserInput", 400), 400)
        self.adapters[name] = body["lora_path"]
        return PlainTextResponse(f"Success: LoRA adapter '{name}' added successfully.")

    async def _unload(self, request: Request) -> Response:
        name = (await self._body(request))["lora_name"]
        if self.adapters.pop(name, None) is None:
            return JSONResponse(error(f"The lora adapter '{name}' cannot be found.", "NotFoundError", 404), 404)
        return PlainTextResponse(f"Success: LoRA adapter '{name}' removed successfully.")

    async def _body(self, request: Request) -> Any:
        body = await request.json()
        self.asked.append((request.url.path, body))
        return body


@contextlib.contextmanager
def running(fake: FakeVllm) -> Iterator[FakeVllm]:
    """It, answering on a port of loopback."""
    server = uvicorn.Server(uvicorn.Config(fake.app(), host="127.0.0.1", port=0, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
    fake.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield fake
    finally:
        server.should_exit = True
        thread.join()
