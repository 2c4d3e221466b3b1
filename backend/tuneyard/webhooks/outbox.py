"""The outbox: an event is written to it in the transaction in which it happens, and sent until it has arrived."""

from typing import Any

from sqlalchemy.orm import Session

from tuneyard.kit.ids import new_id
from tuneyard.webhooks import repository
from tuneyard.webhooks.models import DeliveryStatus, WebhookDelivery, WebhookEvent


def announce(session: Session, workspace_id: str, event: WebhookEvent, data: dict[str, Any]) -> None:
    """Tell the webhooks of a workspace of an event, if the transaction in which it happens is committed.

    `data` has ids, names and states as JSON has them, and as `url` the path of a page.
    """
    message_id = new_id("msg")
    for webhook_id in repository.subscribed(session, workspace_id, event):
        put(session, workspace_id, webhook_id, message_id, event, data)


def put(
    session: Session, workspace_id: str, webhook_id: str, message_id: str, kind: str, data: dict[str, Any]
) -> WebhookDelivery:
    """Something to be sent to one webhook."""
    row = WebhookDelivery(
        id=new_id("dlv"),
        workspace_id=workspace_id,
        webhook_id=webhook_id,
        message_id=message_id,
        type=kind,
        data=data,
        status=DeliveryStatus.PENDING,
        next_attempt_at=repository.database_time(session),
    )
    session.add(row)
    session.flush()
    session.refresh(row)
    return row
