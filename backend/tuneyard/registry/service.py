"""What can be done with models and their versions."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tuneyard.kit.errors import NameTaken, NotFound
from tuneyard.kit.ids import new_id
from tuneyard.kit.pagination import PageRequest
from tuneyard.kit.references import discard
from tuneyard.kit.storage import Store
from tuneyard.registry import repository
from tuneyard.registry.errors import ModelInUse
from tuneyard.registry.models import Model, ModelVersion
from tuneyard.specs.manifest import ModelManifest


@dataclass(frozen=True)
class Published:
    """A version with the model it belongs to and its manifest."""

    model: Model
    version: ModelVersion

    @property
    def manifest(self) -> ModelManifest:
        return ModelManifest.model_validate(self.version.manifest)


def page(session: Session, workspace_id: str, request: PageRequest) -> tuple[list[Published], str | None]:
    """Models, each with its newest version."""
    models, cursor = repository.page(session, workspace_id, request)
    newest = repository.latest_versions(session, workspace_id, [model.id for model in models])
    return [Published(model, newest[model.id]) for model in models], cursor


def get(session: Session, workspace_id: str, model_id: str) -> Published:
    """One model with its newest version."""
    model = _found(repository.get(session, workspace_id, model_id), model_id)
    return Published(model, repository.latest_versions(session, workspace_id, [model_id])[model_id])


def matching(session: Session, workspace_id: str, text: str, limit: int) -> Sequence[Model]:
    """Those whose name or id fits what somebody types into a search box, the best first."""
    return repository.matching(session, workspace_id, text, limit)


def rename(session: Session, workspace_id: str, model_id: str, name: str) -> Published:
    """Give the model another name; its versions and deployments stay as they are."""
    model = _found(repository.get(session, workspace_id, model_id, lock=True), model_id)
    taken = NameTaken(f"There is a model named '{name}' already.", param="name")
    holder = repository.named(session, workspace_id, name)
    if holder is not None and holder.id != model.id:
        raise taken
    model.name = name
    try:
        session.flush()
    except IntegrityError as error:
        raise taken from error
    return get(session, workspace_id, model_id)


def delete(session: Session, store: Store, workspace_id: str, model_id: str) -> None:
    """Remove the model, its versions and their files, unless something still refers to one of them."""
    model = _found(repository.get(session, workspace_id, model_id, lock=True), model_id)
    keys = repository.storage_keys(session, workspace_id, model_id)
    in_use = ModelInUse(f"The model '{model.name}' is deployed.")
    session.delete(model)
    try:
        session.flush()
    except IntegrityError as error:
        raise in_use from error
    discard(session, store, keys)


def versions(
    session: Session, workspace_id: str, model_id: str, request: PageRequest
) -> tuple[Sequence[ModelVersion], str | None]:
    """Versions of a model, newest first."""
    _found(repository.get(session, workspace_id, model_id), model_id)
    return repository.versions(session, workspace_id, model_id, request)


def get_version(session: Session, workspace_id: str, model_id: str, number: int) -> Published:
    """One version by its model and number."""
    found = repository.version(session, workspace_id, model_id, number)
    if found is None:
        raise NotFound(f"There is no version {number} of a model '{model_id}'.")
    return Published(*found)


def get_version_by_id(
    session: Session, workspace_id: str, model_version_id: str, *, param: str | None = None
) -> Published:
    """One version by its id; `param` is the field of a request that named it."""
    found = repository.version_by_id(session, workspace_id, model_version_id)
    if found is None:
        raise NotFound(f"There is no model version '{model_version_id}'.", param=param)
    return Published(*found)


def newest_version(session: Session, workspace_id: str, model_name: str) -> ModelVersion | None:
    """The newest version of the model of that name; None if there is none yet."""
    model = repository.named(session, workspace_id, model_name)
    return None if model is None else repository.latest_versions(session, workspace_id, [model.id])[model.id]


def publish_version(
    session: Session,
    *,
    workspace_id: str,
    model_name: str,
    job_id: str,
    storage_key: str,
    manifest: ModelManifest,
    manifest_sha256: str,
) -> ModelVersion:
    """The next version of the model of that name, which is made if it is new. Once per job."""
    published = repository.version_of_job(session, workspace_id, job_id)
    if published is not None:
        return published
    first = Model(id=new_id("model"), workspace_id=workspace_id, name=model_name, task=manifest.task)
    model = repository.lock_or_create(session, first)
    if model.task is not manifest.task:
        # The name belongs to a model for something else: what was trained is kept, under a name that tells them apart.
        other = f"{model_name} ({manifest.task.value.replace('_', ' ')})"
        model = repository.lock_or_create(
            session, Model(id=new_id("model"), workspace_id=workspace_id, name=other, task=manifest.task)
        )
    model.latest_version += 1
    version = ModelVersion(
        id=new_id("mv"),
        workspace_id=workspace_id,
        model_id=model.id,
        number=model.latest_version,
        job_id=job_id,
        storage_key=storage_key,
        manifest_sha256=manifest_sha256,
        manifest=manifest.model_dump(mode="json", by_alias=True),
    )
    session.add(version)
    session.flush()
    return version


def _found(model: Model | None, model_id: str) -> Model:
    if model is None:
        raise NotFound(f"There is no model '{model_id}'.")
    return model
