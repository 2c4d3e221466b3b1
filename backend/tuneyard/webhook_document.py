"""What the OpenAPI document says of the requests that receivers of webhooks get."""

from typing import Any

from fastapi import APIRouter

from tuneyard.deployments.announcing import DeploymentFacts
from tuneyard.jobs.announcing import JobFacts
from tuneyard.webhooks.models import WebhookEvent
from tuneyard.webhooks.schemas import Message

WHEN: dict[WebhookEvent, str] = {
    WebhookEvent.JOB_SUCCEEDED: "A job is done",
    WebhookEvent.JOB_FAILED: "A job has failed",
    WebhookEvent.JOB_CANCELLED: "A job was stopped",
    WebhookEvent.JOB_PAUSED: "A job is paused",
    WebhookEvent.DEPLOYMENT_READY: "A new deployment takes requests",
    WebhookEvent.DEPLOYMENT_CHANGED: "Another revision takes the requests",
    WebhookEvent.DEPLOYMENT_FAILED: "The newest revision has not passed its check",
}

OTHERWISE: dict[int | str, dict[str, Any]] = {
    "default": {"description": "Any status but 200 to 299 counts as failed, and it is sent again."}
}


def describe(router: APIRouter) -> None:
    """Add every event to the webhooks of the document."""
    for event, summary in WHEN.items():
        told = job if event.startswith("job.") else deployment
        router.add_api_route(
            event, told, methods=["POST"], summary=summary, status_code=204, tags=["webhooks"], responses=OTHERWISE
        )


def job(message: Message[JobFacts]) -> None:
    """Sent to webhooks that are told of it; see docs/webhooks.md."""


def deployment(message: Message[DeploymentFacts]) -> None:
    """Sent to webhooks that are told of it; see docs/webhooks.md."""
