"""What every request may use; made once per process and handed down, never global."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from tuneyard.kit.config import Settings
from tuneyard.kit.db import Database
from tuneyard.kit.queue import Doorbell
from tuneyard.kit.storage import Store, open_store


@dataclass(frozen=True)
class Services:
    settings: Settings
    database: Database
    store: Store
    doorbell: Doorbell

    @classmethod
    def from_settings(cls, settings: Settings) -> "Services":
        """Connect lazily to what the settings name; `database_url`, `redis_url` and `secret` must be set."""
        return cls(
            settings=settings,
            # Who is silent for so long in the middle of a transaction has lost the job whose row it locks.
            database=Database(settings.required("database_url"), most_idle_seconds=settings.lease_seconds),
            store=open_store(settings),
            doorbell=Doorbell(settings.required("redis_url")),
        )


def services_of(connection: HTTPConnection) -> Services:
    return cast("Services", connection.app.state.services)


async def _services(connection: HTTPConnection) -> Services:
    return services_of(connection)


# Of coroutines, here and elsewhere: for a plain function FastAPI would go to another thread and back.
ServicesDep = Annotated[Services, Depends(_services)]
