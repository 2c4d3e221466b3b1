"""Routes of webhooks."""

import base64
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from tuneyard.auth.dependencies import CallerDep, SessionDep, requires
from tuneyard.auth.models import Scope
from tuneyard.auth.repeating import ManualOnceDep, Once, OnceDep
from tuneyard.kit.config import Settings
from tuneyard.kit.pagination import Page, PageQuery
from tuneyard.kit.services import ServicesDep
from tuneyard.kit.web import LARGEST_BODY, Replay, documented
from tuneyard.webhooks import delivering, service, signing
from tuneyard.webhooks.models import DeliveryStatus, Webhook
from tuneyard.webhooks.schemas import (
    DeliveryAttempt,
    DeliveryRead,
    WebhookChange,
    WebhookCreate,
    WebhookRead,
    WebhookWithSecret,
)
from tuneyard.webhooks.service import Delivery, SecretOf

router = APIRouter(
    prefix="/webhooks", tags=["webhooks"], max_body_size=LARGEST_BODY, dependencies=[Depends(requires(Scope.ADMIN))]
)


@router.post("", status_code=201, response_model=WebhookWithSecret, summary="Add a webhook")
def create_webhook(
    body: WebhookCreate, caller: CallerDep, session: SessionDep, services: ServicesDep, once: ManualOnceDep
) -> WebhookWithSecret:
    """The answer has the secret that signatures are checked with; a new one can be had, this one not again."""
    settings = services.settings
    secret_of = _secret_of(once, settings, "webhook")
    _replay(once, body.model_dump_json(), secret_of, 201)
    made, secret = service.create(
        session, settings, caller.workspace_id, url=body.url, events=body.events, secret_of=secret_of
    )
    return once.keep(session, _with_secret(webhook_read(made), secret), without="secret")


@router.get("", response_model=Page[WebhookRead], summary="List webhooks")
def list_webhooks(page: PageQuery, caller: CallerDep, session: SessionDep) -> Page[WebhookRead]:
    """Those of the workspace, and how they do."""
    found, cursor = service.page(session, caller.workspace_id, page)
    return Page(data=[webhook_read(row) for row in found], next_cursor=cursor)


@router.get("/{webhook_id}", response_model=WebhookRead, responses=documented(404), summary="Show a webhook")
def get_webhook(webhook_id: str, caller: CallerDep, session: SessionDep) -> WebhookRead:
    """Without its secret."""
    return webhook_read(service.get(session, caller.workspace_id, webhook_id))


@router.patch("/{webhook_id}", response_model=WebhookRead, responses=documented(404), summary="Change a webhook")
def change_webhook(
    webhook_id: str, body: WebhookChange, caller: CallerDep, session: SessionDep, services: ServicesDep
) -> WebhookRead:
    """Its address, its events, or whether it is on."""
    changed = service.change(
        session,
        services.settings,
        caller.workspace_id,
        webhook_id,
        url=body.url,
        events=body.events,
        enabled=body.enabled,
    )
    return webhook_read(changed)


@router.delete("/{webhook_id}", status_code=204, responses=documented(404), summary="Delete a webhook")
def delete_webhook(webhook_id: str, caller: CallerDep, session: SessionDep) -> None:
    """Nothing more is sent to it, and the log of what was is removed."""
    service.remove(session, caller.workspace_id, webhook_id)


@router.post(
    "/{webhook_id}/secret", response_model=WebhookWithSecret, responses=documented(404), summary="Make a new secret"
)
def rotate_secret(
    webhook_id: str, caller: CallerDep, session: SessionDep, services: ServicesDep, once: ManualOnceDep
) -> WebhookWithSecret:
    """For 24 hours messages have two signatures, by the new secret and by the one until now."""
    secret_of = _secret_of(once, services.settings, "new secret")
    _replay(once, "", secret_of, 200)
    webhook, secret = service.rotate(session, services.settings, caller.workspace_id, webhook_id, secret_of)
    return once.keep(session, _with_secret(webhook_read(webhook), secret), without="secret")


@router.post(
    "/{webhook_id}/test",
    status_code=201,
    response_model=DeliveryRead,
    responses=documented(404, 409),
    summary="Send a test",
)
def send_test(
    webhook_id: str, caller: CallerDep, session: SessionDep, services: ServicesDep, once: OnceDep
) -> DeliveryRead:
    """Sends `webhook.test` within a second or two, and once only; its delivery tells what came of it."""
    sent = service.send_test(session, caller.workspace_id, webhook_id)
    return once.keep(session, delivery_read(sent, services.settings))


@router.get(
    "/{webhook_id}/deliveries",
    response_model=Page[DeliveryRead],
    responses=documented(404),
    summary="What was sent to a webhook",
)
def list_deliveries(
    webhook_id: str,
    page: PageQuery,
    caller: CallerDep,
    session: SessionDep,
    services: ServicesDep,
    status: Annotated[DeliveryStatus | None, Query(description="Only those in this state.")] = None,
) -> Page[DeliveryRead]:
    """With every attempt and how it was answered; kept for `TUNEYARD_WEBHOOKS_DAYS`."""
    found, cursor = service.deliveries(session, caller.workspace_id, webhook_id, page, status)
    return Page(data=[delivery_read(item, services.settings) for item in found], next_cursor=cursor)


@router.get(
    "/{webhook_id}/deliveries/{delivery_id}",
    response_model=DeliveryRead,
    responses=documented(404),
    summary="Show a delivery",
)
def get_delivery(
    webhook_id: str, delivery_id: str, caller: CallerDep, session: SessionDep, services: ServicesDep
) -> DeliveryRead:
    """What was sent, and every attempt."""
    return delivery_read(service.delivery(session, caller.workspace_id, webhook_id, delivery_id), services.settings)


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/resend",
    response_model=DeliveryRead,
    responses=documented(404, 409),
    summary="Send a delivery again",
)
def resend_delivery(
    webhook_id: str, delivery_id: str, caller: CallerDep, session: SessionDep, services: ServicesDep, once: OnceDep
) -> DeliveryRead:
    """At once, arrived or not, with the same `webhook-id`; if it fails, it is tried as often as a new one."""
    again = service.resend(session, caller.workspace_id, webhook_id, delivery_id)
    return once.keep(session, delivery_read(again, services.settings))


def webhook_read(webhook: Webhook) -> WebhookRead:
    return WebhookRead(
        id=webhook.id,
        url=webhook.url,
        events=webhook.events,
        enabled=webhook.off_since is None,
        off_reason=webhook.off_reason,
        off_since=webhook.off_since,
        failing_since=webhook.failing_since,
        delivered_at=webhook.delivered_at,
        old_secret_until=webhook.old_secret_until,
        created_at=webhook.created_at,
    )


def delivery_read(delivery: Delivery, settings: Settings) -> DeliveryRead:
    row = delivery.row
    return DeliveryRead(
        id=row.id,
        message_id=row.message_id,
        type=row.type,
        status=row.status,
        created_at=row.created_at,
        next_attempt_at=row.next_attempt_at,
        payload=delivering.payload(row, settings),
        attempts=[DeliveryAttempt.model_validate(attempt) for attempt in delivery.attempts],
    )


def _with_secret(webhook: WebhookRead, secret: bytes) -> WebhookWithSecret:
    return WebhookWithSecret(**webhook.model_dump(), secret=signing.text_of(secret))


def _secret_of(once: Once, settings: Settings, purpose: str) -> SecretOf:
    """The same for a request that is repeated, so that it can be shown again without having been written down."""

    def secret_of(webhook_id: str) -> bytes | None:
        text = once.secret(settings.required("secret"), f"{purpose} {webhook_id}")
        return None if text is None else base64.urlsafe_b64decode(f"{text}=")

    return secret_of


def _replay(once: Once, identity: str, secret_of: Callable[[str], bytes | None], status_code: int) -> None:
    """Raises Replay if this was answered before."""
    first = once.first_answer(identity)
    if first is None:
        return
    kept = WebhookRead.model_validate_json(first)
    again = _with_secret(kept, secret_of(kept.id) or b"")
    raise Replay(status_code, again.model_dump_json())
