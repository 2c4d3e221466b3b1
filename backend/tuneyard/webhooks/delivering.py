"""What is sent next, and what follows from how it went: the way of a delivery out of the outbox."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.orm import Session

from tuneyard.kit import clock
from tuneyard.kit.config import Settings
from tuneyard.kit.ids import new_id
from tuneyard.kit.sealing import Unreadable, unseal
from tuneyard.webhooks import repository
from tuneyard.webhooks.calling import Answer
from tuneyard.webhooks.models import (
    TEST,
    DeliveryStatus,
    OffReason,
    Webhook,
    WebhookAttempt,
    WebhookDelivery,
)
from tuneyard.webhooks.repository import DueWebhook

log = structlog.get_logger()

# How long after each failed try the next one comes: three days in all.
DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
# Up to so much longer, so that what failed together does not come back together.
JITTER = 0.2
LONGEST_WAIT = timedelta(hours=24)
# Whoever has not told what came of an attempt by then is taken for dead, and it is made again.
LEASE = timedelta(minutes=2)
# A webhook is switched off when a delivery is given up, and nothing else has arrived for so long either.
MOST_FAILING = timedelta(days=3)
GONE = 410


@dataclass(frozen=True)
class Message:
    """What is sent in one attempt; without `keys` it can't be signed."""

    delivery_id: str
    webhook_id: str
    workspace_id: str
    id: str
    tries: int
    url: str
    body: bytes
    keys: Sequence[bytes]


def payload(delivery: WebhookDelivery, settings: Settings) -> dict[str, Any]:
    """What a receiver gets, by the address at which people see this server."""
    page = (settings.public_url or settings.api_url).rstrip("/") + delivery.data["url"]
    return {
        "type": delivery.type,
        "timestamp": delivery.created_at.isoformat().replace("+00:00", "Z"),
        "data": delivery.data | {"url": page},
    }


def due(session: Session) -> Sequence[DueWebhook]:
    """Webhooks that something is to be sent to now, in a transaction of the engine."""
    return repository.due(session)


def take(session: Session, settings: Settings, due: DueWebhook) -> Message | None:
    """The next message for a webhook; None if none is due."""
    webhook = repository.get(session, due.workspace_id, due.id)
    if webhook is None or webhook.off_since is not None:
        return None
    delivery = repository.take(session, due.workspace_id, due.id, LEASE)
    if delivery is None:
        return None
    return Message(
        delivery_id=delivery.id,
        webhook_id=webhook.id,
        workspace_id=webhook.workspace_id,
        id=delivery.message_id,
        tries=delivery.tries,
        url=webhook.url,
        body=json.dumps(payload(delivery, settings), ensure_ascii=False, separators=(",", ":")).encode(),
        keys=_keys(webhook, settings.required("secret")),
    )


def record(session: Session, message: Message, answer: Answer) -> None:
    """Store what came of an attempt, and what follows from it for the delivery and the webhook."""
    # The webhook first: in that order it is switched off by hand too.
    webhook = repository.get(session, message.workspace_id, message.webhook_id, lock=True)
    delivery = repository.delivery(session, message.workspace_id, message.webhook_id, message.delivery_id, lock=True)
    if webhook is None or delivery is None:
        return
    session.add(
        WebhookAttempt(
            id=new_id("whatt"),
            workspace_id=message.workspace_id,
            delivery_id=delivery.id,
            at=clock.now() - timedelta(seconds=answer.seconds),
            seconds=answer.seconds,
            status_code=answer.status_code,
            answer=answer.text,
            error=answer.error,
        )
    )
    now = repository.database_time(session)
    if answer.delivered:
        delivery.status, delivery.next_attempt_at = DeliveryStatus.SUCCEEDED, None
        webhook.delivered_at, webhook.failing_since = now, None
        return
    webhook.failing_since = webhook.failing_since or now
    # Who has sent it again, or given it up, meanwhile has the say.
    if delivery.status == DeliveryStatus.PENDING and delivery.tries == message.tries:
        wait = _wait(delivery, answer.retry_after)
        delivery.next_attempt_at = now + wait if wait else None
        delivery.status = DeliveryStatus.PENDING if wait else DeliveryStatus.FAILED
    session.flush()
    if answer.status_code == GONE:
        switch_off(session, webhook, OffReason.GONE)
    elif _is_hopeless(webhook, delivery, now):
        switch_off(session, webhook, OffReason.FAILING)


def _is_hopeless(webhook: Webhook, delivery: WebhookDelivery, now: datetime) -> bool:
    """Whether a delivery was given up, and nothing else has arrived for days. A test says nothing about days."""
    given_up = delivery.status == DeliveryStatus.FAILED and delivery.type != TEST
    return given_up and webhook.failing_since is not None and now - webhook.failing_since > MOST_FAILING


def switch_off(session: Session, webhook: Webhook, reason: OffReason) -> None:
    """Send nothing to it from now on, not what still waits either; the row must be locked by this transaction."""
    if webhook.off_since is None:
        webhook.off_since, webhook.off_reason = repository.database_time(session), reason
        log.warning("webhook.off", webhook_id=webhook.id, reason=reason.value)
    repository.give_up_pending(session, webhook.workspace_id, webhook.id)


def _wait(delivery: WebhookDelivery, wanted_seconds: int | None) -> timedelta | None:
    """How long until the next try; None if there is none. Who tests waits for an answer, and tries again by hand."""
    if delivery.type == TEST or delivery.tries > len(DELAYS):
        return None
    usual = DELAYS[delivery.tries - 1] * random.uniform(1, 1 + JITTER)  # noqa: S311 - guards nothing
    return max(usual, min(timedelta(seconds=wanted_seconds or 0), LONGEST_WAIT))


def _keys(webhook: Webhook, secret: str) -> list[bytes]:
    """What a message is signed with: the secret, and for a day the one before; nothing that can't be read."""
    sealed = [webhook.secret]
    if webhook.old_secret is not None and webhook.old_secret_until and webhook.old_secret_until > clock.now():
        sealed.append(webhook.old_secret)
    keys = []
    for each in sealed:
        try:
            keys.append(unseal(secret, webhook.id, each))
        except Unreadable:
            log.warning("webhook.secret_unreadable", webhook_id=webhook.id)
    return keys
