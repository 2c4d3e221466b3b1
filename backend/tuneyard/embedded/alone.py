"""The embedded database by itself, for commands on a data directory where nothing runs."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import SecretStr

from tuneyard.embedded import data_directory, lock, secrets, server
from tuneyard.embedded.account import account_for
from tuneyard.embedded.postgres import Postgres
from tuneyard.kit.config import Settings


@contextmanager
def database(settings: Settings) -> Iterator[Settings]:
    """Settings with a database that answers until the end; the data directory is made if there is none.

    Call it from the main thread. Raises AlreadyRunning, UnsafeDataDirectory, PartFailed.
    """
    account = account_for(settings)
    folder = data_directory.prepare(settings.data_dir, account)
    with lock.hold(folder):
        if settings.database_url:
            yield settings
            return
        kept = secrets.load_or_create(folder)
        postgres = Postgres(folder / "postgres", kept.database_password, account)
        child = server.start(postgres, data_directory.private_folder(folder / "logs") / "postgres.log")
        try:
            yield settings.model_copy(
                update={"database_url": SecretStr(postgres.url), "secret": settings.secret or SecretStr(kept.secret)}
            )
        finally:
            child.stop()
