"""Sends what is in the outbox, beside the other duties of the dispatcher.

A webhook has one thread at most, so that a slow receiver keeps nobody waiting but itself; and those that fail have
threads of their own, so that however many they are, they take none from the others.
"""

import threading
import time

import httpx
import structlog
from sqlalchemy.exc import SQLAlchemyError

from tuneyard.kit import clock
from tuneyard.kit.config import Settings
from tuneyard.kit.db import Database
from tuneyard.kit.services import Services
from tuneyard.webhooks import delivering, signing
from tuneyard.webhooks.calling import Answer, Problem, post
from tuneyard.webhooks.delivering import Message
from tuneyard.webhooks.repository import DueWebhook

log = structlog.get_logger()

TICK_SECONDS = 1.0
# After that others have their turn.
TURN_SECONDS = 30.0
THREADS = {"working": 24, "failing": 8}
# Of its own: the dispatcher must never wait for one of ours.
CONNECTIONS = 4
CONTENT = {"content-type": "application/json", "user-agent": "Tuneyard", "accept-encoding": "identity"}


def run(services: Services, stop: threading.Event) -> None:
    """Send until told to stop; what is under way then is sent again by whoever comes next."""
    sender = Sender(services.settings)
    while not stop.wait(TICK_SECONDS):
        try:
            sender.start_turns(stop)
        except SQLAlchemyError as error:
            log.warning("webhooks.database_unavailable", error=str(error).splitlines()[0])
    sender.close()


class Sender:
    """Gives each webhook that something is due for a thread for a while."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._database = Database(
            settings.required("database_url"), pool_size=CONNECTIONS, most_idle_seconds=settings.lease_seconds
        )
        self._context = httpx.create_ssl_context()
        self._lanes: dict[str, str] = {}

    def start_turns(self, stop: threading.Event) -> None:
        """Begin with all that can be begun now."""
        with self._database.system() as session:
            waiting = delivering.due(session)
        for due in waiting:
            lane = "failing" if due.failing else "working"
            if due.id not in self._lanes and list(self._lanes.values()).count(lane) < THREADS[lane]:
                self._lanes[due.id] = lane
                threading.Thread(target=self._turn, args=(due, stop), name=due.id, daemon=True).start()

    def close(self) -> None:
        self._database.close()

    def _turn(self, due: DueWebhook, stop: threading.Event) -> None:
        """Send one after the other, until all is sent, or the first fails: then the others may wait too."""
        ends = time.monotonic() + TURN_SECONDS
        try:
            while time.monotonic() < ends and not stop.is_set() and self._send_next(due):
                pass
        except SQLAlchemyError as error:
            log.warning("webhooks.database_unavailable", error=str(error).splitlines()[0])
        finally:
            del self._lanes[due.id]

    def _send_next(self, due: DueWebhook) -> bool:
        """Whether something was delivered."""
        with self._database.workspace(due.workspace_id) as session:
            message = delivering.take(session, self._settings, due)
        if message is None:
            return False
        answer = self._send(message)
        with self._database.workspace(due.workspace_id) as session:
            delivering.record(session, message, answer)
        log.info(
            "webhook.sent",
            webhook_id=message.webhook_id,
            message_id=message.id,
            tries=message.tries,
            status=answer.status_code,
            problem=answer.problem,
        )
        return answer.delivered

    def _send(self, message: Message) -> Answer:
        if not message.keys:
            return Answer(problem=Problem.UNREADABLE_SECRET)
        signed = signing.headers(message.id, int(clock.now().timestamp()), message.body, message.keys)
        return post(message.url, CONTENT | signed, message.body, self._settings.webhook_networks, self._context)
