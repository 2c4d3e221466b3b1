"""The api process: every domain's routes behind one default authentication, and the built web UI."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from os import PathLike, stat_result
from pathlib import Path

from fastapi import Depends, FastAPI, Request
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES
from starlette.types import Scope

from tuneyard import api_docs, readiness, webhook_document
from tuneyard.api_document import Api
from tuneyard.auth import cookies
from tuneyard.auth import endpoints as auth
from tuneyard.auth.dependencies import authenticate
from tuneyard.datasets import endpoints as datasets
from tuneyard.datasets import preview_endpoints
from tuneyard.deployments import endpoints as deployments
from tuneyard.deployments import serving_endpoints
from tuneyard.evaluations import endpoints as evaluations
from tuneyard.evaluations import preference_endpoints as preferences
from tuneyard.jobs import (
    activity_endpoints,
    base_model_endpoints,
    dataset_use_endpoints,
    ingest_endpoints,
    worker_endpoints,
)
from tuneyard.jobs import endpoints as jobs
from tuneyard.jobs import preview_endpoints as job_previews
from tuneyard.jobs.watching import JobWatch
from tuneyard.kit.config import Settings
from tuneyard.kit.services import Services, ServicesDep
from tuneyard.kit.web import API_PREFIXES, WEB_UI_ROUTE, Answers, HeadAsGet, add_error_handlers, documented
from tuneyard.openai import endpoints as openai
from tuneyard.predictions import batch_endpoints, huggingface_endpoints
from tuneyard.predictions import endpoints as predictions
from tuneyard.registry import endpoints as registry
from tuneyard.search import endpoints as search
from tuneyard.webhooks import endpoints as webhooks

WEB_UI = Path(__file__).parent / "static"
# How the build of the web UI packs its files, the smallest first.
PACKED = {"br": ".br", "gzip": ".gz"}
# Downloads come as they are: they are large, most are packed already, and who waits is told their length.
NOT_COMPRESSED = (
    *DEFAULT_EXCLUDED_CONTENT_TYPES,
    *datasets.DOWNLOADS,
    *batch_endpoints.MEDIA_TYPES.values(),
)
NATIVE = (
    auth,
    datasets,
    preview_endpoints,
    ingest_endpoints,
    dataset_use_endpoints,
    base_model_endpoints,
    jobs,
    job_previews,
    activity_endpoints,
    worker_endpoints,
    registry,
    evaluations,
    preferences,
    deployments,
    predictions,
    search,
    webhooks,
)


def create_app(settings: Settings) -> FastAPI:
    """The application; it connects to Postgres, Redis and serving when it is first asked to."""
    services = Services.from_settings(settings)
    watch = JobWatch(settings.required("database_url"))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        services.database.close()
        watch.database.close()

    app = Api(
        title="Tuneyard",
        version="1",
        summary="Fine-tune, evaluate, deploy and call language models from a spreadsheet.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        dependencies=[Depends(authenticate, scope="function")],
        responses=documented(401, 403, 422, 500, 503),
    )
    app.state.services = services
    app.state.job_watch = watch
    app.add_middleware(Answers)
    app.add_middleware(HeadAsGet)
    app.add_middleware(GZipMiddleware, compresslevel=6, exclude_content_types=NOT_COMPRESSED)
    add_error_handlers(app)
    # First those that are asked for every answer of a model: a request is held against one route after the other.
    app.include_router(openai.router)
    app.include_router(openai.hub_chats)
    app.include_router(huggingface_endpoints.router)
    for domain in NATIVE:
        app.include_router(domain.router, prefix="/api/v1")
    app.include_router(serving_endpoints.router)
    app.include_router(readiness.router)
    app.include_router(api_docs.router)
    webhook_document.describe(app.webhooks)
    serve_web_ui(app)
    return app


class Assets(StaticFiles):
    """Files whose name changes with what is in them, so a browser never asks for one twice; most are packed already."""

    def file_response(
        self, full_path: PathLike[str] | str, stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        accepted = {each.strip() for each in Headers(scope=scope).get("accept-encoding", "").split(",")}
        packed = {encoding: Path(f"{full_path}{suffix}") for encoding, suffix in PACKED.items()}
        encoding = next((each for each in packed if each in accepted and packed[each].exists()), None)
        if encoding:
            full_path, stat_result = packed[encoding], packed[encoding].stat()
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        if encoding:
            response.headers["content-encoding"] = encoding
            response.headers["vary"] = "Accept-Encoding"
        return response


def serve_web_ui(app: FastAPI) -> None:
    """Serve the built single page for every path that is not an address of the API."""
    if not (WEB_UI / "index.html").exists():
        return
    app.mount("/assets", Assets(directory=WEB_UI / "assets"), name="assets")

    @app.get(WEB_UI_ROUTE, include_in_schema=False)
    def page(path: str, request: Request, services: ServicesDep) -> FileResponse:
        if f"/{path}/".startswith(API_PREFIXES) or "\0" in path:
            raise HTTPException(404)
        file = (WEB_UI / path).resolve()
        if path and file.is_relative_to(WEB_UI) and file.is_file():
            return FileResponse(file)
        document = FileResponse(WEB_UI / "index.html", headers={"cache-control": "no-cache"})
        cookies.mark_again(request, document, services.settings)
        return document
