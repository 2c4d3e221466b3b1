"""A broker that is away must not hold up the request that rings for it."""

import socket
import time

from redis import Redis

from tuneyard.kit.queue import PUBLISH_TIMEOUT_SECONDS, Doorbell, Queue


def seconds_to_give_up(port: int) -> float:
    doorbell = Doorbell(f"redis://127.0.0.1:{port}/0")
    started = time.monotonic()
    assert not doorbell.ring(Queue.DATA)
    return time.monotonic() - started


def test_a_broker_that_refuses_is_not_waited_for():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        assert seconds_to_give_up(probe.getsockname()[1]) < 1


def test_a_broker_that_says_nothing_is_waited_for_once():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert seconds_to_give_up(silent.getsockname()[1]) < PUBLISH_TIMEOUT_SECONDS + 1


def test_who_has_no_card_is_not_woken_for_what_needs_one(redis_url):
    broker = Redis.from_url(redis_url)
    broker.delete("train", "train-card")
    doorbell = Doorbell(redis_url)
    assert doorbell.ring(Queue.TRAIN, card=True)
    assert [broker.llen(name) for name in ("train", "train-card")] == [0, 1]
    broker.delete("train-card")
