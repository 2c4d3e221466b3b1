"""What is in the outbox arrives, signed; what fails is tried again, and who fails for days is switched off."""

import json
import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from hooks import Hook, MakeHook, Sending, publish, until
from sqlalchemy import text
from standardwebhooks.webhooks import WebhookVerificationError
from structlog.testing import capture_logs
from workspaces import services

from tuneyard.housekeeping.sweeping import sweep
from tuneyard.kit.config import Settings
from tuneyard.webhooks import delivering, outbox
from tuneyard.webhooks import sending as sending_module
from tuneyard.webhooks.delivering import DELAYS
from webhook_receiver import Receiver, receiving

DAY = timedelta(days=1)


def try_again(hook: Hook, sending: Sending, times: int = 1) -> None:
    """As if the time until the next attempt had passed."""
    for _ in range(times):
        hook.set_back("webhook_deliveries", "next_attempt_at", "30 hours")
        sending.all()


def wait_of(delivery: dict) -> timedelta:
    return datetime.fromisoformat(delivery["next_attempt_at"]) - datetime.now(UTC)


def test_it_arrives_signed_and_is_in_the_log(
    hook: Hook, receiver: Receiver, sending: Sending, settings: Settings
) -> None:
    receiver.status, receiver.answer = 200, b"thanks \0 \xff" + b"x" * 5000
    sent = hook.act("/test")
    assert (sent["status"], sent["attempts"]) == ("pending", [])
    sending.all()
    (got,) = receiver.got
    assert got.verified(hook.secret) == sent["payload"]
    assert got.path == "/hook"
    assert got.headers["webhook-id"] == sent["message_id"]
    assert got.headers["content-type"] == "application/json"
    assert sent["payload"]["type"] == "webhook.test"
    assert sent["payload"]["data"]["url"] == f"{settings.api_url}/settings/webhooks/{hook.id}"
    assert datetime.now(UTC) - datetime.fromisoformat(sent["payload"]["timestamp"]) < timedelta(minutes=1)
    (delivery,) = hook.deliveries()
    (attempt,) = delivery["attempts"]
    assert (delivery["status"], delivery["next_attempt_at"]) == ("succeeded", None)
    assert (attempt["status_code"], attempt["error"]) == (200, None)
    assert attempt["answer"].startswith("thanks \ufffd \ufffdx")
    assert len(attempt["answer"]) == 1024
    assert 0 < attempt["seconds"] < 10
    assert hook.read()["delivered_at"]


def test_nothing_secret_is_logged(make_hook: MakeHook, receiver: Receiver, sending: Sending) -> None:
    hook = make_hook(f"{receiver.url}?token=hunter2")
    with capture_logs() as logs:
        hook.act("/test")
        sending.all()
    assert receiver.got[0].path.endswith("hunter2")
    told = str(logs)
    assert "webhook.sent" in told
    assert "hunter2" not in told
    assert hook.secret.removeprefix("whsec_") not in told


def test_links_lead_to_where_people_see_the_server(hook: Hook, sending: Sending, settings: Settings) -> None:
    settings.public_url = "https://tuneyard.example.com/"
    found = hook.act("/test")["payload"]["data"]["url"]
    assert found == f"https://tuneyard.example.com/settings/webhooks/{hook.id}"


def test_for_a_day_both_secrets_sign(hook: Hook, receiver: Receiver, sending: Sending) -> None:
    rotated = hook.act("/secret")
    assert timedelta(hours=23) < datetime.fromisoformat(rotated["old_secret_until"]) - datetime.now(UTC) <= DAY
    hook.act("/test")
    sending.all()
    for secret in (hook.secret, rotated["secret"]):
        assert receiver.got[0].verified(secret)
    hook.set_back("webhooks", "old_secret_until", "25 hours")
    hook.act("/test")
    sending.all()
    assert receiver.got[1].verified(rotated["secret"])
    with pytest.raises(WebhookVerificationError):
        receiver.got[1].verified(hook.secret)


def test_what_fails_is_tried_ten_times_in_three_days_and_then_given_up(
    hook: Hook, receiver: Receiver, sending: Sending
) -> None:
    receiver.status, receiver.answer = 500, b"out of order"
    with services(hook.workspace.app).database.workspace(hook.workspace.id) as session:
        outbox.put(session, hook.workspace.id, hook.id, "msg_1", "job.failed", {"url": "/jobs/job_1"})
    sending.all()
    assert hook.read()["failing_since"]
    for delay in DELAYS:
        (delivery,) = hook.deliveries()
        assert delivery["status"] == "pending"
        assert delay - timedelta(seconds=10) < wait_of(delivery) < delay * 1.2 + timedelta(seconds=10)
        try_again(hook, sending)
    (delivery,) = hook.deliveries(status="failed")
    assert [attempt["status_code"] for attempt in delivery["attempts"]] == [500] * 10
    assert {attempt["answer"] for attempt in delivery["attempts"]} == {"out of order"}
    assert {got.headers["webhook-id"] for got in receiver.got} == {"msg_1"}
    assert hook.read()["enabled"], "it has not failed for days yet"
    assert timedelta(days=3) < sum(DELAYS, timedelta()) < timedelta(days=4)


def test_after_days_without_a_delivery_it_is_switched_off(
    make_hook: MakeHook, receiver: Receiver, sending: Sending
) -> None:
    hook, receiver.status = make_hook(), 500
    first = publish(hook)
    sending.all()
    hook.set_back("webhooks", "failing_since", "73 hours")
    publish(hook)
    try_again(hook, sending)
    assert hook.read()["enabled"], "one that may still arrive is not given up"
    with services(hook.workspace.app).database.workspace(hook.workspace.id) as session:
        session.execute(text("UPDATE webhook_deliveries SET tries = 9 WHERE id = :id"), {"id": first})
    try_again(hook, sending)
    found = hook.read()
    assert (found["enabled"], found["off_reason"]) == (False, "failing")
    assert {item["status"] for item in hook.deliveries()} == {"failed"}
    before = len(receiver.got)
    publish(hook)
    sending.all()
    assert (len(receiver.got), len(hook.deliveries())) == (before, 2)
    assert hook.change(enabled=True)["failing_since"] is None


def test_one_that_arrives_ends_the_failing(hook: Hook, receiver: Receiver, sending: Sending) -> None:
    receiver.status = 503
    publish(hook)
    sending.all()
    receiver.status = 204
    try_again(hook, sending)
    found = hook.read()
    assert found["failing_since"] is None
    assert found["delivered_at"]
    (delivery,) = hook.deliveries()
    assert [attempt["status_code"] for attempt in delivery["attempts"]] == [503, 204]


def test_a_receiver_that_is_gone_for_good_is_left_alone(hook: Hook, receiver: Receiver, sending: Sending) -> None:
    receiver.status = 410
    publish(hook)
    publish(hook)
    sending.all()
    assert hook.read()["off_reason"] == "gone"
    assert {item["status"] for item in hook.deliveries()} == {"failed"}
    assert len(receiver.got) == 1


def test_who_asks_for_more_time_gets_it(hook: Hook, receiver: Receiver, sending: Sending) -> None:
    receiver.status, receiver.headers = 429, {"Retry-After": "7200"}
    publish(hook)
    sending.all()
    assert abs(wait_of(hook.deliveries()[0]) - timedelta(hours=2)) < timedelta(seconds=10)
    receiver.headers = {"Retry-After": "9" * 9}
    try_again(hook, sending)
    assert wait_of(hook.deliveries()[0]) <= DAY


def test_a_test_is_sent_once(hook: Hook, receiver: Receiver, sending: Sending) -> None:
    receiver.status = 500
    for _ in range(2):
        hook.act("/test")
        sending.all()
        hook.set_back("webhooks", "failing_since", "73 hours")
    assert [item["status"] for item in hook.deliveries()] == ["failed", "failed"]
    assert hook.read()["enabled"]


def test_what_was_given_up_can_be_sent_again(hook: Hook, receiver: Receiver, sending: Sending) -> None:
    receiver.status = 500
    sent = hook.act("/test")
    sending.all()
    receiver.status = 204
    again = hook.act(f"/deliveries/{sent['id']}/resend")
    assert (again["status"], len(again["attempts"])) == ("pending", 1)
    sending.all()
    (delivery,) = hook.deliveries()
    assert (delivery["status"], len(delivery["attempts"])) == ("succeeded", 2)
    assert [got.headers["webhook-id"] for got in receiver.got] == [sent["message_id"]] * 2


def test_an_attempt_that_broke_off_is_made_again(hook: Hook, receiver: Receiver, sending: Sending) -> None:
    """The process died between sending and writing down what came of it."""
    publish(hook)
    database = services(hook.workspace.app).database
    with database.system() as session:
        (due,) = delivering.due(session)
    with database.workspace(hook.workspace.id) as session:
        assert delivering.take(session, sending.sender._settings, due)
    sending.all()
    assert receiver.got == []
    hook.set_back("webhook_deliveries", "next_attempt_at", "3 minutes")
    sending.all()
    assert len(receiver.got) == 1
    assert hook.deliveries()[0]["status"] == "succeeded"


def test_two_senders_take_a_delivery_once(hook: Hook, settings: Settings, sending: Sending) -> None:
    publish(hook)
    database = services(hook.workspace.app).database
    with database.system() as session:
        (due,) = delivering.due(session)
    with database.workspace(hook.workspace.id) as one, database.workspace(hook.workspace.id) as other:
        assert delivering.take(one, settings, due)
        assert delivering.take(other, settings, due) is None


def test_slow_receivers_keep_nobody_waiting(
    make_hook: MakeHook, receiver: Receiver, sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending_module, "THREADS", {"working": 2, "failing": 1})
    with ExitStack() as stack:
        hanging = [stack.enter_context(receiving()) for _ in range(4)]
        slow = [make_hook(each.url, ("job.succeeded",)) for each in hanging]
        for each in hanging:
            each.may_answer.clear()
        database = services(slow[0].workspace.app).database
        with database.workspace(slow[0].workspace.id) as session:
            # One hangs for the first time; the others are known to fail.
            session.execute(
                text("UPDATE webhooks SET failing_since = clock_timestamp() WHERE id <> :id"), {"id": slow[0].id}
            )
        publish(slow[0])
        sending.begin()
        until(lambda: sum(len(each.got) for each in hanging) == 2)
        quick = make_hook(events=("job.cancelled",))
        quick.act("/test")
        began = time.monotonic()
        sending.begin()
        until(lambda: receiver.got, 5)
        assert time.monotonic() - began < 5
        # Nothing more is begun for those that hang.
        sending.begin()
        assert sum(len(each.got) for each in hanging) == 2
        for each in hanging:
            each.may_answer.set()
        until(lambda: not sending.sender._lanes)


def test_a_webhook_is_sent_one_message_at_a_time(hook: Hook, receiver: Receiver, sending: Sending) -> None:
    ids = [hook.act("/test")["message_id"] for _ in range(3)]
    receiver.may_answer.clear()
    sending.begin()
    until(lambda: receiver.got)
    sending.begin()
    time.sleep(0.2)
    assert len(receiver.got) == 1
    receiver.may_answer.set()
    until(lambda: not sending.sender._lanes)
    assert [got.headers["webhook-id"] for got in receiver.got] == ids


def test_a_secret_of_another_server_is_told_and_can_be_made_anew(
    hook: Hook, receiver: Receiver, sending: Sending, settings: Settings
) -> None:
    with services(hook.workspace.app).database.workspace(hook.workspace.id) as session:
        session.execute(text("UPDATE webhooks SET secret = '\\x00'"))
    hook.act("/test")
    sending.all()
    assert receiver.got == []
    assert hook.deliveries()[0]["attempts"][0]["error"]["code"] == "unreadable_secret"
    new = hook.act("/secret")["secret"]
    hook.act("/test")
    sending.all()
    assert receiver.got[0].verified(new)


def test_the_log_has_its_time(hook: Hook, sending: Sending, settings: Settings) -> None:
    own = services(hook.workspace.app)
    publish(hook)
    hook.set_back("webhook_deliveries", "created_at", "31 days")
    sweep(own.settings, own.database, own.store)
    assert len(hook.deliveries()) == 1, "what is still to be sent stays"
    sending.all()
    hook.set_back("webhook_deliveries", "created_at", "-2 days")
    sweep(own.settings, own.database, own.store)
    assert len(hook.deliveries()) == 1
    hook.set_back("webhook_deliveries", "created_at", "2 days")
    told = sweep(own.settings, own.database, own.store, dry_run=True)
    assert "more than 30 days ago (TUNEYARD_WEBHOOKS_DAYS)" in next(
        item.reason for item in told if "deliveries of webhooks" in item.what
    )
    assert len(hook.deliveries()) == 1
    sweep(own.settings, own.database, own.store)
    assert hook.deliveries() == []


def test_it_ends_when_it_is_told_to(settings: Settings, hook: Hook, receiver: Receiver, sending: Sending) -> None:
    """Even while somebody does not answer."""
    receiver.may_answer.clear()
    hook.act("/test")
    stop = threading.Event()
    duty = threading.Thread(target=sending_module.run, args=(services(hook.workspace.app), stop))
    duty.start()
    until(lambda: receiver.got)
    stop.set()
    duty.join(3)
    assert not duty.is_alive()
    assert json.loads(receiver.got[0].body)["type"] == "webhook.test"
