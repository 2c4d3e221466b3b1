"""`tuneyard restore`: an empty installation becomes the copy that a backup holds."""

import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from tuneyard.backup import restoring
from tuneyard.backup.archive import reading
from tuneyard.backup.errors import RestoreRefused
from tuneyard.commands.options import DataDir, load_settings
from tuneyard.embedded import alone, secrets
from tuneyard.kit.storage import open_store


def run(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup; `-` is the standard input.")],
    data_dir: DataDir = None,
) -> None:
    """Make an empty installation the copy that a backup holds; jobs that ran are queued. Then start it as usual."""
    # Uploads and models are nobody else's business on this machine.
    os.umask(0o077)
    given = load_settings(data_dir=data_dir)
    try:
        opened = nullcontext(sys.stdin.buffer) if str(file) == "-" else file.open("rb")
    except OSError as error:
        raise RestoreRefused(f"{file} can't be opened: {error.strerror}.") from error
    with opened as stream, reading(stream) as archive, alone.database(given) as settings:
        header, store = archive.header, open_store(settings)
        restoring.check(header, settings, store)
        if given.secret is None:
            secrets.adopt(settings.data_dir, header.secret)
        restoring.restore(archive, settings, store)
    typer.echo(f"{settings.data_dir} is as it was at {header.created_at:%Y-%m-%d %H:%M} UTC. Start it: tuneyard up")
    if given.secret and given.secret.get_secret_value() != header.secret:
        typer.echo("TUNEYARD_SECRET is not that of the backup: its API keys do not work here.", err=True)
