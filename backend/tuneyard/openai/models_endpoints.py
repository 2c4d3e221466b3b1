"""`/v1/models`: what can be asked."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from tuneyard.auth.dependencies import CallerDep, SessionDep, requires
from tuneyard.auth.models import Scope
from tuneyard.deployments.endpoints import AnnounceDep
from tuneyard.kit.services import ServicesDep
from tuneyard.kit.web import LARGEST_BODY, documented
from tuneyard.openai import model_list
from tuneyard.openai.lists import OpenAIList
from tuneyard.openai.models_schemas import ModelDeleted, ModelsQuery, OpenAIModel
from tuneyard.openai.route import OpenAIRoute
from tuneyard.predictions import service as predictions

router = APIRouter(prefix="/models", tags=["openai"], route_class=OpenAIRoute, max_body_size=LARGEST_BODY)
PREDICT = [Depends(requires(Scope.PREDICT))]
WRITE = [Depends(requires(Scope.WRITE))]


@router.get(
    "", summary="List the models that can be named", response_model=OpenAIList[OpenAIModel], dependencies=PREDICT
)
def list_models(
    query: Annotated[ModelsQuery, Query()], caller: CallerDep, session: SessionDep, services: ServicesDep
) -> OpenAIList[OpenAIModel]:
    """Deployments that answer, newest first, then the base models of this installation."""
    found, more = model_list.page(session, services.store, caller.workspace_id, query)
    ids = [model.id for model in found]
    return OpenAIList[OpenAIModel](
        data=found, first_id=ids[0] if ids else None, last_id=ids[-1] if ids else None, has_more=more
    )


@router.get(
    "/{name}", summary="Show a model", response_model=OpenAIModel, dependencies=PREDICT, responses=documented(404)
)
def get_model(name: str, caller: CallerDep, session: SessionDep, services: ServicesDep) -> OpenAIModel:
    return model_list.get(session, services.store, caller.workspace_id, name)


@router.delete(
    "/{name}",
    summary="Delete a deployed model",
    response_model=ModelDeleted,
    dependencies=WRITE,
    responses=documented(403, 404),
)
def delete_model(
    name: str, caller: CallerDep, session: SessionDep, services: ServicesDep, announce: AnnounceDep
) -> ModelDeleted:
    """Its deployment goes, with its batches; the model version stays in the registry."""
    model_list.refuse_base(session, services.store, caller.workspace_id, name)
    predictions.delete_deployment(session, announce, services.store, caller.workspace_id, name)
    return ModelDeleted(id=name)
