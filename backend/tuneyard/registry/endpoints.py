"""Routes of models and their versions."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import FileResponse, StreamingResponse

from tuneyard.auth.dependencies import CallerDep, SessionDep, requires
from tuneyard.auth.models import Scope
from tuneyard.kit.pagination import Page, PageQuery
from tuneyard.kit.services import ServicesDep
from tuneyard.kit.web import LARGEST_BODY, documented
from tuneyard.registry import download, service
from tuneyard.registry.errors import ArtifactDamaged
from tuneyard.registry.models import ModelVersion
from tuneyard.registry.schemas import (
    CardLanguage,
    DecodingRead,
    DownloadFormat,
    ModelRead,
    ModelRename,
    VersionRead,
    VersionSummary,
)
from tuneyard.registry.service import Published
from tuneyard.specs.manifest import ModelManifest

router = APIRouter(tags=["models"], max_body_size=LARGEST_BODY)
READ = [Depends(requires(Scope.READ))]
WRITE = [Depends(requires(Scope.WRITE))]


@router.get("/models", summary="List models", response_model=Page[ModelRead], dependencies=READ)
def list_models(page: PageQuery, caller: CallerDep, session: SessionDep) -> Page[ModelRead]:
    """Each with its newest version and that version's headline metrics."""
    found, cursor = service.page(session, caller.workspace_id, page)
    return Page(data=[model_read(item) for item in found], next_cursor=cursor)


@router.get(
    "/models/{model_id}",
    summary="Show a model",
    response_model=ModelRead,
    dependencies=READ,
    responses=documented(404),
)
def get_model(model_id: str, caller: CallerDep, session: SessionDep) -> ModelRead:
    return model_read(service.get(session, caller.workspace_id, model_id))


@router.patch(
    "/models/{model_id}",
    summary="Rename a model",
    response_model=ModelRead,
    dependencies=WRITE,
    responses=documented(404, 409),
)
def rename_model(model_id: str, body: ModelRename, caller: CallerDep, session: SessionDep) -> ModelRead:
    return model_read(service.rename(session, caller.workspace_id, model_id, body.name))


@router.delete(
    "/models/{model_id}",
    summary="Delete a model and its versions",
    status_code=204,
    dependencies=WRITE,
    responses=documented(404, 409),
)
def delete_model(model_id: str, caller: CallerDep, session: SessionDep, services: ServicesDep) -> None:
    """Refused while a deployment uses one of its versions, or did so in a revision that it could go back to."""
    service.delete(session, services.store, caller.workspace_id, model_id)


@router.get(
    "/models/{model_id}/versions",
    summary="List the versions of a model",
    response_model=Page[VersionSummary],
    dependencies=READ,
    responses=documented(404),
)
def list_versions(model_id: str, page: PageQuery, caller: CallerDep, session: SessionDep) -> Page[VersionSummary]:
    found, cursor = service.versions(session, caller.workspace_id, model_id, page)
    return Page(data=[version_summary(version) for version in found], next_cursor=cursor)


@router.get(
    "/models/{model_id}/versions/{number}",
    summary="Show a version with its manifest",
    response_model=VersionRead,
    dependencies=READ,
    responses=documented(404),
)
def get_version(model_id: str, number: int, caller: CallerDep, session: SessionDep) -> VersionRead:
    return version_read(service.get_version(session, caller.workspace_id, model_id, number))


@router.get(
    "/model-versions/{model_version_id}",
    summary="Show a version by its id",
    response_model=VersionRead,
    dependencies=READ,
    responses=documented(404),
)
def get_version_by_id(model_version_id: str, caller: CallerDep, session: SessionDep) -> VersionRead:
    """As a job names it in `model_version_id`."""
    return version_read(service.get_version_by_id(session, caller.workspace_id, model_version_id))


@router.get(
    "/models/{model_id}/versions/{number}/download",
    summary="Download a version",
    response_class=StreamingResponse,
    dependencies=READ,
    responses={**documented(404), 200: {"content": {"application/zip": {}}, "description": "The files as a zip."}},
)
def download_version(
    model_id: str,
    number: int,
    caller: CallerDep,
    session: SessionDep,
    services: ServicesDep,
    format: Annotated[
        DownloadFormat,
        Query(
            description="`transformers`: safetensors, config and tokenizer. `onnx`: one graph with its tokenizer and "
            "labels. `adapter`: what a model that writes has learned, for `peft`. `gguf`: a model that writes in one "
            "file, for llama.cpp and ollama. `full`: everything that was published, with the manifest."
        ),
    ] = DownloadFormat.TRANSFORMERS,
) -> StreamingResponse:
    """Unpacked, it loads with plain `transformers` or `onnxruntime`; checksums are verified while it is sent."""
    found = service.get_version(session, caller.workspace_id, model_id, number)
    files = download.members(services.store, found.version.storage_key, found.manifest, format)
    filename = f"{slug(found.model.name)}-v{number}-{format}.zip"
    headers = {"content-disposition": f'attachment; filename="{filename}"'}
    return StreamingResponse(download.stream_zip(services.store, files), media_type="application/zip", headers=headers)


@router.get(
    "/models/{model_id}/versions/{number}/card",
    summary="Show a version's model card",
    response_class=FileResponse,
    dependencies=READ,
    responses={**documented(404), 200: {"content": {"text/markdown": {}}, "description": "The card as Markdown."}},
)
def get_card(
    model_id: str,
    number: int,
    caller: CallerDep,
    session: SessionDep,
    services: ServicesDep,
    language: Annotated[
        CardLanguage, Query(description="Versions made before there were Chinese cards have an English one only.")
    ] = CardLanguage.ENGLISH,
) -> FileResponse:
    """What it does, what it learned from, how good it is and where it fails, in words; `Content-Language` says in
    which language.
    """
    found = service.get_version(session, caller.workspace_id, model_id, number)
    if not any(entry.path == download.CARDS[language] for entry in found.manifest.files):
        language = CardLanguage.ENGLISH
    path = services.store.path(f"{found.version.storage_key}/{download.CARDS[language]}")
    if not path.is_file():
        raise ArtifactDamaged("The model card is missing in the store.")
    headers = {"content-language": language.value}
    return FileResponse(path, media_type="text/markdown; charset=utf-8", headers=headers)


def model_read(found: Published) -> ModelRead:
    model = found.model
    return ModelRead(
        id=model.id,
        name=model.name,
        task=model.task,
        created_at=model.created_at,
        latest_version=version_summary(found.version),
    )


def version_summary(version: ModelVersion) -> VersionSummary:
    manifest = ModelManifest.model_validate(version.manifest)
    return VersionSummary(
        id=version.id,
        number=version.number,
        job_id=version.job_id,
        created_at=version.created_at,
        preset=manifest.preset,
        base_model=manifest.base_model.name,
        dataset=manifest.dataset.name,
        dataset_version=manifest.dataset.number,
        metrics=manifest.metrics,
    )


def version_read(found: Published) -> VersionRead:
    manifest, version = found.manifest, found.version
    facts = {name: getattr(manifest, name) for name in VersionRead.model_fields.keys() & ModelManifest.model_fields}
    facts |= {
        "id": version.id,
        "model_id": version.model_id,
        "model_name": found.model.name,
        "number": version.number,
        "job_id": version.job_id,
        "created_at": version.created_at,
        "manifest_sha256": version.manifest_sha256,
        "decoding": decoding_read(manifest),
    }
    return VersionRead(**facts)


def decoding_read(manifest: ModelManifest) -> DecodingRead | None:
    manner = manifest.decoding
    if manner is None:
        return None
    return DecodingRead(
        temperature=manner.temperature,
        frequency_penalty=manner.frequency_penalty,
        logit_bias={str(token): manner.stop_bias for token in manifest.stop_ids if manner.stop_bias},
    )


def slug(name: str) -> str:
    """A model's name as part of a file name."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "model"
