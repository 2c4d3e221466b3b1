"""The doorbell: a message that names a queue, never a job. A lost, late or repeated one is harmless."""

from enum import StrEnum

import structlog
from celery import Celery
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = structlog.get_logger()

TASK = "tuneyard.work"
PUBLISH_TIMEOUT_SECONDS = 2
EXPIRES_SECONDS = 60


class Queue(StrEnum):
    """`data` is never blocked by a training that runs for hours."""

    DATA = "data"
    TRAIN = "train"

    def bell(self, *, card: bool = False) -> str:
        """What Celery delivers by: rings for what needs a graphics card are heard only by those who have one."""
        return f"{self.value}-card" if card else self.value


def celery_app(redis_url: str) -> Celery:
    """The Celery application, configured so that Redis only delivers and Postgres decides."""
    app = Celery("tuneyard", broker=redis_url)
    app.conf.update(
        task_acks_late=False,
        worker_disable_prefetch=True,
        worker_prefetch_multiplier=1,
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_create_missing_queues=True,
        broker_connection_retry_on_startup=True,
        # Without end: a worker on another machine may be cut off for a night.
        broker_connection_max_retries=None,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        broker_transport_options={
            "socket_connect_timeout": PUBLISH_TIMEOUT_SECONDS,
            "socket_timeout": PUBLISH_TIMEOUT_SECONDS,
            "socket_keepalive": True,
        },
    )
    return app


class Doorbell:
    """Rings for a queue; a broker that does not answer is logged and otherwise ignored."""

    def __init__(self, redis_url: str) -> None:
        self._app = celery_app(redis_url)
        # Kombu would try three times and sleep in between, while a request waits for its answer.
        self._app.conf.broker_transport_options["max_retries"] = 0
        self._app.conf.broker_pool_acquire_timeout = PUBLISH_TIMEOUT_SECONDS

    def ring(self, queue: Queue, *, card: bool = False) -> bool:
        """Whether the broker took the message."""
        try:
            self._app.send_task(
                TASK,
                args=[queue.value],
                queue=queue.bell(card=card),
                expires=EXPIRES_SECONDS,
                ignore_result=True,
                retry=False,
            )
        except (OperationalError, RedisError, OSError) as error:
            log.warning("doorbell.unanswered", queue=queue.value, error=str(error))
            return False
        return True
