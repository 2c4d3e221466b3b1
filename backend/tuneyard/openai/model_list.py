"""What a request can name as its `model`: the deployments of the workspace, then the base models that are here."""

from sqlalchemy.orm import Session

from tuneyard.base_models import service as base_models
from tuneyard.base_models.importing import BaseModelManifest
from tuneyard.deployments import service as deployments
from tuneyard.deployments.models import Deployment
from tuneyard.kit.errors import NotFound
from tuneyard.kit.storage import Store
from tuneyard.openai.errors import BaseModelKept, ModelNotFound
from tuneyard.openai.files import seconds
from tuneyard.openai.models_schemas import ModelsQuery, OpenAIModel

OWNER = "tuneyard"


def page(session: Session, store: Store, workspace_id: str, query: ModelsQuery) -> tuple[list[OpenAIModel], bool]:
    """Deployments that answer, newest first, then base models; and whether there are more. Raises ModelNotFound."""
    bases = [base_read(manifest) for manifest in installed(store)]
    ids = [model.id for model in bases]
    if query.after in ids:
        bases = bases[ids.index(query.after) + 1 :]
        return bases[: query.limit], len(bases) > query.limit
    before = None
    if query.after is not None:
        try:
            before = deployments.find(session, workspace_id, query.after).id
        except NotFound as error:
            raise unknown(query.after, "after") from error
    found = deployments.answering(session, workspace_id, before, query.limit + 1)
    models = [*map(model_read, found), *bases]
    return models[: query.limit], len(models) > query.limit


def get(session: Session, store: Store, workspace_id: str, name: str) -> OpenAIModel:
    """A deployment, or else a base model. Raises ModelNotFound."""
    try:
        return model_read(deployments.find(session, workspace_id, name))
    except NotFound as error:
        for manifest in installed(store):
            if manifest.entry.id == name:
                return base_read(manifest)
        raise unknown(name, "model") from error


def refuse_base(session: Session, store: Store, workspace_id: str, name: str) -> None:
    """Raises BaseModelKept for a base model, ModelNotFound for a name that nothing has."""
    if get(session, store, workspace_id, name).owned_by == OWNER:
        raise BaseModelKept(f"The base model '{name}' can't be deleted.", param="model")


def installed(store: Store) -> list[BaseModelManifest]:
    """The base models in the store."""
    return [listed.manifest for listed in base_models.listing(store) if listed.manifest]


def model_read(deployment: Deployment) -> OpenAIModel:
    return OpenAIModel(id=deployment.name, created=seconds(deployment.created_at), owned_by=deployment.workspace_id)


def base_read(manifest: BaseModelManifest) -> OpenAIModel:
    return OpenAIModel(id=manifest.entry.id, created=seconds(manifest.created_at), owned_by=OWNER)


def unknown(name: str, param: str) -> ModelNotFound:
    return ModelNotFound(f"There is no model '{name}'.", param=param)
