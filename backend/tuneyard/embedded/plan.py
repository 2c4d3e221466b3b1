"""What a group runs: which servers, which processes, with which settings."""

import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from tuneyard.embedded import readiness, secrets
from tuneyard.embedded.account import Account
from tuneyard.embedded.ports import free_port
from tuneyard.embedded.postgres import Postgres
from tuneyard.embedded.processes import Part
from tuneyard.embedded.readiness import Readiness
from tuneyard.embedded.server import Server
from tuneyard.embedded.valkey import Valkey
from tuneyard.kit.config import Settings

LOOPBACK = "127.0.0.1"
EVERY_ADDRESS = {"0.0.0.0": LOOPBACK, "::": "::1", "": LOOPBACK}  # noqa: S104 - only looked up
# Threads that wait for work should sleep, or training and serving slow each other down threefold.
OPENMP = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "0"}


@dataclass(frozen=True)
class Plan:
    """A group before it runs."""

    data_dir: Path
    address: str
    api_url: str
    environment: Mapping[str, str]
    """TUNEYARD_… settings that every part gets."""
    servers: tuple[Server, ...]
    migration: Part | None
    parts: tuple[Part, ...]
    check: Callable[[], Readiness]
    first_start: bool = False


def build(settings: Settings, data_dir: Path, port: int, account: Account | None) -> Plan:
    """The plan of a whole platform on one machine; makes the secrets of the data directory if there are none."""
    first_start = not (data_dir / secrets.FILE_NAME).exists()
    kept = secrets.load_or_create(data_dir)
    postgres = None if settings.database_url else Postgres(data_dir / "postgres", kept.database_password, account)
    valkey = None if settings.redis_url else Valkey(data_dir / "valkey", kept.redis_password)
    api_url = f"http://{_url_host(settings.host)}:{port}"
    environment = {
        **{name: value for name, value in os.environ.items() if name.startswith("TUNEYARD_") and value},
        "TUNEYARD_DATA_DIR": str(data_dir),
        "TUNEYARD_HOST": settings.host,
        "TUNEYARD_PORT": str(port),
        "TUNEYARD_API_URL": api_url,
        "TUNEYARD_SERVING_URL": _serving_url(settings),
        "TUNEYARD_SECRET": settings.secret.get_secret_value() if settings.secret else kept.secret,
        "TUNEYARD_SERVICE_TOKEN": (
            settings.service_token.get_secret_value() if settings.service_token else kept.service_token
        ),
        "TUNEYARD_DATABASE_URL": postgres.url if postgres else _given(settings, "database_url"),
        "TUNEYARD_REDIS_URL": valkey.url if valkey else _given(settings, "redis_url"),
    }
    return Plan(
        data_dir=data_dir,
        address=settings.public_url or api_url,
        api_url=api_url,
        environment=environment,
        servers=tuple(server for server in (postgres, valkey) if server is not None),
        migration=_command("migrate", "db", "upgrade", environment=environment),
        parts=_platform(environment, settings.cancel_grace_seconds + 10),
        check=partial(readiness.ask, api_url),
        first_start=first_start,
    )


def _platform(environment: Mapping[str, str], worker_grace: float) -> tuple[Part, ...]:
    command = partial(_command, environment=environment)
    return (
        command("api", "api"),
        command("worker-data", "worker", "--queues", "data", grace_seconds=worker_grace),
        command("worker-train", "worker", "--queues", "train", grace_seconds=worker_grace),
        command("serving", "serving"),
        command("dispatcher", "dispatcher"),
    )


def _command(name: str, *arguments: str, environment: Mapping[str, str], grace_seconds: float = 10) -> Part:
    """A command of ours, run by this very Python. -P: a file of the user's can't hide a module."""
    return Part(
        name=name,
        argv=(sys.executable, "-P", "-m", "tuneyard.cli", *arguments),
        environment={**os.environ, **OPENMP, "PYTHONUNBUFFERED": "1", **environment},
        stop_signal=signal.SIGTERM,
        grace_seconds=grace_seconds,
    )


def _given(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    return str(value.get_secret_value())


def _serving_url(settings: Settings) -> str:
    """As set, else at a free port: several groups may run side by side."""
    if "serving_url" in settings.model_fields_set:
        return settings.serving_url
    host = urlsplit(settings.serving_url).hostname or LOOPBACK
    return f"http://{host}:{free_port(host)}"


def _url_host(host: str) -> str:
    """How this machine reaches an address the api listens on."""
    reachable = EVERY_ADDRESS.get(host, host)
    return f"[{reachable}]" if ":" in reachable else reachable
