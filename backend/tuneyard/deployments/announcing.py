"""What webhooks are told of a deployment."""

from collections.abc import Sequence

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from tuneyard.deployments.models import Deployment, DeploymentStatus
from tuneyard.deployments.repository import Route
from tuneyard.webhooks import outbox
from tuneyard.webhooks.models import WebhookEvent


class DeploymentFacts(BaseModel):
    """What a webhook is told of a deployment."""

    id: str = Field(description="Id of the deployment.", examples=["dep_01k9f3w2m8q4t6v8x0z2b4d6f8"])
    name: str = Field(description="Its name.", examples=["support"])
    status: DeploymentStatus = Field(description="`ready` as long as any revision of it answers.")
    revision: int = Field(description="The revision that it is about.", examples=[2])
    model_version_ids: list[str] = Field(description="The versions of that revision.")
    url: str = Field(description="Its page.", examples=["https://tuneyard.example.com/deployments/support"])


def announce(
    session: Session, deployment: Deployment, routes: Sequence[Route], *, served: int | None, failed: bool
) -> None:
    """Tell what has become of the newest revision, with these routes, if that is new.

    `served` is the revision that took the traffic until now; `failed` says whether the failure was known.
    """
    if deployment.revision != served:
        event = WebhookEvent.DEPLOYMENT_READY if served is None else WebhookEvent.DEPLOYMENT_CHANGED
    elif deployment.error is not None and not failed:
        event = WebhookEvent.DEPLOYMENT_FAILED
    else:
        return
    facts = DeploymentFacts(
        id=deployment.id,
        name=deployment.name,
        status=deployment.status,
        revision=deployment.newest_revision,
        model_version_ids=[route.model_version_id for route in routes],
        url=f"/deployments/{deployment.name}",
    )
    outbox.announce(session, deployment.workspace_id, event, facts.model_dump(mode="json"))
