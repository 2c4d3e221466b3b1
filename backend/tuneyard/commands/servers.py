"""Which server a command means that works on its database and files."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tuneyard.commands.key import UnknownServer, server_settings
from tuneyard.commands.options import load_settings
from tuneyard.embedded import alone, running, secrets
from tuneyard.kit.config import Settings


@contextmanager
def reachable(data_dir: Path | None) -> Iterator[Settings]:
    """Settings whose database answers: TUNEYARD_DATABASE_URL, else that of the group that runs on the data directory.

    Where nothing runs, the embedded database is started for the while. Raises UnknownServer.
    """
    settings = load_settings(data_dir=data_dir)
    if settings.database_url or running.find(settings.data_dir):
        yield server_settings(data_dir)
        return
    if not (settings.data_dir / secrets.FILE_NAME).exists():
        raise UnknownServer(
            f"There is no data of Tuneyard in {settings.data_dir}.",
            hint="Name its folder with --data-dir, or set TUNEYARD_DATABASE_URL.",
        )
    with alone.database(settings) as found:
        yield found
