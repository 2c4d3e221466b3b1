"""The worker process: Celery hears the doorbell, a prefork child claims and supervises one job at a time."""

import ctypes
import mmap
import os
import signal
import socket
import time
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import structlog
from celery import Celery, signals
from sqlalchemy.exc import SQLAlchemyError
from ulid import ULID

from tuneyard.base_models.machines import machine_memory
from tuneyard.jobs import workers
from tuneyard.jobs.workers import WorkerFacts
from tuneyard.kit.config import Settings
from tuneyard.kit.db import Database
from tuneyard.kit.queue import TASK, Queue, celery_app
from tuneyard.kit.services import Services
from tuneyard_worker.device import card_memory, device_name, fast_bf16, graphics_card
from tuneyard_worker.forked_trainer import Nursery
from tuneyard_worker.resource_meter import ResourceMeter
from tuneyard_worker.supervisor import StopSign, work

log = structlog.get_logger()

PR_SET_PDEATHSIG = 1
SEEN_EVERY_SECONDS = 5.0


def run_worker(settings: Settings, queues: Sequence[Queue]) -> None:
    """Serve `queues` until told to stop."""
    app = create_worker(settings, queues)
    names = ",".join(queue.value for queue in queues)
    app.worker_main(
        ["worker", "--pool=prefork", "--concurrency=1", f"--queues={','.join(bells(queues))}", "--without-gossip",
         "--without-mingle", f"--hostname={names}-{ULID()}@%h"]
    )  # fmt: skip


def bells(queues: Sequence[Queue]) -> list[str]:
    """What this worker listens to."""
    kinds = (False, True) if graphics_card() else (False,)
    return [queue.bell(card=card) for queue in queues for card in kinds]


def create_worker(settings: Settings, queues: Sequence[Queue]) -> Celery:
    """The Celery application with its task and signals; nothing is connected yet."""
    worker_id = f"worker_{str(ULID()).lower()}"
    stop_sign = SharedStopSign()
    parent = os.getpid()
    app = celery_app(settings.required("redis_url"))
    children: dict[str, Services] = {}
    nursery = Nursery()

    @app.task(name=TASK)  # type: ignore[untyped-decorator]
    def doorbell(queue: str) -> None:
        work(children["services"], Queue(queue), worker_id, stop_sign, nursery)

    def start_child(**_: Any) -> None:
        die_with(parent)
        children["services"] = Services.from_settings(settings)

    # Ours is configured already; Celery leaves it alone when somebody listens.
    signals.setup_logging.connect(lambda **_: None, weak=False)
    signals.worker_process_init.connect(start_child, weak=False)
    signals.worker_shutting_down.connect(lambda **_: stop_sign.raise_it(), weak=False)
    register_heartbeat(settings, worker_id, queues)
    return app


def register_heartbeat(settings: Settings, worker_id: str, queues: Sequence[Queue]) -> None:
    """Keep the row that tells everybody this worker is alive."""
    # Made in the main process only, after the fork of the children: connections must not be shared between them.
    state: dict[str, Any] = {"seen": 0.0}
    meter = ResourceMeter(os.getpid())

    def seen(**_: Any) -> None:
        if time.monotonic() - state["seen"] < SEEN_EVERY_SECONDS:
            return
        state["seen"] = time.monotonic()
        database = state.setdefault("database", Database(settings.required("database_url"), pool_size=1))
        try:
            with database.system() as session:
                workers.seen(session, facts(settings, worker_id, queues, meter))
        except SQLAlchemyError as error:
            log.warning("worker.database_unavailable", error=str(error).splitlines()[0])

    def gone(**_: Any) -> None:
        if "database" not in state:
            return
        try:
            with state["database"].system() as session:
                workers.gone(session, worker_id)
        except SQLAlchemyError as error:
            log.warning("worker.database_unavailable", error=str(error).splitlines()[0])

    signals.worker_ready.connect(seen, weak=False)
    signals.heartbeat_sent.connect(seen, weak=False)
    signals.worker_shutdown.connect(gone, weak=False)


def facts(settings: Settings, worker_id: str, queues: Sequence[Queue], meter: ResourceMeter) -> WorkerFacts:
    """What this process is, and what it and its children use now."""
    used = meter.measure()
    return WorkerFacts(
        id=worker_id,
        host=socket.gethostname(),
        queues=[queue.value for queue in queues],
        device=device_name(settings.threads),
        cores=os.cpu_count() or 1,
        memory_bytes=used.memory_bytes if used else 0,
        memory_total_bytes=machine_memory(),
        card_memory_bytes=card_memory(),
        fast_bf16=fast_bf16(),
        version=version("tuneyard"),
    )


class SharedStopSign(StopSign):
    """Raised by the main process, seen by its children: one byte of shared memory, made before the fork."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 1)

    def raise_it(self) -> None:
        self._memory[0] = 1

    def raised(self) -> bool:
        return self._memory[0] == 1


def die_with(parent: int) -> None:
    """Ask the kernel to kill this process when its parent ends, however that ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it has ended already
        os._exit(1)
