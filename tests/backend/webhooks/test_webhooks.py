"""Webhooks over the REST API: made, changed, switched off, with a secret that is shown once."""

from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from hooks import HOOKS, Hook, MakeHook
from sqlalchemy import text
from workspaces import WorkspaceUnderTest, services

from tuneyard.kit.sealing import Unreadable, seal, unseal
from tuneyard.webhooks import service

BODY = {"url": "https://example.com/hooks", "events": ["job.failed", "job.succeeded"]}


def test_the_secret_is_shown_once_and_kept_sealed(workspace: WorkspaceUnderTest) -> None:
    made = workspace.client.post(HOOKS, json=BODY).json()
    assert made["secret"].startswith("whsec_")
    assert made["events"] == ["job.succeeded", "job.failed"]
    assert made["enabled"] is True
    listed = workspace.client.get(HOOKS)
    assert listed.json()["data"] == [{key: value for key, value in made.items() if key != "secret"}]
    with services(workspace.app).database.workspace(workspace.id) as session:
        sealed = session.execute(text("SELECT secret FROM webhooks")).scalar_one()
    assert made["secret"].encode() not in sealed
    assert len(sealed) == 12 + 32 + 16


def test_the_same_request_leads_to_the_same_secret(workspace: WorkspaceUnderTest) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    first, again = (workspace.client.post(HOOKS, json=BODY, headers=headers).json() for _ in range(2))
    assert first == again
    path = f"{HOOKS}/{first['id']}/secret"
    second, repeated = (workspace.client.post(path, headers=headers).json() for _ in range(2))
    assert second == repeated
    assert second["secret"] != first["secret"]
    with services(workspace.app).database.workspace(workspace.id) as session:
        rows = str(session.execute(text("SELECT * FROM idempotent_requests")).all())
    assert "whsec_" not in rows


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://", "unusable_address"),
        ("example.com/hook", "unusable_address"),
        ("ftp://example.com/hook", "unusable_address"),
        ("https://ada:secret@example.com/", "unusable_address"),
        ("https://[::1", "unusable_address"),
        ("https://xn--a.example/", "unusable_address"),
        ("https://example.com:65536/", "unusable_address"),
        ("https://example.com:0/", "unusable_address"),
        ("http://10.0.0.8/", "private_address"),
        ("http://[::ffff:10.0.0.8]/", "private_address"),
        ("http://169.254.169.254/latest/meta-data", "private_address"),
        ("http://0x0a000008/", "private_address"),
        ("http://167772168/", "private_address"),
        ("https://[fd00::1]/", "private_address"),
    ],
)
def test_an_address_that_is_never_called_is_refused(client: TestClient, url: str, code: str) -> None:
    refused = client.post(HOOKS, json=BODY | {"url": url})
    error = refused.json()["error"]
    assert (refused.status_code, error["code"], error["param"]) == (422, code, "url")


def test_localhost_is_refused_where_it_is_not_allowed(client: TestClient, settings) -> None:
    settings.webhook_networks = ()
    for host in ("localhost:3000", "app.localhost", "127.1", "[::1]", "0.0.0.0"):
        refused = client.post(HOOKS, json=BODY | {"url": f"http://{host}/hook"})
        assert refused.json()["error"]["code"] == "private_address", host
        assert "TUNEYARD_WEBHOOK_NETWORKS" in refused.json()["error"]["message"]


def test_addresses_are_kept_as_they_are_called(make_hook: MakeHook) -> None:
    assert make_hook(" https://bücher.example/ä?b=c#part ").read()["url"] == "https://xn--bcher-kva.example/%C3%A4?b=c"


@pytest.mark.parametrize("events", [[], ["job.exploded"], None])
def test_events_are_chosen_from_those_there_are(client: TestClient, events: list[str] | None) -> None:
    assert client.post(HOOKS, json=BODY | {"events": events}).status_code == 422


def test_it_can_be_changed_switched_off_and_on_and_deleted(hook: Hook) -> None:
    changed = hook.change(url="https://example.org/", events=["deployment.failed"])
    assert (changed["url"], changed["events"]) == ("https://example.org/", ["deployment.failed"])
    hook.act("/test")
    off = hook.change(enabled=False)
    assert (off["enabled"], off["off_reason"]) == (False, "switched_off")
    assert [item["status"] for item in hook.deliveries()] == ["failed"]
    for path in ("/test", f"/deliveries/{hook.deliveries()[0]['id']}/resend"):
        refused = hook.workspace.client.post(f"{HOOKS}/{hook.id}{path}")
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "webhook_off")
    assert hook.change(enabled=True) == changed
    assert hook.workspace.client.delete(f"{HOOKS}/{hook.id}").status_code == 204
    assert hook.workspace.client.get(f"{HOOKS}/{hook.id}/deliveries").status_code == 404
    with services(hook.workspace.app).database.workspace(hook.workspace.id) as session:
        assert session.execute(text("SELECT count(*) FROM webhook_deliveries")).scalar_one() == 0


def test_there_is_an_end_to_how_many_there_can_be(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_WEBHOOKS", 1)
    assert client.post(HOOKS, json=BODY).status_code == 201
    refused = client.post(HOOKS, json=BODY)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "too_many_webhooks")


def test_deliveries_come_in_pages_by_state(hook: Hook) -> None:
    ids = [hook.act("/test")["id"] for _ in range(3)]
    path = f"{HOOKS}/{hook.id}/deliveries"
    page = hook.workspace.client.get(path, params={"limit": 2}).json()
    assert [item["id"] for item in page["data"]] == [ids[2], ids[1]]
    rest = hook.workspace.client.get(path, params={"limit": 2, "cursor": page["next_cursor"]}).json()
    assert [item["id"] for item in rest["data"]] == [ids[0]]
    assert rest["next_cursor"] is None
    assert len(hook.deliveries(status="pending")) == 3
    assert hook.deliveries(status="failed") == []
    assert hook.workspace.client.get(f"{path}/{ids[0]}").json() == rest["data"][0]


def test_what_is_sealed_is_read_only_in_its_place() -> None:
    sealed = seal("secret one", "wh_1", b"content")
    assert unseal("secret one", "wh_1", sealed) == b"content"
    assert seal("secret one", "wh_1", b"content") != sealed
    for secret, place, altered in [
        ("secret two", "wh_1", sealed),
        ("secret one", "wh_2", sealed),
        ("secret one", "wh_1", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        ("secret one", "wh_1", b"short"),
    ]:
        with pytest.raises(Unreadable):
            unseal(secret, place, altered)
