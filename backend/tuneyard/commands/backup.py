"""`tuneyard backup`: the database and all files in one file."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from tuneyard.backup import making
from tuneyard.commands.options import DataDir
from tuneyard.commands.servers import reachable
from tuneyard.datasets.receiving import in_words
from tuneyard.kit.storage import open_store


def run(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; `-` is the standard output.")],
    data_dir: DataDir = None,
) -> None:
    """Write the database and all files to one file, while jobs run. Keep it as safe as a password."""
    with reachable(data_dir) as settings:
        store = open_store(settings)
        if str(file) == "-":
            made = making.back_up(settings, store, sys.stdout.buffer)
        else:
            file = file.expanduser().resolve()
            with making.new_file(file) as stream:
                made = making.back_up(settings, store, stream, file.parent)
    for key in made.missing:
        typer.echo(f"Missing in the store, and so in the backup: {key}", err=True)
    typer.echo(f"The database and {made.files} files ({in_words(made.bytes)}) are in {file}.", err=str(file) == "-")
