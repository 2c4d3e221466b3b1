"""Routes of base models. They belong to the installation, not to a workspace.

They live above the base models, because whether one fits is up to the workers.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Path

from tuneyard.auth.dependencies import SystemSessionDep, requires
from tuneyard.auth.models import Scope
from tuneyard.base_models import requirements, service
from tuneyard.base_models.catalogue import DEFAULTS
from tuneyard.base_models.machines import Machine
from tuneyard.base_models.schemas import BaseModelRead, MemoryRead
from tuneyard.jobs.fitting import machines_that_train
from tuneyard.kit.pagination import Page
from tuneyard.kit.services import ServicesDep
from tuneyard.kit.web import LARGEST_BODY, documented

router = APIRouter(prefix="/base-models", tags=["base models"], max_body_size=LARGEST_BODY)
READ = [Depends(requires(Scope.READ))]


@router.get("", response_model=Page[BaseModelRead], summary="List base models", dependencies=READ)
def list_base_models(session: SystemSessionDep, services: ServicesDep) -> Page[BaseModelRead]:
    """The catalogue and whatever else was imported: what can be taught, what it needs and whether it is here."""
    machines = machines_that_train(session)
    return Page(data=[shown(listed, machines) for listed in service.listing(services.store)], next_cursor=None)


@router.get(
    "/{base_model_id}",
    response_model=BaseModelRead,
    summary="Get a base model",
    dependencies=READ,
    responses=documented(404),
)
def get_base_model(
    base_model_id: Annotated[str, Path(description="Id of the base model.")],
    session: SystemSessionDep,
    services: ServicesDep,
) -> BaseModelRead:
    """One base model."""
    return shown(service.get(services.store, base_model_id), machines_that_train(session))


def shown(listed: service.Listed, machines: Sequence[Machine]) -> BaseModelRead:
    """A base model, judged for these machines."""
    entry = listed.entry
    fits, reason = requirements.fit(entry, machines)
    return BaseModelRead(
        **entry.model_dump(exclude={"source", "layers", "hidden_size"}),
        default=entry.id in DEFAULTS.values(),
        installed=listed.installed,
        download_bytes=entry.download_bytes,
        source=listed.source,
        memory=MemoryRead(**asdict(requirements.memory_need(entry))),
        fits=fits,
        fits_reason=reason,
    )
