"""The serving process: holds deployed versions and answers the api."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import uvicorn
from pydantic import BaseModel, ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tuneyard.kit.config import Settings
from tuneyard.kit.errors import TuneyardError
from tuneyard.kit.hanging_up import Stream, unless_disconnected
from tuneyard.kit.logging import configure_logging
from tuneyard.kit.storage import open_store
from tuneyard_worker.serving.bearer_auth import BearerAuth
from tuneyard_worker.serving.classifiers import Classifiers
from tuneyard_worker.serving.embedding import Embeddings, Encoders
from tuneyard_worker.serving.engines.session_cache import SessionCache
from tuneyard_worker.serving.errors import InvalidBody, MethodNotAllowed, NoSuchRoute
from tuneyard_worker.serving.model_pool import ModelPool
from tuneyard_worker.serving.reconciler import Reconciler, api_client
from tuneyard_worker.serving.replies import error_reply, lines, predictions
from tuneyard_worker.serving.schemas import EmbedRequest, PredictRequest
from tuneyard_worker.serving.versions import Versions
from tuneyard_worker.serving.writing.engine_kinds import EngineMissing, chosen_engines
from tuneyard_worker.serving.writing.schemas import WriteRequest
from tuneyard_worker.serving.writing.writer import Writer
from tuneyard_worker.serving.writing.writers import Writers

Body = TypeVar("Body", bound=BaseModel)


def create_app(settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> Starlette:
    """The application. `transport` replaces the network to the api.

    Raises ValueError without a service token, EngineMissing without the engine that the settings ask for.
    """
    if settings.service_token is None:
        raise ValueError("TUNEYARD_SERVICE_TOKEN is not set; api and serving need the same one.")
    token = settings.service_token.get_secret_value()
    engines = chosen_engines(settings)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        # One thread computes for all models: the sessions' own threads are the budget. A batch of texts and a token of
        # all that is being written take turns.
        computer = ThreadPoolExecutor(1, "compute")
        store, pool = open_store(settings), ModelPool(settings.serving_memory_bytes)
        sessions = SessionCache()
        encoders = Encoders(settings.threads, settings.serving_queue, computer, sessions)
        classifiers = Classifiers(settings.threads, settings.serving_queue, computer, sessions)
        writers = Writers(store, engines(settings, computer), settings.serving_memory_bytes)
        versions = Versions(store, pool, classifiers, writers)
        async with api_client(settings.api_url, token, transport=transport) as api:
            reconciler = Reconciler(versions, api)
            app.state.versions, app.state.reconciler = versions, reconciler
            app.state.embeddings = Embeddings(store, pool, versions, encoders)
            running = asyncio.create_task(reconciler.run())
            yield
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        await writers.close()
        computer.shutdown(wait=False, cancel_futures=True)

    return Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/status", status),
            Route("/sync", sync, methods=["POST"]),
            Route("/versions/{version_id}/predict", predict, methods=["POST"]),
            Route("/versions/{version_id}/write", write_version, methods=["POST"]),
            Route("/base-models/{base_model_id}/write", write_base, methods=["POST"]),
            Route("/versions/{version_id}/embed", embed, methods=["POST"]),
            Route("/base-models/{base_model_id}/embed", embed, methods=["POST"]),
        ],
        middleware=[Middleware(BearerAuth, token=token)],
        exception_handlers=dict.fromkeys((TuneyardError, ClientDisconnect, HTTPException, Exception), _refused),
        lifespan=lifespan,
    )


async def healthz(request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def status(request: Request) -> Response:
    """Which versions are held, the memory they take and how many texts wait."""
    return JSONResponse(request.app.state.versions.status().model_dump(mode="json"))


async def sync(request: Request) -> Response:
    """Ask the api for its assignments now. The answer does not wait for that: the api may still be committing."""
    request.app.state.reconciler.wake()
    return JSONResponse({"status": "syncing"}, 202)


async def predict(request: Request) -> Response:
    """Classify the texts, in their order."""
    body = _read(PredictRequest, await request.body())
    versions: Versions = request.app.state.versions
    version_id = request.path_params["version_id"]
    labels, scores = await unless_disconnected(request, versions.predict(version_id, body.inputs))
    found = [prediction.model_dump() for prediction in predictions(labels, scores, body.top_k)]
    counted = {"tokens": await versions.count(version_id, body.inputs)} if body.count else {}
    return JSONResponse({"predictions": found, **counted})


async def embed(request: Request) -> Response:
    """The vectors of texts, or of token ids, by a version's encoder or a base model."""
    body = _read(EmbedRequest, await request.body())
    embeddings: Embeddings = request.app.state.embeddings
    base_model_id = request.path_params.get("base_model_id")
    if base_model_id is not None:
        work = embeddings.of_base_model(base_model_id, body.inputs)
    else:
        work = embeddings.of_version(request.path_params["version_id"], body.inputs)
    return JSONResponse((await unless_disconnected(request, work)).model_dump())


async def write_version(request: Request) -> Response:
    """Write with a deployed version, line by line."""
    versions: Versions = request.app.state.versions
    return await _written(request, versions.writer(request.path_params["version_id"]))


async def write_base(request: Request) -> Response:
    """Write with an untuned base model, line by line."""
    versions: Versions = request.app.state.versions
    return await _written(request, versions.base_writer(request.path_params["base_model_id"]))


async def _written(request: Request, loading: Coroutine[Any, Any, Writer]) -> Response:
    """Lines of JSON: parts, the usage, or an error. What is wrong before the first part is an answer of its own."""
    body = _read(WriteRequest, await request.body())
    return Stream(lines((await loading).parts(body)), "application/x-ndjson")


def _read(kind: type[Body], body: bytes) -> Body:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        param = ".".join(str(part) for part in first["loc"]) or None
        raise InvalidBody(f"{first['msg']}.", param=param) from error


async def _refused(request: Request, error: Exception) -> Response:
    if isinstance(error, TuneyardError):
        return error_reply(error)
    if isinstance(error, ClientDisconnect):
        return Response(status_code=499)
    if isinstance(error, HTTPException) and error.status_code == 405:
        return error_reply(MethodNotAllowed(f"{request.method} is not possible here."))
    if isinstance(error, HTTPException):
        return error_reply(NoSuchRoute("There is no such route."))
    return error_reply(TuneyardError("Serving failed on an error of its own.", hint="Its log says why."))


def main() -> None:
    """Serve on the host and port of TUNEYARD_SERVING_URL until told to stop."""
    settings = Settings()
    configure_logging(settings.log_level)
    address = urlsplit(settings.serving_url)
    try:
        app = create_app(settings)
    except EngineMissing as error:
        sys.exit(str(error))
    uvicorn.run(
        app,
        host=address.hostname or "127.0.0.1",
        port=address.port or 8322,
        log_config=None,
        access_log=False,
    )
