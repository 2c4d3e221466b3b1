"""What can be done with webhooks."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

import httpx
from sqlalchemy.orm import Session

from tuneyard.kit import clock
from tuneyard.kit.config import Networks, Settings
from tuneyard.kit.errors import NotFound
from tuneyard.kit.ids import new_id
from tuneyard.kit.pagination import PageRequest
from tuneyard.kit.sealing import seal
from tuneyard.webhooks import addresses, delivering, outbox, repository, signing
from tuneyard.webhooks.errors import PrivateAddress, TooManyWebhooks, UnusableAddress, WebhookOff
from tuneyard.webhooks.models import (
    TEST,
    DeliveryStatus,
    OffReason,
    Webhook,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEvent,
)

MOST_WEBHOOKS = 20
HIGHEST_PORT = 65535
OLD_SECRET_LIFE = timedelta(hours=24)

SecretOf = Callable[[str], bytes | None]
"""The secret of the webhook with an id, if it is not to be random."""


@dataclass(frozen=True)
class Delivery:
    """A delivery with every attempt at it, the first first."""

    row: WebhookDelivery
    attempts: Sequence[WebhookAttempt]


def create(
    session: Session,
    settings: Settings,
    workspace_id: str,
    *,
    url: str,
    events: Collection[WebhookEvent],
    secret_of: SecretOf,
) -> tuple[Webhook, bytes]:
    """A webhook and its secret, which can't be shown again. Raises UnusableAddress, PrivateAddress, TooManyWebhooks."""
    if repository.count(session, workspace_id) >= MOST_WEBHOOKS:
        raise TooManyWebhooks(f"A workspace has at most {MOST_WEBHOOKS} webhooks.")
    webhook_id = new_id("wh")
    secret = secret_of(webhook_id) or signing.new_secret()
    webhook = Webhook(
        id=webhook_id,
        workspace_id=workspace_id,
        url=usable(url, settings.webhook_networks),
        events=_in_order(events),
        secret=seal(settings.required("secret"), webhook_id, secret),
    )
    session.add(webhook)
    session.flush()
    session.refresh(webhook)
    return webhook, secret


def page(session: Session, workspace_id: str, request: PageRequest) -> tuple[Sequence[Webhook], str | None]:
    """Webhooks, newest first."""
    return repository.page(session, workspace_id, request)


def get(session: Session, workspace_id: str, webhook_id: str) -> Webhook:
    """One webhook. Raises NotFound."""
    return _found(repository.get(session, workspace_id, webhook_id), webhook_id)


def change(
    session: Session,
    settings: Settings,
    workspace_id: str,
    webhook_id: str,
    *,
    url: str | None,
    events: Collection[WebhookEvent] | None,
    enabled: bool | None,
) -> Webhook:
    """Change what is given. What still waits when it is switched off is given up."""
    webhook = _locked(session, workspace_id, webhook_id)
    if url is not None:
        webhook.url = usable(url, settings.webhook_networks)
    if events is not None:
        webhook.events = _in_order(events)
    if enabled is False:
        delivering.switch_off(session, webhook, OffReason.SWITCHED_OFF)
    elif enabled:
        webhook.off_since = webhook.off_reason = webhook.failing_since = None
    session.flush()
    return webhook


def remove(session: Session, workspace_id: str, webhook_id: str) -> None:
    """Remove a webhook with its log."""
    session.delete(get(session, workspace_id, webhook_id))
    session.flush()


def rotate(
    session: Session, settings: Settings, workspace_id: str, webhook_id: str, secret_of: SecretOf
) -> tuple[Webhook, bytes]:
    """A new secret; for a day both sign, so that the receiver can change over without missing anything."""
    webhook = _locked(session, workspace_id, webhook_id)
    secret = secret_of(webhook_id) or signing.new_secret()
    webhook.old_secret, webhook.old_secret_until = webhook.secret, clock.now() + OLD_SECRET_LIFE
    webhook.secret = seal(settings.required("secret"), webhook_id, secret)
    session.flush()
    return webhook, secret


def deliveries(
    session: Session, workspace_id: str, webhook_id: str, request: PageRequest, status: DeliveryStatus | None
) -> tuple[list[Delivery], str | None]:
    """What was sent to a webhook, or is to be, newest first."""
    get(session, workspace_id, webhook_id)
    rows, cursor = repository.deliveries(session, workspace_id, webhook_id, request, status)
    return _with_attempts(session, workspace_id, rows), cursor


def delivery(session: Session, workspace_id: str, webhook_id: str, delivery_id: str) -> Delivery:
    """One delivery. Raises NotFound."""
    row = repository.delivery(session, workspace_id, webhook_id, delivery_id)
    return _with_attempts(session, workspace_id, [_found_delivery(row, delivery_id)])[0]


def send_test(session: Session, workspace_id: str, webhook_id: str) -> Delivery:
    """Something to try a receiver with. Raises WebhookOff."""
    webhook = _locked(session, workspace_id, webhook_id)
    _refuse_off(webhook)
    data = {"id": webhook.id, "url": f"/settings/webhooks/{webhook.id}"}
    return Delivery(outbox.put(session, workspace_id, webhook.id, new_id("msg"), TEST, data), [])


def resend(session: Session, workspace_id: str, webhook_id: str, delivery_id: str) -> Delivery:
    """Send it at once, and as often as if it had just happened. Raises WebhookOff."""
    _refuse_off(_locked(session, workspace_id, webhook_id))
    row = _found_delivery(repository.delivery(session, workspace_id, webhook_id, delivery_id, lock=True), delivery_id)
    now = repository.database_time(session)
    row.status, row.tries, row.next_attempt_at = DeliveryStatus.PENDING, 0, now
    session.flush()
    return _with_attempts(session, workspace_id, [row])[0]


def usable(url: str, networks: Networks) -> str:
    """An address that can be called, as it is kept. Names are looked up when something is sent.

    Raises UnusableAddress, PrivateAddress.
    """
    try:
        parsed = httpx.URL(url.strip()).copy_with(fragment=None)
        host = parsed.host
    # It looks at how a name with other letters is encoded only when it is read.
    except (httpx.InvalidURL, UnicodeError) as error:
        raise UnusableAddress(f"This is no address: {error}.", param="url") from error
    if parsed.scheme not in ("http", "https") or not host:
        raise UnusableAddress("The address must begin with https:// or http:// and name a host.", param="url")
    if parsed.port is not None and not 0 < parsed.port <= HIGHEST_PORT:
        raise UnusableAddress(f"There is no port {parsed.port}.", param="url")
    if parsed.userinfo:
        raise UnusableAddress(
            "A password in the address is not sent.", param="url", hint="Let the receiver check the signature."
        )
    address = addresses.written(parsed.raw_host.decode())
    if address is not None and not addresses.may_be_called(address, networks):
        raise PrivateAddress(f"{host} is not a public address.", param="url")
    return str(parsed)


def _in_order(events: Collection[WebhookEvent]) -> list[str]:
    return [event.value for event in WebhookEvent if event in events]


def _with_attempts(session: Session, workspace_id: str, rows: Sequence[WebhookDelivery]) -> list[Delivery]:
    of: dict[str, list[WebhookAttempt]] = defaultdict(list)
    for attempt in repository.attempts(session, workspace_id, [row.id for row in rows]):
        of[attempt.delivery_id].append(attempt)
    return [Delivery(row, of[row.id]) for row in rows]


def _locked(session: Session, workspace_id: str, webhook_id: str) -> Webhook:
    return _found(repository.get(session, workspace_id, webhook_id, lock=True), webhook_id)


def _refuse_off(webhook: Webhook) -> None:
    if webhook.off_since is not None:
        raise WebhookOff("The webhook is off, so nothing is sent to it.")


def _found(webhook: Webhook | None, webhook_id: str) -> Webhook:
    if webhook is None:
        raise NotFound(f"There is no webhook '{webhook_id}'.")
    return webhook


def _found_delivery(row: WebhookDelivery | None, delivery_id: str) -> WebhookDelivery:
    if row is None:
        raise NotFound(f"There is no delivery '{delivery_id}'.")
    return row
