"""Webhooks as the REST API shows them."""

from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from tuneyard.webhooks.models import DeliveryStatus, OffReason, WebhookEvent

URL_EXAMPLE = "https://example.com/hooks/tuneyard"
LONGEST_URL = 2000
PAYLOAD_EXAMPLE: dict[str, Any] = {
    "type": "job.succeeded",
    "timestamp": "2026-11-25T18:30:00.120000Z",
    "data": {
        "id": "job_01k9f3w2m8q4t6v8x0z2b4d6f8",
        "kind": "fine_tune",
        "name": "Support tickets",
        "status": "succeeded",
        "dataset_id": "ds_01k9f3w2m8q4t6v8x0z2b4d6f8",
        "model_version_id": "mv_01k9f3w2m8q4t6v8x0z2b4d6f8",
        "url": "https://tuneyard.example.com/jobs/job_01k9f3w2m8q4t6v8x0z2b4d6f8",
    },
}


class WebhookCreate(BaseModel):
    """Where to send what."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"url": URL_EXAMPLE, "events": ["job.succeeded"]}]}
    )

    url: str = Field(
        min_length=1,
        max_length=LONGEST_URL,
        description="Address that gets a POST, on the internet or in a network that the operator allows.",
        examples=[URL_EXAMPLE],
    )
    events: list[WebhookEvent] = Field(
        min_length=1, max_length=len(WebhookEvent), description="What it is told of; see docs/webhooks.md."
    )


class WebhookChange(BaseModel):
    """What is given is changed."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"enabled": True}]})

    url: str | None = Field(None, min_length=1, max_length=LONGEST_URL, description="Another address.")
    events: list[WebhookEvent] | None = Field(
        None, min_length=1, max_length=len(WebhookEvent), description="All that it is told of from now on."
    )
    enabled: bool | None = Field(
        None, description="False: nothing is sent, and what still waits is given up. True: events are sent again."
    )


class WebhookRead(BaseModel):
    id: str = Field(description="Id of the webhook.", examples=["wh_01k9f3w2m8q4t6v8x0z2b4d6f8"])
    url: str = Field(description="Address that gets a POST.", examples=[URL_EXAMPLE])
    events: list[WebhookEvent] = Field(description="What it is told of.")
    enabled: bool = Field(description="Whether anything is sent.")
    off_reason: OffReason | None = Field(
        description="Why nothing is sent: somebody has switched it off, it has answered 410, or nothing has arrived "
        "for three days."
    )
    off_since: datetime | None = Field(description="Since when nothing is sent.")
    failing_since: datetime | None = Field(
        description="The first failed attempt since something was delivered; null if the last one was."
    )
    delivered_at: datetime | None = Field(description="When something was last delivered; null for never.")
    old_secret_until: datetime | None = Field(
        description="Until then messages are signed with the secret before this one too; null if there is none."
    )
    created_at: datetime = Field(description="When it was made.")


class WebhookWithSecret(WebhookRead):
    secret: str = Field(
        description="What signatures are checked with. It is shown this once.",
        examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="],
    )


class DeliveryAttempt(BaseModel):
    """One try to deliver it."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime = Field(description="When it began.")
    seconds: float = Field(description="How long it took.")
    status_code: int | None = Field(description="Status of the answer; null if there was none.", examples=[204])
    answer: str | None = Field(description="How the answer begins, at most 1,024 bytes.", examples=["ok"])
    error: dict[str, str] | None = Field(
        description="Why there was no answer, as `code` and `message`, with the machine's own words as `cause`; "
        "null if there was one.",
        examples=[{"code": "timeout", "message": "There was no answer in time: it has 15 seconds.", "cause": ""}],
    )


class DeliveryRead(BaseModel):
    """An event on its way to a webhook."""

    id: str = Field(description="Id of the delivery.", examples=["dlv_01k9f3w2m8q4t6v8x0z2b4d6f8"])
    message_id: str = Field(
        description="What receivers get as `webhook-id`: the same in every attempt.",
        examples=["msg_01k9f3w2m8q4t6v8x0z2b4d6f8"],
    )
    type: WebhookEvent | Literal["webhook.test"] = Field(description="What happened.", examples=["job.succeeded"])
    status: DeliveryStatus = Field(
        description="`pending` until a receiver has answered with a status of 200 to 299, or it was given up."
    )
    created_at: datetime = Field(description="When it happened.")
    next_attempt_at: datetime | None = Field(description="When it is tried next; null once it is over.")
    payload: dict[str, Any] = Field(description="What is sent.", examples=[PAYLOAD_EXAMPLE])
    attempts: list[DeliveryAttempt] = Field(description="Every attempt so far, the first first.")


Facts = TypeVar("Facts", bound=BaseModel)


class Message(BaseModel, Generic[Facts]):
    """What a receiver gets."""

    type: WebhookEvent = Field(description="What happened.")
    timestamp: datetime = Field(description="When it happened; `webhook-timestamp` is when it is sent.")
    data: Facts = Field(description="What it happened to.")
