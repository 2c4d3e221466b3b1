"""Queries about webhooks and what is sent to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from tuneyard.kit.pagination import PageRequest, fetch_page
from tuneyard.webhooks.models import DeliveryStatus, Webhook, WebhookAttempt, WebhookDelivery, WebhookEvent

NOW = func.clock_timestamp()


def page(session: Session, workspace_id: str, request: PageRequest) -> tuple[Sequence[Webhook], str | None]:
    return fetch_page(session, select(Webhook).where(Webhook.workspace_id == workspace_id), Webhook.id, request)


def count(session: Session, workspace_id: str) -> int:
    query = select(func.count()).select_from(Webhook).where(Webhook.workspace_id == workspace_id)
    return session.scalars(query).one()


def get(session: Session, workspace_id: str, webhook_id: str, *, lock: bool = False) -> Webhook | None:
    """With `lock` for changing it; events that happen meanwhile need not wait for that."""
    query = select(Webhook).where(Webhook.workspace_id == workspace_id, Webhook.id == webhook_id)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def subscribed(session: Session, workspace_id: str, event: WebhookEvent) -> Sequence[str]:
    """Ids of the webhooks that are told of an event; none of them can be deleted until this transaction has ended."""
    query = (
        select(Webhook.id)
        .where(Webhook.workspace_id == workspace_id, Webhook.off_since.is_(None), Webhook.events.contains([event]))
        .order_by(Webhook.id)
        .with_for_update(read=True, key_share=True)
    )
    return session.scalars(query).all()


def deliveries(
    session: Session, workspace_id: str, webhook_id: str, request: PageRequest, status: DeliveryStatus | None
) -> tuple[Sequence[WebhookDelivery], str | None]:
    query = select(WebhookDelivery).where(
        WebhookDelivery.workspace_id == workspace_id, WebhookDelivery.webhook_id == webhook_id
    )
    if status is not None:
        query = query.where(WebhookDelivery.status == status)
    return fetch_page(session, query, WebhookDelivery.id, request)


def delivery(
    session: Session, workspace_id: str, webhook_id: str, delivery_id: str, *, lock: bool = False
) -> WebhookDelivery | None:
    query = select(WebhookDelivery).where(
        WebhookDelivery.workspace_id == workspace_id,
        WebhookDelivery.webhook_id == webhook_id,
        WebhookDelivery.id == delivery_id,
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def attempts(session: Session, workspace_id: str, delivery_ids: Sequence[str]) -> Sequence[WebhookAttempt]:
    """Those of these deliveries, the first first."""
    query = select(WebhookAttempt).where(
        WebhookAttempt.workspace_id == workspace_id, WebhookAttempt.delivery_id.in_(delivery_ids)
    )
    return session.scalars(query.order_by(WebhookAttempt.id)).all()


def give_up_pending(session: Session, workspace_id: str, webhook_id: str) -> None:
    """Nothing that still waits is sent."""
    change = update(WebhookDelivery).where(
        WebhookDelivery.workspace_id == workspace_id,
        WebhookDelivery.webhook_id == webhook_id,
        WebhookDelivery.status == DeliveryStatus.PENDING,
    )
    session.execute(change.values(status=DeliveryStatus.FAILED, next_attempt_at=None))


@dataclass(frozen=True)
class DueWebhook:
    """A webhook that something is to be sent to now."""

    id: str
    workspace_id: str
    failing: bool


def due(session: Session) -> Sequence[DueWebhook]:
    """Those of all workspaces, who has waited longest first; in a transaction of the engine."""
    query = (
        select(Webhook.id, Webhook.workspace_id, Webhook.failing_since.is_not(None))
        .join(WebhookDelivery, WebhookDelivery.webhook_id == Webhook.id)
        .where(
            Webhook.off_since.is_(None),
            WebhookDelivery.status == DeliveryStatus.PENDING,
            WebhookDelivery.next_attempt_at <= NOW,
        )
        .group_by(Webhook.id)
        .order_by(func.min(WebhookDelivery.next_attempt_at))
    )
    return [DueWebhook(*row) for row in session.execute(query)]


def take(session: Session, workspace_id: str, webhook_id: str, lease: timedelta) -> WebhookDelivery | None:
    """The next delivery that is due, for the time of the lease; counted as tried. What somebody takes now is passed."""
    due = (
        select(WebhookDelivery.id)
        .where(
            WebhookDelivery.workspace_id == workspace_id,
            WebhookDelivery.webhook_id == webhook_id,
            WebhookDelivery.status == DeliveryStatus.PENDING,
            WebhookDelivery.next_attempt_at <= NOW,
        )
        .order_by(WebhookDelivery.next_attempt_at, WebhookDelivery.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        # Looked up once: as a subquery it may be run again for each row.
        .cte("due")
        .prefix_with("MATERIALIZED")
    )
    taken = (
        update(WebhookDelivery)
        .where(WebhookDelivery.id.in_(select(due.c.id)))
        .values(tries=WebhookDelivery.tries + 1, next_attempt_at=NOW + lease)
        .returning(WebhookDelivery)
        .execution_options(synchronize_session=False)
    )
    return session.scalars(taken).one_or_none()


def database_time(session: Session) -> datetime:
    now: datetime = session.execute(select(NOW)).scalar_one()
    return now


def forget_deliveries(session: Session, before: datetime) -> int:
    """Remove what is over and happened before then, with its attempts; in a transaction of the engine."""
    over = delete(WebhookDelivery).where(
        WebhookDelivery.status != DeliveryStatus.PENDING, WebhookDelivery.created_at < before
    )
    return len(session.scalars(over.returning(WebhookDelivery.id)).all())
