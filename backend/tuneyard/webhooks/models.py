"""Webhooks, what is to be sent to them (an outbox, written to as things happen), and each attempt at it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, SmallInteger, func, text
from sqlalchemy.orm import Mapped, mapped_column

from tuneyard.kit.db import Base, Created
from tuneyard.kit.tenancy import WorkspaceRow, tenant_key, tenant_reference, workspace_reference


class WebhookEvent(StrEnum):
    """What a webhook can be told of."""

    JOB_SUCCEEDED = "job.succeeded"
    JOB_FAILED = "job.failed"
    JOB_CANCELLED = "job.cancelled"
    JOB_PAUSED = "job.paused"
    DEPLOYMENT_READY = "deployment.ready"
    DEPLOYMENT_CHANGED = "deployment.changed"
    DEPLOYMENT_FAILED = "deployment.failed"


TEST = "webhook.test"
"""Sent when somebody asks for it, to webhooks of any events."""


class OffReason(StrEnum):
    """Why nothing is sent to a webhook."""

    SWITCHED_OFF = "switched_off"
    GONE = "gone"
    FAILING = "failing"


class DeliveryStatus(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


PENDING = "status = 'pending'"


class Webhook(WorkspaceRow, Base, Created):
    __tablename__ = "webhooks"
    __table_args__ = (
        tenant_key(),
        workspace_reference(),
        CheckConstraint("(off_since IS NULL) = (off_reason IS NULL)", name="off"),
        CheckConstraint("(old_secret IS NULL) = (old_secret_until IS NULL)", name="old_secret"),
    )

    url: Mapped[str]
    events: Mapped[list[str]] = mapped_column(comment="Values of WebhookEvent.")
    secret: Mapped[bytes] = mapped_column(comment="Sealed, at the place of its id.")
    old_secret: Mapped[bytes | None] = mapped_column(comment="The one before, likewise.")
    old_secret_until: Mapped[datetime | None] = mapped_column(comment="Until then both sign.")
    off_since: Mapped[datetime | None]
    off_reason: Mapped[OffReason | None]
    failing_since: Mapped[datetime | None] = mapped_column(comment="The first failure since something was delivered.")
    delivered_at: Mapped[datetime | None] = mapped_column(comment="When something was last delivered.")


class WebhookDelivery(WorkspaceRow, Base, Created):
    """One event on its way to one webhook; `created_at` is when it happened."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        tenant_key(),
        workspace_reference(),
        tenant_reference("webhook_id", "webhooks", ondelete="CASCADE"),
        CheckConstraint("(status = 'pending') = (next_attempt_at IS NOT NULL)", name="next_attempt"),
        Index(None, "workspace_id", "webhook_id", "id"),
        Index("ix_webhook_deliveries_due", "next_attempt_at", postgresql_where=text(PENDING)),
    )

    webhook_id: Mapped[str]
    message_id: Mapped[str] = mapped_column(comment="The same for all webhooks that are told of an event.")
    type: Mapped[str] = mapped_column(comment="A WebhookEvent, or TEST.")
    data: Mapped[dict[str, Any]] = mapped_column(comment="Of the payload; its url is a path of this server.")
    status: Mapped[DeliveryStatus]
    tries: Mapped[int] = mapped_column(server_default="0", comment="Since it happened, or was last sent again by hand.")
    next_attempt_at: Mapped[datetime | None] = mapped_column(
        comment="During an attempt: when it is taken for broken off."
    )


class WebhookAttempt(WorkspaceRow, Base):
    __tablename__ = "webhook_attempts"
    __table_args__ = (
        tenant_key(),
        workspace_reference(),
        tenant_reference("delivery_id", "webhook_deliveries", ondelete="CASCADE"),
        Index(None, "workspace_id", "delivery_id"),
    )

    delivery_id: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    seconds: Mapped[float]
    status_code: Mapped[int | None] = mapped_column(SmallInteger, comment="Of the answer; null if there was none.")
    answer: Mapped[str | None] = mapped_column(comment="How the answer begins.")
    error: Mapped[dict[str, Any] | None] = mapped_column(comment="{code, message}: why there was no answer.")
